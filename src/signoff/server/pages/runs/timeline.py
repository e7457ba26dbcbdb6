"""A run as bars over time.

Owns the geometry: where each task, wait and called run stands on an axis, and which arrow leads
from one to what came of it. Time in which the run only waited takes at most a third of the width,
so that work of seconds stays visible beside a wait of days. Must not know HTML; `timeline.html`
draws it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

WAITING_SHARE = 1 / 3
"""The most of the width that waiting takes when there is work as well."""
MOST_ROWS = 150
MOST_ARROWS = 300
_MOST_MARKS = 20
_TICKS = 6
_DAY = 86_400_000_000
_ELBOW = 7.0
"""How far before its target an arrow turns."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar that looks different; arguments as of `Span`."""

    tone: str
    start: int
    end: int | None
    waits: bool = False


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
        kind: what it is, in a word.
        state: how it stands, in a word.
        note: what else is worth a word beside it.
        parts: stretches that look different; none where all of it is alike.
        inner: what is drawn under it, one step to the right.
        folds: the address that shows or hides what is inside; None where nothing is.
        unfolded: it is shown.
        stands_for: other ids that arrows may lead to.
        inputs: ids of what had to end before it.
    """

    id: UUID | str
    label: str
    tone: str
    start: int
    end: int | None
    waits: bool = False
    href: str = ""
    kind: str = ""
    state: str = ""
    note: str = ""
    parts: tuple[Part, ...] = ()
    inner: tuple[Span, ...] = ()
    folds: str | None = None
    unfolded: bool = False
    stands_for: tuple[UUID, ...] = ()
    inputs: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch on the axis, in thousandths of the width."""

    tone: str
    x: float
    width: float
    waits: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A span on the axis.

    Args:
        span: what it shows.
        x, width: in thousandths of the width.
        row: from 0.
        depth: how many spans it is inside of.
        took: microseconds.
        pieces: what is drawn of it.
        after: names of the bars that arrows lead from.
    """

    span: Span
    x: float
    width: float
    row: int
    depth: int
    took: int
    pieces: tuple[Piece, ...]
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrow:
    """From the end of one bar to the start of another.

    Args:
        source, target: rows.
        x1, turn, x2: where it begins, turns and ends, in thousandths of the width.
    """

    source: int
    target: int
    x1: float
    turn: float
    x2: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment on the axis, or something that happened then."""

    x: float
    at: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is drawn.

    Args:
        bars: one a row.
        ticks: moments for orientation.
        marks: what happened to the whole run.
        arrows: what depended on what.
        left_out: spans beyond those that are drawn.
        days: it is long enough for dates.
    """

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Tick, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    left_out: int = 0
    days: bool = False

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.bars)


def timeline(
    spans: Sequence[Span], now: int, marks: Sequence[Tick] = (), first: Span | None = None
) -> Timeline:
    """Place spans on an axis from the first start to the last end.

    Args:
        spans: what took time.
        now: where those that go on end for now.
        marks: what happened to the whole run, and when; the axis is not made longer for it.
        first: what stands above them all.
    """
    every = [*([(first, 0)] if first else []), *_flat(sorted(spans, key=_order), 0)]
    shown = every[:MOST_ROWS]
    if not shown:
        return Timeline((), ())
    axis = _Axis([span for span, _ in shown], now)
    bars = [_bar(span, row, depth, axis, now) for row, (span, depth) in enumerate(shown)]
    arrows = tuple(_arrows(bars))[:MOST_ARROWS]
    names: dict[int, list[str]] = {}
    for arrow in arrows:
        names.setdefault(arrow.target, []).append(bars[arrow.source].span.label)
    placed = tuple(
        Tick(axis.at(each.at), each.at, each.label)
        for each in marks
        if axis.start <= each.at <= axis.end
    )
    return Timeline(
        tuple(_with_names(bar, names.get(bar.row)) for bar in bars),
        axis.ticks(),
        placed[:_MOST_MARKS],
        arrows,
        len(every) - len(shown),
        axis.end - axis.start > _DAY,
    )


def _order(span: Span) -> tuple[int, str]:
    return span.start, str(span.id)


def _flat(spans: Iterable[Span], depth: int) -> Iterator[tuple[Span, int]]:
    for span in spans:
        yield span, depth
        yield from _flat(sorted(span.inner, key=_order), depth + 1)


def _end(span: Span | Part, now: int) -> int:
    return max(span.start, now if span.end is None else span.end)


def _bar(span: Span, row: int, depth: int, axis: _Axis, now: int) -> Bar:
    x, width = axis.stretch(span, now)
    parts = span.parts or (Part(span.tone, span.start, span.end, span.waits),)
    pieces = tuple(Piece(each.tone, *axis.stretch(each, now), each.waits) for each in parts)
    return Bar(span, x, width, row, depth, _end(span, now) - span.start, pieces)


def _with_names(bar: Bar, names: list[str] | None) -> Bar:
    if not names:
        return bar
    return Bar(
        *(bar.span, bar.x, bar.width, bar.row, bar.depth, bar.took, bar.pieces),
        tuple(dict.fromkeys(names)),
    )


def _arrows(bars: Sequence[Bar]) -> Iterator[Arrow]:
    """One arrow for each pair of bars, however many of what they stand for depend on each other."""
    rows: dict[UUID | str, Bar] = {}
    for bar in bars:
        rows[bar.span.id] = bar
        # What is drawn by itself is not meant by the bar that it is folded into.
        for id in bar.span.stands_for:
            rows.setdefault(id, bar)
    for bar in bars:
        sources = dict.fromkeys(rows[id].row for id in bar.span.inputs if id in rows)
        for row in sources:
            source = bars[row]
            if row != bar.row:
                end = min(source.x + source.width, bar.x)
                turn = max(min(end, bar.x - _ELBOW), 0.0)
                yield Arrow(row, bar.row, round(end, 2), round(turn, 2), bar.x)


class _Axis:
    """Turns moments into thousandths of the width, waiting pressed together."""

    def __init__(self, spans: Sequence[Span], now: int) -> None:
        start = self.start = min(span.start for span in spans)
        end = self.end = max(max(_end(span, now) for span in spans), start + 1)
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

    def stretch(self, of: Span | Part, now: int) -> tuple[float, float]:
        """Where something begins, and how wide it is."""
        x = self.at(of.start)
        return round(x, 2), round(max(self.at(_end(of, now)) - x, 0), 2)

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
