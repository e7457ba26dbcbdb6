"""The page of one wait: light enough for any phone, and whole without a script.

Owns that page, in every state a wait can be in. Taking answers is in `answering`.
"""

from __future__ import annotations

from typing import Any

from signoff.model.errors import ObjectNotFound
from signoff.model.queries import ReadRun, ReadWait
from signoff.model.replies import WaitView
from signoff.model.runs import Phase, phase_of
from signoff.model.state_types import StateType
from signoff.model.waits import WaitStatus
from signoff.server.pages import badges, words
from signoff.server.pages.decisions import Asked, decision_values
from signoff.server.pages.recap import entries_of, lines_of
from signoff.server.pages.visits import Redirect, Route, View, Visit

_GOES_ON = {
    Phase.RUNNING: "The run goes on with it.",
    Phase.RESUMING: "The run is started again, and goes on where it stopped.",
    Phase.PENDING: "The run is being started again.",
    Phase.SCHEDULED: "The run starts again when it is due.",
    Phase.RETRYING: "The run has failed since, and is tried again.",
    Phase.PAUSED: "The run waits for something else now.",
    Phase.SUSPENDED: "The run waits for something else now.",
    Phase.CANCELLING: "The run is being cancelled.",
    Phase.COMPLETED: "The run has completed.",
    Phase.FAILED: "The run has failed since.",
    Phase.CANCELLED: "The run was cancelled since.",
    Phase.CRASHED: "The process of the run has died since.",
}


async def show(visit: Visit) -> View | Redirect:
    """The question, or what became of it."""
    wait = await visit.ask(ReadWait(visit.run_id(), visit.values["key"]))
    return await wait_view(visit, wait)


async def wait_view(
    visit: Visit,
    wait: WaitView,
    asked: Asked | None = None,
    notice: str | None = None,
    status: int = 200,
    cookies: dict[str, str | None] | None = None,
) -> View:
    """The page of a wait.

    Args:
        visit: who looks.
        wait: the wait.
        asked: the form as it came back; as it begins when not given.
        notice: why an answer was not taken.
        status: the HTTP status.
        cookies: what the browser is to keep.
    """
    values = decision_values(visit, wait, asked, notice)
    values |= await outcome_values(visit, wait)
    values["origin"] = "page"
    waits = wait.status is WaitStatus.OPEN
    prefix = "Error: " if asked is not None and asked.errors else ""
    title = (
        words.subject(wait.item)
        if waits
        else f"{badges.of_wait(wait.status).word}: " + (words.subject(wait.item))
    )
    return View("wait.html", prefix + title, values, status, "Inbox", cookies or {})


async def outcome_values(visit: Visit, wait: WaitView) -> dict[str, Any]:
    """What the template shows of a wait that is closed: who, when, what, and what follows."""
    if wait.status is WaitStatus.OPEN:
        return {"lines": (), "first_shown": (), "goes_on": "", "mine": False, "run_badge": None}
    phase, badge = await _run(visit, wait)
    by = wait.answered_by
    mine = (
        by is not None and by.name == visit.sender.actor.name and by.via == visit.sender.actor.via
    )
    answered = wait.status is WaitStatus.ANSWERED
    return {
        "lines": lines_of(wait, wait.answer),
        "first_shown": entries_of(wait),
        "goes_on": _GOES_ON.get(phase, "") if answered else "",
        "mine": mine,
        "run_badge": badge,
    }


async def _run(visit: Visit, wait: WaitView) -> tuple[Phase, badges.Badge]:
    try:
        run = await visit.ask(ReadRun(wait.item.run_id))
    except ObjectNotFound:
        return Phase.ABSENT, badges.of_phase(Phase.ABSENT, "Deleted")
    if run.state_type is None:
        return Phase.ABSENT, badges.of_state(None, run.state_name)
    phase = phase_of(StateType(run.state_type), run.state_name)
    return phase, badges.of_phase(phase, run.state_name)


ROUTES = (Route("GET", "/runs/{run_id}/waits/{key}", show),)
