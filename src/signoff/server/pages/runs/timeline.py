"""A run as bars over time.

Owns the geometry: where each task, wait and called run stands on an axis. Time in which the run
only waited takes at most a third of the width, so that work of seconds stays visible beside a wait
of days. Must not know HTML; `timeline.html` draws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

WAITING_SHARE = 1 / 3
"""The most of the width that waiting takes when there is work as well."""
MOST_ROWS = 100
_TICKS = 6


@dataclass(frozen=True, slots=True)
class Span:
    """Something that took time.

    Args:
        id: what it is called inside the timeline.
        label: what is read.
        tone: as of a badge.
        start, end: UTC microseconds since the Unix epoch; `end` is None while it goes on.
        waits: nothing was worked on.
        href: where it leads.
    """

    id: UUID | str
    label: str
    tone: str
    start: int
    end: int | None
    waits: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A span on the axis; `x` and `width` in thousandths of the width, `row` from 0."""

    span: Span
    x: float
    width: float
    row: int
    took: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment on the axis."""

    x: float
    at: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is drawn.

    Args:
        bars: one a row, by start.
        ticks: moments for orientation.
        left_out: spans beyond the first hundred.
    """

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    left_out: int = 0

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.bars)


def timeline(spans: Sequence[Span], now: int) -> Timeline:
    """Place spans on an axis from the first start to the last end.

    Args:
        spans: what took time.
        now: where those that go on end for now.
    """
    ordered = sorted(spans, key=lambda each: (each.start, str(each.id)))
    shown = ordered[:MOST_ROWS]
    if not shown:
        return Timeline((), ())
    axis = _Axis(shown, now)
    bars = tuple(_bar(span, row, axis, now) for row, span in enumerate(shown))
    return Timeline(bars, axis.ticks(), len(ordered) - len(shown))


def _end(span: Span, now: int) -> int:
    return max(span.start, now if span.end is None else span.end)


def _bar(span: Span, row: int, axis: _Axis, now: int) -> Bar:
    end = _end(span, now)
    x = axis.at(span.start)
    return Bar(span, round(x, 2), round(max(axis.at(end) - x, 0), 2), row, end - span.start)


class _Axis:
    """Turns moments into thousandths of the width, waiting pressed together."""

    def __init__(self, spans: Sequence[Span], now: int) -> None:
        start = min(span.start for span in spans)
        end = max(max(_end(span, now) for span in spans), start + 1)
        waiting = _union((s.start, _end(s, now)) for s in spans if s.waits)
        edges = sorted({start, end, *(edge for pair in waiting for edge in pair)})
        waited = sum(high - low for low, high in waiting)
        worked = (end - start) - waited
        share = waited / (end - start)
        if worked > 0:
            share = min(share, WAITING_SHARE)
        self._points = [(start, 0.0)]
        for low, high in pairwise(edges):
            is_wait = any(a <= low and high <= b for a, b in waiting)
            total, part = (waited, share) if is_wait else (worked, 1 - share)
            width = 1000 * part * (high - low) / total if total else 0.0
            self._points.append((high, self._points[-1][1] + width))

    def at(self, moment: int) -> float:
        for (low, x1), (high, x2) in pairwise(self._points):
            if moment <= high:
                inside = (moment - low) / (high - low) if high > low else 0.0
                return x1 + (x2 - x1) * max(inside, 0.0)
        return self._points[-1][1]

    def ticks(self) -> tuple[Tick, ...]:
        """Moments at about equal distances on the drawing."""
        found = []
        for number in range(_TICKS + 1):
            x = 1000 * number / _TICKS
            for (low, x1), (high, x2) in pairwise(self._points):
                if x <= x2 + 1e-6 and x2 > x1:
                    found.append(Tick(x, low + int((high - low) * (x - x1) / (x2 - x1))))
                    break
        return tuple(found)


def _union(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged
