"""Foreign servers, as a client may meet them: scripted, on a loopback port."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

CLOSE = b""
"""What a script gives back to hang up without an answer."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as it arrived."""

    line: str
    headers: dict[str, str]
    body: bytes
    connection: int


Script = Callable[[Heard], bytes]


def ok(body: bytes = b"", status: str = "200 OK", extra: str = "") -> bytes:
    """A plain answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


class Peer:
    """Answers as its script says. A script that gives back `CLOSE` hangs up; an answer that ends in
    `CLOSE_AFTER` is sent, then the connection ends."""

    CLOSE_AFTER = b"<<close>>"

    def __init__(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        self.script = script
        self.heard: list[Heard] = []
        self.connections = 0
        self._context = context
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        scheme = "https" if context else "http"
        host = "localhost" if context else "127.0.0.1"
        self.url = f"{scheme}://{host}:{self.port}/api"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def hang_up(self) -> None:
        """Close every open connection."""
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening and hang up."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.hang_up()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(
                target=self._serve, args=(connection, self.connections), daemon=True
            ).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with suppress(OSError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            self._open.add(connection)
            with connection, connection.makefile("rb") as file:
                while (line := file.readline().decode().strip()) != "":
                    headers = {}
                    while header := file.readline().decode().strip():
                        name, _, value = header.partition(":")
                        headers[name.lower()] = value.strip()
                    body = file.read(int(headers.get("content-length", "0")))
                    heard = Heard(line, headers, body, number)
                    self.heard.append(heard)
                    answer = self.script(heard)
                    connection.sendall(answer.removesuffix(self.CLOSE_AFTER))
                    if answer == CLOSE or answer.endswith(self.CLOSE_AFTER):
                        connection.shutdown(socket.SHUT_RDWR)
                        break
        self._open.discard(connection)


@contextmanager
def peer(script: Script, context: ssl.SSLContext | None = None) -> Iterator[Peer]:
    """A peer for the length of a block."""
    made = Peer(script, context)
    try:
        yield made
    finally:
        made.close()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
