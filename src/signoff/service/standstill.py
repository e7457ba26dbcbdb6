"""Why a run does not start, or a pool starts nothing: the checks of a claim, made to be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signoff.core.standing import awaits_process, lacks_place
from signoff.model.commands import Request
from signoff.model.runs import Run
from signoff.model.shared.work_pools import DEFAULT_QUEUE, WorkerStatus
from signoff.model.standstill import Reason, Standstill, WhyNothingStarts, WhyNotStarted
from signoff.service.lookups import facts_of
from signoff.service.places import taken
from signoff.service.table import Handlers
from signoff.service.unit import Unit
from signoff.service.work_pools import the_pool, workers_of

TAKEN_WITHIN = 5_000_000
"""Microseconds within which a run that is due is usually taken."""


def why_not_started(unit: Unit, query: WhyNotStarted) -> Standstill | None:
    run = unit.locked(query.run_id)
    due = run.scheduled or 0
    unclaimed = awaits_process(run.phase) and run.owner is None and due <= unit.now
    if not unclaimed and not lacks_place(run.phase):
        return None
    full = _full(unit, run)
    if full is not None:
        return full
    facts = facts_of(unit, run.id)
    if facts.work_pool is not None:
        if unit.tx.work_pools.find(facts.work_pool) is None:
            return Standstill(Reason.POOL_GONE, facts.work_pool)
        return _of_pool(unit, facts.work_pool, facts.work_queue or DEFAULT_QUEUE)
    since = max(due, run.since)
    return Standstill(Reason.UNCLAIMED) if unclaimed and unit.now - since > TAKEN_WITHIN else None


def _full(unit: Unit, run: Run) -> Standstill | None:
    """Whether the limit of its deployment keeps a run back."""
    if run.deployment is None:
        return None
    deployment = unit.tx.deployments.get(run.deployment)
    if deployment is None or deployment.concurrency_limit is None:
        return None
    most = deployment.concurrency_limit
    if taken(unit, run, run.deployment, deployment.holds) < most:
        return None
    return Standstill(Reason.DEPLOYMENT_FULL, deployment.name, most)


def why_nothing_starts(unit: Unit, query: WhyNothingStarts) -> Standstill | None:
    """Raises `ObjectNotFound` when there is no such pool."""
    return _of_pool(unit, the_pool(unit, query.pool_name).name, None)


def _of_pool(unit: Unit, name: str, wanted: str | None) -> Standstill | None:
    pool = the_pool(unit, name)
    if pool.is_paused:
        return Standstill(Reason.POOL_PAUSED, name)
    if all(worker.status is not WorkerStatus.ONLINE for worker in workers_of(unit, pool)):
        return Standstill(Reason.NO_WORKER, name)
    pools = unit.tx.work_pools
    queues = [each for each in pools.queues(name) if wanted in (None, each.name)]
    if queues and all(each.is_paused for each in queues):
        if wanted is None:
            return Standstill(Reason.QUEUES_PAUSED, name)
        return Standstill(Reason.QUEUE_PAUSED, wanted)
    most = pool.concurrency_limit
    if most is not None and pools.slots_of_pool(name) >= most:
        return Standstill(Reason.POOL_FULL, name, most)
    for queue in queues if wanted is not None else ():
        most = queue.concurrency_limit
        if most is not None and pools.slots_of_queue(name, queue.name) >= most:
            return Standstill(Reason.QUEUE_FULL, queue.name, most)
    return None


HANDLERS: Handlers = {WhyNotStarted: why_not_started, WhyNothingStarts: why_nothing_starts}

FRESH: Mapping[type[Request[Any]], str | None] = {WhyNotStarted: "run_id"}
"""Due deadlines are applied before it is read."""
