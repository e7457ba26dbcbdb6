"""Slots of limits: taking them, waiting for them, keeping them and giving them back.

A hold has the id of the request that took it (its lease). It ends when it is given back, when its
process is known to be dead, or, where that cannot be known, when its lease has ended. Who waits
is served in the order of coming. Times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel

from signoff.model.commands import Command
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.shared.limits import LimitKind
from signoff.model.values import dataclass

TAGS = UUID(int=1)
"""What a process is poked about when the limit of a tag was set or lifted."""


class SlotMode(StrEnum):
    """How slots come free again."""

    CONCURRENCY = "concurrency"
    """When they are given back."""
    RATE_LIMIT = "rate_limit"
    """By themselves, at the pace of their limit."""


class ConcurrencyLeaseHolder(BaseModel):
    """Who holds slots, for people who look."""

    type: Literal["flow_run", "task_run", "deployment"]
    id: UUID


class MinimalConcurrencyLimitResponse(BaseModel):
    """A limit of which slots were taken."""

    id: UUID
    name: str
    limit: int


class ConcurrencyLimitWithLeaseResponse(BaseModel):
    """Slots that were taken, and the lease under which they are held."""

    lease_id: UUID
    limits: list[MinimalConcurrencyLimitResponse]


@dataclass(frozen=True, slots=True)
class SlotsReply:
    """What became of a request for slots.

    Args:
        granted: they are taken (or there is nothing to take).
        held: there is a hold to give back.
        missing: names without a limit.
        full: the limit that has too few free slots, when it is not granted.
        retry_at: when it may be granted, as far as is known; None when somebody else decides.
        now: the service's clock.
    """

    granted: bool
    held: bool
    missing: tuple[str, ...]
    full: str | None
    retry_at: int | None
    now: int


@dataclass(frozen=True, slots=True)
class AcquireSlots(Command[SlotsReply]):
    """Take slots of every named limit, or of none.

    The same lease again is the same request: it keeps its place among those that wait.

    Args:
        lease_id: made by the sender.
        names: of limits, or tags.
        slots: of each.
        kind: what the names mean.
        mode: how the slots come free again.
        duration: microseconds after which the hold ends unless it is renewed.
        process_id: the process that holds them.
        holder: the run that holds them.
        address: where the process is told that it is its turn; None for one that does not wait.
        strict: refuse names without a limit.
    """

    registers: ClassVar[bool] = True

    lease_id: UUID
    names: tuple[str, ...]
    slots: int = 1
    kind: LimitKind = LimitKind.GLOBAL
    mode: SlotMode = SlotMode.CONCURRENCY
    duration: int = 300_000_000
    process_id: str | None = None
    holder: UUID | None = None
    address: str | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseSlots(Command[Done]):
    """Give slots back, or wait for them no longer. A lease that is not known is given back."""

    lease_id: UUID


@dataclass(frozen=True, slots=True)
class RenewLeases(Command[tuple[UUID, ...]]):
    """Hold on for `duration` more; the reply names the leases that are lost."""

    leases: tuple[UUID, ...]
    duration: int


@dataclass(frozen=True, slots=True)
class ReadLimitedTags(Query[tuple[str, ...]]):
    """The tags that have a limit."""


@dataclass(frozen=True, slots=True)
class IncrementWithLease(Command[ConcurrencyLimitWithLeaseResponse]):
    """Take slots now and hold them under a lease; `SlotsTaken` when there are too few."""

    names: tuple[str, ...]
    slots: int
    mode: SlotMode = SlotMode.CONCURRENCY
    lease_duration: float = 300
    holder: ConcurrencyLeaseHolder | None = None


@dataclass(frozen=True, slots=True)
class RenewLease(Command[Done]):
    """Hold on to slots; `ObjectNotFound` when the lease is lost."""

    lease_id: UUID
    lease_duration: float = 300


@dataclass(frozen=True, slots=True)
class IncrementSlots(Command[tuple[MinimalConcurrencyLimitResponse, ...]]):
    """Count slots as taken, held by nobody; `SlotsTaken` when there are too few."""

    names: tuple[str, ...]
    slots: int
    mode: SlotMode = SlotMode.CONCURRENCY


@dataclass(frozen=True, slots=True)
class DecrementSlots(Command[tuple[MinimalConcurrencyLimitResponse, ...]]):
    """Count slots that nobody holds as free again."""

    names: tuple[str, ...]
    slots: int
    occupancy_seconds: float = 0.0
