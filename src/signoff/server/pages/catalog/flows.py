"""Flows: the list, and how one has done.

Owns these two pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from signoff.model.deploying import ReadDeployments
from signoff.model.filters import FlowFilter, FlowFilterId, FlowFilterName, FlowRunFilter
from signoff.model.queries import ReadFlow, ReadFlows, ReadRuns, ReadSettled
from signoff.model.replies import SettledItem
from signoff.model.saved_flows import SAVED
from signoff.model.views import Flow, FlowRun
from signoff.model.waits import WaitStatus
from signoff.server.pages import words
from signoff.server.pages.catalog.figures import read_figures
from signoff.server.pages.visits import Redirect, Route, View, Visit, flow_path

PAGE = 50
"""Flows of a page."""
_ANSWERS = 200
"""Answers that the waiting of each question is told from."""
_RUNS = 10


@dataclass(frozen=True, slots=True)
class Gate:
    """How long people take for one question of a flow.

    Args:
        subject: the question.
        count: how often it was answered.
        waited: the median, in microseconds.
    """

    subject: str
    count: int
    waited: int


async def listed(visit: Visit) -> View | Redirect:
    """The flows, by name."""
    text, start = visit.asked("q").strip(), visit.start()
    named = FlowFilter(name=FlowFilterName(like_=text)) if text else None
    found = await visit.ask(ReadFlows(named, limit=PAGE + 1, offset=start))
    values = {
        "q": text,
        "flows": [(flow, await _newest(visit, flow, 1)) for flow in found[:PAGE]],
        "further": start + PAGE if len(found) > PAGE else None,
        "earlier": max(start - PAGE, 0) if start else None,
    }
    return View("flows.html", "Flows", values, section="Flows")


async def show(visit: Visit) -> View | Redirect:
    """One flow; one that is a document has a page under its own name."""
    flow = await visit.ask(ReadFlow(visit.run_id("flow_id", "flow")))
    mine = FlowFilter(id=FlowFilterId(any_=[flow.id]))
    deployments = await visit.ask(ReadDeployments(flows=mine))
    saved = next((each.labels[SAVED] for each in deployments if SAVED in each.labels), None)
    if isinstance(saved, str):
        return Redirect(flow_path(*saved.split("/", 1)))
    values = {"flow": flow, "deployments": deployments, **await record_of(visit, flow)}
    return View("flow.html", flow.name, values, section="Flows")


async def record_of(visit: Visit, flow: Flow) -> Mapping[str, Any]:
    """How a flow has done, how long people take, and its newest runs."""
    mine = FlowFilter(id=FlowFilterId(any_=[flow.id]))
    answered = await visit.ask(ReadSettled(WaitStatus.ANSWERED, limit=_ANSWERS, text=flow.name))
    return {
        "figures": await read_figures(visit, mine, FlowRunFilter()),
        "gates": gates(each for each in answered if each.item.flow_name == flow.name),
        "runs": await _newest(visit, flow, _RUNS),
    }


async def _newest(visit: Visit, flow: Flow, count: int) -> tuple[FlowRun, ...]:
    mine = FlowFilter(id=FlowFilterId(any_=[flow.id]))
    return await visit.ask(ReadRuns(mine, limit=count))


def gates(answered: Iterable[SettledItem]) -> tuple[Gate, ...]:
    """How long each question has waited for its answer, the slowest first."""
    times: dict[str, list[int]] = {}
    for each in answered:
        waited = each.closed_at - each.item.opened_at
        times.setdefault(words.subject(each.item), []).append(max(waited, 0))
    found = (Gate(subject, len(all_), round(median(all_))) for subject, all_ in times.items())
    return tuple(sorted(found, key=lambda gate: (-gate.waited, gate.subject)))


ROUTES = (Route("GET", "/flows", listed), Route("GET", "/flows/{flow_id}", show))
