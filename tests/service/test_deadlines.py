"""Deadlines: by the store's clock, exactly once, whoever comes first."""

from __future__ import annotations

import pytest

from signoff.model.commands import ReopenWait
from signoff.model.errors import (
    AnswerConflict,
    DeadlinePassed,
    InvalidAnswer,
    NotPausedError,
)
from signoff.model.queries import CountInbox, ReadInbox, ReadRuns, ReadWaits
from signoff.model.replies import RunHandle
from signoff.model.waits import WaitStatus
from tests.service.world import (
    CANCEL,
    CONTINUE,
    DEFAULT,
    FAIL,
    SECOND,
    START,
    YES_NO,
    World,
)

pytestmark = pytest.mark.service


def expirations(world: World, run: RunHandle) -> int:
    return [kind for kind, _, _ in world.history(run)].count("expire")


def test_fail_with_a_living_process_is_told_to_it(world: World) -> None:
    run = world.start()
    world.open(run, timeout=60, on_deadline=FAIL)
    world.told()
    world.later(60)
    world.service.sweep()
    assert world.told() == {("poll:p1", run.run_id)}
    outcome = world.poll(run)
    assert (outcome.status, outcome.on_deadline) == (WaitStatus.EXPIRED, FAIL)
    assert world.phase(run) == "Running"


def test_fail_with_a_dead_process_fails_the_run_with_the_documented_message(world: World) -> None:
    run = world.start()
    world.open(run, timeout=60, on_deadline=FAIL)
    world.dead.add("p1")
    world.later(60)
    view = world.view(run)
    assert view.state is not None
    assert view.state_name == "Failed"
    assert view.state.message == "The flow was paused and never resumed."


def test_continue_goes_on_without_an_answer(world: World) -> None:
    run = world.start()
    world.open(run, timeout=60, on_deadline=CONTINUE, form=YES_NO)
    world.later(60)
    outcome = world.poll(run)
    assert (outcome.status, outcome.answer) == (WaitStatus.EXPIRED, None)
    assert world.phase(run) == "Running"


def test_continue_with_a_dead_process_has_the_run_entered_again(world: World) -> None:
    run = world.start()
    world.open(run, timeout=60, on_deadline=CONTINUE)
    world.dead.add("p1")
    world.later(60)
    swept = world.service.sweep(100)
    assert [each.run_id for each in swept.to_enter] == [run.run_id]
    assert swept.to_enter[0].entry_record is not None
    assert world.phase(run) == "Resuming"


def test_default_answers_with_the_default_completed(world: World) -> None:
    run = world.start()
    world.open(run, timeout=60, on_deadline=DEFAULT, default={"approved": False}, form=YES_NO)
    world.later(60)
    outcome = world.poll(run)
    assert outcome.status is WaitStatus.ANSWERED
    assert outcome.answer == {"approved": False, "reason": "none given"}
    assert outcome.by is not None
    assert outcome.by.name == "signoff"
    with pytest.raises(AnswerConflict, match="signoff"):
        world.answer(run, {"approved": True}, "go")


def test_default_with_a_dead_process_has_the_run_entered_again(world: World) -> None:
    run = world.start()
    world.open(run, timeout=60, on_deadline=DEFAULT, default={"approved": True}, form=YES_NO)
    world.dead.add("p1")
    world.later(60)
    assert [each.run_id for each in world.service.sweep(100).to_enter] == [run.run_id]
    entered = world.enter(run, "p2").handle
    assert world.open(entered, form=YES_NO).answer["approved"] is True


def test_a_default_that_does_not_fit_is_refused_before_anybody_waits(world: World) -> None:
    run = world.start()
    with pytest.raises(InvalidAnswer):
        world.open(run, timeout=60, on_deadline=DEFAULT, default={}, form=YES_NO)
    assert world.phase(run) == "Running"


def test_cancel_cancels(world: World) -> None:
    alive, dead = world.start("p1"), world.start("p2")
    world.open(alive, timeout=60, on_deadline=CANCEL)
    world.open(dead, timeout=60, on_deadline=CANCEL)
    world.dead.add("p2")
    world.later(60)
    assert world.phase(alive) == "Cancelling"
    assert world.phase(dead) == "Cancelled"


def test_a_deadline_does_not_fire_early(world: World) -> None:
    run = world.start()
    world.open(run, timeout=60)
    world.now += 60 * SECOND - 1
    assert world.service.sweep().next_due == START + 60 * SECOND
    assert world.poll(run).status is WaitStatus.OPEN
    world.now += 1
    assert world.poll(run).status is WaitStatus.EXPIRED


def test_a_deadline_fires_once_however_many_look(world: World) -> None:
    run = world.start()
    world.open(run, timeout=60, on_deadline=CONTINUE)
    world.later(61)
    world.view(run)
    world.poll(run)
    world.service.sweep()
    world.ask(ReadWaits(run.run_id))
    with pytest.raises(DeadlinePassed):
        world.answer(run, key="go")
    assert expirations(world, run) == 1


