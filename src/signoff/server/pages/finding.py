"""Finding anything by a word: pages, questions, runs, flows and deployments.

Owns `/find`. The dialog that Ctrl+K opens shows the same list; without a script it is a page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from signoff.model.deploying import ReadDeployments
from signoff.model.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterName,
)
from signoff.model.queries import ReadFlows, ReadInbox, ReadRuns
from signoff.server.pages import words
from signoff.server.pages.sections import SECTIONS
from signoff.server.pages.visits import Redirect, Route, View, Visit, wait_path

MOST = 5
"""Hits of each kind."""
_SHORTEST = 2
"""Letters from which on a word is looked for; a single one is everywhere."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found.

    Args:
        kind: what it is.
        label: its name.
        beside: what tells it from others of that name.
        path: where it is.
    """

    kind: str
    label: str
    beside: str
    path: str


async def show(visit: Visit) -> View | Redirect:
    """What has a word in its name."""
    text = visit.asked("q").strip()
    hits = [*_pages(text), *(await _found(visit, text) if len(text) >= _SHORTEST else ())]
    return View("find.html", "Find", {"q": text, "hits": hits})


def _pages(text: str) -> Iterable[Hit]:
    for each in SECTIONS:
        if text.casefold() in each.name.casefold():
            yield Hit("Page", each.name, "", each.path)


async def _found(visit: Visit, text: str) -> list[Hit]:
    asked = await visit.ask(ReadInbox(limit=MOST, text=text))
    flows = await visit.ask(ReadFlows(FlowFilter(name=FlowFilterName(like_=text)), limit=MOST))
    named = DeploymentFilter(name=DeploymentFilterName(like_=text))
    deployments = await visit.ask(ReadDeployments(named, limit=MOST))
    return [
        *(
            Hit("Question", words.subject(each), each.run_name, wait_path(each.run_id, each.key))
            for each in asked
        ),
        *await _runs(visit, text),
        *(Hit("Flow", each.name, "", f"/flows/{each.id}") for each in flows),
        *(
            Hit("Deployment", each.name, each.flow_name or "", f"/deployments/{each.id}")
            for each in deployments
        ),
    ]


async def _runs(visit: Visit, text: str) -> list[Hit]:
    """Runs by their name, the newest first; one by its id."""
    try:
        meant = FlowRunFilter(id=FlowRunFilterId(any_=[UUID(text)]))
    except ValueError:
        meant = FlowRunFilter(name=FlowRunFilterName(like_=text))
    found = await visit.ask(ReadRuns(flow_runs=meant, limit=MOST))
    return [
        Hit("Run", each.name, f"{each.flow_name}, {each.state_name}", f"/runs/{each.id}")
        for each in found
    ]


ROUTES = (Route("GET", "/find", show),)
