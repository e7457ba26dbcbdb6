"""Concurrency limits of deployments: exact, whatever waits, ends or dies."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from uuid import UUID, uuid4

import pytest

from signoff.core.ports import DUE
from signoff.model import deploying as d
from signoff.model.claims import ClaimRuns, EndChildren, EndedChild, Scope
from signoff.model.commands import CancelRun, EnterRun, LeaveRun, OpenWait, RetryAttempt
from signoff.model.deployments import ConcurrencyOptions, DeploymentResponse, DeploymentUpdate
from signoff.model.errors import TransitionRefused
from signoff.model.journal import TaskStart
from signoff.model.queries import ReadTaskRuns
from signoff.model.replies import RunHandle
from signoff.model.runs import Phase
from signoff.model.state_types import StateType
from signoff.model.waits import WaitKind, WaitStatus
from tests.service.test_deployments import deploy
from tests.service.world import BOB, FLOW, World
from tests.support.waiting import wait_until

pytestmark = pytest.mark.service


NOBODY = UUID(int=0)


class Limited:
    """A deployment with a limit, and whoever claims its runs."""

    def __init__(
        self, world: World, limit: int = 1, strategy: str = "ENQUEUE", holds: bool = False
    ) -> None:
        self.world = world
        options = ConcurrencyOptions(
            collision_strategy=strategy,  # type: ignore[arg-type]
            hold_while_waiting=holds,
        )
        self.deployment: DeploymentResponse = deploy(
            world, concurrency_limit=limit, concurrency_options=options
        )
        world.process("runner")

    def run(self) -> RunHandle:
        return self.world.ask(d.CreateDeploymentRun(self.deployment.id, uuid4()))

    def claim(self) -> list[UUID]:
        scope = Scope(deployments=(self.deployment.id,))
        claims = self.world.ask(ClaimRuns("runner", scope, 10))
        return [claimed.run_id for claimed in claims.runs]

    def enter(self, run: RunHandle, process: str) -> RunHandle:
        self.world.process(process)
        request = EnterRun(run.run_id, process, claimed_by="runner")
        return self.world.ask(request, FLOW).handle


def test_one_more_waits_for_a_place_and_gets_it(world: World) -> None:
    limited = Limited(world)
    one, two = limited.run(), limited.run()
    assert limited.claim() == [one.run_id]
    assert world.phase(two) == "AwaitingConcurrencySlot"
    assert limited.claim() == []
    entered = limited.enter(one, "p1")
    assert limited.claim() == []
    world.told()
    world.finish(entered)
    assert (DUE, one.run_id) in world.told()
    assert limited.claim() == [two.run_id]
    assert world.phase(two) == "Pending"


def test_one_more_is_cancelled_where_that_is_wanted(world: World) -> None:
    limited = Limited(world, strategy="CANCEL_NEW")
    one, two = limited.run(), limited.run()
    assert limited.claim() == [one.run_id]
    view = world.view(two)
    assert view.state_name == "Cancelled"
    assert view.state is not None
    assert view.state.message == "The concurrency limit of its deployment, 1, was reached."


def test_a_run_that_waits_in_its_process_lends_its_place(world: World) -> None:
    """The answer is taken at once; its process goes on when a place is free."""
    limited = Limited(world)
    one, two = limited.run(), limited.run()
    limited.claim()
    entered = limited.enter(one, "p1")
    world.told()
    world.open(entered, "k")
    assert (DUE, one.run_id) in world.told()
    assert limited.claim() == [two.run_id]
    second = limited.enter(two, "p2")
    given = world.answer(entered)
    assert given.phase is Phase.QUEUED
    view = world.view(one)
    assert (view.state_type, view.state_name) == (StateType.SCHEDULED, "AwaitingConcurrencySlot")
    outcome = world.poll(entered, "k")
    assert (outcome.status, outcome.place) == (WaitStatus.ANSWERED, False)
    assert limited.claim() == []
    world.told()
    world.finish(second)
    assert ("poll:p1", one.run_id) in world.told()
    assert world.phase(one) == "Running"
    assert world.poll(entered, "k").place
    assert world.finish(entered).phase is Phase.COMPLETED


@pytest.mark.parametrize("suspends", [False, True])
def test_where_places_are_held_nobody_begins_before_a_waiting_run_has_ended(
    world: World, suspends: bool
) -> None:
    limited = Limited(world, holds=True)
    one, two, three = limited.run(), limited.run(), limited.run()
    assert limited.claim() == [one.run_id]
    entered = limited.enter(one, "p1")
    world.open(entered, "k", leaving=suspends)
    if suspends:
        world.ask(LeaveRun(entered.run_id, entered.entry), FLOW)
    assert limited.claim() == []
    assert world.phase(two) == "AwaitingConcurrencySlot"
    # It looks like that for a claimer that only looks, too.
    assert limited.claim() == []
    assert world.answer(entered).phase in (Phase.RUNNING, Phase.RESUMING)
    if suspends:
        assert limited.claim() == [one.run_id]
        entered = limited.enter(one, "p2")
    world.finish(entered)
    assert limited.claim() == [two.run_id]
    entered = limited.enter(two, "p3")
    world.open(entered, "k", leaving=True)
    world.ask(LeaveRun(entered.run_id, entered.entry), FLOW)
    assert limited.claim() == []
    world.told()
    world.ask(CancelRun(two.run_id))
    assert (DUE, two.run_id) in world.told()
    assert limited.claim() == [three.run_id]


def test_runs_that_waited_before_places_were_held_do_not_block_each_other(world: World) -> None:
    limited = Limited(world)
    entered = []
    for process in ("p1", "p2"):
        run = limited.run()
        assert limited.claim() == [run.run_id]
        entered.append(limited.enter(run, process))
        world.open(entered[-1], "k")
    options = ConcurrencyOptions(hold_while_waiting=True)
    changed = DeploymentUpdate(concurrency_options=options)
    world.ask(d.UpdateDeployment(limited.deployment.id, changed))
    assert world.answer(entered[0]).phase is Phase.RUNNING
    assert world.answer(entered[1]).phase is Phase.QUEUED
    world.finish(entered[0])
    assert world.phase(entered[1]) == "Running"


def test_whoever_waited_longest_for_a_place_gets_it(world: World) -> None:
    """Before those that have not begun, and one for each place that becomes free."""
    limited = Limited(world, limit=2)
    entered = []
    for number in range(3):
        run = limited.run()
        assert limited.claim() == [run.run_id]
        entered.append(limited.enter(run, f"p{number}"))
        world.open(entered[-1], "k")
    others = [limited.run() for _ in range(3)]
    assert limited.claim() == [run.run_id for run in others[:2]]
    busy = [limited.enter(run, "other") for run in others[:2]]
    for run in reversed(entered):
        world.later(1)
        world.answer(run)
    queued = [world.phase(run) for run in entered]
    assert queued == ["AwaitingConcurrencySlot"] * 3
    assert limited.claim() == []
    world.finish(busy[0])
    assert [world.phase(run) for run in entered] == [*queued[:2], "Running"]
    assert limited.claim() == []
    world.open(entered[2], "again")
    assert [world.phase(run) for run in entered] == [queued[0], "Running", "Paused"]


def _crowded(world: World) -> tuple[Limited, RunHandle, RunHandle]:
    """A run that was answered, and another one that has the only place."""
    limited = Limited(world)
    one, two = limited.run(), limited.run()
    limited.claim()
    entered = limited.enter(one, "p1")
    world.open(entered, "k")
    limited.claim()
    other = limited.enter(two, "p2")
    world.answer(entered, {"approved": True}, by=BOB)
    assert world.phase(entered) == "AwaitingConcurrencySlot"
    return limited, entered, other


@pytest.mark.parametrize("end", ["pause", "suspend", "cancel", "crash", "fail", "retry"])
def test_a_place_is_given_on_however_it_becomes_free(world: World, end: str) -> None:
    limited, entered, other = _crowded(world)
    if end == "pause":
        world.open(other, "q")
    elif end == "suspend":
        world.ask(OpenWait(other.run_id, other.entry, "q", WaitKind.TIMER, "", leaving=True), FLOW)
        assert world.phase(entered) == "Running"
        world.ask(LeaveRun(other.run_id, other.entry), FLOW)
    elif end == "cancel":
        world.ask(CancelRun(other.run_id))
        assert world.phase(entered) == "AwaitingConcurrencySlot"
        world.finish(other, Phase.CANCELLED)
    elif end == "crash":
        world.dead.add("p2")
        world.service.sweep()
        assert world.phase(other) == "Crashed"
    elif end == "fail":
        world.finish(other, Phase.FAILED)
    else:
        world.ask(RetryAttempt(other.run_id, other.entry, world.now, "failed"), FLOW)
        assert world.phase(entered) == "AwaitingConcurrencySlot"
        world.finish(other, Phase.FAILED)
    assert world.phase(entered) == "Running"
    assert limited.claim() == []


@pytest.mark.parametrize("how", ["raised", "lifted", "deleted"])
def test_a_limit_that_is_no_more_lets_answered_runs_go_on(world: World, how: str) -> None:
    limited, entered, _ = _crowded(world)
    known = limited.deployment.id
    world.ask(
        {
            "raised": d.UpdateDeployment(known, DeploymentUpdate(concurrency_limit=2)),
            "lifted": d.UpdateDeployment(known, DeploymentUpdate(concurrency_limit=None)),
            "deleted": d.DeleteDeployment(known),
        }[how]
    )
    assert world.phase(entered) == "Running"


def test_a_process_that_dies_while_it_waits_for_a_place_loses_no_answer(world: World) -> None:
    limited, entered, other = _crowded(world)
    world.dead.add("p1")
    world.service.sweep()
    assert world.phase(entered) == "Resuming"
    assert limited.claim() == []
    assert world.phase(entered) == "AwaitingConcurrencySlot"
    world.finish(other)
    assert limited.claim() == [entered.run_id]
    assert world.poll(limited.enter(entered, "p3"), "k").status is WaitStatus.ANSWERED


def test_a_process_that_died_gets_no_place(world: World) -> None:
    limited, entered, other = _crowded(world)
    world.dead.add("p1")
    world.finish(other)
    assert world.phase(entered) == "AwaitingConcurrencySlot"
    world.service.sweep()
    assert limited.claim() == [entered.run_id]


def test_a_run_may_be_cancelled_while_it_waits_for_a_place(world: World) -> None:
    _, entered, other = _crowded(world)
    world.told()
    world.ask(CancelRun(entered.run_id))
    assert ("poll:p1", entered.run_id) in world.told()
    assert world.phase(entered) == "Cancelling"
    world.finish(entered, Phase.CANCELLED)
    assert world.phase(other) == "Running"


def test_a_deadline_waits_for_a_place_too(world: World) -> None:
    """A flow that catches the time-out goes on, and has to have a place for that."""
    limited = Limited(world)
    one, two = limited.run(), limited.run()
    limited.claim()
    entered = limited.enter(one, "p1")
    world.open(entered, "k", timeout=5)
    limited.claim()
    other = limited.enter(two, "p2")
    world.later(5)
    outcome = world.poll(entered, "k")
    assert (outcome.status, outcome.place) == (WaitStatus.EXPIRED, False)
    assert world.phase(entered) == "AwaitingConcurrencySlot"
    world.finish(other)
    assert world.poll(entered, "k").place


def test_a_suspended_run_is_not_new_when_new_ones_are_cancelled(world: World) -> None:
    limited = Limited(world, strategy="CANCEL_NEW")
    one = limited.run()
    limited.claim()
    entered = limited.enter(one, "p1")
    world.open(entered, "k", leaving=True)
    world.ask(LeaveRun(entered.run_id, entered.entry), FLOW)
    two = limited.run()
    assert limited.claim() == [two.run_id]
    world.answer(entered)
    assert limited.claim() == []
    assert world.phase(entered) == "AwaitingConcurrencySlot"


def test_a_called_run_goes_on_when_the_run_that_called_it_has_a_place(world: World) -> None:
    limited = Limited(world)
    one, two = limited.run(), limited.run()
    limited.claim()
    entered = limited.enter(one, "p1")
    called = world.start("p1", parent_run_id=one.run_id, journal_key="k")
    world.open(called, "q")
    assert world.phase(entered) == "Paused"
    limited.claim()
    other = limited.enter(two, "p2")
    world.answer(called)
    assert world.phase(entered) == "AwaitingConcurrencySlot"
    assert not world.poll(called, "q").place
    world.told()
    world.finish(other)
    assert ("poll:p1", entered.run_id) in world.told()
    assert world.poll(called, "q").place


def test_a_limit_is_kept_by_processes_that_are_answered_at_once(world: World) -> None:
    """Each asks and is answered several times, beside the others; whoever goes on has a place."""
    limited = Limited(world, limit=2)
    runs = [limited.run() for _ in range(6)]
    entered: list[RunHandle] = []
    while len(entered) < len(runs):
        for run_id in limited.claim():
            entered.append(limited.enter(next(r for r in runs if r.run_id == run_id), f"{run_id}"))
            world.open(entered[-1], "q0")
    failed: list[BaseException] = []

    def goes_on(run: RunHandle, key: str) -> bool:
        # One that was passed over, because it was locked, gets its place with a sweep.
        world.service.sweep()
        return world.poll(run, key).place

    def works(run: RunHandle) -> None:
        try:
            for number in range(4):
                key = f"q{number}"
                world.answer(run, key=key)
                wait_until(partial(goes_on, run, key))
                with world.store.read() as tx:
                    assert tx.deployments.places_taken(limited.deployment.id, NOBODY) <= 2
                if number < 3:
                    world.open(run, f"q{number + 1}")
            world.finish(run)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=works, args=(run,)) for run in entered]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert {world.phase(run) for run in runs} == {"Completed"}


def test_a_crowd_that_waits_for_a_place_is_looked_at_once(world: World) -> None:
    """Not with every claim: that would cost the more, the more runs wait."""
    limited = Limited(world)
    runs = [limited.run() for _ in range(60)]
    scope = Scope(deployments=(limited.deployment.id,))

    def looked_at() -> int:
        with world.store.read() as tx:
            return len(tx.due_runs(scope, world.now, 1_000))

    assert looked_at() == 60
    assert limited.claim() == [runs[0].run_id]
    assert world.phase(runs[-1]) == "AwaitingConcurrencySlot"
    assert looked_at() == 0
    new = limited.run()
    assert looked_at() == 1
    world.finish(limited.enter(runs[0], "p1"))
    assert looked_at() == 60
    assert limited.claim() == [runs[1].run_id]
    assert looked_at() == 0
    assert world.phase(new) == "AwaitingConcurrencySlot"


def test_who_is_passed_over_gets_its_place_with_the_next_sweep(world: World) -> None:
    """Places may be free while a run waits, after somebody else had it locked."""
    limited, entered, other = _crowded(world)
    with world.store.write() as tx:
        run = tx.lock_run(other.run_id)
        assert run is not None
        # What a service would do that finds the waiting run locked.
        after = replace(run, phase=Phase.COMPLETED, name="Completed", owner=None)
        tx.save_run(run, replace(after, version=run.version + 1), world.now)
    assert world.phase(entered) == "AwaitingConcurrencySlot"
    world.service.sweep()
    assert world.phase(entered) == "Running"
    assert limited.claim() == []


def test_a_run_whose_process_died_while_it_waited_takes_a_place_again(world: World) -> None:
    limited = Limited(world)
    one, two = limited.run(), limited.run()
    limited.claim()
    entered = limited.enter(one, "p1")
    world.open(entered, "k")
    world.dead.add("p1")
    assert limited.claim() == [two.run_id]
    second = limited.enter(two, "p2")
    world.answer(entered)
    assert limited.claim() == []
    assert world.phase(one) == "AwaitingConcurrencySlot"
    with pytest.raises(TransitionRefused, match="cannot be started: 1 runs"):
        world.ask(EnterRun(one.run_id, "runner"))
    world.finish(second)
    assert limited.claim() == [one.run_id]


def test_a_crash_frees_the_place_when_it_is_noticed(world: World) -> None:
    limited = Limited(world)
    one, two = limited.run(), limited.run()
    limited.claim()
    limited.enter(one, "p1")
    world.ask(EndChildren("runner", (EndedChild(one.run_id, "p1", "killed"),)))
    assert world.phase(one) == "Crashed"
    assert limited.claim() == [two.run_id]


def test_a_claimed_run_that_is_cancelled_frees_its_place(world: World) -> None:
    limited = Limited(world)
    one, two = limited.run(), limited.run()
    limited.claim()
    entered = limited.enter(one, "p1")
    world.ask(CancelRun(one.run_id))
    assert limited.claim() == []
    world.finish(entered, Phase.CANCELLED)
    assert limited.claim() == [two.run_id]


def test_limits_can_be_changed_and_lifted(world: World) -> None:
    limited = Limited(world, limit=0)
    runs = [limited.run() for _ in range(3)]
    assert limited.claim() == []
    change = d.UpdateDeployment(limited.deployment.id, DeploymentUpdate(concurrency_limit=2))
    world.ask(change)
    assert limited.claim() == [run.run_id for run in runs[:2]]
    world.ask(d.UpdateDeployment(limited.deployment.id, DeploymentUpdate(concurrency_limit=None)))
    assert limited.claim() == [runs[2].run_id]


def test_a_run_that_another_one_called_has_a_process_of_its_own(world: World) -> None:
    """Unlike a called flow, it is not entered by its caller."""
    limited = Limited(world)
    caller = world.start("caller")
    request = d.CreateDeploymentRun(
        limited.deployment.id, uuid4(), parent_run_id=caller.run_id, journal_key="k"
    )
    called = world.ask(request)
    assert limited.claim() == [called.run_id]
    entered = limited.enter(called, "p1")
    world.open(entered, "k")
    assert world.phase(caller) == "Paused"
    world.dead.add("p1")
    world.answer(entered)
    assert world.phase(caller) == "Running"
    assert limited.claim() == [called.run_id]


def test_such_a_run_outlives_a_caller_that_does_not_call_it_again(world: World) -> None:
    limited = Limited(world)
    caller = world.start("caller")
    begun = TaskStart(world.new_id(), caller.run_id, 1, "", "deployment d", "", world.now, 1)
    request = d.CreateDeploymentRun(
        limited.deployment.id, uuid4(), parent_run_id=caller.run_id, call=begun
    )
    called = world.ask(request)
    world.dead.add("caller")
    again = world.enter(caller, "p2")
    assert [each.child for each in again.begun] == [called.run_id]
    assert again.begun[0].name == called.name
    world.finish(again.handle)
    assert world.phase(called) == "Scheduled"
    (task,) = world.ask(ReadTaskRuns())
    assert task.state_name == "Running"
