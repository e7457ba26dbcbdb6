"""Work pools, queues and workers; and the slots that they and deployments give to runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from signoff.core.standing import holds_slot
from signoff.model.claims import ClaimRuns, Scope
from signoff.model.commands import CreateRun, EnterRun, LeaveRun
from signoff.model.errors import InvalidRequest, ObjectAlreadyExists, ObjectNotFound
from signoff.model.replies import RunHandle
from signoff.model.runs import Phase
from signoff.model.shared import work_pools as w
from tests.service.world import FLOW, SECOND, START, World
from tests.store.samples import fresh

pytestmark = pytest.mark.service

POOL = Scope(pool="p")


def made(world: World, **facts: Any) -> w.WorkPool:
    return world.ask(w.CreateWorkPool("p", **facts))


def run_in(world: World, queue: str | None = None, **facts: Any) -> RunHandle:
    new = world.new(work_pool="p", work_queue=queue, **facts)
    return world.ask(CreateRun(new, Phase.SCHEDULED), FLOW)


def claim(world: World, limit: int = 10, scope: Scope = POOL, who: str = "c1") -> list[Any]:
    world.process(who)
    return [each.run_id for each in world.ask(ClaimRuns(who, scope, limit), FLOW).runs]


def test_a_pool_is_made_read_changed_and_deleted(world: World) -> None:
    pool = made(world, description="nights", concurrency_limit=3)
    assert (pool.name, pool.type, pool.concurrency_limit) == ("p", "process", 3)
    assert pool.status is w.WorkPoolStatus.NOT_READY
    assert world.ask(w.ReadWorkPools()) == (pool,)
    assert world.ask(w.CountWorkPools()) == 1
    (queue,) = world.ask(w.ReadWorkQueues("p"))
    assert (queue.name, queue.id) == ("default", pool.default_queue_id)
    world.ask(w.UpdateWorkPool("p", is_paused=True, concurrency_limit=None))
    changed = world.ask(w.ReadWorkPool("p"))
    assert (changed.status, changed.concurrency_limit) == (w.WorkPoolStatus.PAUSED, None)
    assert changed.description == "nights"
    world.ask(w.DeleteWorkPool("p"))
    assert world.ask(w.CountWorkPools()) == 0
    with pytest.raises(ObjectNotFound, match=r"no work pool 'p' \(there are: none\)"):
        world.ask(w.ReadWorkPool("p"))


def test_names_and_numbers_that_cannot_be_are_refused_with_the_field(world: World) -> None:
    made(world)
    with pytest.raises(ObjectAlreadyExists, match="'p'"):
        made(world)
    for name in ("", "a/b", "x" * 256, "signoff-x"):
        with pytest.raises(InvalidRequest, match=r"name|reserved"):
            world.ask(w.CreateWorkPool(name))
    with pytest.raises(InvalidRequest, match="of type 'process'"):
        world.ask(w.CreateWorkPool("k", "kubernetes"))
    with pytest.raises(InvalidRequest, match="concurrency_limit"):
        world.ask(w.CreateWorkPool("k", concurrency_limit=-1))
    with pytest.raises(InvalidRequest, match="priority"):
        world.ask(w.CreateWorkQueue("p", "q", priority=0))
    with pytest.raises(InvalidRequest, match="default queue"):
        world.ask(w.DeleteWorkQueue("p", "default"))


def test_unknown_pools_and_queues_are_told_with_those_that_are(world: World) -> None:
    made(world)
    world.ask(w.CreateWorkQueue("p", "low"))
    with pytest.raises(ObjectNotFound, match=r"there are: p\).*signoff work-pool create nope"):
        claim(world, scope=Scope(pool="nope"))
    with pytest.raises(ObjectNotFound, match="there are: default, low"):
        claim(world, scope=Scope(pool="p", queues=("high",)))
    with pytest.raises(ObjectNotFound, match="there are: default, low"):
        world.ask(w.ReadWorkQueue("p", "high"))


def test_queues_come_by_priority_and_can_be_paused(world: World) -> None:
    made(world)
    world.ask(w.CreateWorkQueue("p", "low", priority=9))
    world.ask(w.CreateWorkQueue("p", "high", priority=1))
    world.ask(w.UpdateWorkQueue("p", "default", priority=5))
    last = run_in(world, "unknown")
    low, usual, high = run_in(world, "low"), run_in(world), run_in(world, "high")
    world.ask(w.UpdateWorkQueue("p", "low", is_paused=True))
    found = world.ask(w.ReadScheduledRuns("p"))
    order = [each.flow_run.id for each in found]
    assert order == [high.run_id, usual.run_id, low.run_id, last.run_id]
    assert claim(world) == [high.run_id, usual.run_id, last.run_id]
    world.told()
    world.ask(w.UpdateWorkQueue("p", "low", is_paused=False))
    assert "due:" in {address for address, _ in world.told()}
    assert claim(world, scope=Scope(pool="p", queues=("low",))) == [low.run_id]


def test_scheduled_runs_are_those_of_the_queues_before_a_moment(world: World) -> None:
    made(world)
    run_in(world)
    later = world.new(work_pool="p")
    world.ask(CreateRun(later, Phase.SCHEDULED, world.now + 60 * SECOND), FLOW)
    soon = datetime.fromtimestamp(START / SECOND + 30, UTC)
    assert len(world.ask(w.ReadScheduledRuns("p"))) == 2
    assert len(world.ask(w.ReadScheduledRuns("p", scheduled_before=soon))) == 1
    assert world.ask(w.ReadScheduledRuns("p", ("default",), limit=1))[0].work_queue_id


def test_whoever_answers_leaves_a_run_of_a_pool_to_its_workers(world: World) -> None:
    made(world)
    run = run_in(world)
    assert claim(world) == [run.run_id]
    world.process("p1")
    entered = world.ask(EnterRun(run.run_id, "p1", "c1"), FLOW).handle
    world.open(entered, leaving=True)
    world.ask(LeaveRun(run.run_id, entered.entry), FLOW)
    reply = world.answer(run)
    assert (reply.needs_entry, reply.enter, reply.entry_record) == (False, None, None)
    assert claim(world) == [run.run_id]


def test_a_paused_pool_gives_nothing(world: World) -> None:
    made(world, is_paused=True)
    run = run_in(world)
    assert claim(world) == []
    world.ask(w.UpdateWorkPool("p", is_paused=False))
    assert claim(world) == [run.run_id]


@pytest.mark.parametrize("limited", ["pool", "queue"])
def test_a_limit_keeps_runs_back_until_a_slot_is_free(world: World, limited: str) -> None:
    made(world, concurrency_limit=2 if limited == "pool" else None)
    if limited == "queue":
        world.ask(w.UpdateWorkQueue("p", "default", concurrency_limit=2))
    first, second, third = (run_in(world, deployment_id=world.new_id()) for _ in range(3))
    assert claim(world) == [first.run_id, second.run_id]
    assert world.phase(third) == "AwaitingConcurrencySlot"
    assert claim(world) == []
    world.process("p1")
    entered = world.ask(EnterRun(first.run_id, "p1", "c1"), FLOW)
    assert claim(world) == []
    # One that waits holds no slot.
    world.told()
    world.open(entered.handle)
    assert "due:" in {address for address, _ in world.told()}
    assert claim(world) == [third.run_id]


def test_what_holds_a_slot_is_counted_as_the_rules_say(world: World) -> None:
    made(world)
    deployment = world.new_id()
    with world.store.write() as tx:
        flow = tx.flow_id("deploy", world.now, world.new_id)
        expected = 0
        for phase in Phase:
            for owner in (None, "p1"):
                if phase is Phase.ABSENT:
                    continue
                new = world.new(work_pool="p", deployment_id=deployment)
                run = fresh(new, phase, owner, world.now)
                assert tx.insert_run(new, run, flow, FLOW, world.now)
                expected += holds_slot(phase, owner)
        assert tx.work_pools.slots_of_pool("p") == expected
        assert tx.work_pools.slots_of_queue("p", "default") == expected


def test_workers_are_online_while_they_show_that_they_live(world: World) -> None:
    made(world)
    world.ask(w.WorkerHeartbeat("p", "ada", 10.0))
    (worker,) = world.ask(w.ReadWorkers("p"))
    assert (worker.name, worker.status) == ("ada", w.WorkerStatus.ONLINE)
    assert world.ask(w.ReadWorkPool("p")).status is w.WorkPoolStatus.READY
    world.now += 31 * SECOND
    (worker,) = world.ask(w.ReadWorkers("p"))
    assert worker.status is w.WorkerStatus.OFFLINE
    world.ask(w.WorkerHeartbeat("p", "ada", 10.0))
    assert len(world.ask(w.ReadWorkers("p"))) == 1
    world.ask(w.WorkerGone("p", "ada"))
    assert world.ask(w.ReadWorkers("p")) == ()
    with pytest.raises(ObjectNotFound):
        world.ask(w.WorkerHeartbeat("nope", "ada"))
