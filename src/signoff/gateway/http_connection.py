"""HTTP/1.1 over one socket, for the few things the client of a Signoff server needs.

Owns the connection and the reading of answers. Knows nothing of Signoff. Written out because the
standard library's client costs more to import and to call than a request to a local server.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl

LARGEST_HEAD = 65_536
"""Bytes of status line and headers that are accepted."""
_CHUNK = 65_536


class ConnectionLost(OSError):
    """The connection ended before the answer was complete.

    Attributes:
        answered: some of the answer had arrived.
    """

    def __init__(self, message: str, answered: bool) -> None:
        super().__init__(message)
        self.answered = answered


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens.

    Args:
        host, port: the address.
        tls: talk TLS.
        base: what every path begins with, in front of the paths of the API.
    """

    host: str
    port: int
    tls: bool
    base: str

    @classmethod
    def of(cls, url: str) -> Address:
        """The address in a URL such as `http://127.0.0.1:4200/api`.

        Raises:
            ValueError: it is no HTTP URL.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no URL that begins with http:// or https://")
        tls = parts.scheme == "https"
        base = parts.path.rstrip("/").removesuffix("/api")
        return cls(parts.hostname, parts.port or (443 if tls else 80), tls, base)

    @property
    def authority(self) -> str:
        """Host and port as the `Host` header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Args:
        status: the status code.
        body: the whole body.
        retry_after: seconds to wait before asking again, when the server said so.
    """

    status: int
    body: bytes
    retry_after: float | None = None


class Connection:
    """One keep-alive connection, used by one thread at a time.

    Args:
        address: where to connect; done at the first request.
        connect_timeout: seconds.
        context: how to talk TLS, for an address that wants it.
    """

    def __init__(
        self, address: Address, connect_timeout: float, context: ssl.SSLContext | None = None
    ) -> None:
        self._address = address
        self._connect_timeout = connect_timeout
        self._context = context
        self._socket: socket.socket | None = None
        self._buffer = bytearray()
        self._aborted = False

    @property
    def is_open(self) -> bool:
        """Connected, with the last answer read to its end."""
        return self._socket is not None

    def exchange(self, message: bytes, timeout: float) -> Answer:
        """Send a whole request and return its answer.

        Args:
            message: request line, headers and body.
            timeout: seconds of silence after which to give up.

        Raises:
            OSError: it could not be sent, or no whole answer came.
        """
        if self._socket is None:
            self._connect()
        connected = self._socket
        assert connected is not None
        try:
            connected.settimeout(timeout)
            connected.sendall(message)
            answer, keep = self._read(connected)
        except BaseException:
            self.close()
            raise
        if not keep:
            self.close()
        return answer

    def close(self) -> None:
        """Hang up. A request under way in another thread fails at once."""
        held, self._socket = self._socket, None
        self._buffer.clear()
        if held is not None:
            with suppress(OSError):  # The other side may have been quicker.
                held.shutdown(socket.SHUT_RDWR)
            held.close()

    def abort(self) -> None:
        """Hang up for good: a request that is just being sent fails as well."""
        self._aborted = True
        self.close()

    def _connect(self) -> None:
        address = self._address
        made = socket.create_connection((address.host, address.port), self._connect_timeout)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._context is not None:
            try:
                made = self._context.wrap_socket(made, server_hostname=address.host)
            except BaseException:
                made.close()
                raise
        self._socket = made
        if self._aborted:
            self.close()
            raise ConnectionLost("this side hung up", False)

    # Reading ------------------------------------------------------------------------------

    def _read(self, connected: socket.socket) -> tuple[Answer, bool]:
        status, headers = self._head(connected)
        while 100 <= status < 200:
            status, headers = self._head(connected)
        keep = b"close" not in headers.get(b"connection", b"").lower()
        if status in (204, 304):
            body = b""
        elif b"chunked" in headers.get(b"transfer-encoding", b"").lower():
            body = self._chunks(connected)
        elif b"content-length" in headers:
            body = self._exactly(connected, int(headers[b"content-length"]))
        else:
            body, keep = self._rest(connected), False
        wait = headers.get(b"retry-after", b"")
        return Answer(status, body, float(wait) if wait.isdigit() else None), keep

    def _head(self, connected: socket.socket) -> tuple[int, dict[bytes, bytes]]:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if len(self._buffer) > LARGEST_HEAD:
                raise ConnectionLost("the answer has no end of headers", True)
            self._more(connected)
        lines = bytes(self._buffer[:end]).split(b"\r\n")
        del self._buffer[: end + 4]
        words = lines[0].split(b" ", 2)
        if not words[0].startswith(b"HTTP/1.") or len(words) < 2 or not words[1].isdigit():
            raise ConnectionLost("the answer is not HTTP", True)
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        if words[0] == b"HTTP/1.0":
            headers.setdefault(b"connection", b"close")
        return int(words[1]), headers

    def _exactly(self, connected: socket.socket, size: int) -> bytes:
        while len(self._buffer) < size:
            self._more(connected)
        body = bytes(self._buffer[:size])
        del self._buffer[:size]
        return body

    def _line(self, connected: socket.socket) -> bytes:
        while (end := self._buffer.find(b"\r\n")) < 0:
            self._more(connected)
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _chunks(self, connected: socket.socket) -> bytes:
        body = bytearray()
        while True:
            size = int(self._line(connected).split(b";")[0], 16)
            if size == 0:
                while self._line(connected):
                    pass  # Trailers say nothing we want.
                return bytes(body)
            body += self._exactly(connected, size)
            self._line(connected)

    def _rest(self, connected: socket.socket) -> bytes:
        while data := connected.recv(_CHUNK):
            self._buffer += data
        return self._exactly(connected, len(self._buffer))

    def _more(self, connected: socket.socket) -> None:
        data = connected.recv(_CHUNK)
        if not data:
            raise ConnectionLost("the server hung up", bool(self._buffer))
        self._buffer += data
