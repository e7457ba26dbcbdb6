"""Renewing the leases under which this process holds slots.

One thread for all of them, started with the first and ended after the last. Must not know what is
held, nor how a renewal travels.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from signoff.model.errors import SignoffException
from signoff.model.shared.slots import RenewLeases

Send = Callable[[RenewLeases], Any]

PART = 3
"""A lease is renewed so many times in its duration."""
AGAIN = 10
"""A renewal that failed is tried again so many times in the duration."""

_logger = logging.getLogger("signoff.gateway")


@dataclass(slots=True, eq=False)
class _Kept:
    lease: UUID
    seconds: float
    lost: Callable[[], object]
    due: float
    until: float


class Keeper:
    """Renews leases.

    Args:
        send: has a renewal carried out; the reply names the leases that are lost.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._changed = threading.Condition()
        self._kept: list[_Kept] = []
        self._thread: threading.Thread | None = None
        self._closed = False

    def keep(self, lease: UUID, seconds: float, lost: Callable[[], object]) -> Callable[[], None]:
        """Renew the lease until the returned function is called."""
        now = time.monotonic()
        kept = _Kept(lease, seconds, lost, now + seconds / PART, now + seconds)
        with self._changed:
            self._kept.append(kept)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, name="leases", daemon=True)
                self._thread.start()
            self._changed.notify()
        return lambda: self._drop(kept)

    def close(self) -> None:
        """Renew nothing any more."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _drop(self, kept: _Kept) -> None:
        with self._changed:
            if kept in self._kept:
                self._kept.remove(kept)
                self._changed.notify()

    def _work(self) -> None:
        while True:
            with self._changed:
                if self._closed or not self._kept:
                    self._thread = None
                    return
                now = time.monotonic()
                first = min(each.due for each in self._kept)
                if first > now:
                    self._changed.wait(first - now)
                    continue
                due = [each for each in self._kept if each.due <= now]
            for seconds in {each.seconds for each in due}:
                self._renew([each for each in due if each.seconds == seconds], seconds)

    def _renew(self, due: list[_Kept], seconds: float) -> None:
        now = time.monotonic()
        leases = tuple(each.lease for each in due)
        try:
            lost = frozenset(self._send(RenewLeases(leases, int(seconds * 1_000_000))))
        except (OSError, SignoffException) as error:
            _logger.warning("Slots could not be renewed, will be tried again: %s", error)
            for each in due:
                each.due = time.monotonic() + seconds / AGAIN
            lost = frozenset(each.lease for each in due if each.until <= now)
        else:
            for each in due:
                each.due, each.until = now + seconds / PART, now + seconds
        for each in due:
            if each.lease in lost:
                self._drop(each)
                each.lost()
