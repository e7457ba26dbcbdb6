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
        self._gaps = 0

    @staticmethod
    def now() -> float:
        """The present moment, taken before a sign of life is sent."""
        return time.clock_gettime(_CLOCK)

    def beat(self, at: float) -> None:
        """A sign of life sent at this moment has arrived."""
        if self._late(at):
            # Counted first: whoever asks meanwhile hears of it one way or the other.
            self._gaps += 1
        self._beat = at

    def sleeps(self) -> int:
        """How often the lease may have ended so far, the present moment included.

        A sign of life that comes at last ends no sleep: until somebody has looked, the runs of this
        process may be another's.
        """
        if self._beat is None:
            return 0
        late = self._late(self.now())
        return self._gaps + late

    def _late(self, at: float) -> bool:
        """Whether the last sign of life was too long before a moment."""
        return self._beat is not None and at - self._beat > self._lease
