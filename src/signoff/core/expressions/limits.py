"""How much work an expression may make.

Owns the bounds and the account of what one rendering has used. A document comes from people who are
not trusted with the machine: whatever they write ends soon, with an error that says why.
"""

from __future__ import annotations

from dataclasses import dataclass

from signoff.core.expressions.misuse import Misuse


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds.

    Args:
        template: characters of one text.
        nesting: how deep expressions, tags and values may nest.
        steps: parts worked out in one rendering.
        output: characters of the result and of any text on the way.
        items: members of any list on the way.
        bits: size of whole numbers.
        renders: how often `render()` may render what it rendered.
        calls: how deep macros and blocks may call each other.
    """

    template: int = 1_000_000
    nesting: int = 60
    steps: int = 1_000_000
    output: int = 10_000_000
    items: int = 1_000_000
    bits: int = 4_096
    renders: int = 10
    calls: int = 12


LIMITS = Limits()


class Budget:
    """What one rendering has left of its bounds."""

    __slots__ = ("steps", "written")

    def __init__(self) -> None:
        self.steps = LIMITS.steps
        self.written = 0

    def step(self, count: int = 1) -> None:
        """Pay for parts that are worked out.

        Raises:
            Misuse: the rendering has done too much.
        """
        self.steps -= count
        if self.steps < 0:
            raise Misuse(
                f"it takes more than {LIMITS.steps:,} steps; do so much work in a task instead"
            )

    def write(self, text: str) -> str:
        """Pay for a piece of the result.

        Raises:
            Misuse: the result is too long.
        """
        self.written += len(text)
        fits(self.written)
        return text


def fits(length: int) -> None:
    """Refuse a text that is too long, before it is made.

    Raises:
        Misuse: it is.
    """
    if length > LIMITS.output:
        raise Misuse(f"its text would be longer than {LIMITS.output:,} characters")


def holds(length: int) -> None:
    """Refuse a list that is too long, before it is made.

    Raises:
        Misuse: it is.
    """
    if length > LIMITS.items:
        raise Misuse(f"its list would have more than {LIMITS.items:,} items")
