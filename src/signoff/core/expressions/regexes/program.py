"""What a regular expression becomes: steps that are carried out side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Take:
    """Goes on when the next character fits."""

    fits: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Fork:
    """Goes on in two ways; the first is preferred."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Save:
    """Remembers the position: where a group begins (even) or ends (odd)."""

    slot: int


@dataclass(frozen=True, slots=True)
class Check:
    """Goes on when a place is as it should be; given the text and the position."""

    holds: Callable[[str, int], bool]


@dataclass(frozen=True, slots=True)
class Look:
    """Goes on when what follows fits, or does not; nothing of it is taken."""

    ahead: Program
    fits: bool


@dataclass(frozen=True, slots=True)
class Done:
    """It was found."""


Step = Take | Fork | Save | Check | Look | Done


@dataclass(slots=True)
class Program:
    """The steps of a regular expression.

    Args:
        steps: what is done; the first is 0.
        groups: how many groups it has, without the whole.
        names: the numbers of groups by their names.
        literal: the text it stands for when it is nothing else.
    """

    steps: list[Step] = field(default_factory=list)
    groups: int = 0
    names: Mapping[str, int] = field(default_factory=dict)
    literal: str | None = None
