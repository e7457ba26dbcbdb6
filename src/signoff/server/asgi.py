"""The few pieces of ASGI the API needs: the types, a request as read, an answer as sent.

Owns nothing of Signoff.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import field
from typing import Any

from signoff.model.values import dataclass

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]

JSON: Header = (b"content-type", b"application/json")
TEXT: Header = (b"content-type", b"text/plain; charset=utf-8")
PRIVATE: Header = (b"cache-control", b"no-store")


class TooLarge(Exception):
    """A body is larger than the server takes."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, whole.

    Args:
        status: the HTTP status.
        body: the content.
        headers: headers apart from the length.
    """

    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = ()


@dataclass(slots=True)
class Headers:
    """The headers of a request that Signoff looks at; the last of a name counts."""

    values: dict[bytes, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, scope: Scope) -> Headers:
        """The headers of a request."""
        return cls(dict(scope["headers"]))

    def get(self, name: bytes) -> str | None:
        """The value of a header, named in lower case; None when it was not sent."""
        value = self.values.get(name)
        return None if value is None else value.decode("latin-1")


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """The body of a request; None when the client has gone.

    Raises:
        TooLarge: it has more than `limit` bytes.
    """
    message = await receive()
    if message["type"] != "http.request":
        return None
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False) and len(body) <= limit:
        return body
    parts, size = [body], len(body)
    while message.get("more_body", False):
        if size > limit:
            raise TooLarge
        message = await receive()
        if message["type"] != "http.request":
            return None
        part: bytes = message.get("body", b"")
        parts.append(part)
        size += len(part)
    if size > limit:
        raise TooLarge
    return b"".join(parts)


async def respond(send: Send, response: Response) -> None:
    """Send a whole answer."""
    await start(send, response.status, (*response.headers, _length(response)))
    await send({"type": "http.response.body", "body": response.body})


def _length(response: Response) -> Header:
    return b"content-length", str(len(response.body)).encode()


async def start(send: Send, status: int, headers: Iterable[Header]) -> None:
    """Begin an answer whose body follows."""
    sent = [pair for pair in headers if status != 204 or pair[0] != b"content-length"]
    await send({"type": "http.response.start", "status": status, "headers": sent})


async def gone(receive: Receive) -> None:
    """Return when the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass
