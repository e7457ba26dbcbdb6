"""The inbox, and home: what waits for a person on the left, the decision on the right.

Owns the list and which item is open. The decision itself is that of `decisions`.
"""

from __future__ import annotations

from urllib.parse import unquote
from uuid import UUID

from signoff.model.errors import RequestRefused
from signoff.model.queries import ReadInbox, ReadSettled, ReadWait
from signoff.model.replies import SettledItem, WaitView
from signoff.model.waits import WaitStatus
from signoff.server.pages.decisions import Asked, decision_values
from signoff.server.pages.visits import Redirect, Route, View, Visit
from signoff.server.pages.waits import outcome_values

PAGE = 50
"""Items of a page."""
TABS = (
    ("", "Waiting", WaitStatus.OPEN),
    ("decided", "Decided", WaitStatus.ANSWERED),
    ("expired", "Expired", WaitStatus.EXPIRED),
)
"""The lists: how their addresses say it, what is read, and what they show."""


async def home(visit: Visit) -> View | Redirect:
    """The list, with the item that the address names; else with the first one."""
    return await inbox_view(visit)


async def inbox_view(
    visit: Visit,
    wait: WaitView | None = None,
    asked: Asked | None = None,
    notice: str | None = None,
    status: int = 200,
    cookies: dict[str, str | None] | None = None,
) -> View:
    """The inbox.

    Args:
        visit: who looks.
        wait: what is open in it; what the address names, or the first item, when not given.
        asked: the form as it came back; as it begins when not given.
        notice: why an answer was not taken.
        status: the HTTP status.
        cookies: what the browser is to keep.
    """
    text, start = visit.asked("q") or visit.said("q"), visit.start()
    tab, name, shown = _tab(visit)
    found = await _listed(visit, shown, text, start)
    items = found[:PAGE]
    chosen = wait is not None or bool(visit.asked("run"))
    open_wait = wait or await _opened(visit, items)
    values = {
        "tabs": TABS,
        "tab": tab,
        "entries": items,
        "q": text,
        "chosen": chosen,
        "start": start,
        "further": start + PAGE if len(found) > PAGE else None,
        "earlier": max(start - PAGE, 0) if start else None,
        "done": await _done(visit),
        "wait": None,
    }
    if open_wait is not None:
        values |= decision_values(visit, open_wait, asked, notice)
        values |= await outcome_values(visit, open_wait)
    title = "Inbox" if shown is WaitStatus.OPEN else name
    return View("inbox.html", title, values, status, "Inbox", cookies or {})


def _tab(visit: Visit) -> tuple[str, str, WaitStatus]:
    return next((each for each in TABS if each[0] == visit.asked("tab")), TABS[0])


async def _listed(
    visit: Visit, shown: WaitStatus, text: str, start: int
) -> tuple[SettledItem, ...]:
    """A page of a list, and one entry more where there is one."""
    if shown is not WaitStatus.OPEN:
        query = ReadSettled(shown, limit=PAGE + 1, offset=start, text=text or None)
        return await visit.ask(query)
    items = await visit.ask(ReadInbox(limit=PAGE + 1, offset=start, text=text or None))
    return tuple(SettledItem(item, shown, item.opened_at, None) for item in items)


async def _opened(visit: Visit, entries: tuple[SettledItem, ...]) -> WaitView | None:
    """What the address names; the first item when it names none."""
    run, key = visit.asked("run"), visit.asked("key")
    if run:
        return await _wait(visit, run, key)
    first = entries[0].item if entries else None
    return None if first is None else await _wait(visit, str(first.run_id), first.key)


async def _done(visit: Visit) -> WaitView | None:
    """What was decided just now, for the line that says so."""
    steps = visit.asked("done").strip("/").split("/", 3)
    if len(steps) != 4 or (steps[0], steps[2]) != ("runs", "waits"):
        return None
    return await _wait(visit, steps[1], unquote(steps[3]))


async def _wait(visit: Visit, run: str, key: str) -> WaitView | None:
    """A wait; None where there is none of this name."""
    try:
        return await visit.ask(ReadWait(UUID(run), key))
    except (ValueError, RequestRefused):
        return None


ROUTES = (Route("GET", "/", home),)
