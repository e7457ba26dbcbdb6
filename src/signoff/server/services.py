"""What the server does when nobody asks: deadlines, schedules, dead processes.

Owns one loop that sleeps until the next due moment. Must not know what is due: it asks the service
to sweep, which says when to come back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from signoff.model.errors import SignoffException

LONGEST_SLEEP = 10.0
"""Seconds between two sweeps at most: nobody says when a process that holds a lock dies."""
SHORTEST_SLEEP = 0.02
FOREIGN = 1.0
"""Seconds after which something another process did is looked at."""

_logger = logging.getLogger("signoff.server")


Run = Callable[[Callable[[], int | None]], Awaitable[int | None]]


class Swept(Protocol):
    """What a sweep found; `service.handover.Sweep` is one."""

    @property
    def next_due(self) -> int | None: ...


class Services:
    """The loop. Lives on one event loop; `look_soon` may be called anywhere.

    Args:
        sweep: sweeps, off the event loop.
        run: calls a function off the event loop.
        clock: the store's time, UTC microseconds since the epoch.
        swept: called after every sweep.
    """

    def __init__(
        self,
        sweep: Callable[[], Swept],
        run: Run,
        clock: Callable[[], int],
        swept: Callable[[], None],
    ) -> None:
        self._sweep = sweep
        self._run = run
        self._clock = clock
        self._swept = swept
        self._loop = asyncio.get_running_loop()
        self._due: int | None = None
        self._nudge = asyncio.Event()

    def due(self, at: int) -> None:
        """Something will be due at a moment (UTC microseconds). Called on the event loop."""
        if self._due is None or at < self._due:
            self._due = at
            self._nudge.set()

    def look_soon(self) -> None:
        """Another process did something. May be called on any thread."""
        try:
            self._loop.call_soon_threadsafe(self.due, self._clock() + int(FOREIGN * 1_000_000))
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    async def work(self) -> None:
        """Sweep until cancelled."""
        while True:
            self._due = None
            try:
                next_due = await self._run(lambda: self._sweep().next_due)
            except SignoffException as error:
                _logger.warning("Cannot look for what is due: %s", error)
            except Exception:  # a defect must not end the loop: deadlines depend on it
                _logger.exception("Looking for what is due failed")
            else:
                if next_due is not None:
                    self.due(next_due)  # Something earlier may have come up meanwhile.
            self._swept()
            await self._sleep()

    async def _sleep(self) -> None:
        """Until the next due moment, or until something is due earlier."""
        await asyncio.sleep(SHORTEST_SLEEP)
        end = self._loop.time() + LONGEST_SLEEP
        while (left := min(self._left(), end - self._loop.time())) > 0:
            self._nudge.clear()
            try:
                async with asyncio.timeout(left):
                    await self._nudge.wait()
            except TimeoutError:
                return

    def _left(self) -> float:
        """Seconds until something is due."""
        return LONGEST_SLEEP if self._due is None else (self._due - self._clock()) / 1_000_000
