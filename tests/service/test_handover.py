"""Processes that die: nothing that was waited for is lost."""

from __future__ import annotations

import pytest

from signoff.model.commands import (
    CancelRun,
    LeaveRun,
    OpenWait,
    RegisterProcess,
    RerunRun,
    RetryAttempt,
    StartRun,
    TakeOutcome,
)
from signoff.model.errors import TransitionRefused
from signoff.model.journal import EntryRecord, Liveness, Process
from signoff.model.queries import ReadInbox
from signoff.model.runs import Phase
from signoff.model.waits import DeadlineAction, WaitKind, WaitStatus
from tests.service.world import FLOW, START, YES_NO, World

pytestmark = pytest.mark.service


def test_a_running_run_of_a_dead_process_has_crashed(world: World) -> None:
    run = world.start()
    world.dead.add("p1")
    assert world.service.sweep(100).to_enter == ()
    view = world.view(run)
    assert view.state is not None
    assert (view.state_name, view.state.message) == (
        "Crashed",
        "The process that worked on the run died.",
    )
    world.service.sweep()
    assert [kind for kind, _, _ in world.history(run)] == ["start", "lost"]


def test_a_waiting_run_of_a_dead_process_waits_on_and_is_entered_when_answered(
    world: World,
) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    world.dead.add("p1")
    assert world.service.sweep(100).to_enter == ()
    assert world.phase(run) == "Paused"
    reply = world.answer(run, {"approved": True})
    assert (reply.phase, reply.needs_entry, reply.enter) == (Phase.RESUMING, True, run.run_id)
    assert world.phase(run) == "Resuming"
    # Told again, as long as nobody has entered it.
    assert world.answer(run, {"approved": True}, "go").needs_entry
    assert [each.run_id for each in world.service.sweep(100).to_enter] == [run.run_id]
    entered = world.enter(run, "p2").handle
    assert world.open(entered, form=YES_NO).answer["approved"] is True
    assert world.service.sweep(100).to_enter == ()
    assert world.view(run).run_count == 1


def test_dead_processes_are_forgotten_after_a_while_and_nothing_with_them(world: World) -> None:
    run = world.start("p1")
    world.open(run, form=YES_NO)
    world.process("idle")
    world.process("lives")
    world.dead |= {"p1", "idle"}
    world.service.sweep()
    assert known(world) == {"p1", "idle", "lives"}
    world.later(2 * 3600)
    world.service.sweep()
    assert known(world) == {"lives"}
    (item,) = world.ask(ReadInbox())
    assert not item.alive
    reply = world.answer(run, {"approved": True})
    assert (reply.phase, reply.enter) == (Phase.RESUMING, run.run_id)
    assert world.enter(run, "p2").handle.entry == 2


def test_the_process_of_an_unfinished_run_is_not_forgotten_before_the_run_is_lost(
    world: World,
) -> None:
    run = world.start("p1")
    world.later(2 * 3600)
    world.dead.add("p1")
    world.service.sweep()
    assert world.phase(run) == "Crashed"
    world.service.sweep()
    assert known(world) == set()


def known(world: World) -> set[str]:
    """The processes on record, of those these tests have."""
    with world.store.read() as tx:
        return {name for name in ("p1", "idle", "lives") if tx.process(name) is not None}


def test_an_answer_its_process_never_received_is_not_lost(world: World) -> None:
    run = world.start()
    world.open(run)
    world.answer(run)
    world.dead.add("p1")
    assert [each.run_id for each in world.service.sweep(100).to_enter] == [run.run_id]
    assert world.phase(run) == "Resuming"


def test_an_answer_its_process_has_taken_does_not_bring_it_back(world: World) -> None:
    run = world.start()
    outcome = world.open(run)
    world.answer(run)
    world.ask(TakeOutcome(run.run_id, run.entry, outcome.wait_id), FLOW)
    world.dead.add("p1")
    world.service.sweep()
    assert world.phase(run) == "Crashed"


def test_one_of_two_answered_while_the_process_is_dead(world: World) -> None:
    run = world.start()
    world.open(run, "left")
    world.open(run, "right")
    world.dead.add("p1")
    reply = world.answer(run, key="left")
    assert (reply.phase, reply.needs_entry) == (Phase.PAUSED, True)
    entered = world.enter(run, "p2").handle
    assert world.open(entered, "left").status is WaitStatus.ANSWERED
    assert world.open(entered, "right").status is WaitStatus.OPEN


def test_an_outcome_nobody_asks_for_does_not_bring_a_run_back_for_ever(world: World) -> None:
    run = world.start()
    world.open(run, "dropped", leaving=True)
    world.ask(LeaveRun(run.run_id, run.entry), FLOW)
    world.answer(run, key="dropped")
    entries = 0
    # By now, the code asks something else.
    wanted = True
    while wanted and entries < 100:
        entered = world.enter(run, f"p{entries + 2}").handle
        world.open(entered, "other", leaving=True)
        wanted = world.ask(LeaveRun(run.run_id, entered.entry), FLOW).needs_entry
        entries += 1
    assert 1 < entries < 40
    assert world.service.sweep(100).to_enter == ()
    assert world.answer(run, key="other").needs_entry
    assert [each.run_id for each in world.service.sweep(100).to_enter] == [run.run_id]


