"""Claimers of a server: rung when something may be due, and given each run once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from uuid import UUID, uuid4

import pytest

from signoff.gateway.claiming import Claiming, claiming
from signoff.gateway.http import HttpGateway
from signoff.model.claims import Claims, EndChildren, EndedChild, Scope
from signoff.model.commands import AnswerWait, CreateRun, EnterRun
from signoff.model.errors import InvalidRequest
from signoff.model.queries import ReadRun
from signoff.model.runs import Phase
from tests.server.conftest import Connect
from tests.server.serving import Flow, Served, call, new_run, record
from tests.support.waiting import wait_until

pytestmark = pytest.mark.server

THERE = Scope(host="somewhere", user="tester")


@contextmanager
def way(gateway: HttpGateway, scope: Scope = THERE) -> Iterator[Claiming]:
    with closing(claiming(gateway, scope)) as made:
        # The first wait ends at once: nobody knows what the claimer has missed.
        made.claim(scope, 1)
        made.wait(Claims(()))
        yield made


def test_a_claimer_is_rung_by_whatever_makes_a_run_due(served: Served, connect: Connect) -> None:
    worker, person = connect(served.url), connect(served.url)
    with way(worker) as mine:
        got: list[Claims] = []

        def claim() -> None:
            while not got or not got[-1].runs:
                got.append(mine.claim(THERE, 5))
                if not got[-1].runs:
                    mine.wait(got[-1])

        thread = threading.Thread(target=claim)
        thread.start()
        run = new_run(entry_record=record())
        person.send(CreateRun(run, Phase.SCHEDULED))
        thread.join()
        assert [each.run_id for each in got[-1].runs] == [run.id]
        assert person.send(ReadRun(run.id)).state_name == "Pending"


def test_what_becomes_due_between_two_polls_is_not_missed(served: Served, connect: Connect) -> None:
    worker, person = connect(served.url), connect(served.url)
    with way(worker) as mine:
        claims = mine.claim(THERE, 1)
        run = new_run(entry_record=record())
        person.send(CreateRun(run, Phase.SCHEDULED))
        wait_until(lambda: person.send(ReadRun(run.id)).state_name == "Scheduled")
        mine.wait(claims)
        assert [each.run_id for each in mine.claim(THERE, 1).runs] == [run.id]


def test_two_hundred_runs_that_are_due_at_once_are_claimed_once_each(
    served: Served, connect: Connect
) -> None:
    person = connect(served.url)
    runs = [new_run(entry_record=record(), name=f"run-{n}") for n in range(200)]
    for run in runs:
        person.send(CreateRun(run, Phase.SCHEDULED))
    claimed: list[object] = []
    workers = [connect(served.url) for _ in range(4)]

    def claim(gateway: HttpGateway) -> None:
        with closing(claiming(gateway, THERE)) as mine:
            while True:
                claims = mine.claim(THERE, 7)
                claimed.extend(each.run_id for each in claims.runs)
                if not claims.runs and not claims.more:
                    return

    threads = [threading.Thread(target=claim, args=(each,)) for each in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, claimed)) == sorted(str(run.id) for run in runs)


def test_an_answer_is_left_to_a_claimer_that_polls(served: Served, connect: Connect) -> None:
    """Whoever answers need not start a process when a worker is there that does."""
    flow_side, person = connect(served.url), connect(served.url)
    # Nobody else's: claimers of other tests are relied on for a while.
    user = uuid4().hex
    own = Scope(host="somewhere", user=user)
    for polls in (False, True):
        flow = Flow(flow_side, entry_record=record(user=user))
        flow.ask(form=None)
        worker = connect(served.url)
        worker.register()
        # Its process ends without a word.
        ended = EndedChild(flow.id, flow_side.process.id, "it was killed")
        if not polls:
            person.register()
            person.send(EndChildren(person.process.id, (ended,)))
            assert person.send(AnswerWait(flow.id)).needs_entry
            continue
        with way(worker, own) as mine:
            worker.send(EndChildren(worker.process.id, (ended,)))
            assert not person.send(AnswerWait(flow.id)).needs_entry
            found = wait_until(lambda: mine.claim(own, 5).runs)
            assert flow.id in {each.run_id for each in found}
            entered = flow_side.send(EnterRun(flow.id, flow_side.process.id, worker.process.id))
            assert entered.handle.entry == 2


def left_behind(served: Served, connect: Connect, deployment: UUID) -> Flow:
    """A run of a deployment that waits, and whose process was killed."""
    flow_side, person = connect(served.url), connect(served.url)
    flow = Flow(flow_side, entry_record=record(), deployment_id=deployment)
    flow.ask(form=None)
    person.register()
    ended = EndedChild(flow.id, flow_side.process.id, "it was killed")
    person.send(EndChildren(person.process.id, (ended,)))
    return flow


def test_an_answer_is_left_to_whoever_serves_the_deployment(
    served: Served, connect: Connect
) -> None:
    """The worker of the machine where the run began takes no runs of deployments."""
    person, other, serving = (connect(served.url) for _ in range(3))
    deployment = uuid4()
    with way(other):
        alone = left_behind(served, connect, deployment)
        assert person.send(AnswerWait(alone.id)).needs_entry
    own = Scope(deployments=(deployment,))
    with way(serving, own) as mine:
        flow = left_behind(served, connect, deployment)
        assert not person.send(AnswerWait(flow.id)).needs_entry
        found = {each.run_id for each in wait_until(lambda: mine.claim(own, 5).runs)}
        assert flow.id in found


def test_an_interrupt_ends_the_wait_of_a_claimer(served: Served, connect: Connect) -> None:
    with way(connect(served.url)) as mine:
        claims = mine.claim(THERE, 1)
        thread = threading.Thread(target=mine.wait, args=(claims,))
        thread.start()
        mine.interrupt()
        thread.join(60)
        assert not thread.is_alive()


def test_bad_claims_are_refused_with_the_field(served: Served, connect: Connect) -> None:
    worker = connect(served.url)
    with pytest.raises(InvalidRequest, match="limit"):
        claiming(worker, THERE).claim(THERE, 0)
    status, body, _ = call(served, "POST", "/api/claims", '{"process_id": 3}')
    assert status == 422
    assert b"scope" in body
