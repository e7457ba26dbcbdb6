"""Addresses of runs as flows written for Kestra put them into their messages.

Owns that they lead to the page of the run.
"""

from __future__ import annotations

from signoff.server.pages.runs.show import find_run
from signoff.server.pages.visits import Redirect, Route, View, Visit


async def lead(visit: Visit) -> View | Redirect:
    """The run's page; namespace and flow are those of the run itself."""
    return Redirect(f"/runs/{await find_run(visit, visit.values['run_id'])}")


_BELOW = "executions/{namespace}/{flow}/{run_id}"
ROUTES = tuple(
    Route("GET", f"/ui/{tenant}{_BELOW}{tab}", lead)
    for tenant in ("", "{tenant}/")
    for tab in ("", "/{tab}")
)
