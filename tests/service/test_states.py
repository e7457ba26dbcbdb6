"""The documented way to set a state: what it stands for, and how it says no."""

from __future__ import annotations

from uuid import uuid4

import pytest

from signoff.model.commands import (
    CancelRun,
    DeleteRun,
    HoldRun,
    ProposedState,
    SetRunState,
    UpdateRun,
)
from signoff.model.errors import InvalidRequest, ObjectNotFound, TransitionRefused
from signoff.model.lookups import ReadResult, ReadSignals
from signoff.model.queries import CountRuns, ReadRuns
from signoff.model.replies import RunHandle, StateSet
from signoff.model.runs import Phase
from signoff.model.states import StateType
from signoff.model.waits import WaitStatus
from tests.service.world import KEPT, YES_NO, World

pytestmark = pytest.mark.service


def set_state(
    world: World, run: RunHandle, type: StateType, force: bool = False, **facts: object
) -> StateSet:
    state = ProposedState(type, **facts)  # type: ignore[arg-type]
    return world.ask(SetRunState(run.run_id, state, force))


def test_paused_means_a_pause_at_the_next_boundary(world: World) -> None:
    run = world.start()
    reply = set_state(world, run, StateType.PAUSED)
    assert (reply.status, reply.handle.state_name) == ("ACCEPT", "Pausing")


@pytest.mark.parametrize("type", [StateType.CANCELLING, StateType.CANCELLED])
def test_cancelling_and_cancelled_mean_cancel(world: World, type: StateType) -> None:
    run = world.start()
    assert set_state(world, run, type).handle.phase is Phase.CANCELLING
    waiting = world.create()
    assert set_state(world, waiting, type).handle.phase is Phase.CANCELLED


def test_running_means_go_on(world: World) -> None:
    run = world.start()
    assert set_state(world, run, StateType.RUNNING).status == "REJECT"
    world.open(run)
    assert set_state(world, run, StateType.RUNNING).handle.phase is Phase.RUNNING
    assert world.poll(run).status is WaitStatus.ANSWERED


def test_running_without_the_input_that_is_asked_for_is_rejected(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    reply = set_state(world, run, StateType.RUNNING)
    assert reply.status == "REJECT"
    assert reply.reason is not None
    assert "approved" in reply.reason
    assert world.phase(run) == "Paused"


@pytest.mark.parametrize("type", [StateType.COMPLETED, StateType.FAILED, StateType.CRASHED])
def test_a_final_type_ends_the_run(world: World, type: StateType) -> None:
    run = world.start()
    world.open(run)
    world.told()
    reply = set_state(world, run, type, name="Done", message="by hand", result=KEPT)
    assert (reply.status, reply.handle.state_name, reply.handle.message) == (
        "ACCEPT",
        "Done",
        "by hand",
    )
    assert world.ask(ReadResult(run.run_id)) == KEPT
    assert world.told() == {("poll:p1", run.run_id)}


def test_an_ended_run_answers_abort(world: World) -> None:
    run = world.start()
    world.finish(run)
    for type in (StateType.PAUSED, StateType.CANCELLED, StateType.FAILED, StateType.RUNNING):
        reply = set_state(world, run, type)
        assert (reply.status, reply.handle.phase) == ("ABORT", Phase.COMPLETED)
        assert reply.reason


def test_scheduled_means_another_go_after_an_end(world: World) -> None:
    run = world.start()
    assert set_state(world, run, StateType.SCHEDULED).status == "REJECT"
    world.finish(run, Phase.FAILED)
    reply = set_state(world, run, StateType.SCHEDULED)
    assert (reply.status, reply.handle.attempt, reply.handle.needs_entry) == ("ACCEPT", 2, True)


def test_pending_cannot_be_asked_for(world: World) -> None:
    reply = set_state(world, world.start(), StateType.PENDING)
    assert (reply.status, reply.reason is not None) == ("REJECT", True)


def test_force_overrides_and_is_on_record(world: World) -> None:
    run = world.start()
    world.open(run)
    world.finish(run)
    reply = set_state(world, run, StateType.SCHEDULED, force=True, name="Late")
    assert (reply.status, reply.handle.phase, reply.handle.state_name) == (
        "ACCEPT",
        Phase.SCHEDULED,
        "Late",
    )
    assert world.history(run)[-1][:2] == ("force", "bob")


def test_force_closes_waits_and_wakes_the_waiter(world: World) -> None:
    run = world.start()
    world.open(run)
    world.told()
    set_state(world, run, StateType.COMPLETED, force=True)
    assert world.told() == {("poll:p1", run.run_id)}
    assert world.poll(run).status is WaitStatus.WITHDRAWN


def test_an_unknown_run_is_not_found(world: World) -> None:
    with pytest.raises(ObjectNotFound):
        world.ask(SetRunState(uuid4(), ProposedState(StateType.FAILED)))


def test_pausing_twice_is_one_pause_and_an_ended_run_cannot_be(world: World) -> None:
    run = world.start()
    first = world.ask(HoldRun(run.run_id))
    assert world.ask(HoldRun(run.run_id)).version == first.version
    world.finish(run)
    with pytest.raises(TransitionRefused, match="terminal state Completed"):
        world.ask(HoldRun(run.run_id))


def test_cancel_wakes_the_waiter_at_once(world: World) -> None:
    run = world.start()
    world.open(run)
    world.told()
    world.ask(CancelRun(run.run_id))
    assert world.told() == {("poll:p1", run.run_id)}
    outcome = world.poll(run)
    assert (outcome.status, outcome.phase) == (WaitStatus.WITHDRAWN, Phase.CANCELLING)


def test_delete_wakes_the_waiter_at_once(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    world.told()
    world.ask(DeleteRun(run.run_id))
    assert world.told() == {("poll:p1", run.run_id)}
    with pytest.raises(ObjectNotFound):
        world.poll(run)
    assert world.ask(ReadSignals((run.run_id,)))[0].phase is Phase.ABSENT
    assert world.ask(ReadRuns()) == ()
    with pytest.raises(ObjectNotFound):
        world.ask(DeleteRun(run.run_id))


def test_a_run_is_renamed_and_tagged(world: World) -> None:
    run = world.start(tags=("a",))
    world.ask(UpdateRun(run.run_id, name="new", parameters={"n": 2}))
    view = world.view(run)
    assert (view.name, view.tags, view.parameters) == ("new", ["a"], {"n": 2})
    world.ask(UpdateRun(run.run_id, tags=()))
    assert world.view(run).tags == []
    with pytest.raises(InvalidRequest, match="must not be empty"):
        world.ask(UpdateRun(run.run_id, name=" "))
    with pytest.raises(ObjectNotFound):
        world.ask(UpdateRun(uuid4(), name="x"))
    assert world.ask(CountRuns()) == 1
