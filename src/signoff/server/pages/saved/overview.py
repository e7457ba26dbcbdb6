"""How a saved flow stands: starting it, what starts it, its parts, and how it has done.

Owns `/flows/{namespace}/{id}`, and switching, deleting and starting the flow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from signoff.model.collisions import ConcurrencyLimitStrategy
from signoff.model.commands import Command
from signoff.model.deploying import ReadDeployment
from signoff.model.deployments import DeploymentResponse
from signoff.model.errors import RequestRefused
from signoff.model.filters import FlowFilter, FlowFilterName
from signoff.model.queries import ReadFlows
from signoff.model.replies import Done
from signoff.model.saved_flows import DeleteSavedFlow, DisableFlow, EnableFlow, SavedFlow
from signoff.server.pages.catalog.deployments import next_runs
from signoff.server.pages.catalog.flows import record_of
from signoff.server.pages.catalog.starting import start, start_values
from signoff.server.pages.saved.known import Known, find, page_of
from signoff.server.pages.saved.triggers import read_triggers
from signoff.server.pages.visits import Handler, Redirect, Route, View, Visit
from signoff.wire.yaml_flows import FlowPart, ReadOutline

_NEXT = 5
_SECTIONS = {
    "inputs": "Asks for",
    "tasks": "Does",
    "errors": "When something fails",
    "finally": "In the end, whatever happened",
    "afterExecution": "After the end",
    "outputs": "Gives back",
}
_ONE_MORE = {
    ConcurrencyLimitStrategy.ENQUEUE: "waits",
    ConcurrencyLimitStrategy.CANCEL_NEW: "is cancelled",
    ConcurrencyLimitStrategy.FAIL_NEW: "fails",
}


async def show(visit: Visit) -> View | Redirect:
    """The flow as it is."""
    return await overview(visit, await find(visit))


async def run(visit: Visit) -> View | Redirect:
    """Start a run of it."""
    known = await find(visit)
    if known.saved is None:
        return await overview(visit, known, status=410)
    started = await start(visit, await _deployment(visit, known.saved))
    if isinstance(started, UUID):
        return Redirect(f"/runs/{started}")
    return await overview(visit, known, started, 422)


async def overview(
    visit: Visit, known: Known, form: Mapping[str, Any] | None = None, status: int = 200
) -> View:
    """The page.

    Args:
        visit: who looks.
        known: the flow.
        form: the form to start it, as it came back; as it begins when not given.
        status: the HTTP status.
    """
    values: dict[str, Any] = {"record_values": await _record(visit, known)}
    if known.saved is not None:
        deployment = await _deployment(visit, known.saved)
        parts = await _parts(visit, known)
        values |= {
            "saved": known.saved,
            "deployment": deployment,
            "next_runs": await next_runs(visit, deployment, _NEXT),
            "triggers": await read_triggers(visit, known, deployment, parts),
            "parts": parts,
            "section_names": _SECTIONS,
            "one_more": _one_more(deployment),
            **(form or start_values(deployment)),
        }
    return page_of(known, "saved_flow.html", "Overview", values, status)


def _one_more(deployment: DeploymentResponse) -> str:
    """What becomes of one run too many."""
    options = deployment.concurrency_options
    return _ONE_MORE.get(options.collision_strategy, "") if options else "waits"


async def _deployment(visit: Visit, saved: SavedFlow) -> DeploymentResponse:
    return await visit.ask(ReadDeployment(saved.deployment_id))


async def _parts(visit: Visit, known: Known) -> tuple[FlowPart, ...]:
    """The parts of its document; none when this version cannot read it any more."""
    try:
        return await visit.ask(ReadOutline(known.namespace, known.id))
    except RequestRefused:
        return ()


async def _record(visit: Visit, known: Known) -> Mapping[str, Any] | None:
    named = FlowFilter(name=FlowFilterName(any_=[f"{known.namespace}.{known.id}"]))
    found = await visit.ask(ReadFlows(named, limit=1))
    return {"flow": found[0], **await record_of(visit, found[0])} if found else None


def _act(command: Callable[[str, str], Command[Done]]) -> Handler:
    async def act(visit: Visit) -> View | Redirect:
        known = await find(visit)
        await visit.ask(command(known.namespace, known.id))
        return Redirect(known.path())

    return act


ROUTES = (
    Route("GET", "/flows/{namespace}/{flow}", show),
    Route("POST", "/flows/{namespace}/{flow}/run", run),
    Route("POST", "/flows/{namespace}/{flow}/enable", _act(EnableFlow)),
    Route("POST", "/flows/{namespace}/{flow}/disable", _act(DisableFlow)),
    Route("POST", "/flows/{namespace}/{flow}/delete", _act(DeleteSavedFlow)),
)
