"""Work pools, queues and workers. Owns the columns of `work_pools`, `work_queues`, `workers`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from signoff.model.ids import uuid_of_bytes
from signoff.model.shared.work_pools import Worker, WorkPool, WorkQueue
from signoff.store.codes import clean, clean_some, dump, load
from signoff.store.repository.showing import moment
from signoff.store.session import Row, Session


class WorkPoolRows:
    """See `core.shared.ports.WorkPools` for what each method promises.

    Args:
        session: the connection, inside a transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    # Pools --------------------------------------------------------------------------------

    def add(self, pool: WorkPool, now: int) -> bool:
        values = {**_pool_values(pool), "id": pool.id.bytes, "type": clean(pool.type)}
        return self._session.run("add_pool", {**values, "now": now}) == 1

    def find(self, name: str) -> WorkPool | None:
        row = self._session.one("pool", {"name": name})
        return None if row is None else _pool(row)

    def listed(self, limit: int, offset: int) -> tuple[WorkPool, ...]:
        return tuple(map(_pool, self._session.all("pools", {"limit": limit, "offset": offset})))

    def count(self) -> int:
        row = self._session.one("count_pools", {})
        return 0 if row is None else row[0]

    def change(self, pool: WorkPool, now: int) -> None:
        self._session.run("change_pool", {**_pool_values(pool), "now": now})

    def remove(self, name: str) -> bool:
        for statement in ("remove_pool_queues", "remove_pool_workers"):
            self._session.run(statement, {"name": name})
        return self._session.run("remove_pool", {"name": name}) == 1

    # Queues -------------------------------------------------------------------------------

    def add_queue(self, queue: WorkQueue, now: int) -> bool:
        values = {**_queue_values(queue), "id": queue.id.bytes}
        return self._session.run("add_queue", {**values, "now": now}) == 1

    def queue(self, pool: str, name: str) -> WorkQueue | None:
        row = self._session.one("queue", {"pool": pool, "name": name})
        return None if row is None else _queue(row)

    def queues(self, pool: str, limit: int = 1_000, offset: int = 0) -> tuple[WorkQueue, ...]:
        values = {"pool": pool, "limit": limit, "offset": offset}
        return tuple(map(_queue, self._session.all("queues", values)))

    def last_priority(self, pool: str) -> int:
        row = self._session.one("last_priority", {"pool": pool})
        return 0 if row is None else row[0]

    def change_queue(self, queue: WorkQueue, now: int) -> None:
        self._session.run("change_queue", {**_queue_values(queue), "now": now})

    def remove_queue(self, pool: str, name: str) -> bool:
        return self._session.run("remove_queue", {"pool": pool, "name": name}) == 1

    # Workers ------------------------------------------------------------------------------

    def see_worker(self, pool: str, name: str, id: UUID, interval: int, now: int) -> None:
        values = {"pool": pool, "name": name, "id": id.bytes, "interval_us": interval, "now": now}
        self._session.run("see_worker", values)

    def workers(self, pool: str, limit: int, offset: int) -> tuple[tuple[Worker, int], ...]:
        values = {"pool": pool, "limit": limit, "offset": offset}
        return tuple((_worker(row), row[4]) for row in self._session.all("workers", values))

    def remove_worker(self, pool: str, name: str) -> bool:
        return self._session.run("remove_worker", {"pool": pool, "name": name}) == 1

    # Slots --------------------------------------------------------------------------------

    def lock_limit(self, pool: str) -> int | None:
        row = self._session.one("lock_pool", {"name": pool})
        return None if row is None else row[0]

    def slots_of_pool(self, pool: str) -> int:
        return self._number("slots_of_pool", {"pool": pool})

    def slots_of_queue(self, pool: str, queue: str) -> int:
        return self._number("slots_of_queue", {"pool": pool, "queue": queue})

    def scheduled(self, pool: str, before: int, limit: int) -> tuple[tuple[UUID, str], ...]:
        values = {"pool": pool, "before": before, "limit": limit}
        rows = self._session.all("scheduled_of_pool", values)
        return tuple((uuid_of_bytes(id), queue) for id, queue in rows)

    def _number(self, name: str, values: dict[str, Any]) -> int:
        row = self._session.one(name, values)
        return 0 if row is None else row[0]


def _pool_values(pool: WorkPool) -> dict[str, Any]:
    return {
        "name": pool.name,
        "concurrency_limit": pool.concurrency_limit,
        "paused": int(pool.is_paused),
        "description": clean_some(pool.description),
        "template": dump(pool.base_job_template),
    }


def _pool(row: Row) -> WorkPool:
    name, id, created, updated, limit, paused, type, description, template = row
    return WorkPool(
        id=uuid_of_bytes(id),
        name=name,
        type=type,
        description=description,
        base_job_template=load(template),
        is_paused=bool(paused),
        concurrency_limit=limit,
        created=moment(created),
        updated=moment(updated),
    )


def _queue_values(queue: WorkQueue) -> dict[str, Any]:
    return {
        "pool": queue.work_pool_name,
        "name": queue.name,
        "concurrency_limit": queue.concurrency_limit,
        "priority": queue.priority,
        "paused": int(queue.is_paused),
        "description": clean(queue.description),
    }


def _queue(row: Row) -> WorkQueue:
    pool, name, id, created, updated, limit, priority, paused, description = row
    return WorkQueue(
        id=uuid_of_bytes(id),
        name=name,
        description=description,
        is_paused=bool(paused),
        concurrency_limit=limit,
        priority=priority,
        work_pool_name=pool,
        created=moment(created),
        updated=moment(updated),
    )


def _worker(row: Row) -> Worker:
    _, name, id, created, seen, interval = row
    return Worker(
        id=uuid_of_bytes(id),
        name=name,
        last_heartbeat_time=moment(seen),
        heartbeat_interval_seconds=interval / 1_000_000,
        created=moment(created),
    )
