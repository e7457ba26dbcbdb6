"""What the client's methods about work pools ask.

Owns the documented names, parameters and defaults of these, like `plans.py` those of runs.
"""

from __future__ import annotations

from datetime import datetime

from signoff.authoring.client.plan import Plan, as_it_is, as_list, nothing
from signoff.model.shared import work_pools as w
from signoff.model.shared.unchanged import UNCHANGED


def create_work_pool(work_pool: w.WorkPoolCreate) -> Plan[w.WorkPool]:
    """Make a work pool. Raises `ObjectAlreadyExists` when the name is taken."""
    request = w.CreateWorkPool(
        work_pool.name,
        work_pool.type,
        work_pool.description,
        work_pool.base_job_template,
        work_pool.is_paused,
        work_pool.concurrency_limit,
    )
    return Plan(request, as_it_is)


def read_work_pool(work_pool_name: str) -> Plan[w.WorkPool]:
    """The pool of a name. Raises `ObjectNotFound`."""
    return Plan(w.ReadWorkPool(work_pool_name), as_it_is)


def read_work_pools(limit: int | None = None, offset: int = 0) -> Plan[list[w.WorkPool]]:
    """Pools by name; at most 200 when no limit is given."""
    return Plan(w.ReadWorkPools(200 if limit is None else limit, offset), as_list)


def update_work_pool(work_pool_name: str, work_pool: w.WorkPoolUpdate) -> Plan[None]:
    """Change what is given. Raises `ObjectNotFound`."""
    given = work_pool.model_fields_set
    request = w.UpdateWorkPool(
        work_pool_name,
        work_pool.description,
        work_pool.is_paused,
        work_pool.base_job_template,
        work_pool.concurrency_limit if "concurrency_limit" in given else UNCHANGED,
    )
    return Plan(request, nothing)


def delete_work_pool(work_pool_name: str) -> Plan[None]:
    """Delete a pool with its queues. Raises `ObjectNotFound`."""
    return Plan(w.DeleteWorkPool(work_pool_name), nothing)


def create_work_queue(
    name: str,
    description: str | None = None,
    is_paused: bool | None = None,
    concurrency_limit: int | None = None,
    priority: int | None = None,
    work_pool_name: str = "default",
) -> Plan[w.WorkQueue]:
    """Make a queue of a pool. Raises `ObjectAlreadyExists` when the name is taken."""
    request = w.CreateWorkQueue(
        work_pool_name, name, description or "", bool(is_paused), concurrency_limit, priority
    )
    return Plan(request, as_it_is)


def read_work_queue_by_name(name: str, work_pool_name: str = "default") -> Plan[w.WorkQueue]:
    """A queue of a pool. Raises `ObjectNotFound`."""
    return Plan(w.ReadWorkQueue(work_pool_name, name), as_it_is)


def read_work_queues(
    work_pool_name: str = "default", limit: int | None = None, offset: int = 0
) -> Plan[list[w.WorkQueue]]:
    """The queues of a pool, those that come first in front."""
    query = w.ReadWorkQueues(work_pool_name, 200 if limit is None else limit, offset)
    return Plan(query, as_list)


def send_worker_heartbeat(
    work_pool_name: str, worker_name: str, heartbeat_interval_seconds: float | None = None
) -> Plan[None]:
    """Say that a worker of the pool lives."""
    request = w.WorkerHeartbeat(work_pool_name, worker_name, heartbeat_interval_seconds or 30.0)
    return Plan(request, nothing)


def read_workers_for_work_pool(
    work_pool_name: str, limit: int | None = None, offset: int | None = None
) -> Plan[list[w.Worker]]:
    """The workers of a pool, by name."""
    query = w.ReadWorkers(work_pool_name, 200 if limit is None else limit, offset or 0)
    return Plan(query, as_list)


def get_scheduled_flow_runs_for_work_pool(
    work_pool_name: str,
    work_queue_names: list[str] | None = None,
    scheduled_before: datetime | None = None,
) -> Plan[list[w.WorkerFlowRunResponse]]:
    """Runs that workers of the pool are to start, the first one first."""
    queues = tuple(work_queue_names) if work_queue_names is not None else None
    return Plan(w.ReadScheduledRuns(work_pool_name, queues, scheduled_before), as_list)
