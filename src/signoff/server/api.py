"""The API: from an HTTP request to the service and back, for every endpoint of the table.

Owns the path of a request: let in, understood, carried out once, answered. Must not know what the
requests do, nor how they are carried out (`desk.py`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any
from uuid import uuid4

from signoff.core.ports import NewId
from signoff.model.actors import Actor
from signoff.model.commands import Request
from signoff.model.errors import RequestRefused, StoreError, Unauthorized
from signoff.model.values import dataclass
from signoff.server.asgi import (
    JSON,
    PRIVATE,
    TEXT,
    Headers,
    Receive,
    Response,
    Scope,
    Send,
    TooLarge,
    gone,
    read_body,
    respond,
)
from signoff.server.identity import Forbidden, Gate
from signoff.server.repeats import LONGEST_KEY, Repeats
from signoff.wire.codec import Codec, codec
from signoff.wire.documented import RECIPES
from signoff.wire.endpoints import PREFIX
from signoff.wire.problems import CONTENT_TYPE, Problem, describe, write_problem
from signoff.wire.recipes import Known, Recipe
from signoff.wire.routing import Routes
from signoff.wire.watching import Watch, WatchDue

LARGEST_BODY = 64 * 1024 * 1024
"""Bytes of a request body that are taken."""

_logger = logging.getLogger("signoff.server")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a request.

    Args:
        actor: the person or program.
        process_id: the client process, when it says so.
    """

    actor: Actor
    process_id: str | None = None


Carry = Callable[[Request[Any], Sender], Awaitable[Any]]
"""Has one request of the model carried out."""
Plain = Callable[[Scope, Headers, Receive, Send], Awaitable[None]]
"""Answers a path that is in no table: health, events, ..."""


