"""The tree of a regular expression into its steps."""

from __future__ import annotations

from functools import lru_cache

from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.regexes.program import (
    Check,
    Done,
    Fork,
    Look,
    Program,
    Save,
    Step,
    Take,
)
from signoff.core.expressions.regexes.reading import (
    Ahead,
    Either,
    Group,
    One,
    Part,
    Place,
    Reader,
    Row,
    Times,
)

_MOST_STEPS = 5_000


@lru_cache(maxsize=128)
def program_of(pattern: str) -> Program:
    """The steps of a regular expression.

    Raises:
        Misuse: the text is no regular expression, or one that is not supported.
    """
    reader = Reader(pattern)
    tree = reader.read()
    return Program(_Builder().whole(tree), reader.groups, reader.names, _literal(tree))


def _literal(tree: Part) -> str | None:
    if not isinstance(tree, Row) or not tree.parts:
        return None
    letters = [part.literal for part in tree.parts if isinstance(part, One) and part.literal]
    return "".join(letters) if len(letters) == len(tree.parts) else None


def _groups(tree: Part) -> int:
    """The highest number of a group in a tree."""
    match tree:
        case Group():
            return max(tree.number, _groups(tree.part))
        case Row():
            return max(map(_groups, tree.parts), default=0)
        case Either():
            return max(map(_groups, tree.ways))
        case Times() | Ahead():
            return _groups(tree.part)
    return 0


class _Builder:
    """Makes steps.

    Args:
        around: that of the expression a part of which looks ahead; both share what they may need.
    """

    def __init__(self, around: _Builder | None = None) -> None:
        self.steps: list[Step] = []
        self._made: list[int] = [0] if around is None else around._made

    def whole(self, tree: Part) -> list[Step]:
        """The steps of a tree, with where it begins and ends."""
        self.add(Save(0))
        self.part(tree)
        self.add(Save(1))
        self.add(Done())
        return self.steps

    def add(self, step: Step) -> int:
        self._made[0] += 1
        if self._made[0] > _MOST_STEPS:
            raise Misuse("needs a smaller regular expression: its repetitions make it too long")
        self.steps.append(step)
        return len(self.steps) - 1

    def part(self, part: Part) -> None:
        match part:
            case One():
                self.add(Take(part.fits))
            case Place():
                self.add(Check(part.holds))
            case Ahead():
                # A builder of its own: no step of it leads back into these.
                inner = Program(_Builder(self).whole(part.part), _groups(part.part))
                self.add(Look(inner, part.fits))
            case Row():
                for each in part.parts:
                    self.part(each)
            case Group():
                self.add(Save(2 * part.number))
                self.part(part.part)
                self.add(Save(2 * part.number + 1))
            case Either():
                self._either(part)
            case Times():
                self._times(part)

    def _either(self, part: Either) -> None:
        ends = []
        for way in part.ways[:-1]:
            fork = self.add(Done())
            self.part(way)
            ends.append(self.add(Done()))
            self.steps[fork] = Fork(fork + 1, len(self.steps))
        self.part(part.ways[-1])
        for end in ends:
            self.steps[end] = Fork(len(self.steps), len(self.steps))

    def _times(self, part: Times) -> None:
        for _ in range(part.least):
            self.part(part.part)
        if part.most is None:
            fork = self.add(Done())
            self.part(part.part)
            self.add(Fork(fork, fork))
            self._fork(fork, part.greedy)
            return
        forks = []
        for _ in range(part.most - part.least):
            forks.append(self.add(Done()))
            self.part(part.part)
        for fork in forks:
            self._fork(fork, part.greedy)

    def _fork(self, fork: int, greedy: bool) -> None:
        inside, behind = fork + 1, len(self.steps)
        self.steps[fork] = Fork(inside, behind) if greedy else Fork(behind, inside)
