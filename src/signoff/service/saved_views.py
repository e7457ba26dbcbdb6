"""Saved views of the list of runs: kept, forgotten, listed."""

from __future__ import annotations

from signoff.model.errors import InvalidRequest, ObjectNotFound
from signoff.model.replies import Done
from signoff.model.saved_views import (
    LONGEST_NAME,
    LONGEST_QUERY,
    MOST,
    ForgetView,
    ReadViews,
    SavedView,
    SaveView,
)
from signoff.service.table import Handlers
from signoff.service.unit import Unit


def save_view(unit: Unit, request: SaveView) -> SavedView:
    """Raises `InvalidRequest` for a name or filters that cannot be kept."""
    name = request.name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidRequest(
            f"A view needs a name of 1 to {LONGEST_NAME} characters in one line, got {name!r}.",
            {"errors": ["name"]},
        )
    if len(request.query) > LONGEST_QUERY:
        raise InvalidRequest(
            f"The filters of a view may take {LONGEST_QUERY} characters, got "
            f"{len(request.query)}; leave some out.",
            {"errors": ["query"]},
        )
    kept = unit.tx.saved_views.listed(request.owner)
    own = {each.name for each in kept if each.owner == request.owner}
    if name not in own and len(own) >= MOST:
        raise InvalidRequest(
            f"There are {MOST} views already; remove one first.", {"errors": ["name"]}
        )
    view = SavedView(request.owner, name, request.query)
    unit.wrote = True
    unit.tx.saved_views.put(view, unit.now)
    return view


def forget_view(unit: Unit, request: ForgetView) -> Done:
    unit.wrote = True
    if not unit.tx.saved_views.remove(request.owner, request.name):
        whose = f" of {request.owner!r}" if request.owner else " for everybody"
        raise ObjectNotFound(f"There is no view {request.name!r}{whose}.")
    return Done()


def read_views(unit: Unit, query: ReadViews) -> tuple[SavedView, ...]:
    return unit.tx.saved_views.listed(query.owner)


HANDLERS: Handlers = {SaveView: save_view, ForgetView: forget_view, ReadViews: read_views}
