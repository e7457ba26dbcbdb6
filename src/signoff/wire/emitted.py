"""The documented REST operation that reads events: its shape and its recipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signoff.core.ports import NewId
from signoff.model.commands import Request
from signoff.model.emitted import CountEmitted, Event, EventFilter, ReadEmitted
from signoff.model.values import dataclass
from signoff.wire.recipes import Recipe, Steps


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events that match.

    Args:
        events: the first of them, in the order of the filter.
        total: how many there are.
        next_page: accepted as documented, and always empty: ask with `offset`.
    """

    events: tuple[Event, ...]
    total: int
    next_page: str | None = None


@dataclass(frozen=True, slots=True)
class FilterEvents(Request[EventPage]):
    """Events that match, and how many there are."""

    filter: EventFilter | None = None
    limit: int = 50
    offset: int = 0


def filter_events(request: FilterEvents, new_id: NewId) -> Steps[EventPage]:
    """The events, and their number."""
    found = yield ReadEmitted(request.filter, request.limit, request.offset)
    total = yield CountEmitted(request.filter)
    return EventPage(found, total)


RECIPES: Mapping[type[Request[Any]], Recipe] = {FilterEvents: filter_events}
"""How the operation is carried out."""
