"""Work pools, their queues and their workers. Which names and numbers are allowed is decided by
`core.shared.pools`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from signoff.core.ports import DUE, Poke
from signoff.core.shared import job_templates
from signoff.core.shared import pools as rules
from signoff.model.errors import InvalidRequest, ObjectAlreadyExists
from signoff.model.filters import FlowRunFilter, FlowRunFilterId
from signoff.model.queries import ReadRuns
from signoff.model.replies import Done
from signoff.model.shared import work_pools as w
from signoff.model.shared.unchanged import UNCHANGED
from signoff.service.paging import paged
from signoff.service.sealing import masked
from signoff.service.table import Handlers
from signoff.service.unit import Unit

MISSED = 3
"""Heartbeats that a worker may miss before it counts as offline."""
NOBODY = UUID(int=0)
FAR = 2**62
_MOST = 200


# Pools -------------------------------------------------------------------------------------


def create_work_pool(unit: Unit, request: w.CreateWorkPool) -> w.WorkPool:
    pool = w.WorkPool(
        id=unit.means.new_id(),
        name=rules.pool_name(request.name),
        type=rules.pool_type(request.type),
        description=request.description,
        base_job_template=job_templates.checked(request.base_job_template),
        is_paused=request.is_paused,
        concurrency_limit=rules.limit(request.concurrency_limit),
    )
    unit.wrote = True
    if not unit.tx.work_pools.add(pool, unit.now):
        raise ObjectAlreadyExists(f"There is a work pool {pool.name!r} already.")
    _add_default(unit, pool.name)
    return the_pool(unit, pool.name)


def _add_default(unit: Unit, pool: str) -> None:
    queue = w.WorkQueue(
        id=unit.means.new_id(),
        name=w.DEFAULT_QUEUE,
        description="The work pool's default queue.",
        work_pool_name=pool,
    )
    unit.tx.work_pools.add_queue(queue, unit.now)


def update_work_pool(unit: Unit, request: w.UpdateWorkPool) -> Done:
    pool = the_pool(unit, request.pool_name)
    if request.description is not None:
        pool.description = request.description
    if request.is_paused is not None:
        pool.is_paused = request.is_paused
    if request.base_job_template is not None:
        pool.base_job_template = job_templates.checked(request.base_job_template)
    if request.concurrency_limit is not UNCHANGED:
        pool.concurrency_limit = rules.limit(request.concurrency_limit)
    unit.wrote = True
    unit.tx.work_pools.change(pool, unit.now)
    _tell_workers(unit)
    return Done()


def delete_work_pool(unit: Unit, request: w.DeleteWorkPool) -> Done:
    the_pool(unit, request.pool_name)
    unit.wrote = True
    unit.tx.work_pools.remove(request.pool_name)
    return Done()


def read_work_pool(unit: Unit, query: w.ReadWorkPool) -> w.WorkPool:
    return the_pool(unit, query.pool_name)


def read_work_pools(unit: Unit, query: w.ReadWorkPools) -> tuple[w.WorkPool, ...]:
    paged(query.limit, query.offset)
    found = unit.tx.work_pools.listed(query.limit, query.offset)
    return tuple(_shown(unit, pool) for pool in found)


def count_work_pools(unit: Unit, query: w.CountWorkPools) -> int:
    return unit.tx.work_pools.count()


def the_pool(unit: Unit, name: str) -> w.WorkPool:
    """The pool of a name. Raises `ObjectNotFound`, naming those that are there."""
    pool = unit.tx.work_pools.find(name)
    if pool is None:
        known = [each.name for each in unit.tx.work_pools.listed(_MOST, 0)]
        raise rules.unknown("work pool", name, known, f"signoff work-pool create {name}")
    return _shown(unit, pool)


def check_queue(unit: Unit, pool: str, queue: str | None) -> None:
    """Whether there are such a pool and, when one is named, such a queue of it.

    Raises:
        ObjectNotFound: there are not; the error names those that are.
    """
    found = the_pool(unit, pool)
    if queue is not None:
        the_queue(unit, found, queue)


def _shown(unit: Unit, pool: w.WorkPool) -> w.WorkPool:
    """The pool with what follows from its queues and workers."""
    default = unit.tx.work_pools.queue(pool.name, w.DEFAULT_QUEUE)
    pool.default_queue_id = default.id if default is not None else None
    online = any(each.status is w.WorkerStatus.ONLINE for each in workers_of(unit, pool))
    ready = w.WorkPoolStatus.READY if online else w.WorkPoolStatus.NOT_READY
    pool.status = w.WorkPoolStatus.PAUSED if pool.is_paused else ready
    return pool


def _tell_workers(unit: Unit) -> None:
    """What a pool or queue allows now may let runs start."""
    unit.pokes[DUE, NOBODY] = Poke(DUE, NOBODY)


# Queues ------------------------------------------------------------------------------------


def create_work_queue(unit: Unit, request: w.CreateWorkQueue) -> w.WorkQueue:
    pool = the_pool(unit, request.pool_name)
    wanted = request.priority
    if wanted is None:
        wanted = unit.tx.work_pools.last_priority(pool.name) + 1
    queue = w.WorkQueue(
        id=unit.means.new_id(),
        name=rules.pool_name(request.name, "Work queue"),
        description=request.description,
        is_paused=request.is_paused,
        concurrency_limit=rules.limit(request.concurrency_limit),
        priority=rules.priority(wanted),
        work_pool_name=pool.name,
    )
    unit.wrote = True
    if not unit.tx.work_pools.add_queue(queue, unit.now):
        raise ObjectAlreadyExists(
            f"There is a work queue {queue.name!r} in work pool {pool.name!r} already."
        )
    return the_queue(unit, pool, queue.name)


def update_work_queue(unit: Unit, request: w.UpdateWorkQueue) -> Done:
    queue = the_queue(unit, the_pool(unit, request.pool_name), request.queue_name)
    if request.description is not None:
        queue.description = request.description
    if request.is_paused is not None:
        queue.is_paused = request.is_paused
    if request.priority is not None:
        queue.priority = rules.priority(request.priority)
    if request.concurrency_limit is not UNCHANGED:
        queue.concurrency_limit = rules.limit(request.concurrency_limit)
    unit.wrote = True
    unit.tx.work_pools.change_queue(queue, unit.now)
    _tell_workers(unit)
    return Done()


def delete_work_queue(unit: Unit, request: w.DeleteWorkQueue) -> Done:
    queue = the_queue(unit, the_pool(unit, request.pool_name), request.queue_name)
    if queue.name == w.DEFAULT_QUEUE:
        raise InvalidRequest("Cannot delete a pool's default queue; delete the pool instead.")
    unit.wrote = True
    unit.tx.work_pools.remove_queue(request.pool_name, queue.name)
    return Done()


def read_work_queue(unit: Unit, query: w.ReadWorkQueue) -> w.WorkQueue:
    return the_queue(unit, the_pool(unit, query.pool_name), query.queue_name)


def read_work_queues(unit: Unit, query: w.ReadWorkQueues) -> tuple[w.WorkQueue, ...]:
    paged(query.limit, query.offset)
    pool = the_pool(unit, query.pool_name)
    found = unit.tx.work_pools.queues(pool.name, query.limit, query.offset)
    for queue in found:
        queue.work_pool_id = pool.id
    return found


def the_queue(unit: Unit, pool: w.WorkPool, name: str) -> w.WorkQueue:
    """A queue of a pool. Raises `ObjectNotFound`, naming those that are there."""
    queue = unit.tx.work_pools.queue(pool.name, name)
    if queue is None:
        known = [each.name for each in unit.tx.work_pools.queues(pool.name)]
        make = f"signoff work-queue create {name} --pool {pool.name}"
        raise rules.unknown(f"work queue of pool {pool.name!r} called", name, known, make)
    queue.work_pool_id = pool.id
    return queue


# Workers -----------------------------------------------------------------------------------


def worker_heartbeat(unit: Unit, request: w.WorkerHeartbeat) -> Done:
    the_pool(unit, request.pool_name)
    name = rules.pool_name(request.name, "Worker")
    interval = int(request.heartbeat_interval_seconds * 1_000_000)
    unit.wrote = True
    unit.tx.work_pools.see_worker(request.pool_name, name, unit.means.new_id(), interval, unit.now)
    return Done()


def worker_gone(unit: Unit, request: w.WorkerGone) -> Done:
    unit.wrote = True
    unit.tx.work_pools.remove_worker(request.pool_name, request.name)
    return Done()


def read_workers(unit: Unit, query: w.ReadWorkers) -> tuple[w.Worker, ...]:
    paged(query.limit, query.offset)
    return workers_of(unit, the_pool(unit, query.pool_name), query.limit, query.offset)


def workers_of(
    unit: Unit, pool: w.WorkPool, limit: int = _MOST, offset: int = 0
) -> tuple[w.Worker, ...]:
    found = []
    for worker, seen in unit.tx.work_pools.workers(pool.name, limit, offset):
        lasts = int(worker.heartbeat_interval_seconds * MISSED * 1_000_000)
        online = seen + lasts > unit.now
        worker.status = w.WorkerStatus.ONLINE if online else w.WorkerStatus.OFFLINE
        worker.work_pool_id = pool.id
        found.append(worker)
    return tuple(found)


# Runs --------------------------------------------------------------------------------------


def read_scheduled_runs(
    unit: Unit, query: w.ReadScheduledRuns
) -> tuple[w.WorkerFlowRunResponse, ...]:
    pool = the_pool(unit, query.pool_name)
    queues = {each.name: each for each in unit.tx.work_pools.queues(pool.name)}
    wanted = query.work_queue_names
    for name in wanted or ():
        the_queue(unit, pool, name)
    before = FAR
    if query.scheduled_before is not None:
        before = int(query.scheduled_before.timestamp() * 1_000_000)
    rows = [
        (run_id, queue)
        for run_id, queue in unit.tx.work_pools.scheduled(pool.name, before, _MOST)
        if wanted is None or queue in wanted
    ][: query.limit]
    return _responses(unit, pool, queues, rows)


def _responses(
    unit: Unit,
    pool: w.WorkPool,
    queues: dict[str, w.WorkQueue],
    rows: Sequence[tuple[UUID, str]],
) -> tuple[w.WorkerFlowRunResponse, ...]:
    if not rows:
        return ()
    ids = FlowRunFilter(id=FlowRunFilterId(any_=[run_id for run_id, _ in rows]))
    runs = {run.id: masked(run) for run in unit.tx.flow_runs(ReadRuns(flow_runs=ids, limit=_MOST))}
    return tuple(
        w.WorkerFlowRunResponse(
            work_pool_id=pool.id,
            work_queue_id=queues[queue].id if queue in queues else None,
            flow_run=runs[run_id],
        )
        for run_id, queue in rows
        if run_id in runs
    )


HANDLERS: Handlers = {
    w.CreateWorkPool: create_work_pool,
    w.UpdateWorkPool: update_work_pool,
    w.DeleteWorkPool: delete_work_pool,
    w.ReadWorkPool: read_work_pool,
    w.ReadWorkPools: read_work_pools,
    w.CountWorkPools: count_work_pools,
    w.CreateWorkQueue: create_work_queue,
    w.UpdateWorkQueue: update_work_queue,
    w.DeleteWorkQueue: delete_work_queue,
    w.ReadWorkQueue: read_work_queue,
    w.ReadWorkQueues: read_work_queues,
    w.WorkerHeartbeat: worker_heartbeat,
    w.WorkerGone: worker_gone,
    w.ReadWorkers: read_workers,
    w.ReadScheduledRuns: read_scheduled_runs,
}

SOON = frozenset({w.WorkerHeartbeat, w.WorkerGone})
"""Said again before anybody misses it."""
