"""What the service asks of a database about shared state, as protocols.

A transaction (`core.ports.Tx`) offers one of each. Owns the contracts only; the conformance suite
in `tests/store` states their promises. All times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from signoff.model.values import dataclass

if TYPE_CHECKING:
    from signoff.model.shared import artifacts as a
    from signoff.model.shared import variables as v
    from signoff.model.shared import work_pools as w
    from signoff.model.shared.limits import LimitKind


class Variables(Protocol):
    """Variables of one transaction."""

    def add(
        self, id: UUID, name: str, value: str, tags: Sequence[str], now: int
    ) -> v.Variable | None:
        """Store a new variable, its value as JSON text; None when the name is taken."""

    def change(
        self,
        id: UUID,
        name: str,
        value: str | None,
        tags: Sequence[str] | None,
        now: int,
    ) -> bool:
        """Change a variable; a value or tags of None stay. False when another one has the name."""

    def remove(self, id: UUID) -> bool: ...

    def find(self, id: UUID | None, name: str | None) -> v.Variable | None:
        """The variable of an id, or else of a name."""

    def listed(self, query: v.ReadVariables) -> tuple[v.Variable, ...]: ...

    def count(self, query: v.CountVariables) -> int: ...


class Artifacts(Protocol):
    """Artifacts of one transaction."""

    def add(self, id: UUID, new: a.CreateArtifact, data: str | None, now: int) -> None:
        """Store an artifact, its data as JSON text; the newest version under its key from now."""

    def change(
        self,
        id: UUID,
        data: str | None,
        description: str | None,
        metadata: Mapping[str, str] | None,
        now: int,
    ) -> None: ...

    def remove(self, id: UUID) -> bool: ...

    def find(self, id: UUID) -> a.Artifact | None: ...

    def latest(self, key: str) -> a.Artifact | None: ...

    def listed(self, query: a.ReadArtifacts) -> tuple[a.Artifact, ...]: ...

    def collections(self, query: a.ReadLatestArtifacts) -> tuple[a.ArtifactCollection, ...]: ...

    def count(self, query: a.CountArtifacts | a.CountLatestArtifacts) -> int: ...


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit as it is stored.

    Args:
        no, id, kind, name: identity.
        slots: how many there are.
        active: whether it limits anything.
        decay: slots per second that come free by themselves.
        used: taken slots that nobody holds, as counted at `used_at`.
        created, updated: when it was made and changed.
    """

    no: int
    id: UUID
    kind: LimitKind
    name: str
    slots: int
    active: bool
    decay: float
    used: float
    used_at: int
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Slots of one limit that somebody holds.

    Args:
        lease: under which id.
        slots: how many.
        ends: when the hold ends, where its process cannot be judged.
        process: who holds them.
        holder: the run that holds them.
    """

    lease: UUID
    slots: int
    ends: int
    process: str | None
    holder: UUID | None


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody who waits for slots of one limit.

    Args:
        lease: the request.
        ends: when its place is lost, where its process cannot be judged.
        process: who waits.
        address: where it is told that it is its turn.
    """

    lease: UUID
    ends: int
    process: str | None
    address: str


