"""Numbers and texts as they are written in expressions.

Owns the escapes, and the expressions inside of texts: `"Hello #{name}"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from signoff.core.expressions.places import Fault
from signoff.core.expressions.tokens import Token

_MOST_DIGITS = 300
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "#": "#",
    "/": "/",
}
_INSERT = re.compile(r"(\\.)|#\{", re.DOTALL)


def number_of(token: Token) -> int | float:
    """The value of a number.

    Raises:
        Fault: it has too many digits.
    """
    word = token.text.rstrip("lL")
    if len(word) > _MOST_DIGITS:
        raise Fault(f"a number has at most {_MOST_DIGITS} digits", token.at)
    return float(word) if "." in word else int(word)


def parts_of(token: Token) -> Iterator[tuple[int, str, bool]]:
    """The parts of a text: where each begins, the text, and whether it is an expression.

    Raises:
        Fault: an expression in it is not closed.
    """
    raw, start = token.text, token.at + 1
    if token.quote == "'" or "#{" not in raw:
        yield start, unescaped(raw), False
        return
    position = 0
    for match in _INSERT.finditer(raw):
        if match[1] or match.start() < position:
            continue
        end = raw.find("}", match.end())
        if end < 0:
            raise Fault("`#{` is not closed by `}`", start + match.start())
        if match.start() > position:
            yield start + position, unescaped(raw[position : match.start()]), False
        yield start + match.end(), raw[match.end() : end], True
        position = end + 1
    if position < len(raw):
        yield start + position, unescaped(raw[position:]), False


def unescaped(raw: str) -> str:
    """The text without its escapes; a backslash that escapes nothing stays, as `\\d` does."""
    return _ESCAPE.sub(_unescape, raw) if "\\" in raw else raw


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        return chr(int(code[1:], 16))
    return _ESCAPES.get(code, match[0])
