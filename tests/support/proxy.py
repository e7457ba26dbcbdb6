"""A TCP proxy that can be cut and restored: network trouble at a moment the test chooses.

Stands between a client and a real server (PostgreSQL, or Signoff's own HTTP server) on loopback.
Owns its sockets and threads; knows nothing of what flows through.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self

_CHUNK = 65536
# Linger on, for 0 s: closing sends a reset, as a machine that lost power or a firewall would.
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class CuttingProxy:
    """Passes bytes between its own `port` and a server's until it is cut."""

    def __init__(self, server_port: int) -> None:
        """Listen on a free loopback port for what goes to `server_port`."""
        self._server_port = server_port
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._cut = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def cut(self) -> None:
        """Reset every connection, and every new one at once, until `restore`."""
        with self._lock:
            self._cut = True
            doomed, self._open = self._open, set()
        for connection in doomed:
            _reset(connection)

    def restore(self) -> None:
        """Let new connections through again."""
        with self._lock:
            self._cut = False

    def close(self) -> None:
        """Reset what is open and stop listening."""
        self.cut()
        # Wakes the thread that waits in accept; closing alone would leave it there.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._server_port))
            except OSError:
                _reset(client)
                continue
            with self._lock:
                refused = self._cut
                if not refused:
                    self.connections += 1
                    self._open |= {client, server}
            if refused:
                _reset(client)
                server.close()
                continue
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                target.sendall(data)
            # The other direction may still have something to say.
            target.shutdown(socket.SHUT_WR)


def _reset(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        # Wakes the thread that waits in recv on this socket.
        connection.shutdown(socket.SHUT_RD)
    connection.close()
