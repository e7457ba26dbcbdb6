"""Answers leave in one piece: the head of an answer waits for the body that comes right behind it.

Uvicorn writes the two one after the other, each with a system call, and a client wakes up for the
first only to wait for the second. Owns what lies between Uvicorn's protocol and its transport. Must
not know what is answered.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HEAD = b"HTTP/1."
"""How the head of an answer begins. A part of a body that does so too is sent a little later."""


class WholeAnswers(HttpToolsProtocol):
    """Uvicorn's protocol for HTTP/1.1, which sends an answer at once."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected."""
        joining: Any = Joining(transport, self.loop)
        super().connection_made(joining)


class Joining:
    """A transport that sends the head of an answer together with what is written next.

    Args:
        transport: sends; whatever else is asked is asked of it.
        loop: sends a head by itself when nothing else was written meanwhile.
    """

    __slots__ = ("_head", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head: bytes | None = None

    def write(self, data: bytes) -> None:
        """Send, or keep the head of an answer until the body is written."""
        head, self._head = self._head, None
        if head is not None:
            self._transport.writelines((head, data))
        elif data.startswith(_HEAD):
            self._head = data
            self._loop.call_soon(self._send_head)
        else:
            self._transport.write(data)

    def close(self) -> None:
        """Hang up when everything was sent."""
        self._send_head()
        self._transport.close()

    def _send_head(self) -> None:
        head, self._head = self._head, None
        if head is not None:
            self._transport.write(head)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
