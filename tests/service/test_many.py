"""Several commands in one commit; each happens, or does not, by itself."""

from __future__ import annotations

from uuid import uuid4

import pytest

from signoff.model.commands import (
    AnswerWait,
    CancelRun,
    CreateInput,
    FinishTasks,
    RegisterProcess,
    StartRun,
)
from signoff.model.errors import (
    DeadlinePassed,
    InvalidAnswer,
    InvalidRequest,
    NotPausedError,
    ObjectNotFound,
    StaleEntry,
)
from signoff.model.journal import Liveness, Process
from signoff.model.lookups import ReadJournal
from signoff.model.queries import CountInbox, FilterInputs, ReadRun
from signoff.model.replies import AnswerAccepted, Done
from tests.service.world import BOB, FLOW, YES_NO, World

pytestmark = pytest.mark.service


def test_one_wrong_answer_among_many_is_the_only_one_refused(world: World) -> None:
    runs = [world.start() for _ in range(5)]
    for run in runs:
        world.open(run, form=YES_NO)
    world.told()
    given = [{"approved": True}, {"approved": "?"}, {"approved": False}, None, {"approved": True}]
    commands = [AnswerWait(run.run_id, each) for run, each in zip(runs, given, strict=True)]
    replies = world.service.apply_many(commands, BOB)
    assert [type(reply) for reply in replies] == [
        AnswerAccepted,
        InvalidAnswer,
        AnswerAccepted,
        InvalidAnswer,
        AnswerAccepted,
    ]
    assert world.ask(CountInbox()) == 2
    assert {run_id for _, run_id in world.told()} >= {runs[0].run_id, runs[2].run_id}


def test_every_kind_of_refusal_comes_back_in_its_place(world: World) -> None:
    idle, late = world.start(), world.start()
    world.open(late, timeout=10)
    world.later(10)
    replies = world.service.apply_many(
        [
            AnswerWait(uuid4()),
            AnswerWait(idle.run_id),
            AnswerWait(late.run_id),
            CancelRun(idle.run_id),
            ReadRun(idle.run_id),  # type: ignore[list-item]
        ],
        BOB,
    )
    assert [type(reply) for reply in replies[:3]] == [
        ObjectNotFound,
        NotPausedError,
        DeadlinePassed,
    ]
    assert world.phase(idle) == "Cancelling"
    assert isinstance(replies[4], InvalidRequest)
    # The deadline that was found due has passed, though the answer was refused.
    assert ("expire", "signoff", "go") in world.history(late)


def test_a_command_that_fails_half_way_is_undone_alone(world: World) -> None:
    run = world.start()
    replies = world.service.apply_many(
        [
            CreateInput(run.run_id, "a", "1"),
            CreateInput(run.run_id, "a", "2"),
            CreateInput(run.run_id, "b", "3"),
        ],
        BOB,
    )
    assert [isinstance(reply, Done) for reply in replies] == [True, False, True]
    found = world.ask(FilterInputs(run.run_id, "", 10))
    assert [(each.key, each.value) for each in found] == [("a", "1"), ("b", "3")]


def test_ended_tasks_travel_along_and_are_fenced_by_run(world: World) -> None:
    mine, taken = world.start("p1"), world.start("p2")
    world.dead.add("p2")
    world.enter(taken, "p3")
    task = world.task(mine)
    replies = world.service.apply_many(
        [
            FinishTasks((task,)),
            CreateInput(mine.run_id, "k", "1"),
            FinishTasks((world.task(taken),)),
        ],
        FLOW,
    )
    assert [type(reply) for reply in replies] == [Done, Done, StaleEntry]
    assert world.ask(ReadJournal(mine.run_id)) == (task,)


def test_a_process_registers_and_starts_in_one_commit(world: World) -> None:
    process = Process("p9", "host", 9, "ann", Liveness.LOCK, None)
    new = world.new()
    _, run = world.service.apply_many([RegisterProcess(process), StartRun(new, "p9")], FLOW)
    assert world.phase(run) == "Running"
    with world.store.read() as tx:
        assert tx.process("p9") is not None


def test_nothing_at_all(world: World) -> None:
    assert world.service.apply_many([], BOB) == []
