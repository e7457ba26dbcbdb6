"""Saved views. Owns the columns of `saved_views`."""

from __future__ import annotations

from signoff.model.saved_views import SavedView
from signoff.store.session import Session


class SavedViewRows:
    """See `core.saved_view_ports.SavedViews` for what each method promises.

    Args:
        session: the connection, inside a transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, view: SavedView, now: int) -> None:
        values = {"owner": view.owner, "name": view.name, "query": view.query, "now": now}
        self._session.run("put_saved_view", values)

    def remove(self, owner: str, name: str) -> bool:
        return self._session.run("remove_saved_view", {"owner": owner, "name": name}) == 1

    def listed(self, owner: str) -> tuple[SavedView, ...]:
        rows = self._session.all("saved_views", {"owner": owner})
        return tuple(SavedView(whose, name, query) for whose, name, query in rows)
