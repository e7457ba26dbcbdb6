"""What keeps a text from being YAML, in words that say what to do.

Owns how the parser's complaints, and the line they are about, become such words. Where the slip was
made is often not where the parser stumbles.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from signoff.yamlflow.problems import Mark

_NO_BREAK = "\u00a0"
_KEY = re.compile(r"\s*(- +)?[\w.\"'-]+: +\S")
_QUOTED = re.compile(r"\s*(- +)?[\w.-]+: +[\"'|>\[{]")


def breakage(problem: yaml.YAMLError, text: str, file: str) -> tuple[str, Mark]:
    """What is wrong, and where.

    Args:
        problem: what the parser says.
        text: the whole document.
        file: its name, for the mark.
    """
    lines = text.splitlines()
    at, since = getattr(problem, "problem_mark", None), getattr(problem, "context_mark", None)
    place, start = _place(at or since), _place(since or at)
    said = " ".join(
        str(part) for name in ("context", "problem") if (part := getattr(problem, name, None))
    )
    words, (line, column) = _words(said, lines, place, start) or (None, place)
    if words is None:
        parts = [getattr(problem, name, None) for name in ("context", "problem")]
        told = ", ".join(part for part in parts if part)
        told = told or getattr(problem, "reason", "") or "broken"
        words = f"{told}. Check indentation, quotes and brackets here and just above"
    return f"This is no YAML: {words}.", Mark(line + 1, column + 1, file)


_Place = tuple[int, int]


def _place(mark: Any) -> _Place:
    return (mark.line, mark.column) if mark is not None else (0, 0)


def _words(said: str, lines: list[str], place: _Place, start: _Place) -> tuple[str, _Place] | None:
    """What a person would say, and where; None where nothing better is known."""
    for number in sorted({start[0], place[0]}):
        line = _line(lines, number)
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent:
            return "a tab stands where only spaces may; indent with spaces", (
                number,
                line.index("\t"),
            )
        if _NO_BREAK in line:
            told = "there is a no-break space (U+00A0), which is no space here; type a plain one"
            return told, (number, line.index(_NO_BREAK))
    for sign, told in _SAID:
        if sign in said:
            return told, start if "here" in told else place
    if (sign := _character(lines, start)) in ("*", "&") and "scanning an a" in said:
        return f"a value that begins with {sign} must be in quotes", start
    if (sign := _character(lines, place)) in ("@", "`", "%") and "cannot start" in said:
        return f"a value that begins with {sign} must be in quotes", place
    if "mapping values are not allowed" in said:
        return _colon(lines, place), place
    return None


_SAID = (
    ("scanning a quoted scalar", "the quote that opens here is never closed"),
    ("parsing a flow mapping", "the { that opens here is not closed, or a comma is missing in it"),
    ("parsing a flow sequence", "the [ that opens here is not closed, or a comma is missing in it"),
    ("parsing a block", "the line is indented unlike those it belongs to"),
)


def _colon(lines: list[str], place: _Place) -> str:
    """Why a colon cannot stand where it does."""
    line = _line(lines, place[0])
    if _KEY.match(line) and not _QUOTED.match(line) and ": " in line[: place[1]]:
        return "a value in which a colon is followed by a space must be in quotes"
    return (
        "the line is indented further than the one it follows; keys of one map begin in the same "
        "column"
    )


def _line(lines: list[str], number: int) -> str:
    return lines[number] if number < len(lines) else ""


def _character(lines: list[str], place: _Place) -> str:
    line = _line(lines, place[0])
    return line[place[1]] if place[1] < len(line) else ""
