"""A text into pieces: what is between expressions, and the tokens inside of them.

Owns the delimiters, white space control and the spelling of literals. Must not know what follows
what: that is the parser's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from signoff.core.expressions.places import Fault


class Kind(Enum):
    """What a token is."""

    NAME = "name"
    NUMBER = "number"
    STRING = "string"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression.

    Args:
        kind: what it is.
        text: as written; of a string, without its quotes.
        at: where it begins.
        quote: around a string.
    """

    kind: Kind
    text: str
    at: int
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a template.

    Args:
        opening: `{{`, `{%` or `{#`; empty for text.
        at: where it begins.
        text: of a text: its characters; of anything else: as written.
        tokens: what is between the delimiters.
    """

    opening: str
    at: int
    text: str
    tokens: tuple[Token, ...] = ()


_OPENING = re.compile(r"\{[{%#]-?")
_RAW = re.compile(r"\s*(raw|verbatim)\s*(-?)%\}")
_CLOSING = {"{{": "}}", "{%": "%}"}
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>[0-9]+(?:\.[0-9]+)?[lL]?)
    |(?P<name>[^\W\d][\w$]*|\$[\w$]*)
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<sign>\?\?\?|\?\?|==|!=|<=|>=|\.\.|[-+*/%~<>?:.,()\[\]{}|=])""",
    re.VERBOSE | re.DOTALL,
)
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


def split(text: str) -> Iterator[Piece]:
    """The pieces of a template, in order.

    Raises:
        Fault: something is not closed, or no token can begin where one should.
    """
    position, trim = 0, False
    while match := _OPENING.search(text, position):
        before = text[position : match.start()]
        opening = match[0][:2]
        yield Piece("", position, _trimmed(before, trim, match[0].endswith("-")))
        if opening == "{#":
            end = text.find("#}", match.end())
            if end < 0:
                raise Fault("the comment is not closed by `#}`", match.start())
            position, trim = end + 2, text[end - 1] == "-" and end > match.end()
        elif opening == "{%" and (raw := _RAW.match(text, match.end())):
            piece, position, trim = _raw(text, match.start(), raw)
            yield piece
        else:
            tokens, position, trim = _tokens(text, match.end(), opening, match.start())
            yield Piece(opening, match.start(), text[match.start() : position], tokens)
    yield Piece("", position, _trimmed(text[position:], trim, False))


def _trimmed(text: str, left: bool, right: bool) -> str:
    if left:
        text = text.lstrip()
    return text.rstrip() if right else text


def _raw(text: str, start: int, opening: re.Match[str]) -> tuple[Piece, int, bool]:
    closing = re.compile(rf"\{{%(-?)\s*end{opening[1]}\s*(-?)%\}}").search(text, opening.end())
    if closing is None:
        raise Fault(f"the tag `{opening[1]}` is not closed by `{{% end{opening[1]} %}}`", start)
    inside = text[opening.end() : closing.start()]
    piece = Piece("", opening.end(), _trimmed(inside, opening[2] == "-", closing[1] == "-"))
    return piece, closing.end(), closing[2] == "-"


def _tokens(
    text: str, position: int, opening: str, start: int
) -> tuple[tuple[Token, ...], int, bool]:
    closing = _CLOSING[opening]
    tokens: list[Token] = []
    depth = 0
    while position < len(text):
        if depth == 0:
            for dash in ("", "-"):
                if text.startswith(dash + closing, position):
                    tokens.append(Token(Kind.END, dash + closing, position))
                    return tuple(tokens), position + len(dash + closing), dash == "-"
        match = _TOKEN.match(text, position)
        if match is None:
            raise Fault(_unreadable(text, position), position)
        if match.lastgroup != "space":
            token = _token(match)
            tokens.append(token)
            if token.kind is Kind.SIGN:
                depth += (token.text in _OPEN) - (token.text in _CLOSE)
                depth = max(depth, 0)
        position = match.end()
    raise Fault(f"`{opening}` is not closed by `{closing}`", start)


def inside(text: str, at: int) -> tuple[Token, ...]:
    """The tokens of an expression on its own; `at` is where it stands in the template."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise Fault(_unreadable(text, position), at + position)
        if match.lastgroup != "space":
            token = _token(match)
            tokens.append(Token(token.kind, token.text, at + token.at, token.quote))
        position = match.end()
    return (*tokens, Token(Kind.END, "", at + len(text)))


def _token(match: re.Match[str]) -> Token:
    word = match[0]
    if match.lastgroup == "string":
        return Token(Kind.STRING, word[1:-1], match.start(), word[0])
    return Token(Kind(match.lastgroup), word, match.start())


def _unreadable(text: str, position: int) -> str:
    character = text[position]
    if character in "\"'":
        return f"the text that begins with {character} is not closed"
    if text.startswith("&&", position):
        return "`&&` is written `and`"
    if text.startswith("||", position):
        return "`||` is written `or`"
    if character == "!":
        return "`!` is written `not`"
    return f"`{character}` cannot stand here"
