"""The door of the pages: lets visitors in, and loads what is heavy with the first of them.

Owns which part of the server answers what is not the API. A server that nobody visits with a
browser never loads templates, nor what describes its API.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from signoff.core.ports import Clock
from signoff.model.errors import Unauthorized
from signoff.server.api import Carry, complaint
from signoff.server.asgi import Headers, Receive, Scope, Send, respond
from signoff.server.facts import Facts
from signoff.server.identity import Forbidden, Gate

_DESCRIBED = ("/docs", "/openapi.json")


class Front:
    """The ASGI application beside the API.

    Args:
        gate: lets requests in.
        carry: has a request of the model carried out.
        run: calls a function off the event loop.
        clock: the store's time, UTC microseconds since the epoch.
        version: of Signoff.
        facts: how the server is.
        newest: the end of the history.
        images: hosts whose images the pages show.
    """

    def __init__(
        self,
        gate: Gate,
        carry: Carry,
        run: Callable[[Callable[[], Any]], Awaitable[Any]],
        clock: Clock,
        version: str,
        facts: Callable[[], Facts],
        newest: Callable[[], Awaitable[int]],
        images: tuple[str, ...] = (),
    ) -> None:
        self._gate = gate
        self._carry = carry
        self._run = run
        self._clock = clock
        self._version = version
        self._facts = facts
        self._newest = newest
        self._images = images
        self._described: Any = None
        self._site: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        client = scope.get("client")
        headers = Headers.of(scope)
        try:
            actor = self._gate.admit(headers, client[0] if client else "unknown")
        except (Unauthorized, Forbidden) as error:
            return await respond(send, complaint(error, scope["path"]))
        if scope["path"] in _DESCRIBED:
            if self._described is None:
                self._described = await self._run(self._load_described)
            await self._described(scope, receive, send)
            return
        if self._site is None:
            self._site = await self._run(self._load)
        await self._site(scope, headers, actor, receive, send)

    def _load_described(self) -> Any:
        """The pages that describe the API, and the framework they are served by."""
        return import_module("signoff.server.described").pages(self._version)

    def _load(self) -> Any:
        """Templates, Markdown and all that belongs to them."""
        site = import_module("signoff.server.pages.site")
        means = site.Means(
            *(self._carry, self._run, self._clock, self._version, self._facts),
            self._newest,
            self._images,
        )
        return site.Site(means)
