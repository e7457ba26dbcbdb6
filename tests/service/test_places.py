"""Concurrency limits of deployments: exact, whatever waits, ends or dies."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from signoff.core.ports import DUE
from signoff.model import deploying as d
from signoff.model.claims import ClaimRuns, EndChildren, EndedChild, Scope
from signoff.model.commands import CancelRun, EnterRun
from signoff.model.deployments import ConcurrencyOptions, DeploymentResponse, DeploymentUpdate
from signoff.model.errors import TransitionRefused
from signoff.model.journal import TaskStart
from signoff.model.queries import ReadTaskRuns
from signoff.model.replies import RunHandle
from signoff.model.runs import Phase
from tests.service.test_deployments import deploy
from tests.service.world import FLOW, World

pytestmark = pytest.mark.service


class Limited:
    """A deployment with a limit, and whoever claims its runs."""

    def __init__(self, world: World, limit: int = 1, strategy: str = "ENQUEUE") -> None:
        self.world = world
        options = ConcurrencyOptions(collision_strategy=strategy)  # type: ignore[arg-type]
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


def test_a_run_that_waits_in_its_process_keeps_its_place(world: World) -> None:
    limited = Limited(world)
    one, two = limited.run(), limited.run()
    limited.claim()
    entered = limited.enter(one, "p1")
    world.open(entered, "k")
    assert limited.claim() == []
    world.answer(entered)
    assert limited.claim() == []
    assert world.phase(two) == "AwaitingConcurrencySlot"


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
