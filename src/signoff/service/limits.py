"""Limits: making, changing and reading them.

Must not know who gets their slots: `service.slots` and `core.shared.slots`.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from signoff.core.ports import Poke
from signoff.core.shared.names import at_least_zero, limit_name
from signoff.core.shared.ports import Limit
from signoff.core.shared.slots import used_now
from signoff.model.errors import InvalidRequest, ObjectAlreadyExists, ObjectNotFound
from signoff.model.replies import Done
from signoff.model.shared.limits import (
    ConcurrencyLimit,
    CreateLimit,
    DeleteLimit,
    DeleteTagLimit,
    GlobalConcurrencyLimit,
    LimitKind,
    ReadLimit,
    ReadLimits,
    ReadTagLimit,
    ReadTagLimits,
    ResetTagLimit,
    SetTagLimit,
    UpdateLimit,
)
from signoff.model.shared.slots import TAGS
from signoff.service.paging import paged
from signoff.service.queues import call_next, living, poke_all
from signoff.service.table import Handlers
from signoff.service.unit import Unit

NEVER = 2**62
"""A hold that somebody made by hand ends when somebody ends it."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# Global limits -----------------------------------------------------------------------------


def create_limit(unit: Unit, request: CreateLimit) -> GlobalConcurrencyLimit:
    limit_name(request.name)
    for field in ("limit", "active_slots", "slot_decay_per_second"):
        at_least_zero(field, getattr(request, field))
    limits = unit.tx.limits
    unit.wrote = True
    made = limits.add(
        unit.means.new_id(),
        LimitKind.GLOBAL,
        request.name,
        request.limit,
        request.active,
        request.slot_decay_per_second,
        unit.now,
    )
    if not made:
        raise ObjectAlreadyExists(f"There is a global concurrency limit {request.name!r} already.")
    limit = _found(limits.find(LimitKind.GLOBAL, None, request.name), request.name)
    if request.active_slots:
        limits.use(limit.no, request.active_slots, unit.now)
    return read_limit(unit, ReadLimit(str(limit.id)))


def update_limit(unit: Unit, request: UpdateLimit) -> Done:
    limits = unit.tx.limits
    before = _the(unit, request.id_or_name, locked=True)
    if request.name is not None and request.name != before.name:
        limit_name(request.name)
        if limits.find(LimitKind.GLOBAL, None, request.name) is not None:
            raise ObjectAlreadyExists(f"There is a global concurrency limit {request.name!r}.")
    for field in ("limit", "active_slots", "slot_decay_per_second"):
        if getattr(request, field) is not None:
            at_least_zero(field, getattr(request, field))
    unit.wrote = True
    after = replace(
        before,
        name=before.name if request.name is None else request.name,
        slots=before.slots if request.limit is None else request.limit,
        active=before.active if request.active is None else request.active,
        decay=(
            before.decay if request.slot_decay_per_second is None else request.slot_decay_per_second
        ),
    )
    # What has come free at the old pace has come free.
    used: float = used_now(before.used, before.used_at, before.decay, unit.now)
    if request.active_slots is not None:
        limits.drop_all(before.no)
        used = request.active_slots
    limits.use(before.no, used, unit.now)
    limits.change(after, unit.now)
    call_next(unit, (before.no,))
    return Done()


def delete_limit(unit: Unit, request: DeleteLimit) -> Done:
    _remove(unit, _the(unit, request.id_or_name, locked=True))
    return Done()


def read_limit(unit: Unit, query: ReadLimit) -> GlobalConcurrencyLimit:
    return _shown(unit, _the(unit, query.id_or_name, locked=False))


def read_limits(unit: Unit, query: ReadLimits) -> tuple[GlobalConcurrencyLimit, ...]:
    paged(query.limit, query.offset)
    found = unit.tx.limits.listed(LimitKind.GLOBAL, query.limit, query.offset)
    return tuple(_shown(unit, each) for each in found)


def _the(unit: Unit, called: str, locked: bool) -> Limit:
    look = unit.tx.limits.find if locked else unit.tx.limits.look
    found = look(LimitKind.GLOBAL, None, called)
    if found is None:
        id = _as_id(called)
        found = look(LimitKind.GLOBAL, id, None) if id is not None else None
    return _found(found, called)


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _found(limit: Limit | None, called: object) -> Limit:
    if limit is None:
        raise ObjectNotFound(f"There is no concurrency limit {called!s}.")
    return limit


