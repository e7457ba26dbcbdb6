"""Whether a run may start now, as its pool and queue allow.

Owns the limits of one claim: the pool is locked, and what is taken is counted again after every
claimed run. Those of deployments are in `places.py`. Which runs count is
`core.standing.holds_slot`. Must not know who claims.
"""

from __future__ import annotations

from signoff.core.ports import RunFacts
from signoff.service.unit import Unit

DEFAULT_QUEUE = "default"


class Slots:
    """The free slots of one claim.

    Args:
        unit: the transaction of the claim.
        pool: the pool for which is claimed; None for other scopes.
    """

    def __init__(self, unit: Unit, pool: str | None) -> None:
        self._unit = unit
        self._pool = pool
        self._queues: dict[str, int | None] = {}
        self._paused: set[str] = set()
        self._pool_limit: int | None = None
        if pool is not None:
            self._pool_limit = unit.tx.work_pools.lock_limit(pool)
            for queue in unit.tx.work_pools.queues(pool):
                self._queues[queue.name] = queue.concurrency_limit
                if queue.is_paused:
                    self._paused.add(queue.name)

    def is_paused(self, facts: RunFacts) -> bool:
        """Whether the queue of the run is paused."""
        return self._pool is not None and (facts.work_queue or DEFAULT_QUEUE) in self._paused

    def are_taken(self, facts: RunFacts) -> bool:
        """Whether the limit of the pool, or of the run's queue, keeps it back."""
        if self._pool is None:
            return False
        pools, queue = self._unit.tx.work_pools, facts.work_queue or DEFAULT_QUEUE
        most = self._pool_limit
        if most is not None and pools.slots_of_pool(self._pool) >= most:
            return True
        most = self._queues.get(queue)
        return most is not None and pools.slots_of_queue(self._pool, queue) >= most
