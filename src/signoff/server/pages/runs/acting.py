"""The addresses of a run's page, and the actions on it.

Owns what follows an action: the page of the run again, with the reason where it was refused.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from signoff.model.commands import Command, DeleteRun, HoldRun, RerunRun, SuspendRun
from signoff.model.errors import RequestRefused
from signoff.model.queries import ReadRun
from signoff.model.replies import Done, RunHandle, RunSuspended
from signoff.server.pages.runs.logs import read_text
from signoff.server.pages.runs.show import find_run, lines_values, run_view
from signoff.server.pages.visits import Handler, Redirect, Route, Text, View, Visit

_Reply = Done | RunHandle | RunSuspended


async def show(visit: Visit) -> View | Redirect:
    """The page of a run."""
    return await run_view(visit, visit.run_id())


async def newer_lines(visit: Visit) -> View:
    """The lines that were written after the last one that a page shows."""
    run_id = visit.run_id()
    await visit.ask(ReadRun(run_id))
    return View("lines.html", "Log lines", await lines_values(visit, run_id))


async def log_text(visit: Visit) -> Text:
    """The log as a file."""
    run = await visit.ask(ReadRun(visit.run_id()))
    return Text(await read_text(visit, run.id), f"{run.name}.log")


async def elsewhere(visit: Visit) -> View | Redirect:
    """The addresses that flows written for other systems put into their messages."""
    return Redirect(f"/runs/{await find_run(visit, visit.values['run_id'])}")


def _action(command: Callable[[UUID], Command[_Reply]], done: str | None = None) -> Handler:
    async def act(visit: Visit) -> View | Redirect:
        run_id = visit.run_id()
        try:
            await visit.ask(command(run_id))
        except RequestRefused as refused:
            if refused.status == 404:
                raise
            return await run_view(visit, run_id, str(refused), refused.status)
        return Redirect(done or f"/runs/{run_id}")

    return act


ROUTES = (
    Route("GET", "/runs/{run_id}", show),
    Route("GET", "/runs/{run_id}/lines", newer_lines),
    Route("GET", "/runs/{run_id}/log.txt", log_text),
    Route("GET", "/ui/executions/{namespace}/{flow}/{run_id}", elsewhere),
    Route("GET", "/ui/flow-runs/flow-run/{run_id}", elsewhere),
    Route("GET", "/flow-runs/flow-run/{run_id}", elsewhere),
    Route("POST", "/runs/{run_id}/pause", _action(HoldRun)),
    Route("POST", "/runs/{run_id}/suspend", _action(SuspendRun)),
    Route("POST", "/runs/{run_id}/retry", _action(RerunRun)),
    Route("POST", "/runs/{run_id}/delete", _action(DeleteRun, done="/runs")),
)
