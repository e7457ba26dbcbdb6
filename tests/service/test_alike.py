"""Runs that are alike are answered together, and nobody can tell that from what is on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from signoff.model.bulk import (
    BulkAction,
    BulkView,
    Outcome,
    PreviewBulk,
    ReadReceipts,
    RunBulk,
)
from signoff.model.claims import ClaimRuns, Scope
from signoff.model.commands import EnterRun, LeaveRun
from signoff.model.forms import Json
from signoff.model.queries import CountInbox, ReadHistory, ReadWait
from signoff.model.replies import RunHandle
from tests.service.world import BOB, FLOW, LOGIN, YES_NO, World

pytestmark = pytest.mark.service

YES = {"approved": True}
Make = Callable[[World], RunHandle]


def suspended(world: World, form: Any = YES_NO, **facts: Any) -> RunHandle:
    """A run that waits without a process."""
    run = world.start()
    world.open(run, form=form, address=None, leaving=True, **facts)
    world.ask(LeaveRun(run.run_id, run.entry), FLOW)
    return run


def entered_twice(world: World) -> RunHandle:
    run = suspended(world)
    world.answer(run, YES)
    again = world.ask(EnterRun(run.run_id, world.process("p2")), FLOW).handle
    world.open(again, "more", form=YES_NO, address=None, leaving=True)
    world.ask(LeaveRun(run.run_id, again.entry), FLOW)
    return again


def in_a_living_process(world: World) -> RunHandle:
    run = world.start()
    world.open(run, form=YES_NO)
    return run


KINDS: Mapping[str, Make] = {
    "a question": suspended,
    "a long title": lambda world: suspended(world, title="Really?"),
    "a secret": lambda world: suspended(world, form=LOGIN),
    "nothing asked": lambda world: suspended(world, form=None),
    "a deadline": lambda world: suspended(world, timeout=60),
    "a deadline that passes": lambda world: suspended(world, timeout=1),
    "another entry": entered_twice,
    "a living process": in_a_living_process,
}


def resume(world: World, runs: list[RunHandle], given: Json, size: int) -> BulkView:
    ids = tuple(run.run_id for run in runs)
    shown = world.ask(PreviewBulk(BulkAction.RESUME, run_ids=ids, run_input=given), BOB)
    while True:
        bulk = world.ask(RunBulk(shown.bulk.id, shown.bulk.digest, size), BOB)
        if bulk.is_over:
            return bulk


def record(world: World, run: RunHandle, told: str | None) -> dict[str, Any]:
    """All that is on record of a run, but for what tells it from others of its kind."""
    view = world.view(run).model_dump(exclude={"id", "state", "state_id"})
    history = world.ask(ReadHistory(run.run_id))
    keys = {line.key for line in history if line.key}
    waits = [world.ask(ReadWait(run.run_id, key)) for key in sorted(keys)]
    return {
        "view": view,
        "state": world.phase(run),
        "history": [(h.version, h.kind, h.phase, h.name, h.message, h.actor) for h in history],
        "moments": [line.at for line in history],
        "waits": [(w.status, w.answer, w.answered_by, w.closed_at, w.form) for w in waits],
        "responses": [(r.by, r.at, r.answer) for w in waits for r in w.responses],
        "told": (told or "").replace(str(run.run_id), "RUN"),
    }


@pytest.mark.parametrize("given", [YES, {"user": "ann", "password": "secret"}, None])
def test_what_is_on_record_is_what_single_answers_leave(world: World, given: Json) -> None:
    # More than so few that the store would not take the trouble to find them alike.
    made = {kind: [make(world) for _ in range(10)] for kind, make in KINDS.items()}
    world.later(2)
    together = [run for runs in made.values() for run in runs[:5]]
    alone = [run for runs in made.values() for run in runs[5:]]
    waiting = world.ask(CountInbox())
    many = resume(world, together, given, size=1000)
    still = world.ask(CountInbox())
    single = resume(world, alone, given, size=1)
    assert (many.done, many.refused) == (single.done, single.refused)
    assert waiting - still == still - world.ask(CountInbox())
    told = {
        each.run_id: each.reason
        for bulk in (many, single)
        for each in world.ask(ReadReceipts(bulk.id))
    }
    for kind, runs in made.items():
        seen = [record(world, run, told[run.run_id]) for run in runs]
        for other in seen[1:]:
            assert other == seen[0], kind


def test_every_one_of_them_is_due_once(world: World) -> None:
    runs = [suspended(world) for _ in range(5)]
    bulk = resume(world, runs, YES, size=1000)
    assert [one.outcome for one in world.ask(ReadReceipts(bulk.id))] == [Outcome.DONE] * 5
    world.process("c1")
    scope = Scope(host="host", user="ann")
    claimed = [each.run_id for each in world.ask(ClaimRuns("c1", scope, 10), FLOW).runs]
    assert sorted(claimed) == sorted(run.run_id for run in runs)
    assert world.ask(ClaimRuns("c1", scope, 10), FLOW).runs == ()


def test_each_answers_its_own_question(world: World) -> None:
    runs = [suspended(world) for _ in range(5)]
    resume(world, runs, YES, size=1000)
    for run in runs:
        entered = world.ask(EnterRun(run.run_id, world.process("p9")), FLOW).handle
        outcome = world.poll(entered)
        assert (outcome.answer, outcome.by) == ({"approved": True, "reason": "none given"}, BOB)
        assert world.answer(entered, YES, "go").replayed
