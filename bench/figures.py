"""Figures and goals: what was measured, how it is summed up, and whether it is good enough.

Owns percentiles, units and the verdict. Knows nothing of how anything is measured.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figures:
    """Every value of one measurement, in one unit."""

    values: Sequence[float]
    note: str = ""

    @property
    def n(self) -> int:
        """How many repetitions."""
        return len(self.values)

    @property
    def p50(self) -> float:
        """The median."""
        return statistics.median(self.values)

    def tail(self, higher_is_better: bool = False) -> float:
        """The 99th percentile by rank on the bad side: the slowest, or the lowest rate."""
        ordered = sorted(self.values, reverse=higher_is_better)
        return ordered[math.ceil(0.99 * len(ordered)) - 1]


@dataclass(frozen=True, slots=True)
class Failure:
    """A measurement that did not come about, and why. Never shown as a blank."""

    reason: str


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on the median (`p50`) or on the tail (`p99`)."""

    part: str
    bound: float


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the report: the same work on every side; None where the peer has nothing alike."""

    name: str
    unit: str
    signoff: Figures | Failure
    prefect: Figures | Failure | None
    floor: Figures | Failure
    floor_name: str
    goals: Sequence[Goal] = field(default_factory=tuple)
    higher_is_better: bool = False

    def verdict(self) -> str:
        """`met`, `missed`, `failed` or (a row that only informs) `-`."""
        if isinstance(self.signoff, Failure):
            return "failed"
        if not self.goals:
            return "-"
        return "met" if all(self._keeps(goal, self.signoff) for goal in self.goals) else "missed"

    def _keeps(self, goal: Goal, figures: Figures) -> bool:
        value = figures.p50 if goal.part == "p50" else figures.tail(self.higher_is_better)
        return value >= goal.bound if self.higher_is_better else value <= goal.bound

    def ratio(self) -> str:
        """How many times better than Prefect, by the medians."""
        if self.prefect is None:
            return "-"
        if isinstance(self.signoff, Failure) or isinstance(self.prefect, Failure):
            return "failed"
        small, large = self.signoff.p50, self.prefect.p50
        if self.higher_is_better:
            small, large = large, small
        if small == 0:
            return "-" if large == 0 else "inf"
        return f"{number(large / small)}x"

    def complete(self) -> bool:
        """Whether every side was measured."""
        return not any(
            isinstance(side, Failure) for side in (self.signoff, self.prefect, self.floor)
        )


def number(value: float) -> str:
    """Three significant digits, without an exponent."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def shown(side: Figures | Failure | None, line: Line) -> str:
    """One side of a row: `p50 / p99 (n)`."""
    if side is None:
        return "has none"
    if isinstance(side, Failure):
        return "FAILED"
    if side.n == 1:
        return f"{number(side.p50)} (1)"
    return f"{number(side.p50)} / {number(side.tail(line.higher_is_better))} ({side.n})"


def goal_text(line: Line) -> str:
    """The goals of a row: `p50 ≤ 1, p99 ≤ 5`."""
    sign = "≥" if line.higher_is_better else "≤"
    return ", ".join(f"{goal.part} {sign} {number(goal.bound)}" for goal in line.goals) or "-"
