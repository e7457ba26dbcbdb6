"""Hearing of changes over HTTP: at once, and also after trouble."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest

from signoff.gateway import http_watch
from signoff.gateway.connect import open_store, orchestrator
from signoff.gateway.liveness import Liveness
from signoff.gateway.local import LocalGateway
from signoff.model.actors import Actor, Via
from signoff.model.bulk import BulkAction, PreviewBulk, RunBulk
from signoff.model.commands import (
    AnswerWait,
    CancelRun,
    DeleteRun,
    FinishTasks,
    HoldRun,
    OpenWait,
    PollWait,
    StartRun,
    TakeOutcome,
    WriteLogs,
)
from signoff.model.errors import StaleEntry
from signoff.model.journal import Liveness as Kind
from signoff.model.journal import LogLine
from signoff.model.runs import Phase
from signoff.model.settings import Settings
from signoff.model.waits import WaitKind, WaitStatus
from tests.server.conftest import Connect
from tests.server.serving import (
    FORM,
    Flow,
    Heard,
    Served,
    Servers,
    new_run,
    process,
    record,
    task_of,
)
from tests.support.waiting import wait_until

pytestmark = pytest.mark.server


def test_every_answer_is_heard(served: Served, connect: Connect) -> None:
    """Many quick answers, each given while the last one is still being told of."""
    worker, person = connect(served.url), connect(served.url)
    flow = Flow(worker)
    heard = Heard()
    stop = flow.listen(heard)
    for number in range(50):
        key = f"k{number}"
        opened = flow.ask(key).version
        person.send(AnswerWait(flow.id, {"ok": True}, key))
        wait_until(partial(heard.beyond, opened))
        outcome = worker.send(PollWait(flow.id, flow.handle.entry, key))
        assert outcome.status is WaitStatus.ANSWERED
        worker.post(TakeOutcome(flow.id, flow.handle.entry, outcome.wait_id))
    stop()


def test_the_answer_comes_with_the_word_of_it(served: Served, connect: Connect) -> None:
    flow, person = Flow(connect(served.url)), connect(served.url)
    heard = Heard()
    stop = flow.listen(heard)
    opened = flow.ask("k")
    person.send(AnswerWait(flow.id, {"ok": True}, "k"))
    wait_until(partial(heard.beyond, opened.version))
    told = [signal.outcome for signal in heard.signals if signal and signal.outcome]
    asked = flow.gateway.send(PollWait(flow.id, flow.handle.entry, "k"))
    # A look may have been quicker than the word.
    assert [(one.wait_id, one.answer, one.status) for one in told] in (
        [],
        [(asked.wait_id, {"ok": True}, WaitStatus.ANSWERED)],
    )
    stop()


def test_what_is_done_from_outside_is_heard(served: Served, connect: Connect) -> None:
    worker, person = connect(served.url), connect(served.url)
    held, cancelled, deleted = Flow(worker), Flow(worker), Flow(worker)
    heard = [Heard(), Heard(), Heard()]
    stops = [flow.listen(one) for flow, one in zip((held, cancelled, deleted), heard, strict=True)]
    person.send(HoldRun(held.id))
    person.send(CancelRun(cancelled.id))
    person.send(DeleteRun(deleted.id))
    wait_until(lambda: any(s is not None and s.hold for s in heard[0].signals))
    wait_until(lambda: any(s and s.phase is Phase.CANCELLING for s in heard[1].signals))
    wait_until(lambda: any(s and s.phase is Phase.ABSENT for s in heard[2].signals))
    for stop in stops:
        stop()


def test_a_follower_hears_of_every_line(served: Served, connect: Connect) -> None:
    flow, reader = Flow(connect(served.url)), connect(served.url)
    heard = Heard()
    stop = reader.listen(flow.id, heard, lines=True)
    wait_until(lambda: heard.signals)
    for number in range(5):
        before = len(heard.signals)
        flow.gateway.send(WriteLogs((LogLine(uuid4(), flow.id, None, 20, "x", "line", number),)))
        wait_until(partial(_more, heard, before))
    stop()


def _more(heard: Heard, before: int) -> bool:
    return len(heard.signals) > before


def test_a_process_hears_of_the_end_of_a_run_that_is_not_its_own(
    served: Served, connect: Connect
) -> None:
    flow = Flow(connect(served.url))
    heard = Heard()
    stop = connect(served.url).listen(flow.id, heard)
    wait_until(lambda: heard.signals)
    flow.finish()
    wait_until(lambda: any(s and s.phase is Phase.COMPLETED for s in heard.signals))
    stop()


def test_another_run_is_heard_of_while_a_poll_is_open(
    servers: Servers, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The poll that is open when a process begins to listen for a run of another one, and that
    would say nothing for hours, is asked anew."""
    monkeypatch.setattr(http_watch, "HOLD", 36_000.0)
    monkeypatch.setattr(http_watch, "MARGIN", 36_000.0)
    served = servers.start(SIGNOFF_PROCESS_LEASE_SECONDS="360000")
    worker, listening = connect(served.url), connect(served.url)
    first, second = Flow(worker), Flow(worker)
    heard, later = Heard(), Heard()
    listening.listen(first.id, heard)
    wait_until(lambda: heard.signals, 60, "word of the first run")
    listening.listen(second.id, later)
    wait_until(lambda: later.signals, 60, "word of the second run")
    before = len(later.signals)
    second.finish()
    wait_until(lambda: len(later.signals) > before, 60, "the end of the second run")


