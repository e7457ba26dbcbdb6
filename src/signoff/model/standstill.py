"""Why a run that is due does not start, or why a work pool starts nothing.

Owns the request and the reasons; whoever shows them words them. Times are UTC microseconds since
the Unix epoch.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from signoff.model.lookups import Query
from signoff.model.values import dataclass


class Reason(StrEnum):
    """What stands in the way; the first that applies."""

    DEPLOYMENT_FULL = "deployment_full"
    """As many runs of its deployment work as may."""
    POOL_GONE = "pool_gone"
    POOL_PAUSED = "pool_paused"
    NO_WORKER = "no_worker"
    """No worker of the pool is online."""
    QUEUE_PAUSED = "queue_paused"
    QUEUES_PAUSED = "queues_paused"
    """Every queue of the pool is."""
    POOL_FULL = "pool_full"
    QUEUE_FULL = "queue_full"
    UNCLAIMED = "unclaimed"
    """It has no pool, and no process has taken it."""


@dataclass(frozen=True, slots=True)
class Standstill:
    """Why nothing starts.

    Args:
        reason: what stands in the way.
        name: of the pool, queue or deployment.
        limit: how many may work at the same time, where that is the reason.
    """

    reason: Reason
    name: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class WhyNotStarted(Query[Standstill | None]):
    """Why a run is not started; None where nothing keeps it back, or nothing has to start it."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class WhyNothingStarts(Query[Standstill | None]):
    """Why a pool's workers start nothing; None where they would."""

    pool_name: str
