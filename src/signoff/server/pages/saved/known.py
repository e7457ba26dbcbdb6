"""The saved flow that an address names, also one that was deleted: its history stays.

Owns finding it, and what every page of it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from signoff.model.errors import ObjectNotFound
from signoff.model.saved_flows import FlowRevision, ReadRevisions, ReadSavedFlow, SavedFlow
from signoff.server.pages.visits import View, Visit, flow_path


@dataclass(frozen=True, slots=True)
class Known:
    """A flow that is or was saved.

    Args:
        namespace, id: its name.
        newest: its newest revision; with its text unless the flow was deleted.
        saved: as it is; None when it was deleted.
    """

    namespace: str
    id: str
    newest: FlowRevision
    saved: SavedFlow | None

    @property
    def full_name(self) -> str:
        """`namespace/id`, by which people name it."""
        return f"{self.namespace}/{self.id}"

    def path(self, page: str = "") -> str:
        """The address of a page of it."""
        return flow_path(self.namespace, self.id, page)


async def find(visit: Visit) -> Known:
    """The flow that the path names.

    Raises:
        ObjectNotFound: there is none, and never was.
    """
    return await find_named(visit, visit.values["namespace"], visit.values["flow"])


async def find_named(visit: Visit, namespace: str, flow: str) -> Known:
    """The flow of a name.

    Raises:
        ObjectNotFound: there is none, and never was.
    """
    try:
        saved = await visit.ask(ReadSavedFlow(namespace, flow))
    except ObjectNotFound:
        (newest,) = await visit.ask(ReadRevisions(namespace, flow, limit=1))
        return Known(namespace, flow, newest, None)
    return Known(namespace, flow, saved.latest, saved)


def page_of(
    known: Known, template: str, tab: str, values: Mapping[str, Any], status: int = 200
) -> View:
    """A page of a flow.

    Args:
        known: the flow.
        template: which page.
        tab: its entry among the tabs.
        values: what it shows.
        status: the HTTP status.
    """
    title = f"{known.full_name} · {tab}"
    return View(template, title, {"known": known, "tab": tab, **values}, status, "Flows")
