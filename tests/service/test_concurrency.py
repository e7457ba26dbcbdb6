"""Many at once: what is decided on a locked run is decided once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from signoff.model.actors import Actor, Via
from signoff.model.commands import AnswerWait, CancelRun, OpenWait
from signoff.model.errors import AnswerConflict, RequestRefused
from signoff.model.queries import CountInbox, ReadWaits
from signoff.model.replies import AnswerAccepted
from signoff.model.waits import WaitKind, WaitStatus
from tests.service.world import CONTINUE, FLOW, YES_NO, World

pytestmark = pytest.mark.service


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same time; what a work raises as a refusal is its result."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return work()
        except RequestRefused as refusal:
            return refusal

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_of_different_answers_at_once_one_stands(world: World) -> None:
    for _ in range(5):
        run = world.start()
        world.open(run, form=YES_NO)
        people = [Actor(f"person-{number}", Via.HTTP) for number in range(6)]

        def give(number: int, person: Actor, run_id: Any = run.run_id) -> Any:
            answer = {"approved": number % 2 == 0, "reason": person.name}
            return world.ask(AnswerWait(run_id, answer, "go"), person)

        results = at_once(
            *(lambda n=number, p=person: give(n, p) for number, person in enumerate(people))
        )
        accepted = [each for each in results if isinstance(each, AnswerAccepted)]
        assert len(accepted) == 1
        assert [type(each) for each in results].count(AnswerConflict) == 5
        (wait,) = world.ask(ReadWaits(run.run_id))
        assert wait.answered_by == accepted[0].answered_by
        assert wait.answer["reason"] == accepted[0].answered_by.name
        assert len(wait.responses) == 1


def test_the_same_answer_at_once_is_one_answer(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    results = at_once(*(lambda: world.answer(run, {"approved": True}, "go"),) * 6)
    assert sorted(each.replayed for each in results) == [False] + [True] * 5


def test_a_deadline_that_many_apply_at_once_fires_once(world: World) -> None:
    runs = [world.start() for _ in range(5)]
    for run in runs:
        world.open(run, timeout=60, on_deadline=CONTINUE)
    world.later(60)
    at_once(
        *(world.service.sweep,) * 3,
        *(partial(world.poll, run) for run in runs),
        *(partial(world.answer, run) for run in runs),
    )
    for run in runs:
        assert [kind for kind, _, _ in world.history(run)] == ["start", "open", "expire"]
    assert world.ask(CountInbox()) == 0


def test_cancelling_downwards_and_waiting_upwards_do_not_block_each_other(world: World) -> None:
    for _ in range(8):
        top = world.start()
        child = world.start(parent_run_id=top.run_id)
        opening = OpenWait(child.run_id, child.entry, "go", WaitKind.APPROVAL, "?")
        results = at_once(
            partial(world.ask, CancelRun(top.run_id)),
            partial(world.ask, opening, FLOW),
        )
        assert all(not isinstance(each, Exception) for each in results[:1])
        # Whoever came first: both are being cancelled, and nothing waits for anybody.
        assert (world.phase(top), world.phase(child)) == ("Cancelling", "Cancelling")
        assert {wait.status for wait in world.ask(ReadWaits(child.run_id))} <= {
            WaitStatus.WITHDRAWN
        }
    assert world.ask(CountInbox()) == 0


def test_starting_a_run_twice_at_once_is_one_run(world: World) -> None:
    results = at_once(*(lambda: world.create(idempotency_key="today"),) * 5)
    assert len({each.run_id for each in results}) == 1
    assert [each.created for each in results].count(True) == 1