def test_what_one_call_does_with_many_runs_is_heard(
    servers: Servers, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a poll that would say nothing for hours, about runs without a process."""
    monkeypatch.setattr(http_watch, "HOLD", 36_000.0)
    monkeypatch.setattr(http_watch, "MARGIN", 36_000.0)
    served = servers.start(SIGNOFF_PROCESS_LEASE_SECONDS="360000")
    worker, listening, person = (connect(served.url) for _ in range(3))
    flows = [Flow(worker, entry_record=record()) for _ in range(5)]
    for flow in flows:
        flow.leave()
    heard = [Heard() for _ in flows]
    for flow, one in zip(flows, heard, strict=True):
        listening.listen(flow.id, one)
    wait_until(lambda: all(one.signals for one in heard), 60, "word of every run")
    before = [one.version() for one in heard]
    ids = tuple(flow.id for flow in flows)
    shown = person.send(PreviewBulk(BulkAction.RESUME, run_ids=ids, run_input={"ok": True}))
    assert person.send(RunBulk(shown.bulk.id, shown.bulk.digest)).done == 5
    for one, version in zip(heard, before, strict=True):
        wait_until(partial(one.beyond, version), 60, "word of the answer")


def test_a_fenced_process_is_told_when_it_settles(served: Served, connect: Connect) -> None:
    worker = connect(served.url)
    flow, other = Flow(worker), Flow(worker)
    heard = Heard()
    stop = flow.listen(heard)
    gone = replace(task_of(flow.handle), entry=7)
    kept = task_of(other.handle)
    worker.post(FinishTasks((gone,)))
    worker.post(FinishTasks((kept,)))
    worker.settle()
    wait_until(lambda: heard.signals)
    stop()
    worker.post(FinishTasks((replace(task_of(flow.handle), entry=7),)))
    with pytest.raises(StaleEntry):
        worker.settle()


def test_the_same_home_served_and_used_in_process(
    sqlite_servers: Servers, connect: Connect, signoff_home: object
) -> None:
    """A run embedded in this process is answered over HTTP; one over HTTP is answered embedded."""
    served = sqlite_servers.start()
    settings = Settings(home=signoff_home)  # type: ignore[arg-type]
    store = open_store(settings)
    judge = Liveness(settings.home / "run", "here")
    mine = process(liveness=Kind.LOCK, host="here")
    actor = Actor("me", Via.PYTHON)
    local = LocalGateway(orchestrator(settings, store, judge), store, mine, actor, judge)
    remote = connect(served.url)

    started = local.send(StartRun(new_run(), mine.id))
    heard = Heard()
    stop = local.listen(started.run_id, heard)
    asked = OpenWait(
        started.run_id, 1, "k", WaitKind.INPUT, "?", FORM, address=local.process.address
    )
    opened = local.send(asked)
    accepted = remote.send(AnswerWait(started.run_id, {"ok": True}))
    assert not accepted.needs_entry
    wait_until(lambda: heard.version() > opened.version)
    stop()

    flow = Flow(remote)
    heard = Heard()
    stop = flow.listen(heard)
    opened = flow.ask()
    local.send(AnswerWait(flow.id, {"ok": True}))
    wait_until(lambda: heard.version() > opened.version)
    stop()
    local.close()
