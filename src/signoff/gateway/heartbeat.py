"""Whether this process may have counted as dead without knowing it.

A process that was stopped, or whose machine slept, goes on where it was; meanwhile its lease may
have ended and another process have entered its runs. Owns the comparison of two moments. Must not
know how a lease is renewed.
"""

from __future__ import annotations

import time

_SAFE = 0.8
"""Part of a lease after which it may have ended: whoever keeps it renews it a little late."""
# Goes on while the machine sleeps, where the system has such a clock.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Heartbeat:
    """When this process last showed that it lives.

    Args:
        lease: seconds for which a sign of life counts.
    """

    def __init__(self, lease: float) -> None:
        self._lease = lease * _SAFE
        self._beat: float | None = None

    @staticmethod
    def now() -> float:
        """The present moment, taken before a sign of life is sent."""
        return time.clock_gettime(_CLOCK)

    def beat(self, at: float) -> None:
        """A sign of life sent at this moment has arrived."""
        self._beat = at

    def missed(self) -> bool:
        """Whether the last sign of life was so long ago that the lease may have ended."""
        return self._beat is not None and self.now() - self._beat > self._lease
