"""Slots: who takes them, who waits, who gives them back. `core.shared.slots` decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from signoff.core.shared.names import at_least_zero, wrong
from signoff.core.shared.ports import Limit
from signoff.core.shared.slots import SECOND, Standing, Verdict, decide, used_now
from signoff.model.commands import Request
from signoff.model.errors import InvalidRequest, ObjectNotFound, SlotsTaken
from signoff.model.replies import Done
from signoff.model.shared.limits import LimitKind
from signoff.model.shared.slots import (
    AcquireSlots,
    ConcurrencyLimitWithLeaseResponse,
    DecrementSlots,
    IncrementSlots,
    IncrementWithLease,
    MinimalConcurrencyLimitResponse,
    ReadLimitedTags,
    ReleaseSlots,
    RenewLease,
    RenewLeases,
    SlotMode,
    SlotsReply,
)
from signoff.service.queues import bury, call_next, is_ahead, next_end
from signoff.service.table import Handlers
from signoff.service.unit import Unit

WAITING = 15 * SECOND
"""How long the place of somebody who waits is kept without a sign of life."""


# Waiting for slots -------------------------------------------------------------------------


def acquire_slots(unit: Unit, request: AcquireSlots) -> SlotsReply:
    limits = _limits(unit, request.kind, request.names, request.slots, request.mode)
    known = {limit.name for limit in limits}
    missing = tuple(name for name in dict.fromkeys(request.names) if name not in known)
    if missing and request.strict:
        raise InvalidRequest(
            f"Concurrency limits {list(missing)!r} must be created before acquiring slots.",
            {"errors": ["names"], "missing": list(missing)},
        )
    active = [limit for limit in limits if limit.active]
    if unit.tx.limits.is_held(request.lease_id):
        # The same request again: what it took the first time it has.
        return SlotsReply(True, True, missing, None, None, unit.now)
    verdict = _verdict(unit, active, request.lease_id, request.slots)
    unit.wrote = True
    if not verdict.granted:
        if request.address is not None:
            ends = unit.now + WAITING
            for limit in active:
                unit.tx.limits.wait(
                    limit.no, request.lease_id, ends, request.process_id, request.address
                )
        return SlotsReply(False, False, missing, verdict.full, verdict.retry_at, unit.now)
    unit.tx.limits.leave(request.lease_id)
    held = _take(unit, active, request)
    # There may be enough left for the next one.
    call_next(unit, [limit.no for limit in active])
    return SlotsReply(True, held, missing, None, None, unit.now)


def _limits(
    unit: Unit, kind: LimitKind, names: Sequence[str], slots: int, mode: SlotMode
) -> tuple[Limit, ...]:
    """The limits of a request, locked. Raises `InvalidRequest` when it can never be granted."""
    if slots < 1:
        raise wrong("slots", slots, "At least one slot must be asked for")
    limits = unit.tx.limits.named(kind, tuple(dict.fromkeys(names)))
    for limit in limits:
        if not limit.active:
            continue
        if kind is LimitKind.TAG and limit.slots == 0:
            text = (
                f"The concurrency limit on tag {limit.name!r} is 0 and will deadlock if the task "
                "tries to run again."
            )
            raise InvalidRequest(text, {"limit": limit.name})
        if slots > limit.slots:
            text = (
                f"{slots} slots of the concurrency limit {limit.name!r} can never be had: it has "
                f"{limit.slots}. Raise the limit, or ask for fewer."
            )
            raise InvalidRequest(text, {"errors": ["slots"], "limit": limit.name})
        if mode is SlotMode.RATE_LIMIT and not limit.decay:
            text = (
                "Only concurrency limits with slot decay can be used for rate limiting; "
                f"{limit.name!r} has none. Set its slot_decay_per_second."
            )
            raise InvalidRequest(text, {"errors": ["names"], "limit": limit.name})
    return limits


def _verdict(unit: Unit, limits: Sequence[Limit], lease: UUID, slots: int) -> Verdict:
    """Decide; holders and waiters are judged only when a slot is lacking otherwise."""
    standings = [_standing(unit, limit, lease, None) for limit in limits]
    verdict = decide(standings, slots, unit.now)
    if verdict.granted:
        return verdict
    for limit in limits:
        bury(unit, limit.no)
    standings = [_standing(unit, limit, lease, next_end(unit, limit.no)) for limit in limits]
    return decide(standings, slots, unit.now)


def _standing(unit: Unit, limit: Limit, lease: UUID, end: int | None) -> Standing:
    return Standing(
        name=limit.name,
        slots=limit.slots,
        decay=limit.decay,
        used=limit.used,
        used_at=limit.used_at,
        held=unit.tx.limits.held(limit.no),
        ahead=is_ahead(unit, limit.no, lease),
        next_end=end,
    )


def _take(unit: Unit, limits: Sequence[Limit], request: AcquireSlots) -> bool:
    """Take slots that were granted. Returns whether they are held."""
    for limit in limits:
        if request.mode is SlotMode.RATE_LIMIT:
            _use(unit, limit, request.slots)
        else:
            unit.tx.limits.hold(
                limit.no,
                request.lease_id,
                request.slots,
                unit.now,
                unit.now + max(request.duration, 0),
                request.process_id,
                request.holder,
            )
    return bool(limits) and request.mode is SlotMode.CONCURRENCY


def _use(unit: Unit, limit: Limit, slots: float) -> None:
    used = used_now(limit.used, limit.used_at, limit.decay, unit.now)
    unit.tx.limits.use(limit.no, max(0.0, used + slots), unit.now)


def release_slots(unit: Unit, request: ReleaseSlots) -> Done:
    # Locked first, in the order of everybody else.
    numbers = unit.tx.limits.of_lease(request.lease_id)
    unit.tx.limits.numbered(numbers)
    unit.wrote = True
    unit.tx.limits.drop(request.lease_id)
    unit.tx.limits.leave(request.lease_id)
    call_next(unit, numbers)
    return Done()


def renew_leases(unit: Unit, request: RenewLeases) -> tuple[UUID, ...]:
    ends = unit.now + max(request.duration, 0)
    unit.wrote = True
    return tuple(lease for lease in request.leases if not unit.tx.limits.renew(lease, ends))


def read_limited_tags(unit: Unit, query: ReadLimitedTags) -> tuple[str, ...]:
    return unit.tx.limits.names(LimitKind.TAG)


# The documented requests, which do not wait ------------------------------------------------


def increment_with_lease(
    unit: Unit, request: IncrementWithLease
) -> ConcurrencyLimitWithLeaseResponse:
    at_least_zero("lease_duration", request.lease_duration)
    lease = unit.means.new_id()
    holder = request.holder.id if request.holder is not None else None
    taken = _now_or_never(
        unit,
        AcquireSlots(
            lease,
            request.names,
            request.slots,
            mode=request.mode,
            duration=int(request.lease_duration * SECOND),
            holder=holder,
        ),
    )
    return ConcurrencyLimitWithLeaseResponse(lease_id=lease, limits=taken)


def increment_slots(
    unit: Unit, request: IncrementSlots
) -> tuple[MinimalConcurrencyLimitResponse, ...]:
    limits = _limits(unit, LimitKind.GLOBAL, request.names, request.slots, request.mode)
    active = [limit for limit in limits if limit.active]
    verdict = _verdict(unit, active, unit.means.new_id(), request.slots)
    if not verdict.granted:
        raise _taken(verdict.full, verdict.retry_at)
    unit.wrote = True
    for limit in active:
        _use(unit, limit, request.slots)
    return tuple(map(_minimal, limits))


def decrement_slots(
    unit: Unit, request: DecrementSlots
) -> tuple[MinimalConcurrencyLimitResponse, ...]:
    limits = unit.tx.limits.named(LimitKind.GLOBAL, tuple(dict.fromkeys(request.names)))
    unit.wrote = True
    for limit in limits:
        _use(unit, limit, -max(request.slots, 0))
    call_next(unit, [limit.no for limit in limits])
    return tuple(map(_minimal, limits))


def renew_lease(unit: Unit, request: RenewLease) -> Done:
    at_least_zero("lease_duration", request.lease_duration)
    unit.wrote = True
    if not unit.tx.limits.renew(request.lease_id, unit.now + int(request.lease_duration * SECOND)):
        raise ObjectNotFound(f"There is no lease {request.lease_id}; its slots may have been lost.")
    return Done()


def _now_or_never(unit: Unit, request: AcquireSlots) -> list[MinimalConcurrencyLimitResponse]:
    reply = acquire_slots(unit, request)
    if not reply.granted:
        raise _taken(reply.full, reply.retry_at)
    limits = unit.tx.limits.named(request.kind, request.names)
    return [_minimal(limit) for limit in limits]


def _taken(name: str | None, retry_at: int | None) -> SlotsTaken:
    return SlotsTaken(
        f"The concurrency limit {name!r} has too few free slots now.", {"retry_at": retry_at}
    )


def _minimal(limit: Limit) -> MinimalConcurrencyLimitResponse:
    return MinimalConcurrencyLimitResponse(id=limit.id, name=limit.name, limit=limit.slots)


HANDLERS: Handlers = {
    AcquireSlots: acquire_slots,
    ReleaseSlots: release_slots,
    RenewLeases: renew_leases,
    ReadLimitedTags: read_limited_tags,
    IncrementWithLease: increment_with_lease,
    IncrementSlots: increment_slots,
    DecrementSlots: decrement_slots,
    RenewLease: renew_lease,
}

SOON: frozenset[type[Request[Any]]] = frozenset({AcquireSlots, ReleaseSlots, RenewLeases})
"""Commands that nobody but their own process relies on: on the disk soon, not at once."""
