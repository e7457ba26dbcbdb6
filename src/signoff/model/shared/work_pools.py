"""Work pools, their queues, and the workers that look after them.

Owns the documented schemas and requests of these. Must not know how a worker starts runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from signoff.model.commands import Command
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.shared.unchanged import UNCHANGED
from signoff.model.values import dataclass
from signoff.model.views import FlowRun

DEFAULT_QUEUE = "default"
"""The queue of runs that name none; every pool has it."""


class WorkPoolStatus(StrEnum):
    READY = "READY"
    NOT_READY = "NOT_READY"
    PAUSED = "PAUSED"


class WorkerStatus(StrEnum):
    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"


class WorkPool(BaseModel):
    """A pool: runs that any of its workers may start. Times are UTC.

    Args:
        type: how its workers start runs; `process` in this release.
        is_paused: its workers start nothing.
        concurrency_limit: how many of its runs may work at the same time; None for no limit.
        status: READY while a worker of it is online.
    """

    id: UUID
    name: str
    type: str = "process"
    description: str | None = None
    base_job_template: dict[str, Any] = Field(default_factory=dict)
    is_paused: bool = False
    concurrency_limit: int | None = None
    status: WorkPoolStatus | None = None
    default_queue_id: UUID | None = None
    created: datetime | None = None
    updated: datetime | None = None

    @property
    def is_process_pool(self) -> bool:
        """Whether its runs are started as processes of the worker's machine."""
        return self.type == "process"


class WorkQueue(BaseModel):
    """A queue of a pool; a lower `priority` comes first. Times are UTC."""

    id: UUID
    name: str
    description: str = ""
    is_paused: bool = False
    concurrency_limit: int | None = None
    priority: int = 1
    work_pool_id: UUID | None = None
    work_pool_name: str | None = None
    created: datetime | None = None
    updated: datetime | None = None


class Worker(BaseModel):
    """A worker of a pool; it is online while it shows that it lives. Times are UTC."""

    id: UUID
    name: str
    work_pool_id: UUID | None = None
    last_heartbeat_time: datetime | None = None
    heartbeat_interval_seconds: float = 30.0
    status: WorkerStatus = WorkerStatus.OFFLINE
    created: datetime | None = None


class WorkerFlowRunResponse(BaseModel):
    """A run that a worker of the pool is to start."""

    work_pool_id: UUID
    work_queue_id: UUID | None = None
    flow_run: FlowRun


class WorkPoolCreate(BaseModel):
    """A pool to make."""

    name: str
    type: str = "process"
    description: str | None = None
    base_job_template: dict[str, Any] = Field(default_factory=dict)
    is_paused: bool = False
    concurrency_limit: int | None = None


class WorkPoolUpdate(BaseModel):
    """What to change of a pool; a field that is not given stays as it is."""

    description: str | None = None
    is_paused: bool | None = None
    base_job_template: dict[str, Any] | None = None
    concurrency_limit: int | None = None


# Requests ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateWorkPool(Command[WorkPool]):
    """Make a pool with its default queue; `ObjectAlreadyExists` when the name is taken."""

    name: str
    type: str = "process"
    description: str | None = None
    base_job_template: Mapping[str, Any] = field(default_factory=dict)
    is_paused: bool = False
    concurrency_limit: int | None = None


@dataclass(frozen=True, slots=True)
class UpdateWorkPool(Command[Done]):
    """Change a pool; None (or unchanged) leaves as is."""

    pool_name: str
    description: str | None = None
    is_paused: bool | None = None
    base_job_template: Mapping[str, Any] | None = None
    concurrency_limit: Any = UNCHANGED


@dataclass(frozen=True, slots=True)
class DeleteWorkPool(Command[Done]):
    """Delete a pool with its queues and workers; its runs stay, and nobody starts them."""

    pool_name: str


@dataclass(frozen=True, slots=True)
class ReadWorkPool(Query[WorkPool]):
    pool_name: str


@dataclass(frozen=True, slots=True)
class ReadWorkPools(Query[tuple[WorkPool, ...]]):
    """Pools by name."""

    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class CountWorkPools(Query[int]):
    pass


@dataclass(frozen=True, slots=True)
class CreateWorkQueue(Command[WorkQueue]):
    """Make a queue; the last priority when none is given."""

    pool_name: str
    name: str
    description: str = ""
    is_paused: bool = False
    concurrency_limit: int | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class UpdateWorkQueue(Command[Done]):
    """Change a queue; None (or unchanged) leaves as is."""

    pool_name: str
    queue_name: str
    description: str | None = None
    is_paused: bool | None = None
    concurrency_limit: Any = UNCHANGED
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class DeleteWorkQueue(Command[Done]):
    pool_name: str
    queue_name: str


@dataclass(frozen=True, slots=True)
class ReadWorkQueue(Query[WorkQueue]):
    pool_name: str
    queue_name: str


@dataclass(frozen=True, slots=True)
class ReadWorkQueues(Query[tuple[WorkQueue, ...]]):
    """The queues of a pool, those that come first in front."""

    pool_name: str
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class WorkerHeartbeat(Command[Done]):
    """A worker of a pool lives."""

    pool_name: str
    name: str
    heartbeat_interval_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class WorkerGone(Command[Done]):
    """A worker has ended, or is to be forgotten."""

    pool_name: str
    name: str


@dataclass(frozen=True, slots=True)
class ReadWorkers(Query[tuple[Worker, ...]]):
    """The workers of a pool, by name."""

    pool_name: str
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ReadScheduledRuns(Query[tuple[WorkerFlowRunResponse, ...]]):
    """Runs that workers of the pool are to start, the first one first.

    Args:
        pool_name: the pool.
        work_queue_names: only of these queues; None for all.
        scheduled_before: only those that are due before; None for all that are scheduled.
        limit: at most so many.
    """

    pool_name: str
    work_queue_names: tuple[str, ...] | None = None
    scheduled_before: datetime | None = None
    limit: int = 50
