"""Where in a text something is wrong.

Owns the way from a position to the error that is raised for everybody: its line, column and the
expression around it.
"""

from __future__ import annotations

import re

from signoff.model.errors import ExpressionError

_EXPRESSION = re.compile(r"\{[{%](?:(?!\{[{%]).)*?[}%]\}", re.DOTALL)
_LONGEST = 200


class Fault(Exception):
    """Something is wrong at a position of the text that is being read.

    Args:
        message: what.
        at: where.
        name: the name it is about.
    """

    def __init__(self, message: str, at: int, name: str | None = None) -> None:
        super().__init__(message, at, name)
        self.message = message
        self.at = at
        self.name = name


def error_at(text: str, at: int, message: str, name: str | None = None) -> ExpressionError:
    """The error about a position of a text."""
    at = min(at, len(text))
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return ExpressionError(message, name, line, column, _around(text, at))


def _around(text: str, at: int) -> str:
    """The expression at a position; without one, the line."""
    start = max(text.rfind("{{", 0, at + 1), text.rfind("{%", 0, at + 1))
    if start >= 0:
        match = _EXPRESSION.match(text, start)
        if match and match.end() > at:
            return _short(match[0])
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return _short(text[begin : end if end >= 0 else len(text)].strip())


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
