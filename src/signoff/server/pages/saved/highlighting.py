"""A YAML text as lines of coloured pieces.

Owns what is told apart for a reader's eye: keys, texts, words, comments, expressions. It judges
nothing: whatever the text is, its lines come out whole, and joined they are the text again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 300_000
"""Characters of a text that is coloured; a longer one is shown plain."""
_WIDEST = 1_000

_KEY = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#"'{}\[\],&*!|>%@`-][^#{}\[\],"']*?|-[^\s:]+)(?=:(?:\s|$))"""
)
_FLOW_KEY = re.compile(r"""("[^"]*"|'[^']*'|[^\s:,\[\]{}"']+)(?=\s*:(?:\s|$))""")
_CALL = re.compile(r"(\{\{.{0,300}?\}\}|\{%.{0,300}?%\})")
_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*("|$)'), "'": re.compile(r"'(?:[^']|'')*('|$)")}
_REST = {'"': re.compile(r'(?:[^"\\]|\\.)*("|$)'), "'": re.compile(r"(?:[^']|'')*('|$)")}
_BLOCK = re.compile(r"[|>][-+0-9]{0,2}(?=\s*(?:#.*)?$)")
_NAME = re.compile(r"[&*!][^\s,\[\]{}]*")
_WORD = re.compile(r"(?:true|false|null|~|[-+]?\d[\d_]*(?:\.\d+)?)(?=\s*(?:$|[,\]}]|\s#))")
_PLAIN = re.compile(r"(?:(?<=\S)#|[^,\[\]{}#]|(?<!\s)[,](?=\S))+|.")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line.

    Args:
        kind: `key`, `text`, `word`, `note`, `call` or `mark`; empty for the rest.
        text: as it is written.
    """

    kind: str
    text: str


Line = tuple[Piece, ...]


def lines_of(source: str) -> tuple[Line, ...]:
    """The lines of a text, coloured."""
    lines = source.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if len(source) > LONGEST:
        return tuple((Piece("", line),) for line in lines)
    reader = _Reader()
    return tuple(tuple(reader.line(line)) for line in lines)


@dataclass(slots=True)
class _Reader:
    """Reads line by line, and knows what a line before has left open."""

    block: int | None = None
    quote: str = ""
    nesting: int = 0

    def line(self, line: str) -> Iterator[Piece]:
        """The pieces of the next line."""
        if len(line) > _WIDEST:
            yield Piece("", line)
            return
        indent = len(line) - len(line.lstrip(" "))
        if self.block is not None:
            if not line.strip() or indent > self.block:
                yield from _called("text", line)
                return
            self.block = None
        if self.quote:
            found = _REST[self.quote].match(line)
            end = found.end() if found else len(line)
            closed = bool(found and found.group(1))
            yield from _called("text", line[:end])
            self.quote = "" if closed else self.quote
            yield from self._value(line[end:], indent)
            return
        if indent:
            yield Piece("", line[:indent])
        yield from self._entry(line[indent:], indent)

    def _entry(self, text: str, column: int) -> Iterator[Piece]:
        """An entry of a list or map: dashes, a key, a value."""
        while text.startswith("- ") or text == "-":
            width = len(text) - len(text[1:].lstrip(" "))
            yield Piece("mark", text[:width])
            if not text[width:]:
                return
            # What belongs to a dash is deeper than the dash, unless a key follows.
            text, outer, column = text[width:], column, column + width
            if _BLOCK.match(text):
                column = outer
        key = _KEY.match(text) if not self.nesting else None
        if key:
            yield Piece("key", key.group(1))
            yield Piece("mark", ":")
            text = text[key.end() + 1 :]
        yield from self._value(text, column)

    def _value(self, text: str, column: int) -> Iterator[Piece]:
        """What follows a key or a dash, or goes on with a list in brackets."""
        fresh = True
        at = 0
        while at < len(text):
            kind, end = self._next(text, at, fresh, column)
            piece = text[at:end]
            if kind in ("text", ""):
                yield from _called(kind, piece)
            else:
                yield Piece(kind, piece)
            fresh = kind in ("mark", "name") or (fresh and not piece.strip())
            at = end

    def _next(self, text: str, at: int, fresh: bool, column: int) -> tuple[str, int]:
        """The kind and the end of the next piece."""
        char = text[at]
        if char.isspace():
            return "", at + len(text[at:]) - len(text[at:].lstrip())
        if char == "#" and (at == 0 or text[at - 1].isspace()):
            return "note", len(text)
        if fresh:
            if found := _BLOCK.match(text, at):
                self.block = column
                return "mark", found.end()
            if found := _NAME.match(text, at):
                return "name", found.end()
            if char in _QUOTED and (found := _QUOTED[char].match(text, at)):
                self.quote = "" if found.group(1) else char
                return "text", found.end()
            if self.nesting and (found := _FLOW_KEY.match(text, at)):
                return "key", found.end()
            if found := _WORD.match(text, at):
                return "word", found.end()
        return self._plain(text, at, fresh)

    def _plain(self, text: str, at: int, fresh: bool) -> tuple[str, int]:
        char = text[at]
        if (found := _CALL.match(text, at)) is not None:
            return "", found.end()
        if char in "[{" and (fresh or self.nesting):
            self.nesting += 1
            return "mark", at + 1
        if char in "]}" and self.nesting:
            self.nesting -= 1
            return "mark", at + 1
        if self.nesting and char in ",:":
            return "mark", at + 1
        if not self.nesting:
            note = re.search(r"\s#", text[at:])
            return "", at + note.start() if note else len(text)
        found = _PLAIN.match(text, at)
        return "", found.end() if found else at + 1


def _called(kind: str, text: str) -> Iterator[Piece]:
    """A text with the expressions in it."""
    for number, part in enumerate(_CALL.split(text)):
        if part:
            yield Piece("call" if number % 2 else kind, part)
