"""Two texts, line beside line.

Owns what a reader is shown of a difference: what was added, removed or changed, with a few lines
around it. Must not know where the texts come from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 3
"""Lines that are shown before and after a change."""
MOST = 4_000_000
"""Pairs of lines that are looked at; larger differences are told as one change."""
_LONGEST = 400
_ALIKE = 0.4
_WORDS = re.compile(r"\w+|\s+|.")


@dataclass(frozen=True, slots=True)
class Bit:
    """A part of a line; `new` where the other side has something else."""

    text: str
    new: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A line of one side."""

    number: int
    bits: tuple[Bit, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What stands side by side.

    Args:
        kind: `same`, `changed`, `removed`, `added`, or `gap` for lines that are left out.
        left, right: the lines; None where a side has none.
        hidden: how many lines are left out.
    """

    kind: str
    left: Cell | None = None
    right: Cell | None = None
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A line below the one before it: `same`, `removed`, `added` or `gap`."""

    kind: str
    cell: Cell | None = None
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two texts differ in.

    Args:
        rows: side by side.
        added, removed: how many lines.
    """

    rows: tuple[Row, ...]
    added: int
    removed: int

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The same as one column: what was removed stands before what was added."""
        return tuple(_below(self.rows))


def compare(before: str, after: str) -> Comparison:
    """What two texts differ in."""
    old, new = before.splitlines(), after.splitlines()
    rows: list[Row] = []
    added = removed = 0
    for tag, i, j, k, m in _opcodes(old, new):
        if tag == "equal":
            rows += (_same(old, a, b) for a, b in zip(range(i, j), range(k, m), strict=True))
            continue
        rows += _changed(old[i:j], new[k:m], i, k)
        removed, added = removed + j - i, added + m - k
    return Comparison(tuple(_folded(rows)), added, removed)


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """As of `SequenceMatcher`, within bounds."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    found: list[tuple[str, int, int, int, int]] = [("equal", 0, start, 0, start)]
    if len(a) * len(b) > MOST:
        found.append(("replace", start, start + len(a), start, start + len(b)))
    else:
        found += (
            (tag, i + start, j + start, k + start, m + start)
            for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        )
    found.append(("equal", len(old) - end, len(old), len(new) - end, len(new)))
    return found


def _same(old: Sequence[str], a: int, b: int) -> Row:
    bits = (Bit(old[a]),)
    return Row("same", Cell(a + 1, bits), Cell(b + 1, bits))


def _changed(old: Sequence[str], new: Sequence[str], i: int, k: int) -> Iterator[Row]:
    for at in range(max(len(old), len(new))):
        if at >= len(new):
            yield Row("removed", left=Cell(i + at + 1, (Bit(old[at]),)))
        elif at >= len(old):
            yield Row("added", right=Cell(k + at + 1, (Bit(new[at]),)))
        else:
            left, right = _bits(old[at], new[at])
            yield Row("changed", Cell(i + at + 1, left), Cell(k + at + 1, right))


def _bits(old: str, new: str) -> tuple[tuple[Bit, ...], tuple[Bit, ...]]:
    """Two lines, with the words marked that differ, where that helps."""
    if max(len(old), len(new)) > _LONGEST:
        return (Bit(old),), (Bit(new),)
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return (Bit(old),), (Bit(new),)
    left: list[Bit] = []
    right: list[Bit] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        if j > i:
            left.append(Bit("".join(a[i:j]), tag != "equal"))
        if m > k:
            right.append(Bit("".join(b[k:m]), tag != "equal"))
    return tuple(left), tuple(right)


def _folded(rows: Sequence[Row]) -> Iterator[Row]:
    """Only what is near a change; how much is left out is said."""
    shown = set[int]()
    for at, row in enumerate(rows):
        if row.kind != "same":
            shown.update(range(at - AROUND, at + AROUND + 1))
    hidden = 0
    for at, row in enumerate(rows):
        if at not in shown:
            hidden += 1
            continue
        if hidden:
            yield Row("gap", hidden=hidden)
            hidden = 0
        yield row
    if hidden and shown:
        yield Row("gap", hidden=hidden)


def _below(rows: Sequence[Row]) -> Iterator[Mark]:
    added: list[Mark] = []
    for row in rows:
        if row.kind in ("same", "gap"):
            yield from added
            added.clear()
            yield Mark(row.kind, row.right, row.hidden)
            continue
        if row.left is not None:
            yield Mark("removed", row.left)
        if row.right is not None:
            added.append(Mark("added", row.right))
    yield from added
