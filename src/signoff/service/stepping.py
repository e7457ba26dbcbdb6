"""Long work in short transactions: a request that is carried out step by step.

Owns how large a step may be, so that whoever else wants to write waits only some milliseconds, and
what a handler returns that has more to do. Must not know what the work is.
"""

from __future__ import annotations

from typing import Any

from signoff.model.commands import Command
from signoff.model.values import dataclass

AIM = 5_000
"""Microseconds that a step may take before its commit: nobody else writes meanwhile."""
FIRST, LEAST, MOST = 200, 100, 2_000
"""Rows of the first step, and the bounds of later ones: the commit of a few takes as long."""


@dataclass(frozen=True, slots=True)
class Partly:
    """A request was carried out in part, and committed.

    Args:
        reply: to what was done so far.
        rest: what is left to be done.
    """

    reply: Any
    rest: Command[Any]


class Pace:
    """How many rows a step has; learned from how long earlier ones took. Thread-safe: a number that
    was written by another thread meanwhile is as good.

    Attributes:
        size: rows of the next step.
    """

    def __init__(self) -> None:
        self.size = FIRST

    def took(self, rows: int, microseconds: int) -> None:
        """A step of so many rows has taken so long.

        The clock may jump, and the first step loads code: one step makes the next twice as large
        at most, and half as large at least.
        """
        fits = rows * AIM // max(microseconds, 1)
        fits = min(max(fits, self.size // 2), self.size * 2)
        self.size = min(max(fits, LEAST), MOST)
