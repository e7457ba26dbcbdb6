"""The site: every page under one roof.

Owns the way of a visit: found in the table, checked, handled, rendered, sent. A module of pages has
`ROUTES`; naming it in `ROOMS` puts its pages here.
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote
from uuid import uuid4

from pydantic_core import from_json

from signoff.core.ports import Clock
from signoff.model.actors import Actor, Via
from signoff.model.errors import RequestRefused, StoreError
from signoff.model.queries import CountInbox
from signoff.server.api import Carry, Sender
from signoff.server.asgi import (
    Header,
    Headers,
    Receive,
    Response,
    Scope,
    Send,
    TooLarge,
    read_body,
    respond,
)
from signoff.server.facts import Facts
from signoff.server.pages import (
    answering,
    assets,
    configuration,
    finding,
    inbox,
    protection,
    settings,
    together,
    waits,
)
from signoff.server.pages.catalog import deployments, flows, pools
from signoff.server.pages.lists import everyone, many, views
from signoff.server.pages.lists import runs as run_list
from signoff.server.pages.posting import LARGEST, read_posted
from signoff.server.pages.runs import acting as runs
from signoff.server.pages.runs import elsewhere
from signoff.server.pages.saved import editor, overview, source
from signoff.server.pages.sections import SECTIONS
from signoff.server.pages.templating import render
from signoff.server.pages.visits import Redirect, Route, Text, View, Visit
from signoff.wire.problems import write_problem

T = TypeVar("T")

ROOMS: tuple[Sequence[Route], ...] = (
    inbox.ROUTES,
    waits.ROUTES,
    answering.ROUTES,
    together.ROUTES,
    runs.ROUTES,
    elsewhere.ROUTES,
    run_list.ROUTES,
    # Before what is done with many: `/bulk/answer` is no bulk action's id.
    everyone.ROUTES,
    many.ROUTES,
    views.ROUTES,
    editor.ROUTES,
    source.ROUTES,
    overview.ROUTES,
    flows.ROUTES,
    deployments.ROUTES,
    pools.ROUTES,
    settings.ROUTES,
    configuration.ROUTES,
    finding.ROUTES,
)
_SMALL = 1_000
"""Bytes that are not worth compressing."""

_logger = logging.getLogger("signoff.server")


@dataclass(frozen=True, slots=True)
class Means:
    """What the pages need of the server.

    Args:
        carry: has a request of the model carried out.
        run: calls a function off the event loop.
        clock: the store's time, UTC microseconds since the epoch.
        version: of Signoff.
        facts: how the server is.
        newest: the end of the history.
        images: hosts whose images are shown.
    """

    carry: Carry
    run: Callable[[Callable[[], Any]], Awaitable[Any]]
    clock: Clock
    version: str
    facts: Callable[[], Facts]
    newest: Callable[[], Awaitable[int]]
    images: tuple[str, ...] = ()


class Site:
    """Answers every visit.

    Args:
        means: what it needs of the server.
        rooms: its pages; the first that fits an address is shown.
    """

    def __init__(self, means: Means, rooms: Sequence[Sequence[Route]] = ROOMS) -> None:
        self._means = means
        self._routes = [(_steps(r.pattern), r) for room in rooms for r in room]

    async def __call__(
        self, scope: Scope, headers: Headers, actor: Actor, receive: Receive, send: Send
    ) -> None:
        """Answer one request, of somebody who was let in."""
        path = scope["raw_path"].decode("latin-1").partition("?")[0]
        if path.startswith(assets.PREFIX):
            return await respond(send, _asset(path, headers))
        cookies = protection.cookies_of(headers)
        secure = scope.get("scheme") == "https"
        visit = Visit(
            path=path,
            values={},
            query=parse_qs(scope["query_string"].decode("latin-1")),
            sender=Sender(_visitor(actor, cookies)),
            carry=self._means.carry,
            now=self._means.clock(),
            facts=self._means.facts,
            after=await self._after(),
            cookies=cookies,
            images=self._means.images,
        )
        try:
            body = await read_body(receive, LARGEST) if scope["method"] == "POST" else b""
            if body is None:
                return None
            found = await self._handled(scope["method"], visit, headers, body)
            response = await self._response(found, visit, headers, secure)
        except Exception as error:
            found = _apology(error, f"{scope['method']} {path}")
            response = await self._response(found, visit, headers, secure)
        if scope["method"] == "HEAD":
            response = replace(response, body=b"")
        return await respond(send, response)

    async def _after(self) -> int | None:
        """Where an open page goes on from, taken before anything is read that it shows."""
        try:
            return await self._means.newest()
        except StoreError:
            return None

    async def _handled(
        self, method: str, visit: Visit, headers: Headers, body: bytes
    ) -> View | Redirect | Text:
        wanted = "GET" if method == "HEAD" else method
        matches = [
            (route, values)
            for steps, route in self._routes
            if (values := _match(steps, visit.path)) is not None
        ]
        if not matches:
            return _problem(404, "There is no such page", f"Nothing is at {unquote(visit.path)}.")
        found = next((pair for pair in matches if pair[0].method == wanted), None)
        if found is None:
            return _problem(405, "Not in this way", f"{method} means nothing at this address.")
        route, values = found
        visit = replace(visit, values=values)
        if wanted == "POST":
            visit = replace(visit, posted=read_posted(headers, body))
            if not protection.is_ours(visit.cookies, visit.said("token")):
                return _problem(
                    403,
                    "This form was not sent from here",
                    "It is too old, or another site had your browser send it. Nothing was "
                    "changed: load the page again and repeat what you did, with cookies allowed.",
                )
        return await route.handler(visit)

    async def _response(
        self, found: View | Redirect | Text, visit: Visit, headers: Headers, secure: bool
    ) -> Response:
        if isinstance(found, Text):
            return _packed(200, found.content.encode(), _file_headers(found), headers)
        if isinstance(found, Redirect):
            sent = tuple(protection.set_cookies(found.cookies, secure))
            return Response(303, b"", ((b"location", found.to.encode()), *sent))
        keep = dict(found.cookies)
        token = visit.cookies.get(protection.TOKEN)
        if not token:
            token = keep[protection.TOKEN] = protection.new_token()
        nonce = protection.new_token() if found.styled else ""
        values = {**await self._frame(found, visit, token), "nonce": nonce, **found.values}
        text: str = await self._means.run(lambda: render(found.template, values))
        policy = protection.page_headers(self._means.images, nonce)
        sent = (*policy, *protection.set_cookies(keep, secure))
        return _packed(found.status, text.encode(), sent, headers)

    async def _frame(self, found: View, visit: Visit, token: str) -> Mapping[str, Any]:
        """What every page shows around its own content."""
        try:
            waiting = await visit.ask(CountInbox())
        except StoreError:
            waiting = 0
        actor = visit.sender.actor
        return {
            "title": found.title,
            "section": found.section,
            "sections": SECTIONS,
            "token": token,
            "theme": visit.cookies.get(protection.THEME, ""),
            "who": actor.name if actor.verified else visit.cookies.get(protection.NAME, ""),
            "verified": actor.verified,
            "waiting": waiting,
            "version": self._means.version,
            "now": visit.now,
            "after": visit.after,
            "here": visit.path if not visit.posted else "/",
        }


def _visitor(actor: Actor, cookies: Mapping[str, str]) -> Actor:
    """The person at the browser: by the name they gave, where nobody vouches for one."""
    name = cookies.get(protection.NAME)
    return replace(actor, via=Via.PAGE, name=actor.name if actor.verified or not name else name)


def _steps(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.strip("/").split("/"))


def _match(steps: tuple[str, ...], path: str) -> dict[str, str] | None:
    """The values of a path that fits a pattern."""
    given = path.strip("/").split("/")
    if len(given) != len(steps):
        return None
    values: dict[str, str] = {}
    for step, text in zip(steps, given, strict=True):
        if step.startswith("{"):
            values[step[1:-1]] = unquote(text)
        elif step != text:
            return None
    return values


def _asset(path: str, headers: Headers) -> Response:
    found = assets.asset(path.removeprefix(assets.PREFIX))
    if found is None:
        return Response(404, b"", ())
    kept = (
        (b"content-type", found.type),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"x-content-type-options", b"nosniff"),
        (b"vary", b"accept-encoding"),
    )
    if _takes_gzip(headers):
        return Response(200, found.packed, (*kept, (b"content-encoding", b"gzip")))
    return Response(200, found.body, kept)


def _packed(status: int, body: bytes, sent: tuple[Header, ...], headers: Headers) -> Response:
    if len(body) < _SMALL or not _takes_gzip(headers):
        return Response(status, body, sent)
    packed = gzip.compress(body, 5, mtime=0)
    return Response(status, packed, (*sent, (b"content-encoding", b"gzip")))


def _file_headers(found: Text) -> tuple[Header, ...]:
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in found.name)
    return (
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-disposition", f'attachment; filename="{kept}"'.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
    )


def _takes_gzip(headers: Headers) -> bool:
    return "gzip" in (headers.get(b"accept-encoding") or "")


def _problem(status: int, title: str, detail: str) -> View:
    return View("problem.html", title, {"heading": title, "detail": detail}, status)


def _apology(error: Exception, asked: str) -> View:
    """The page for what could not be done."""
    if isinstance(error, RequestRefused | StoreError):
        told = write_problem(error)
        return _problem(told.status, from_json(told.body)["title"], str(error))
    if isinstance(error, TooLarge):
        size = LARGEST // 1024 // 1024
        return _problem(
            413, "This is too large", f"A form may hold up to {size} MB with its files."
        )
    number = uuid4().hex[:12]
    _logger.error("%s failed (error %s)", asked, number, exc_info=error)
    return _problem(
        500,
        "Something is broken here",
        f"The server has a defect (error {number}). Its log says more under this number.",
    )
