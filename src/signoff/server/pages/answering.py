"""Taking what people decide: answers to waits, and the end of a run.

Owns what follows a form that was sent: the next item of the inbox, the same form with what is
wrong, or who was first. The form shows again where it was sent from.
"""

from __future__ import annotations

from signoff.model.commands import CancelRun
from signoff.model.queries import ReadWait
from signoff.server.pages.decisions import attempt
from signoff.server.pages.inbox import inbox_view
from signoff.server.pages.runs.show import answered_view
from signoff.server.pages.visits import Redirect, Route, View, Visit, wait_path, with_query
from signoff.server.pages.waits import wait_view

_PAGES = {"inbox": inbox_view, "run": answered_view}
"""Where a decision is shown, besides its own page."""


async def answer(visit: Visit) -> View | Redirect:
    """Take an answer; show what is wrong with it, or who was first."""
    run_id, key = visit.run_id(), visit.values["key"]
    wait = await visit.ask(ReadWait(run_id, key))
    tried = await attempt(visit, run_id, wait)
    if tried.accepted is not None:
        return Redirect(_after(visit, wait_path(run_id, wait.item.key)), tried.cookies)
    if tried.asked is None:
        wait = await visit.ask(ReadWait(run_id, key))
    show = _PAGES.get(visit.said("from"), wait_view)
    return await show(visit, wait, tried.asked, tried.notice, tried.status, tried.cookies)


async def cancel(visit: Visit) -> View | Redirect:
    """Cancel the run."""
    await visit.ask(CancelRun(visit.run_id()))
    key = visit.said("key")
    return Redirect(_after(visit, wait_path(visit.run_id(), key) if key else "/"))


def _after(visit: Visit, here: str) -> str:
    """Where to go when something was decided: on, on the page where one came from."""
    if visit.said("from") == "run":
        return f"/runs/{visit.run_id()}"
    if visit.said("from") != "inbox":
        return here
    return with_query("/", done=here, q=visit.said("q"))


ROUTES = (
    Route("POST", "/runs/{run_id}/waits/{key}", answer),
    Route("POST", "/runs/{run_id}/cancel", cancel),
)
