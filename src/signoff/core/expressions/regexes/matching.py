"""Finding a regular expression in a text, all ways side by side."""

from __future__ import annotations

from collections.abc import Iterator

from signoff.core.expressions.limits import Budget
from signoff.core.expressions.regexes.program import Check, Fork, Look, Program, Save, Take

Slots = tuple[int, ...]


def matches(program: Program, text: str, budget: Budget) -> Iterator[Slots]:
    """Where it is found, one after the other: begin and end of the whole and of each group.

    A group that took no part is at -1.

    Raises:
        Misuse: the budget is spent.
    """
    position = 0
    while position <= len(text):
        found = _find(program, text, position, budget)
        if found is None:
            return
        yield found
        position = found[1] if found[1] > found[0] else found[1] + 1


def _find(
    program: Program, text: str, start: int, budget: Budget, *, here_only: bool = False
) -> Slots | None:
    if program.literal is not None:
        at = text.find(program.literal, start)
        budget.step(1 + (max(at, start) - start >> 6))
        return None if at < 0 else (at, at + len(program.literal))
    nothing = (-1,) * (2 * program.groups + 2)
    found: Slots | None = None
    ways: list[tuple[int, Slots]] = []
    for at in range(start, len(text) + 1):
        seen: set[int] = set()
        current: list[tuple[int, Slots]] = []
        for step, slots in ways:
            _follow(program, text, at, step, slots, seen, current, budget)
        if found is None and (at == start or not here_only):
            _follow(program, text, at, 0, nothing, seen, current, budget)
        budget.step(1 + len(seen))
        if not current:
            if found is not None or here_only:
                return found
            ways = []
            continue
        ways = []
        character = text[at] if at < len(text) else ""
        for step, slots in current:
            here = program.steps[step]
            if not isinstance(here, Take):
                # Whatever is less preferred than this end has lost.
                found = slots
                break
            if character and here.fits(character):
                ways.append((step + 1, slots))
        if not ways and found is not None:
            return found
    return found


def _follow(
    program: Program,
    text: str,
    at: int,
    step: int,
    slots: Slots,
    seen: set[int],
    current: list[tuple[int, Slots]],
    budget: Budget,
) -> None:
    """Everything that can be reached without taking a character, the preferred first."""
    waiting = [(step, slots)]
    while waiting:
        step, slots = waiting.pop()
        if step in seen:
            continue
        seen.add(step)
        here = program.steps[step]
        if isinstance(here, Fork):
            waiting.append((here.second, slots))
            waiting.append((here.first, slots))
        elif isinstance(here, Save):
            waiting.append((step + 1, (*slots[: here.slot], at, *slots[here.slot + 1 :])))
        elif isinstance(here, Check):
            if here.holds(text, at):
                waiting.append((step + 1, slots))
        elif isinstance(here, Look):
            there = _find(here.ahead, text, at, budget, here_only=True)
            if (there is not None) is here.fits:
                waiting.append((step + 1, slots))
        else:
            current.append((step, slots))