def test_a_deadline_never_touches_an_answered_wait(world: World) -> None:
    run = world.start()
    world.open(run, timeout=60)
    world.later(59)
    world.answer(run)
    world.later(60)
    assert world.service.sweep().next_due is None
    assert world.poll(run).status is WaitStatus.ANSWERED
    assert expirations(world, run) == 0


@pytest.mark.parametrize("key", [None, "go"])
def test_a_late_answer_is_refused_even_when_nobody_has_swept(world: World, key: str | None) -> None:
    run = world.start()
    world.open(run, timeout=60, form=YES_NO)
    world.later(60)
    with pytest.raises(DeadlinePassed):
        world.answer(run, {"approved": True}, key)
    # The refusal did not undo that the deadline has passed.
    assert expirations(world, run) == 1
    assert world.phase(run) == "Running"
    with pytest.raises(NotPausedError):
        world.answer(run, {"approved": True})


def test_a_late_answer_to_a_dead_run_fails_it_and_tells_nobody_else(world: World) -> None:
    run = world.start()
    world.open(run, timeout=60)
    world.dead.add("p1")
    world.later(3600)
    with pytest.raises(DeadlinePassed):
        world.answer(run)
    assert world.phase(run) == "Failed"


def test_only_the_due_wait_of_two_expires(world: World) -> None:
    run = world.start()
    world.open(run, "soon", timeout=10, on_deadline=CONTINUE)
    world.open(run, "later", timeout=100)
    world.later(10)
    assert world.poll(run, "soon").status is WaitStatus.EXPIRED
    assert world.poll(run, "later").status is WaitStatus.OPEN
    assert world.phase(run) == "Paused"


def test_lists_and_counters_show_what_has_expired(world: World) -> None:
    run = world.start()
    world.open(run, timeout=60)
    world.later(60)
    assert world.ask(ReadInbox()) == ()
    assert world.ask(CountInbox()) == 0
    assert [each.state_name for each in world.ask(ReadRuns())] == ["Running"]


def test_a_reopened_wait_keeps_its_deadline(world: World) -> None:
    run = world.start()
    world.open(run, timeout=60, form=YES_NO)
    world.later(30)
    world.answer(run, {"approved": True})
    world.later(40)
    world.ask(ReopenWait(run.run_id, run.entry, "go", ()))
    assert world.poll(run).status is WaitStatus.EXPIRED


def test_a_sweep_settles_more_than_one_batch(world: World) -> None:
    runs = [world.start() for _ in range(120)]
    for run in runs:
        world.open(run, timeout=60, on_deadline=CONTINUE)
    world.later(60)
    world.service.sweep()
    assert world.ask(CountInbox()) == 0
    assert all(expirations(world, run) == 1 for run in (runs[0], runs[-1]))


def test_the_next_due_moment_is_the_nearest(world: World) -> None:
    run = world.start()
    assert world.service.sweep().next_due is None
    world.open(run, "a", timeout=90)
    world.open(run, "b", timeout=60)
    assert world.service.sweep().next_due == START + 60 * SECOND


def test_wait_without_deadline_outlives_years(world: World) -> None:
    run = world.start()
    world.open(run)
    world.later(10 * 365 * 24 * 3600)
    world.service.sweep()
    assert world.answer(run).key == "go"


def test_a_clock_that_jumps_back_loses_no_deadline_and_fires_none_twice(world: World) -> None:
    run, other = world.start(), world.start()
    world.open(run, timeout=60, on_deadline=CONTINUE)
    world.open(other, timeout=7200, on_deadline=CONTINUE)
    world.later(-3600)
    world.service.sweep()
    assert (expirations(world, run), world.poll(run).status) == (0, WaitStatus.OPEN)
    world.later(3661)
    world.service.sweep()
    assert (expirations(world, run), expirations(world, other)) == (1, 0)
    world.later(-3600)
    for _ in range(2):
        world.service.sweep()
        assert world.poll(run).status is WaitStatus.EXPIRED
    assert expirations(world, run) == 1
    # What is asked now counts from the clock as it is now.
    world.open(run, "next", timeout=60, on_deadline=CONTINUE)
    world.later(61)
    world.service.sweep()
    assert (expirations(world, run), expirations(world, other)) == (2, 0)


def test_a_clock_that_jumps_forward_fires_each_deadline_once(world: World) -> None:
    runs = [world.start() for _ in range(3)]
    for number, run in enumerate(runs):
        world.open(run, timeout=60 * 10**number, on_deadline=CONTINUE)
    answered = world.start()
    world.open(answered, timeout=60)
    world.answer(answered)
    world.later(10 * 365 * 86_400)
    for _ in range(2):
        world.service.sweep()
    world.later(-10 * 365 * 86_400)
    world.service.sweep()
    assert [expirations(world, run) for run in (*runs, answered)] == [1, 1, 1, 0]
