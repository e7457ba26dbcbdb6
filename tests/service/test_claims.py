"""Runs that wait for a process: given to one claimer, given back, and found again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signoff.model.claims import ClaimRuns, Claims, EndChildren, EndedChild, KeepAlive, Scope
from signoff.model.commands import (
    CancelRun,
    CreateRun,
    EnterRun,
    ProposedState,
    RegisterProcess,
    RerunRun,
    SetRunState,
    TakeOutcome,
)
from signoff.model.errors import InvalidRequest, ObjectNotFound, TransitionRefused
from signoff.model.journal import Liveness, Process
from signoff.model.replies import RunHandle
from signoff.model.runs import Phase
from signoff.model.shared.work_pools import CreateWorkPool, CreateWorkQueue
from signoff.model.state_types import StateType
from tests.service.world import BOB, FLOW, RECORD, SECOND, World

pytestmark = pytest.mark.service

HERE = Scope(host=RECORD.host, user=RECORD.user)


def claim(world: World, who: str = "c1", scope: Scope = HERE, limit: int = 10) -> Claims:
    world.process(who)
    return world.ask(ClaimRuns(who, scope, limit), FLOW)


def resuming(world: World, **facts: object) -> RunHandle:
    """A run that was answered while its process was dead."""
    run = world.start("p1", **facts)
    world.open(run)
    world.dead.add("p1")
    world.answer(run)
    world.dead.discard("p1")
    return run


def test_a_due_run_is_given_to_one_claimer(world: World) -> None:
    run = resuming(world)
    assert ("due:", run.run_id) in world.told()
    got = claim(world)
    assert [(each.run_id, each.entry_record) for each in got.runs] == [(run.run_id, RECORD)]
    assert claim(world, "c2").runs == ()
    assert world.phase(run) == "Pending"
    assert world.history(run)[-1][0] == "claim"


def test_nobody_but_the_process_it_was_claimed_for_enters(world: World) -> None:
    run = resuming(world)
    claim(world)
    for name in ("p2", "p3"):
        world.process(name)
    with pytest.raises(TransitionRefused, match="worked on by process c1"):
        world.ask(EnterRun(run.run_id, "p2"), FLOW)
    entered = world.ask(EnterRun(run.run_id, "p3", "c1"), FLOW)
    assert entered.handle.entry == 2
    assert world.phase(run) == "Running"


def test_the_longest_due_come_first_and_more_is_said(world: World) -> None:
    first, second, third = (resuming(world) for _ in range(3))
    got = claim(world, limit=2)
    assert [each.run_id for each in got.runs] == [first.run_id, second.run_id]
    assert got.more
    assert [each.run_id for each in claim(world).runs] == [third.run_id]


def test_a_claimer_is_told_when_the_next_run_will_be_due(world: World) -> None:
    later = world.now + 60 * SECOND
    handle = world.ask(CreateRun(world.new(), Phase.SCHEDULED, later), FLOW)
    got = claim(world)
    assert got.runs == ()
    assert got.next_due == later
    world.now = later
    assert [each.run_id for each in claim(world).runs] == [handle.run_id]


@pytest.mark.parametrize(
    "record",
    [
        replace(RECORD, host="elsewhere"),
        replace(RECORD, user="eve"),
        replace(RECORD, refusal="a lambda has no name to import it by"),
        None,
    ],
)
def test_runs_of_others_are_left_alone(world: World, record: object) -> None:
    run = world.start("p1", entry_record=record)
    world.open(run)
    world.dead.add("p1")
    world.answer(run)
    assert claim(world).runs == ()


def test_a_registered_run_waits_for_whoever_registered_it(world: World) -> None:
    world.create()
    assert claim(world).runs == ()


def test_pools_and_deployments_have_scopes_of_their_own(world: World) -> None:
    one, other = world.new_id(), world.new_id()
    for name in ("p", "q"):
        world.ask(CreateWorkPool(name))
    for name in ("low", "high"):
        world.ask(CreateWorkQueue("p", name))
    served = world.create(deployment_id=one)
    pooled = world.create(deployment_id=other, work_pool="p", work_queue="high")
    assert claim(world).runs == ()
    assert claim(world, scope=Scope(pool="q")).runs == ()
    assert claim(world, scope=Scope(pool="p", queues=("low",))).runs == ()
    got = claim(world, scope=Scope(deployments=(one,)))
    assert [each.run_id for each in got.runs] == [served.run_id]
    got = claim(world, scope=Scope(pool="p", queues=("low", "high")))
    assert [each.run_id for each in got.runs] == [pooled.run_id]


def test_a_dead_claimer_loses_what_it_has_not_started(world: World) -> None:
    run = resuming(world)
    claim(world)
    world.dead.add("c1")
    world.told()
    world.service.sweep()
    assert ("due:", run.run_id) in world.told()
    assert world.phase(run) == "Resuming"
    assert [each.run_id for each in claim(world, "c2").runs] == [run.run_id]
    # The child that the dead one had started comes too late.
    world.process("p2")
    with pytest.raises(TransitionRefused):
        world.ask(EnterRun(run.run_id, "p2", "c1"), FLOW)


def test_a_run_that_was_never_entered_goes_back_and_is_tried_again_later(world: World) -> None:
    run = resuming(world)
    claim(world)
    back = EndedChild(run.run_id, None, "it could not be started", retry_after=5 * SECOND)
    world.ask(EndChildren("c1", (back,)), FLOW)
    assert world.phase(run) == "Resuming"
    assert claim(world).next_due == world.now + 5 * SECOND
    world.now += 5 * SECOND
    assert len(claim(world).runs) == 1
    hopeless = replace(back, retry_after=None)
    world.ask(EndChildren("c1", (hopeless,)), FLOW)
    assert world.view(run).state is not None
    assert (world.phase(run), world.view(run).state.message) == ("Crashed", hopeless.message)
    world.ask(RerunRun(run.run_id), BOB)
    assert len(claim(world).runs) == 1


def test_a_child_that_ends_without_a_word_is_lost_at_once(world: World) -> None:
    run = resuming(world)
    claim(world)
    world.process("p2")
    entered = world.ask(EnterRun(run.run_id, "p2", "c1"), FLOW)
    with world.store.read() as tx:
        (wait,) = tx.waits(run.run_id)
    world.ask(TakeOutcome(run.run_id, entered.handle.entry, wait.id), FLOW)
    ended = EndedChild(run.run_id, "p2", "The process was killed by SIGKILL.")
    world.ask(EndChildren("c1", (ended,)), FLOW)
    assert world.phase(run) == "Crashed"
    assert world.view(run).state.message == ended.message  # type: ignore[union-attr]
    # Said twice, it changes nothing.
    world.ask(EndChildren("c1", (ended,)), FLOW)


def test_a_child_that_ended_well_leaves_nothing_behind(world: World) -> None:
    run = resuming(world)
    claim(world)
    world.process("p2")
    entered = world.ask(EnterRun(run.run_id, "p2", "c1"), FLOW)
    world.finish(entered.handle)
    world.ask(EndChildren("c1", (EndedChild(run.run_id, "p2", "It ended."),)), FLOW)
    assert world.phase(run) == "Completed"
    with world.store.read() as tx:
        assert tx.process("p2") is None


def test_a_claimed_run_that_is_cancelled_is_over(world: World) -> None:
    run = resuming(world)
    claim(world)
    world.ask(CancelRun(run.run_id), BOB)
    assert world.phase(run) == "Cancelled"
    world.process("p2")
    with pytest.raises(TransitionRefused):
        world.ask(EnterRun(run.run_id, "p2", "c1"), FLOW)


def test_a_run_with_another_question_open_is_claimed_for_the_answered_one(world: World) -> None:
    run = world.start("p1")
    world.open(run, "a")
    world.open(run, "b")
    world.dead.add("p1")
    world.answer(run, key="a")
    assert [each.run_id for each in claim(world).runs] == [run.run_id]
    assert claim(world, "c2").runs == ()
    assert world.phase(run) == "Paused"
    world.ask(EndChildren("c1", (EndedChild(run.run_id, None, "no process"),)), FLOW)
    assert [each.run_id for each in claim(world, "c2").runs] == [run.run_id]


def test_a_called_run_is_entered_by_its_caller(world: World) -> None:
    parent = world.start("p1")
    child = world.start("p1", parent_run_id=parent.run_id, journal_key="call")
    world.open(child)
    world.dead.add("p1")
    world.answer(child)
    assert [each.run_id for each in claim(world).runs] == [parent.run_id]
    assert claim(world, "c2").runs == ()


def test_a_run_of_a_deployment_has_a_process_of_its_own_whoever_called_it(world: World) -> None:
    parent, deployment = world.start("p1"), world.new_id()
    child = world.create(parent_run_id=parent.run_id, deployment_id=deployment)
    got = claim(world, scope=Scope(deployments=(deployment,)))
    assert [each.run_id for each in got.runs] == [child.run_id]


def test_leases_of_children_are_renewed_by_their_claimer(world: World) -> None:
    claimer, child = (
        Process(name, "host", 1, "ann", Liveness.LEASE, f"poll:{name}") for name in ("c1", "p2")
    )
    for each in (claimer, child):
        world.ask(RegisterProcess(each), FLOW)
    world.now += 20 * SECOND
    world.ask(KeepAlive(claimer, ("p2",)), FLOW)
    with world.store.read() as tx:
        for name in ("c1", "p2"):
            owner = tx.process(name)
            assert owner is not None
            assert owner.lease_until == world.now + 30 * SECOND
    with world.store.write() as tx:
        tx.delete_process("c1")
    world.ask(KeepAlive(claimer), FLOW)
    with world.store.read() as tx:
        assert tx.process("c1") is not None


def test_bad_claims_are_told_what_is_wrong(world: World) -> None:
    with pytest.raises(ObjectNotFound, match="not registered"):
        resuming(world)
        world.ask(ClaimRuns("nobody", HERE), FLOW)
    for limit in (0, -1, 1_001):
        with pytest.raises(InvalidRequest, match="limit"):
            claim(world, limit=limit)


def test_a_forced_state_takes_a_claimed_run_away(world: World) -> None:
    run = resuming(world)
    claim(world)
    world.ask(SetRunState(run.run_id, ProposedState(StateType.FAILED), force=True), BOB)
    assert world.view(run).state_type == Phase.FAILED.state_type
    world.ask(EndChildren("c1", (EndedChild(run.run_id, None, "late"),)), FLOW)
    assert world.phase(run) == "Failed"
