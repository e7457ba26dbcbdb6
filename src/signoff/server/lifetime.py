"""The server process from start to end: its socket, its event loop, its signals.

Owns listening and stopping. Uvicorn parses HTTP; its own loop wakes ten times a second for the sake
of a header, so that one is replaced by waiting to be stopped. Must not know what is served.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Generator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import uvicorn

from signoff.model.errors import ServiceUnavailable
from signoff.server.sending import WholeAnswers

KEEP_ALIVE = 75
"""Seconds an idle connection is kept open: clients use one for all they ask."""
GRACE = 5
"""Seconds that requests under way are given to end when the server stops."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket.

    Args:
        host: an address or a name of this machine.
        port: the port; 0 for any free one.

    Raises:
        ServiceUnavailable: the address cannot be listened on; the message says why.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ServiceUnavailable(f"Cannot listen on {host!r}: {error.strerror}.") from None
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(2048)
    except OSError as error:
        made.close()
        raise ServiceUnavailable(
            f"Cannot listen on {host} port {port}: {error.strerror}. Another program may use the "
            "port: give another one with --port, or 0 for any free one."
        ) from None
    made.setblocking(False)
    return made


class Server(uvicorn.Server):
    """Uvicorn, without its ticking, and stopped by an event.

    Args:
        app: the ASGI application.
        hang_up: ends what stays open for long; called when the server begins to stop.
    """

    def __init__(self, app: Any, hang_up: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            http=WholeAnswers,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=GRACE,
        )
        super().__init__(config)
        self._hang_up = hang_up
        self._stop = asyncio.Event()
        self.begun = asyncio.Event()

    async def main_loop(self) -> None:
        """Serve until told to stop."""
        self.begun.set()
        await self._stop.wait()
        self._hang_up()

    def stop(self) -> None:
        """Begin to stop; the second time, without waiting for anybody."""
        if self._stop.is_set():
            self.force_exit = True
        self.should_exit = True
        self._stop.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """SIGTERM and SIGINT stop the server, which then ends well."""
        loop = asyncio.get_running_loop()
        handled: tuple[signal.Signals, ...] = (signal.SIGTERM, signal.SIGINT)
        try:
            for number in handled:
                loop.add_signal_handler(number, self.stop)
        except (RuntimeError, ValueError):
            # Not on the main thread: whoever runs the server stops it.
            handled = ()
        try:
            yield
        finally:
            for number in handled:
                loop.remove_signal_handler(number)


def new_loop() -> asyncio.AbstractEventLoop:
    """The fastest event loop this machine has."""
    if find_spec("uvloop") is not None:
        loop: asyncio.AbstractEventLoop = import_module("uvloop").new_event_loop()
        return loop
    return asyncio.new_event_loop()
