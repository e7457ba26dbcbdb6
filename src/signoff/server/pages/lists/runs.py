"""The list of runs.

Owns its paging and what a row says. In every order, and in both directions, a page goes on from the
last run that was shown, so that runs made meanwhile shift nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from signoff.model.bulk import BulkAction
from signoff.model.filters import FlowRunSort, FlowSort
from signoff.model.queries import ReadFlows
from signoff.model.run_lists import MOST_COUNTED, ListedRun, PageRuns, Place, TallyRuns
from signoff.model.views import FlowRun
from signoff.server.pages import words
from signoff.server.pages.lists.choosing import (
    ANY,
    GROUPS,
    SORTS,
    SPANS,
    WAITING,
    Chosen,
    Group,
    Which,
    chosen,
    until_now,
    which,
)
from signoff.server.pages.lists.views import views_of
from signoff.server.pages.visits import Redirect, Route, View, Visit

PAGE = 50
"""Runs of a page."""
ACTIONS = (
    ("answer", "Answer"),
    (BulkAction.RESUME.value, "Resume"),
    (BulkAction.PAUSE.value, "Pause"),
    (BulkAction.SUSPEND.value, "Suspend"),
    (BulkAction.RETRY.value, "Retry"),
    (BulkAction.CANCEL.value, "Cancel"),
    (BulkAction.DELETE.value, "Delete"),
)
"""What may be done with many runs: how forms say it, and what is read."""


@dataclass(frozen=True, slots=True)
class Facet:
    """A state that the list can be narrowed to.

    Args:
        group: the state.
        count: how many runs are in it; one more than is counted where there are more.
        address: the list of them.
        current: it is what is listed.
    """

    group: Group
    count: int
    address: str
    current: bool

    @property
    def is_offered(self) -> bool:
        """Whether it is worth its place: it leads somewhere, or says where one is."""
        return bool(self.count) or self.current or self.group in (ANY, WAITING)

    @property
    def number(self) -> str:
        """The count as it is read."""
        return f"{MOST_COUNTED:,}+" if self.count > MOST_COUNTED else f"{self.count:,}"


async def show(visit: Visit) -> View | Redirect:
    """The list that the address asks for."""
    wanted = chosen(visit.asked)
    meant = await which(visit, wanted)
    after, before = (_place(visit.asked(name), wanted) for name in ("after", "before"))
    page = await visit.ask(_page_of(meant, wanted, after, before))
    if before is not None and page.earlier is None:
        # Whatever was made meanwhile is shown with the first ones.
        page = await visit.ask(_page_of(meant, wanted, None, None))
    facets = await _facets(visit, meant, wanted)
    values = {
        "chosen": wanted,
        "facets": facets,
        "spans": SPANS,
        "sorts": SORTS,
        "actions": ACTIONS,
        "runs": [(row.run, waits_for(row)) for row in page.rows],
        "total": next(each for each in facets if each.current),
        "flow_names": [
            flow.name for flow in await visit.ask(ReadFlows(sort=FlowSort.NAME_ASC, limit=200))
        ],
        "further": _leaf(wanted, "after", page.further),
        "earlier": _leaf(wanted, "before", page.earlier),
        "length_of": length_of,
        **await views_of(visit, wanted),
    }
    return View("runs.html", "Runs", values, section="Runs")


def _page_of(meant: Which, wanted: Chosen, after: Place | None, before: Place | None) -> PageRuns:
    before = None if after is not None else before
    return PageRuns(meant.flows, meant.flow_runs, wanted.order, PAGE, after, before)


async def _facets(visit: Visit, meant: Which, wanted: Chosen) -> list[Facet]:
    """How many of the runs that are meant, but for their state, are in each."""
    among = meant.flow_runs.model_copy(update={"state": None, "made_ahead": None})
    shown = among.model_copy(update={"made_ahead": until_now(visit)})
    states = tuple(group.states for group in GROUPS)
    counts = (
        *await visit.ask(TallyRuns((None,), meant.flows, shown)),
        *await visit.ask(TallyRuns(states, meant.flows, among)),
    )
    return [
        Facet(group, count, wanted.of_state(group.value), group.value == wanted.state)
        for group, count in zip((ANY, *GROUPS), counts, strict=True)
    ]


def _place(text: str, wanted: Chosen) -> Place | None:
    """The place that an address names; None where it names none."""
    value, _, run = text.rpartition("~")
    try:
        if wanted.order is FlowRunSort.ID_DESC:
            return Place(None, UUID(run))
        return Place(value if wanted.order is FlowRunSort.NAME_ASC else int(value), UUID(run))
    except ValueError:
        return None


def _leaf(wanted: Chosen, name: str, place: Place | None) -> str | None:
    if place is None:
        return None
    value = "" if place.value is None else place.value
    return wanted.address(**{name: f"{value}~{place.run_id}"})


def waits_for(row: ListedRun) -> str:
    """What a run waits for, in one line; empty when it waits for nothing."""
    if not row.asks:
        return "a run it has called" if row.calls else ""
    more = f" and {len(row.asks) - 1} more" if len(row.asks) > 1 else ""
    return row.asks[0] + more


def length_of(run: FlowRun) -> str:
    """How long a run has worked; empty before it has."""
    seconds = run.estimated_run_time.total_seconds()
    return words.length(int(seconds * 1_000_000)) if run.start_time else ""


ROUTES = (Route("GET", "/runs", show),)
