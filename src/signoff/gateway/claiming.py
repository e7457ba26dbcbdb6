"""How a process that starts others hears of runs that are due, and claims them.

Owns the two ways: in this process, where an ear hears of due runs and this process itself applies
deadlines and settles the runs of dead processes; and over HTTP, where a long poll does and the
server sees to the rest. Must not know how processes are started.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol

from signoff.core.ports import Ear, Gateway
from signoff.engine.clock import now_us
from signoff.gateway.http import HttpGateway
from signoff.gateway.http_connection import Connection
from signoff.gateway.local import LocalGateway
from signoff.model.claims import ClaimRuns, Claims, Scope
from signoff.model.errors import SignoffException
from signoff.model.scheduling import KeepSchedules
from signoff.wire.watching import WatchDue

LONGEST_SLEEP = 10.0
"""Seconds between two looks at most: nobody says when a process that holds a lock dies."""
SOON = 0.05
"""Seconds after which to ask again for what was in somebody else's hands."""
MARGIN = 15.0
"""Seconds of silence beyond a long poll after which the connection counts as dead."""
FIRST_DELAY, LONGEST_DELAY = 0.1, 5.0


class Claiming(Protocol):
    """A claimer's way to the service."""

    def claim(self, scope: Scope, limit: int) -> Claims:
        """Claim runs that are due. Raises what `Gateway.send` raises."""

    def wait(self, claims: Claims | None) -> None:
        """Sleep until there may be something to claim, given the newest reply (None after an
        error)."""

    def interrupt(self) -> None:
        """End the present `wait`, or the next one. May be called anywhere."""

    def close(self) -> None:
        """Give up what is open."""


def claiming(gateway: Gateway, scope: Scope) -> Claiming:
    """The way of a claimer with this scope, through the gateway of its process."""
    if isinstance(gateway, LocalGateway):
        return _Local(gateway)
    if isinstance(gateway, HttpGateway):
        return _Http(gateway, scope)
    raise TypeError(f"runs cannot be claimed through a {type(gateway).__name__}")


class _Local:
    """See `Claiming`. Pokes that come between two waits are kept by the ear."""

    def __init__(self, gateway: LocalGateway) -> None:
        self._gateway = gateway
        self._ear: Ear | None = None

    def claim(self, scope: Scope, limit: int) -> Claims:
        if self._ear is None:
            self._ear = self._gateway.bell()
        self._gateway.register()
        due = self._gateway.sweep()
        # Without a server, whoever claims runs also makes those that schedules ask for.
        kept = self._gateway.send(KeepSchedules())
        claims = self._gateway.send(ClaimRuns(self._gateway.process.id, scope, limit))
        moments = [each for each in (due, kept.next_due, claims.next_due) if each is not None]
        return Claims(claims.runs, min(moments, default=None), claims.more)

    def wait(self, claims: Claims | None) -> None:
        seconds = _seconds(claims)
        if self._ear is not None:
            self._ear.wait(seconds)
        else:
            time.sleep(seconds)

    def interrupt(self) -> None:
        if self._ear is not None:
            self._ear.interrupt()

    def close(self) -> None:
        if self._ear is not None:
            self._ear.close()


class _Http:
    """See `Claiming`. What becomes due between two polls is kept by the server."""

    def __init__(self, gateway: HttpGateway, scope: Scope) -> None:
        self._gateway = gateway
        self._scope = scope
        self._connection: Connection | None = None
        self._interrupted = threading.Event()
        self._delay = 0.0

    def claim(self, scope: Scope, limit: int) -> Claims:
        self._gateway.register()
        return self._gateway.send(ClaimRuns(self._gateway.process.id, scope, limit))

    def wait(self, claims: Claims | None) -> None:
        seconds = _seconds(claims)
        if self._interrupted.is_set():
            self._interrupted.clear()
            return
        if claims is None or claims.more:
            self._interrupted.wait(seconds)
            self._interrupted.clear()
            return
        if self._connection is None:
            self._connection = self._gateway.client.connection()
        try:
            watch = WatchDue(self._gateway.process, self._scope, seconds)
            self._gateway.client.ask(watch, on=self._connection, timeout=seconds + MARGIN)
            self._delay = 0.0
        except (OSError, SignoffException):
            self._connection.close()
            self._connection = None
            self._delay = min(LONGEST_DELAY, max(FIRST_DELAY, self._delay * 2))
            self._interrupted.wait(self._delay)
        self._interrupted.clear()

    def interrupt(self) -> None:
        self._interrupted.set()
        connection = self._connection
        if connection is not None:
            connection.abort()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _seconds(claims: Claims | None) -> float:
    """How long to sleep at most."""
    if claims is None:
        return LONGEST_DELAY
    if claims.more:
        return SOON
    if claims.next_due is None:
        return LONGEST_SLEEP
    return min(LONGEST_SLEEP, max(0.0, (claims.next_due - now_us()) / 1_000_000))
