"""A page that cannot be rendered is a defect, and is told as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

from signoff.model.actors import SERVICE
from signoff.model.commands import Request
from signoff.server.api import Sender
from signoff.server.asgi import Headers
from signoff.server.facts import Facts
from signoff.server.pages.site import Means, Site
from signoff.server.pages.visits import Route, View, Visit


async def _half(visit: Visit) -> View:
    """A page whose template shows more than it is given."""
    return View("problem.html", "Half a page", {"heading": "Half a page"})


async def _carry(request: Request[Any], sender: Sender) -> Any:
    return 0


async def _run(function: Callable[[], Any]) -> Any:
    return function()


async def _newest() -> int:
    return 0


def test_a_page_that_breaks_while_it_is_rendered_has_an_apology() -> None:
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    facts = Facts(0, "SQLite", None, False, 0)
    means = Means(_carry, _run, lambda: 0, "1", lambda: facts, _newest)
    site = Site(means, ((Route("GET", "/half", _half),),))
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "raw_path": b"/half",
        "query_string": b"",
        "headers": [],
    }
    asyncio.run(site(scope, Headers.of(scope), SERVICE, receive, send))
    assert sent[0]["status"] == 500
    assert b"Something is broken here" in sent[-1]["body"]
    assert b"(error " in sent[-1]["body"]
