"""When the lease of a client process was last renewed by this server.

Owns only that memory: a process whose runs change often polls often, and need not be written down
as alive each time.
"""

from __future__ import annotations

from time import monotonic

MOST = 10_000
"""Processes that are remembered at most."""


class Leases:
    """Says whether a lease has to be renewed again. Safe to use from any thread.

    Args:
        fresh: seconds for which a renewal is good enough.
    """

    def __init__(self, fresh: float) -> None:
        self._fresh = fresh
        self._renewed: dict[str, float] = {}

    def is_stale(self, process_id: str) -> bool:
        """Whether the lease of the process has to be renewed now."""
        return monotonic() - self._renewed.get(process_id, float("-inf")) >= self._fresh

    def renewed(self, process_id: str) -> None:
        """The lease has just been renewed."""
        self._renewed.pop(process_id, None)
        self._renewed[process_id] = monotonic()
        if len(self._renewed) > MOST:
            self._renewed.pop(next(iter(self._renewed)))
