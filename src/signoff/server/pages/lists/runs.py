"""The list of runs.

Owns its paging and what a row says. Newest first it goes on from the last run that was shown, so
that runs made meanwhile shift nothing; in other orders by place.
"""

from __future__ import annotations

from uuid import UUID

from signoff.model.bulk import BulkAction
from signoff.model.filters import FlowRunSort, FlowSort
from signoff.model.queries import CountRuns, ReadFlows, ReadRuns, ReadWaits
from signoff.model.state_types import StateType
from signoff.model.views import FlowRun
from signoff.model.waits import WaitKind, WaitStatus
from signoff.server.pages import words
from signoff.server.pages.lists.choosing import GROUPS, SORTS, SPANS, Chosen, chosen, which
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


async def show(visit: Visit) -> View | Redirect:
    """The list that the address asks for."""
    wanted = chosen(visit.asked)
    before, start = _before(visit), visit.start()
    by_id = wanted.order is FlowRunSort.ID_DESC
    runs_of = await which(visit, wanted, before if by_id else None)
    offset = 0 if by_id else start
    found = await visit.ask(
        ReadRuns(runs_of.flows, runs_of.flow_runs, None, wanted.order, PAGE + 1, offset)
    )
    everyone = await which(visit, wanted)
    runs = found[:PAGE]
    values = {
        "chosen": wanted,
        "groups": GROUPS,
        "spans": SPANS,
        "sorts": SORTS,
        "actions": ACTIONS,
        "runs": [(run, await waits_for(visit, run)) for run in runs],
        "total": await visit.ask(CountRuns(everyone.flows, everyone.flow_runs)),
        "flow_names": [
            flow.name for flow in await visit.ask(ReadFlows(sort=FlowSort.NAME_ASC, limit=200))
        ],
        "older": _older(wanted, runs, start) if len(found) > PAGE else None,
        "newest": wanted.address() if before or start else None,
        "length_of": length_of,
    }
    return View("runs.html", "Runs", values, section="Runs")


def _older(wanted: Chosen, runs: tuple[FlowRun, ...], start: int) -> str:
    if wanted.order is FlowRunSort.ID_DESC:
        return wanted.address(before=str(runs[-1].id))
    return wanted.address(start=str(start + PAGE))


async def waits_for(visit: Visit, run: FlowRun) -> str:
    """What a run waits for, in one line; empty when it waits for nothing."""
    if run.state_type is not StateType.PAUSED:
        return ""
    open_waits = [
        wait
        for wait in await visit.ask(ReadWaits(run.id))
        if wait.status is WaitStatus.OPEN and wait.item.kind is not WaitKind.CHILD
    ]
    if not open_waits:
        return "a run it has called"
    more = f" and {len(open_waits) - 1} more" if len(open_waits) > 1 else ""
    return words.subject(open_waits[0].item) + more


def length_of(run: FlowRun) -> str:
    """How long a run has worked; empty before it has."""
    seconds = run.estimated_run_time.total_seconds()
    return words.length(int(seconds * 1_000_000)) if run.start_time else ""


def _before(visit: Visit) -> UUID | None:
    try:
        return UUID(visit.asked("before"))
    except ValueError:
        return None


ROUTES = (Route("GET", "/runs", show),)