class Limits(Protocol):
    """Limits, holds and waiters of one transaction. Whatever decides on slots locks the limit."""

    def add(
        self, id: UUID, kind: LimitKind, name: str, slots: int, active: bool, decay: float, now: int
    ) -> bool:
        """Store a new limit. False when the name is taken."""

    def change(self, limit: Limit, now: int) -> None:
        """Store name, slots, activity and decay of a limit."""

    def use(self, no: int, used: float, now: int) -> None:
        """Store how many slots are taken and held by nobody."""

    def remove(self, no: int) -> None:
        """Delete a limit with its holds and waiters."""

    def find(self, kind: LimitKind, id: UUID | None, name: str | None) -> Limit | None:
        """The limit of an id, or else of a name, locked until the end."""

    def look(self, kind: LimitKind, id: UUID | None, name: str | None) -> Limit | None:
        """Like `find`, without a lock."""

    def named(self, kind: LimitKind, names: Sequence[str]) -> tuple[Limit, ...]:
        """The limits of these names, locked in one order for everybody."""

    def numbered(self, numbers: Sequence[int]) -> tuple[Limit, ...]:
        """The limits of these numbers, locked in the same order."""

    def listed(self, kind: LimitKind, limit: int, offset: int) -> tuple[Limit, ...]: ...

    def names(self, kind: LimitKind) -> tuple[str, ...]:
        """Names of the active limits."""

    def hold(
        self,
        no: int,
        lease: UUID,
        slots: int,
        now: int,
        ends: int,
        process: str | None,
        holder: UUID | None,
    ) -> None: ...

    def held(self, no: int) -> int:
        """Slots of all holds, whether their holders live or not."""

    def holds(self, no: int) -> tuple[Hold, ...]: ...

    def is_held(self, lease: UUID) -> bool: ...

    def of_lease(self, lease: UUID) -> tuple[int, ...]:
        """Numbers of the limits that a lease holds or waits for."""

    def renew(self, lease: UUID, ends: int) -> bool:
        """False when the lease holds nothing."""

    def drop(self, lease: UUID, no: int | None = None) -> None:
        """Forget the holds of a lease, of all limits or of one."""

    def drop_all(self, no: int) -> None:
        """Forget every hold of a limit."""

    def wait(self, no: int, lease: UUID, ends: int, process: str | None, address: str) -> None:
        """Join those who wait, or stay in place."""

    def waiters(self, no: int) -> tuple[Waiter, ...]:
        """Who waits, in the order of coming."""

    def leave(self, lease: UUID) -> None:
        """Wait no longer."""


class WorkPools(Protocol):
    """Work pools, their queues and workers, and the slots of runs, of one transaction."""

    def add(self, pool: w.WorkPool, now: int) -> bool:
        """Store a new pool. False when its name is taken."""

    def find(self, name: str) -> w.WorkPool | None: ...

    def listed(self, limit: int, offset: int) -> tuple[w.WorkPool, ...]:
        """Pools by name."""

    def count(self) -> int: ...

    def change(self, pool: w.WorkPool, now: int) -> None: ...

    def remove(self, name: str) -> bool:
        """Remove a pool with its queues and workers."""

    def add_queue(self, queue: w.WorkQueue, now: int) -> bool:
        """Store a new queue. False when its pool has one of this name."""

    def queue(self, pool: str, name: str) -> w.WorkQueue | None: ...

    def queues(self, pool: str, limit: int = 1_000, offset: int = 0) -> tuple[w.WorkQueue, ...]:
        """The queues of a pool, by priority."""

    def last_priority(self, pool: str) -> int:
        """The greatest priority of a queue of the pool; 0 without one."""

    def change_queue(self, queue: w.WorkQueue, now: int) -> None: ...

    def remove_queue(self, pool: str, name: str) -> bool: ...

    def see_worker(self, pool: str, name: str, id: UUID, interval: int, now: int) -> None:
        """A worker lives; `id` is for one that is new, `interval` is in microseconds."""

    def workers(self, pool: str, limit: int, offset: int) -> tuple[tuple[w.Worker, int], ...]:
        """The workers of a pool by name, each with when it was seen last."""

    def remove_worker(self, pool: str, name: str) -> bool: ...

    def lock_limit(self, pool: str) -> int | None:
        """The limit of a pool, locked until the end."""

    def slots_of_pool(self, pool: str) -> int:
        """How many runs hold a slot of the pool."""

    def slots_of_queue(self, pool: str, queue: str) -> int: ...

    def scheduled(self, pool: str, before: int, limit: int) -> tuple[tuple[UUID, str], ...]:
        """Runs of the pool without an owner that are due before, with their queue: by priority of
        the queue, the longest due first."""
