"""Parents and children: a parent waits while its child does, and takes it along when it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signoff.model.commands import (
    CancelRun,
    DeleteRun,
    ProposedState,
    ReopenWait,
    RerunRun,
    RetryAttempt,
    SetRunState,
    StartRun,
)
from signoff.model.errors import AmbiguousWait, DeadlinePassed
from signoff.model.journal import TaskStart
from signoff.model.queries import CountInbox, ReadInbox, ReadTaskRuns
from signoff.model.replies import RunHandle
from signoff.model.runs import Phase
from signoff.model.states import StateType
from tests.service.world import CANCEL, CONTINUE, FLOW, World

pytestmark = pytest.mark.service


def family(world: World, process: str = "p1") -> tuple[RunHandle, RunHandle, RunHandle]:
    """A run, its child and its grandchild, in one process."""
    top = world.start(process)
    child = world.start(process, parent_run_id=top.run_id, journal_key="c")
    grandchild = world.start(process, parent_run_id=child.run_id, journal_key="g")
    return top, child, grandchild


def phases(world: World, *runs: RunHandle) -> list[str]:
    return [world.phase(run) for run in runs]


def test_while_a_child_waits_so_do_all_above_it(world: World) -> None:
    runs = family(world)
    world.open(runs[2])
    assert phases(world, *runs) == ["Paused", "Paused", "Paused"]
    world.answer(runs[2])
    assert phases(world, *runs) == ["Running", "Running", "Running"]


def test_only_the_question_itself_is_in_the_inbox(world: World) -> None:
    runs = family(world)
    world.open(runs[2])
    assert [item.run_id for item in world.ask(ReadInbox())] == [runs[2].run_id]
    assert world.ask(CountInbox()) == 1


def test_resuming_the_parent_names_the_child(world: World) -> None:
    top, child, grandchild = family(world)
    world.open(grandchild)
    with pytest.raises(AmbiguousWait, match=str(grandchild.run_id)):
        world.answer(child)
    with pytest.raises(AmbiguousWait, match=str(child.run_id)):
        world.answer(top)


def test_a_child_may_wait_again_and_again(world: World) -> None:
    top, child, _ = family(world)
    for key in ("one", "two"):
        world.open(child, key)
        assert phases(world, top, child) == ["Paused", "Paused"]
        world.answer(child)
        assert phases(world, top, child) == ["Running", "Running"]
    world.ask(ReopenWait(child.run_id, child.entry, "two", ()), FLOW)
    assert phases(world, top, child) == ["Paused", "Paused"]


def test_a_child_with_two_waits_is_one_wait_of_its_parent(world: World) -> None:
    top, child, _ = family(world)
    world.open(child, "one")
    world.open(child, "two")
    world.answer(child, key="one")
    assert world.phase(top) == "Paused"
    world.answer(child)
    assert world.phase(top) == "Running"


def test_the_process_of_a_parent_hears_of_it(world: World) -> None:
    top = world.start("p1")
    child = world.start("p2", parent_run_id=top.run_id)
    world.told()
    world.open(child, address="poll:p2")
    assert world.told() == {("poll:p1", top.run_id)}
    world.answer(child)
    assert world.told() == {("poll:p1", top.run_id), ("poll:p2", child.run_id)}


def test_cancelling_takes_the_children_along(world: World) -> None:
    runs = family(world)
    world.open(runs[2])
    world.told()
    world.ask(CancelRun(runs[0].run_id))
    assert phases(world, *runs) == ["Cancelling"] * 3
    assert world.ask(CountInbox()) == 0
    assert world.told() == {("poll:p1", run.run_id) for run in runs}


def test_cancelling_a_child_lets_its_parent_go_on(world: World) -> None:
    top, child, _ = family(world)
    world.open(child)
    world.ask(CancelRun(child.run_id))
    assert phases(world, top, child) == ["Running", "Cancelling"]


def test_a_finished_child_is_left_alone(world: World) -> None:
    top, child, grandchild = family(world)
    world.finish(grandchild)
    world.finish(child)
    world.ask(CancelRun(top.run_id))
    assert phases(world, top, child, grandchild) == ["Cancelling", "Completed", "Completed"]


@pytest.mark.parametrize("force", [False, True])
def test_failing_a_run_from_outside_takes_the_children_along(world: World, force: bool) -> None:
    runs = family(world)
    world.open(runs[2])
    world.ask(SetRunState(runs[0].run_id, ProposedState(StateType.FAILED), force))
    assert phases(world, *runs) == ["Failed", "Cancelling", "Cancelling"]


def test_a_deadline_of_the_parent_that_cancels_reaches_the_child(world: World) -> None:
    top, child, _ = family(world)
    world.open(top, timeout=60, on_deadline=CANCEL)
    world.open(child)
    world.later(60)
    assert phases(world, top, child) == ["Cancelling", "Cancelling"]
    assert world.ask(CountInbox()) == 0


def test_a_late_answer_to_a_child_lets_its_parent_go_on(world: World) -> None:
    top, child, _ = family(world)
    world.open(child, timeout=60, on_deadline=CONTINUE)
    world.later(60)
    with pytest.raises(DeadlinePassed):
        world.answer(child)
    assert phases(world, top, child) == ["Running", "Running"]


def test_deleting_a_parent_stops_its_children(world: World) -> None:
    top, child, grandchild = family(world)
    world.open(grandchild)
    world.told()
    world.ask(DeleteRun(top.run_id))
    assert phases(world, child, grandchild) == ["Cancelling", "Cancelling"]
    assert ("poll:p1", top.run_id) in world.told()


def test_deleting_a_waiting_child_lets_its_parent_go_on(world: World) -> None:
    top, child, _ = family(world)
    world.open(child)
    world.ask(DeleteRun(child.run_id))
    assert world.phase(top) == "Running"


# Families whose process died --------------------------------------------------------------


def test_the_topmost_run_is_entered_for_all_of_them(world: World) -> None:
    runs = family(world)
    world.open(runs[2])
    world.dead.add("p1")
    reply = world.answer(runs[2])
    assert (reply.needs_entry, reply.enter) == (True, runs[0].run_id)
    assert reply.entry_record is not None
    assert phases(world, *runs) == ["Resuming"] * 3
    assert [each.run_id for each in world.service.sweep(100).to_enter] == [runs[0].run_id]


def test_once_the_parent_is_entered_nobody_enters_the_child_beside_it(world: World) -> None:
    top, child, _ = family(world)
    world.open(child)
    world.dead.add("p1")
    world.answer(child)
    world.enter(top, "p2")
    assert world.service.sweep(100).to_enter == ()
    assert world.enter(child, "p2").handle.phase is Phase.RUNNING
    assert phases(world, top, child) == ["Running", "Running"]


def test_a_family_entered_before_the_answer_waits_on(world: World) -> None:
    top, child, _ = family(world)
    world.open(child)
    world.dead.add("p1")
    top_again = world.enter(top, "p2").handle
    assert top_again.phase is Phase.PAUSED
    child_again = world.enter(child, "p2").handle
    assert child_again.phase is Phase.PAUSED
    world.open(child_again, address="poll:p2")
    reply = world.answer(child)
    assert not reply.needs_entry
    assert phases(world, top, child) == ["Running", "Running"]


def test_of_two_waiting_children_the_answered_one_goes_on(world: World) -> None:
    top = world.start()
    left = world.start(parent_run_id=top.run_id, journal_key="l")
    right = world.start(parent_run_id=top.run_id, journal_key="r")
    world.open(left)
    world.open(right)
    world.dead.add("p1")
    reply = world.answer(left)
    # The parent still waits for the other one, and is entered all the same.
    assert (reply.enter, world.phase(top)) == (top.run_id, "Paused")
    assert [each.run_id for each in world.service.sweep(100).to_enter] == [top.run_id]
    world.enter(top, "p2")
    world.enter(left, "p2")
    assert phases(world, top, left, right) == ["Paused", "Running", "Paused"]


def test_an_orphan_is_entered_by_itself(world: World) -> None:
    top, child, _ = family(world)
    world.open(child)
    world.ask(DeleteRun(top.run_id))
    child = world.start("p1", parent_run_id=top.run_id)
    world.open(child)
    world.dead.add("p1")
    assert world.answer(child).enter == child.run_id


def entered_again(world: World) -> tuple[RunHandle, RunHandle, RunHandle]:
    """A family of which the child waits without a process, and only the parent was entered."""
    top = world.start()
    call = TaskStart(world.new_id(), top.run_id, 1, "", "flow", "deploy", world.now, 1, child=None)
    child = world.new(parent_run_id=top.run_id, parent_task_run_id=call.id)
    begun = world.ask(StartRun(child, "p1", replace(call, child=child.id)), FLOW)
    grandchild = world.start(parent_run_id=child.id)
    world.open(grandchild)
    world.dead.add("p1")
    return world.enter(top, "p2").handle, begun, grandchild


@pytest.mark.parametrize("end", [Phase.COMPLETED, Phase.FAILED])
def test_what_was_not_called_again_ends_with_its_caller(world: World, end: Phase) -> None:
    top, child, grandchild = entered_again(world)
    world.finish(top, end)
    assert phases(world, child, grandchild) == ["Cancelled", "Cancelled"]
    assert "did not call it any more" in str(world.view(child).state.message)  # type: ignore[union-attr]
    assert world.ask(CountInbox()) == 0
    (task,) = world.ask(ReadTaskRuns())
    assert (task.state_name, task.child_flow_run_id) == ("Crashed", child.run_id)


def test_the_next_attempt_does_without_it_too(world: World) -> None:
    top, child, grandchild = entered_again(world)
    world.ask(RetryAttempt(top.run_id, top.entry, world.now, "boom"), FLOW)
    assert phases(world, child, grandchild) == ["Cancelled", "Cancelled"]


def test_a_crash_leaves_it_to_the_process_that_goes_on(world: World) -> None:
    top, child, grandchild = entered_again(world)
    world.finish(top, Phase.CRASHED)
    assert phases(world, child, grandchild) == ["Paused", "Paused"]
    (begun,) = world.enter(world.ask(RerunRun(top.run_id)), "p3").begun
    assert begun.child == child.run_id


def test_a_living_call_is_left_alone(world: World) -> None:
    top, child, _ = entered_again(world)
    again = world.enter(child, "p2").handle
    world.finish(top)
    assert not Phase(again.phase).is_final
    assert world.phase(child) == "Paused"
