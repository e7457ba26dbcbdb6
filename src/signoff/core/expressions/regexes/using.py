"""Replacing and splitting by regular expressions, as Java's do."""

from __future__ import annotations

import re

from signoff.core.expressions.limits import Budget, fits, holds
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.regexes.building import program_of
from signoff.core.expressions.regexes.matching import Slots, matches
from signoff.core.expressions.regexes.program import Program

_REFERENCE = re.compile(r"\\(.)|\$(?:(\d+)|\{([A-Za-z][A-Za-z0-9]*)\})|(\$|\\)", re.DOTALL)


def replace(text: str, pattern: str, by: str, budget: Budget) -> str:
    """The text with everything that is found replaced; `$1` and `${name}` stand for groups.

    Raises:
        Misuse: the pattern or the replacement cannot be read, or it is too much work.
    """
    program = program_of(pattern)
    parts, position, length = [], 0, 0
    for found in matches(program, text, budget):
        piece = text[position : found[0]] + _filled(program, text, found, by)
        length += len(piece)
        fits(length)
        parts.append(piece)
        position = found[1]
    return "".join((*parts, text[position:]))


def split(text: str, pattern: str, most: int, budget: Budget) -> list[str]:
    """The parts between what is found; at most so many, 0 for any number.

    Raises:
        Misuse: the pattern cannot be read, or it is too much work.
    """
    parts: list[str] = []
    position = 0
    for begin, end, *_ in matches(program_of(pattern), text, budget):
        if most and len(parts) == most - 1:
            break
        if end == 0 or begin == end == len(text):
            continue
        holds(len(parts) + 1)
        parts.append(text[position:begin])
        position = end
    return [*parts, text[position:]]


def is_whole(text: str, pattern: str, budget: Budget) -> bool:
    """Whether a pattern fits all of a text, as one that has `^` and `$` around it.

    Raises:
        Misuse: the pattern cannot be read, or it is too much work.
    """
    found = next(matches(program_of(pattern), text, budget), None)
    return found is not None and found[:2] == (0, len(text))


def _filled(program: Program, text: str, found: Slots, by: str) -> str:
    def fill(reference: re.Match[str]) -> str:
        escaped, digits, name, alone = reference.groups()
        if escaped is not None:
            return str(escaped)
        if alone is not None:
            raise Misuse(
                f"has `{alone}` in the replacement {by[:60]!r}; as a character it is \\{alone}"
            )
        rest = ""
        if name is not None:
            if name not in program.names:
                raise Misuse(f"has no group named `{name}`")
            number = program.names[name]
        else:
            # As many digits as there are groups for; the rest is text.
            while len(digits) > 1 and int(digits[:9]) > program.groups:
                digits, rest = digits[:-1], digits[-1] + rest
            number = int(digits)
            if number > program.groups:
                raise Misuse(f"has no group {number}")
        begin, end = found[2 * number], found[2 * number + 1]
        return (text[begin:end] if begin >= 0 else "") + rest

    return _REFERENCE.sub(fill, by) if "$" in by or "\\" in by else by
