"""Addresses that start runs: `/api/executions/webhook/{namespace}/{flow}/{key}`.

Owns what of an HTTP request a trigger sees, and the answers. The key is all that a caller needs, so
these paths ask for no other credentials. Which call fires is in `yamlflow/triggering`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, unquote

from signoff.model.actors import Actor, Via
from signoff.model.errors import ObjectNotFound
from signoff.model.replies import RunHandle
from signoff.model.saved_flows import ReadSavedFlow
from signoff.model.starting import StartFlow
from signoff.server.api import Carry, Sender, complaint
from signoff.server.asgi import JSON, PRIVATE, Headers, Receive, Response, Scope, Send, respond
from signoff.server.asgi import read_body as body_of
from signoff.server.documents import Documents
from signoff.wire.codec import codec_for

BELOW = (
    "/executions/webhook/",
    "/v1/executions/webhook/",
    "/v1/main/executions/webhook/",
)
LARGEST = 8 * 1024 * 1024
"""Bytes of a call's body that are taken."""
_METHODS = ("GET", "POST", "PUT")


class Webhooks:
    """Answers calls of webhooks.

    Args:
        documents: reads documents of flows.
        ask: has a request carried out, on any thread.
        off: calls a function off the event loop.
        carry: has a command carried out, with what follows from it.
    """

    def __init__(
        self,
        documents: Documents,
        ask: Callable[[Any], Any],
        off: Callable[[Callable[[], Any]], Awaitable[Any]],
        carry: Carry,
    ) -> None:
        self._documents = documents
        self._ask = ask
        self._off = off
        self._carry = carry

    async def __call__(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """Answer one call."""
        try:
            response = await self._answer(scope, receive)
        except Exception as error:
            # The path is left out: it holds the key.
            response = complaint(error, f"{scope['method']} of a webhook")
        if response is not None:
            await respond(send, response)

    async def _answer(self, scope: Scope, receive: Receive) -> Response | None:
        path = scope["raw_path"].decode("latin-1").partition("webhook/")[2]
        parts = [unquote(part) for part in path.split("/")]
        if scope["method"] not in _METHODS:
            allow = (b"allow", ", ".join(_METHODS).encode())
            return Response(405, b"", (PRIVATE, allow))
        body = await body_of(receive, LARGEST)
        if body is None:
            return None
        triggering = import_module("signoff.yamlflow.triggering.webhooks")
        if len(parts) != 3:
            raise ObjectNotFound(triggering.UNKNOWN)
        namespace, flow, key = parts
        call = triggering.Call(key, body, _headers(scope), _parameters(scope))
        revision, document = await self._document(namespace, flow)
        fired = await self._off(lambda: triggering.fired(document, revision, call, self._ask))
        if fired is None:
            return Response(204, b"", (PRIVATE,))
        once = Headers.of(scope).get(b"idempotency-key")
        start = StartFlow(
            namespace,
            flow,
            inputs=fired.inputs,
            trigger=fired.trigger,
            idempotency_key=None if once is None else f"webhook {fired.trigger_id} {once}",
            tags=(f"trigger:{fired.trigger_id}",),
        )
        client = scope.get("client")
        host = client[0] if client else "unknown"
        actor = Actor(f"webhook {fired.trigger_id}", Via.HTTP, host)
        handle: RunHandle = await self._carry(start, Sender(actor))
        return Response(200, codec_for(start).write_reply(handle), (JSON, PRIVATE))

    async def _document(self, namespace: str, flow: str) -> tuple[int, Any]:
        """The flow as it is now; None for its document when there is none."""
        try:
            saved = await self._off(lambda: self._ask(ReadSavedFlow(namespace, flow)))
        except ObjectNotFound:
            return 0, None
        return saved.latest.revision, await self._documents.document(saved.latest)


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _parameters(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    query = scope["query_string"].decode("latin-1")
    for name, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(name.replace("\0", ""), []).append(value.replace("\0", ""))
    return found