class Api:
    """The ASGI application below the prefix of the API.

    Args:
        gate: lets requests in.
        carry: has a request of the model carried out.
        watch: answers long polls.
        new_id: makes identifiers.
        open_to_all: paths that anybody may get, below the prefix.
        plain: further paths to get, once let in.
        open_below: beginnings of paths that judge their callers themselves, whatever the method.
    """

    def __init__(
        self,
        gate: Gate,
        carry: Carry,
        watch: Callable[[Watch | WatchDue], Awaitable[Any]],
        new_id: NewId,
        open_to_all: Mapping[str, Plain],
        plain: Mapping[str, Plain],
        open_below: Mapping[str, Plain],
    ) -> None:
        self._gate = gate
        self._carry = carry
        self._watch = watch
        self._new_id = new_id
        self._open_to_all = open_to_all
        self._plain = plain
        self._open_below = open_below
        self._routes = Routes()
        self._repeats = Repeats()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever happens, it is answered with a status that fits."""
        path = scope["raw_path"].decode("latin-1").removeprefix(PREFIX)
        headers = Headers.of(scope)
        method = scope["method"]
        try:
            if path in self._open_to_all and method in ("GET", "HEAD"):
                return await self._open_to_all[path](scope, headers, receive, send)
            for beginning, answer in self._open_below.items():
                if path.startswith(beginning):
                    return await answer(scope, headers, receive, send)
            client = scope.get("client")
            sender = Sender(
                self._gate.admit(headers, client[0] if client else "unknown"),
                headers.get(b"signoff-process"),
            )
            if path in self._plain and method in ("GET", "HEAD"):
                return await self._plain[path](scope, headers, receive, send)
            response = await self._answer(scope, path, headers, sender, receive)
        except Exception as error:
            response = complaint(error, f"{method} {PREFIX}{path}")
        if response is not None:
            await respond(send, response)

    async def _answer(
        self, scope: Scope, path: str, headers: Headers, sender: Sender, receive: Receive
    ) -> Response | None:
        """The answer to a request of the table; None when the client has gone."""
        method = scope["method"]
        match = self._routes.find(method, path)
        if match is None:
            return self._no_endpoint(method, path)
        body = await read_body(receive, LARGEST_BODY)
        if body is None:
            return None
        one = codec(match.endpoint)
        query = scope["query_string"].decode("latin-1")
        if b"json" not in headers.values.get(b"content-type", b"json"):
            # Loaded on first use: forms and documents as text are rare.
            body = import_module("signoff.server.bodies").as_json(
                match.endpoint, headers, query, body
            )
        request = one.read(match.values, query, body)
        if isinstance(request, Watch | WatchDue):
            return await self._poll(one, request, receive)
        key = headers.get(b"idempotency-key")
        if key is None or one.endpoint.reads or len(key) > LONGEST_KEY:
            return await self._reply(one, request, sender)
        return await self._repeats.once(
            f"{key} {method} {path}", lambda: self._reply(one, request, sender)
        )

    async def _reply(self, one: Codec, request: Request[Any], sender: Sender) -> Response:
        recipe = RECIPES.get(one.endpoint.request)
        try:
            if recipe is None:
                reply = await self._carry(request, sender)
            else:
                reply = await self._follow(recipe, request, sender)
        except (RequestRefused, StoreError) as error:
            # A refusal is an answer like any other: its repeat gets the same one.
            return refusal(write_problem(error))
        return _written(one, reply)

    async def _follow(self, recipe: Recipe, request: Request[Any], sender: Sender) -> Any:
        """Carry out the requests a documented operation is made of."""
        steps = recipe(request, self._new_id)
        try:
            wanted = next(steps)
            while True:
                wanted = steps.send(await self._carry(wanted, sender))
        except StopIteration as end:
            return end.value

    async def _poll(self, one: Codec, watch: Watch | WatchDue, receive: Receive) -> Response | None:
        """A long poll; it ends when the client hangs up."""
        polling = asyncio.ensure_future(self._watch(watch))
        hanging_up = asyncio.ensure_future(gone(receive))
        try:
            await asyncio.wait({polling, hanging_up}, return_when=asyncio.FIRST_COMPLETED)
            return _written(one, polling.result()) if polling.done() else None
        finally:
            for task in (polling, hanging_up):
                task.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await task

    def _no_endpoint(self, method: str, path: str) -> Response:
        allowed = self._routes.methods(path)
        if path in self._plain or path in self._open_to_all:
            allowed = ("GET",)
        asked = f"{method} {PREFIX}{path}"
        advice = "/docs lists every path of this server."
        if not allowed:
            return refusal(describe(404, "no-such-path", "There is no such path", asked, advice))
        listed = ", ".join(allowed)
        problem = describe(
            405, "no-such-method", "The path does not know this method", asked, f"Use {listed}."
        )
        return Response(problem.status, problem.body, (*_PROBLEM, (b"allow", listed.encode())))


_PROBLEM = ((b"content-type", CONTENT_TYPE), PRIVATE)
_JSON = (JSON, PRIVATE)
_TEXT = (TEXT, PRIVATE)


def _written(one: Codec, reply: Any) -> Response:
    endpoint = one.endpoint
    status = endpoint.status
    if isinstance(reply, Known):
        status, reply = 200, reply.reply
    elif status == 201 and getattr(reply, "created", True) is False:
        status = 200
    return Response(status, one.write_reply(reply), _TEXT if endpoint.text else _JSON)


def refusal(problem: Problem) -> Response:
    """A problem, as an answer."""
    return Response(problem.status, problem.body, _PROBLEM)


def complaint(error: Exception, asked: str) -> Response:
    """The answer to a request that could not be carried out."""
    if isinstance(error, RequestRefused | StoreError):
        response = refusal(write_problem(error))
        if isinstance(error, Unauthorized):
            ask = (b"www-authenticate", b'Basic realm="Signoff", charset="UTF-8"')
            return Response(response.status, response.body, (*response.headers, ask))
        return response
    if isinstance(error, Forbidden):
        advice = "Open this server's own page, or call the API without a browser."
        return refusal(describe(403, "forbidden", "Not from there", str(error), advice))
    if isinstance(error, TooLarge):
        detail = f"The body has more than {LARGEST_BODY} bytes."
        advice = "Send less at a time; keep large results in result storage."
        return refusal(describe(413, "too-large", "The body is too large", detail, advice))
    if isinstance(error, OverflowError):
        advice = "Send numbers that fit into 64 bits."
        return refusal(
            describe(422, "invalid-request", "A number is too large", str(error), advice)
        )
    number = uuid4().hex[:12]
    _logger.error("%s failed (error %s)", asked, number, exc_info=error)
    detail = f"{asked} failed because of a defect of the server (error {number})."
    advice = f"Look for {number} in the server's log and report what it says there."
    return refusal(describe(500, "internal", "The server has a defect", detail, advice))