def _remove(unit: Unit, limit: Limit) -> None:
    unit.wrote = True
    # Whoever waits looks again, and finds that nothing limits it any more.
    poke_all(unit, limit.no)
    unit.tx.limits.remove(limit.no)


def _shown(unit: Unit, limit: Limit) -> GlobalConcurrencyLimit:
    used = used_now(limit.used, limit.used_at, limit.decay, unit.now)
    held = sum(hold.slots for hold in living(unit, limit.no))
    return GlobalConcurrencyLimit(
        id=limit.id,
        name=limit.name,
        limit=limit.slots,
        active=limit.active,
        active_slots=held + math.ceil(used - 1e-6),
        slot_decay_per_second=limit.decay,
        created=_moment(limit.created),
        updated=_moment(limit.updated),
    )


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


# Limits of tags ----------------------------------------------------------------------------


def set_tag_limit(unit: Unit, request: SetTagLimit) -> ConcurrencyLimit:
    if not request.tag.strip():
        raise InvalidRequest("A limit needs a tag; got ''.", {"errors": ["tag"]})
    at_least_zero("concurrency_limit", request.concurrency_limit)
    limits, slots = unit.tx.limits, request.concurrency_limit
    unit.wrote = True
    id = unit.means.new_id()
    made = limits.add(id, LimitKind.TAG, request.tag, slots, True, 0.0, unit.now)
    limit = _found(limits.find(LimitKind.TAG, None, request.tag), request.tag)
    if not made:
        limits.change(replace(limit, slots=slots), unit.now)
        call_next(unit, (limit.no,))
    _tell_runs(unit)
    return read_tag_limit(unit, ReadTagLimit(tag=request.tag))


def reset_tag_limit(unit: Unit, request: ResetTagLimit) -> Done:
    limits = unit.tx.limits
    limit = _found(limits.find(LimitKind.TAG, None, request.tag), f"of tag {request.tag!r}")
    unit.wrote = True
    limits.drop_all(limit.no)
    for holder in request.slot_override:
        limits.hold(limit.no, unit.means.new_id(), 1, unit.now, NEVER, None, holder)
    call_next(unit, (limit.no,))
    return Done()


def delete_tag_limit(unit: Unit, request: DeleteTagLimit) -> Done:
    called = f"of tag {request.tag!r}" if request.limit_id is None else request.limit_id
    _remove(unit, _found(unit.tx.limits.find(LimitKind.TAG, request.limit_id, request.tag), called))
    _tell_runs(unit)
    return Done()


def _tell_runs(unit: Unit) -> None:
    """Processes that run flows keep in mind which tags have a limit."""
    for owner in unit.tx.owners():
        if owner.process.address is not None:
            unit.pokes[owner.process.address, TAGS] = Poke(owner.process.address, TAGS)


def read_tag_limit(unit: Unit, query: ReadTagLimit) -> ConcurrencyLimit:
    called = f"of tag {query.tag!r}" if query.limit_id is None else query.limit_id
    return _tag(unit, _found(unit.tx.limits.look(LimitKind.TAG, query.limit_id, query.tag), called))


def read_tag_limits(unit: Unit, query: ReadTagLimits) -> tuple[ConcurrencyLimit, ...]:
    paged(query.limit, query.offset)
    found = unit.tx.limits.listed(LimitKind.TAG, query.limit, query.offset)
    return tuple(_tag(unit, each) for each in found)


def _tag(unit: Unit, limit: Limit) -> ConcurrencyLimit:
    return ConcurrencyLimit(
        id=limit.id,
        tag=limit.name,
        concurrency_limit=limit.slots,
        active_slots=[hold.holder or hold.lease for hold in living(unit, limit.no)],
        created=_moment(limit.created),
        updated=_moment(limit.updated),
    )


HANDLERS: Handlers = {
    CreateLimit: create_limit,
    UpdateLimit: update_limit,
    DeleteLimit: delete_limit,
    ReadLimit: read_limit,
    ReadLimits: read_limits,
    SetTagLimit: set_tag_limit,
    ResetTagLimit: reset_tag_limit,
    DeleteTagLimit: delete_tag_limit,
    ReadTagLimit: read_tag_limit,
    ReadTagLimits: read_tag_limits,
}
