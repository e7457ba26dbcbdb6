"""Emitted events: put on record, and read."""

from __future__ import annotations

from signoff.model.emitted import CountEmitted, EmitEvents, Event, ReadEmitted
from signoff.model.replies import Done
from signoff.service.paging import paged
from signoff.service.table import Handlers
from signoff.service.unit import Unit


def emit_events(unit: Unit, request: EmitEvents) -> Done:
    unit.wrote = True
    unit.tx.emitted.add(request.events, unit.now)
    return Done()


def read_emitted(unit: Unit, query: ReadEmitted) -> tuple[Event, ...]:
    paged(query.limit, query.offset)
    return unit.tx.emitted.listed(query)


def count_emitted(unit: Unit, query: CountEmitted) -> int:
    return unit.tx.emitted.count(query)


HANDLERS: Handlers = {
    EmitEvents: emit_events,
    ReadEmitted: read_emitted,
    CountEmitted: count_emitted,
}
