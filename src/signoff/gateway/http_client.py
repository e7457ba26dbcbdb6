"""Requests to a Signoff server: written, sent, repeated where the network fails, and read.

Owns the pool of connections and the rules of repeating. Every request may be repeated: a command
carries a key under which the server gives the reply of the first time, and the ids in it keep a
repeat from being done twice even by a server that was restarted in between. Must not know what the
requests are for. Thread-safe.
"""

from __future__ import annotations

import random
import threading
from base64 import b64encode
from importlib import import_module
from itertools import count
from typing import Any, TypeVar
from uuid import uuid4

from signoff.gateway.http_connection import Address, Answer, Connection, ConnectionLost
from signoff.model.actors import Via
from signoff.model.commands import Request
from signoff.model.errors import ServiceUnavailable, SignoffHTTPStatusError, StoreLocked
from signoff.wire.codec import Call, codec_for
from signoff.wire.problems import read_problem

R = TypeVar("R")

FIRST_DELAY = 0.1
"""Seconds before the first repeat; each further one waits four times as long."""
LONGEST_DELAY = 10.0
REPEATS_AT_FIRST = 2
"""Repeats at most while the server has never answered: it is probably not there at all."""
CONNECT_TIMEOUT = 10.0
_BUSY = frozenset({502, 503, 504})


class HttpClient:
    """Sends requests to one server over keep-alive connections.

    Args:
        url: of the API, such as `http://127.0.0.1:4200/api`.
        auth: `user:password`; None for a server that asks for none.
        timeout: seconds of silence after which a request is given up.
        retries: how often a request is sent again when the server is away or busy.
        process_id: whose requests these are, so that the server does not tell a process what it
            has done itself.

    Raises:
        ValueError: `url` is no HTTP URL.
    """

    def __init__(
        self,
        url: str,
        auth: str | None = None,
        timeout: float = 60.0,
        retries: int = 5,
        process_id: str | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self._address = Address.of(url)
        self._timeout = timeout
        self._retries = retries
        self._context = _tls() if self._address.tls else None
        fixed = [f"Host: {self._address.authority}", "Content-Type: application/json"]
        if auth is not None:
            fixed.append(f"Authorization: Basic {b64encode(auth.encode()).decode()}")
        if process_id is not None:
            fixed.append(f"Signoff-Process: {process_id}")
        self._fixed = "\r\n".join(fixed)
        self._keys = count(1)
        self._keys_of = uuid4().hex
        self._idle: list[Connection] = []
        self._answered = False
        self._closed = threading.Event()

    def ask(
        self,
        request: Request[R],
        via: Via | None = None,
        *,
        on: Connection | None = None,
        timeout: float | None = None,
    ) -> R:
        """Have a request carried out, and return its reply.

        Args:
            request: what to ask.
            via: the face through which the person acted.
            on: the connection to use, and no repeats; one of the pool's when left out.
            timeout: seconds of silence; the client's own when left out.

        Raises:
            RequestRefused: the service says no; the class says why.
            StoreError: the server's database cannot be used.
            ServiceUnavailable: the server cannot be reached, or stopped answering.
            SignoffHTTPStatusError: something else answered.
        """
        codec = codec_for(request)
        call = codec.write(request)
        message = self._message(call, via, codec.endpoint.reads)
        if on is not None:
            answer = on.exchange(message, timeout or self._timeout)
        else:
            answer = self._persist(message, timeout or self._timeout)
        if answer.status >= 400:
            asked = f"{call.method} {self._address.authority}{call.target}"
            raise read_problem(answer.status, answer.body, asked)
        try:
            reply: R = codec.read_reply(answer.body)
        except ValueError as error:
            text = f"{self.url} gave an answer that cannot be read: {error}"
            raise SignoffHTTPStatusError(text, answer.status, answer.body) from error
        return reply

    def connection(self) -> Connection:
        """A new connection outside the pool, for a request that stays open for long."""
        return Connection(self._address, CONNECT_TIMEOUT, self._context)

    def close(self) -> None:
        """Hang up; waiting repeats end."""
        self._closed.set()
        while self._idle:
            self._idle.pop().close()

    # Sending ------------------------------------------------------------------------------

    def _message(self, call: Call, via: Via | None, reads: bool) -> bytes:
        lines = f"{call.method} {self._address.base}{call.target} HTTP/1.1\r\n{self._fixed}\r\n"
        if not reads:
            lines += f"Idempotency-Key: {self._keys_of}-{next(self._keys)}\r\n"
        if via is not None:
            lines += f"Signoff-Via: {via}\r\n"
        body = call.body or b""
        return f"{lines}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body

    def _persist(self, message: bytes, timeout: float) -> Answer:
        """Send until there is an answer that is not for lack of a server, or patience ends."""
        for attempt in count(1):
            wait = min(LONGEST_DELAY, FIRST_DELAY * 4 ** (attempt - 1))
            try:
                answer = self._once(message, timeout)
                self._answered = True
            except OSError as error:
                reason: Exception = error
            else:
                if answer.status not in _BUSY:
                    return answer
                reason = read_problem(answer.status, answer.body, self.url)
                wait = max(wait, answer.retry_after or 0.0)
            allowed = self._retries if self._answered else min(self._retries, REPEATS_AT_FIRST)
            wait *= random.uniform(0.5, 1.0)
            if attempt > allowed or self._closed.wait(wait):
                raise self._unavailable(reason) from reason
        raise AssertionError("unreachable")  # pragma: no cover

    def _once(self, message: bytes, timeout: float) -> Answer:
        while True:
            connection = self._idle.pop() if self._idle else self.connection()
            kept = connection.is_open
            try:
                answer = connection.exchange(message, timeout)
            except ConnectionLost as lost:
                if kept and not lost.answered:
                    continue  # The server had closed it while it was idle.
                raise
            except (ConnectionResetError, BrokenPipeError):
                if kept:
                    continue
                raise
            if connection.is_open and not self._closed.is_set():
                self._idle.append(connection)
            return answer

    def _unavailable(self, reason: Exception) -> Exception:
        if isinstance(reason, StoreLocked):
            return reason
        why = "no answer in time" if isinstance(reason, TimeoutError) else str(reason)
        return ServiceUnavailable(
            f"The Signoff server at {self.url} cannot be reached: {why}. Start it with "
            "`signoff server start`, or unset SIGNOFF_API_URL to work without a server."
        )


def _tls() -> Any:
    return import_module("ssl").create_default_context()