def test_one_of_two_expired_while_the_process_is_dead(world: World) -> None:
    run = world.start()
    world.open(run, "left", timeout=60, on_deadline=DeadlineAction.CONTINUE)
    world.open(run, "right")
    world.later(60)
    # Its process lives, and hears of it.
    assert world.service.sweep(100).to_enter == ()
    world.dead.add("p1")
    assert [each.run_id for each in world.service.sweep(100).to_enter] == [run.run_id]
    assert world.phase(run) == "Paused"
    entered = world.enter(run, "p2").handle
    taken = world.open(entered, "left")
    assert taken.status is WaitStatus.EXPIRED
    assert world.service.sweep(100).to_enter == ()
    world.ask(TakeOutcome(run.run_id, entered.entry, taken.wait_id), FLOW)
    world.dead.add("p2")
    assert world.service.sweep(100).to_enter == ()


def test_one_of_two_answered_by_somebody_who_could_not_start_a_process(world: World) -> None:
    run = world.start()
    world.open(run, "left")
    world.open(run, "right")
    world.dead.add("p1")
    world.answer(run, key="left")
    assert [each.run_id for each in world.service.sweep(100).to_enter] == [run.run_id]


def test_a_resumed_run_that_nobody_entered_can_be_told_to_go_on(world: World) -> None:
    run = world.start()
    world.open(run)
    world.dead.add("p1")
    world.answer(run)
    again = world.ask(RerunRun(run.run_id))
    assert (again.phase, again.needs_entry, again.attempt) == (Phase.RESUMING, True, 1)
    entered = world.enter(run, "p2").handle
    assert world.open(entered).status is WaitStatus.ANSWERED


def test_a_run_that_waits_for_its_retry_is_entered_when_it_is_due(world: World) -> None:
    run = world.start()
    world.ask(RetryAttempt(run.run_id, run.entry, START + 60_000_000, "boom"), FLOW)
    world.dead.add("p1")
    assert world.service.sweep(100).to_enter == ()
    world.later(60)
    assert [each.run_id for each in world.service.sweep(100).to_enter] == [run.run_id]


def test_cancelling_a_dead_run_ends_it_at_once(world: World) -> None:
    paused, running = world.start("p1"), world.start("p1")
    world.open(paused)
    world.dead.add("p1")
    assert world.ask(CancelRun(paused.run_id)).phase is Phase.CANCELLED
    assert world.ask(CancelRun(running.run_id)).phase is Phase.CANCELLED


def test_a_process_that_died_while_stopping_has_stopped(world: World) -> None:
    run = world.start()
    world.ask(CancelRun(run.run_id))
    world.dead.add("p1")
    world.service.sweep()
    assert world.phase(run) == "Cancelled"


def test_a_lease_that_is_renewed_keeps_a_process_alive(world: World) -> None:
    process = Process("far", "elsewhere", 1, "ann", Liveness.LEASE, None)
    world.ask(RegisterProcess(process), FLOW)
    run = world.ask(StartRun(world.new(), "far"), FLOW)
    swept = world.service.sweep(100)
    assert swept.next_due == START + 30_000_000
    world.later(20)
    assert world.service.renew("far")
    assert world.service.sweep().next_due == START + 50_000_000
    assert world.phase(run) == "Running"
    assert not world.service.renew("nobody")


def test_a_crashed_run_goes_on_when_told_to(world: World) -> None:
    run = world.start()
    world.dead.add("p1")
    world.service.sweep()
    again = world.ask(RerunRun(run.run_id))
    assert (again.phase, again.needs_entry, again.attempt) == (Phase.RESUMING, True, 1)
    assert [each.run_id for each in world.service.sweep(100).to_enter] == [run.run_id]


@pytest.mark.parametrize(
    "record", [None, EntryRecord("h", "u", "i", "/", (), None, None, "q", "0", "in a closure")]
)
def test_what_no_process_can_load_is_not_run_again(
    world: World, record: EntryRecord | None
) -> None:
    run = world.start(entry_record=record)
    world.finish(run, Phase.FAILED)
    with pytest.raises(TransitionRefused, match="cannot be run again"):
        world.ask(RerunRun(run.run_id))


def test_a_run_nobody_can_load_is_answered_all_the_same(world: World) -> None:
    run = world.start(entry_record=None)
    world.open(run)
    world.dead.add("p1")
    reply = world.answer(run)
    assert (reply.needs_entry, reply.entry_record) == (True, None)


def test_a_process_slept_through_its_death_and_is_fenced_off(world: World) -> None:
    run = world.start("p1")
    world.open(run, "one")
    world.dead.add("p1")
    entered = world.enter(run, "p2").handle
    world.dead.discard("p1")
    with pytest.raises(Exception, match="must stop working on it"):
        world.ask(OpenWait(run.run_id, run.entry, "two", WaitKind.APPROVAL, "?"), FLOW)
    assert world.open(entered, "two").status is WaitStatus.OPEN


def test_a_run_entered_since_it_was_listed_is_not_declared_lost(world: World) -> None:
    run = world.start("p1")
    world.dead.add("p1")
    world.enter(run, "p2")
    world.service.sweep()
    assert world.phase(run) == "Running"
