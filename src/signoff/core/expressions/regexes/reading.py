"""The text of a regular expression into its tree.

Owns the syntax, which is Java's as far as it goes: characters and classes, `.`, `^`, `$`, `\\b`,
groups, alternatives, quantifiers, greedy or not, and looking ahead; `(?i)`, `(?s)`, `(?m)` at the
beginning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from signoff.core.expressions.misuse import Misuse

_LONGEST = 1_000
_DEEPEST = 20
_MOST_TIMES = 1_000
_CLASSES = "dDwWsS"
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b", "0": "\0"}
_TIMES = re.compile(r"\{(\d{1,4})(,(\d{0,4}))?\}")
_FLAGS = re.compile(r"\(\?([ism]{1,3})\)")
_GROUP_NAME = re.compile(r"\(\?<([A-Za-z][A-Za-z0-9]*)>")
_SIMPLE = {"*": (0, None), "+": (1, None), "?": (0, 1)}


@dataclass(frozen=True, slots=True)
class One:
    """One character that fits; `literal` is set when only this one does."""

    fits: Callable[[str], bool]
    literal: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place between characters."""

    holds: Callable[[str, int], bool]


@dataclass(frozen=True, slots=True)
class Ahead:
    """A place that a part follows, or does not; its groups are not remembered."""

    part: Part
    fits: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One part after the other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several."""

    ways: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A part that is remembered under a number."""

    number: int
    part: Part


@dataclass(frozen=True, slots=True)
class Times:
    """A part several times: at least, at most (None: any number), as often as possible or not."""

    part: Part
    least: int
    most: int | None
    greedy: bool


Part = One | Place | Ahead | Row | Either | Group | Times


class Reader:
    """Reads one regular expression.

    Args:
        pattern: its text.
    """

    def __init__(self, pattern: str) -> None:
        if len(pattern) > _LONGEST:
            raise Misuse(f"needs a regular expression of at most {_LONGEST} characters")
        self._pattern = pattern
        self._position = 0
        self._depth = 0
        self._flags = ""
        self.groups = 0
        self.names: dict[str, int] = {}

    def read(self) -> Part:
        """The tree.

        Raises:
            Misuse: the text is no regular expression, or one that is not supported.
        """
        if flags := _FLAGS.match(self._pattern):
            self._flags, self._position = flags[1], flags.end()
        part = self._either()
        if self._position < len(self._pattern):
            raise self._wrong("`)` was never opened")
        return part

    def _wrong(self, why: str) -> Misuse:
        return Misuse(f"cannot read the regular expression {self._pattern[:60]!r}: {why}")

    def _sees(self, text: str) -> bool:
        return self._pattern.startswith(text, self._position)

    def _next(self) -> str:
        character = self._pattern[self._position : self._position + 1]
        if not character:
            raise self._wrong("it ends too early")
        self._position += 1
        return character

    def _either(self) -> Part:
        ways = [self._row()]
        while self._sees("|"):
            self._position += 1
            ways.append(self._row())
        return ways[0] if len(ways) == 1 else Either(tuple(ways))

    def _row(self) -> Part:
        parts: list[Part] = []
        while self._position < len(self._pattern) and not self._sees("|") and not self._sees(")"):
            parts.append(self._repeated(self._one()))
        return Row(tuple(parts))

    def _repeated(self, part: Part) -> Part:
        sign = self._pattern[self._position : self._position + 1]
        counted = _TIMES.match(self._pattern, self._position)
        if sign in _SIMPLE and sign:
            least, most = _SIMPLE[sign]
            self._position += 1
        elif counted:
            least = int(counted[1])
            most = least if counted[2] is None else int(counted[3]) if counted[3] else None
            self._position = counted.end()
        else:
            return part
        if least > _MOST_TIMES or (most is not None and not least <= most <= _MOST_TIMES):
            raise self._wrong(f"it repeats more than {_MOST_TIMES} times, or the bounds are wrong")
        if isinstance(part, (Place, Ahead)):
            raise self._wrong("there is nothing to repeat")
        greedy = not self._sees("?")
        self._position += not greedy
        if self._sees("+") or self._sees("*") or self._sees("?"):
            raise self._wrong(
                "a quantifier cannot follow another; possessive ones are not supported"
            )
        return Times(part, least, most, greedy)

    def _one(self) -> Part:
        if self._sees("("):
            return self._group()
        character = self._next()
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escaped()
        if character == ".":
            return One(_anything if "s" in self._flags else _no_line_end)
        if character == "^":
            return Place(_line_begins if "m" in self._flags else _text_begins)
        if character == "$":
            return Place(_line_ends if "m" in self._flags else _text_ends)
        if character in "*+?":
            raise self._wrong(f"`{character}` has nothing to repeat")
        return self._literal(character)

    def _literal(self, character: str) -> One:
        if "i" in self._flags and character.lower() != character.upper():
            both = frozenset((character.lower(), character.upper()))
            return One(both.__contains__)
        return One(character.__eq__, character)

    def _group(self) -> Part:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._wrong(f"groups nest deeper than {_DEEPEST}")
        number, ahead = 0, self._sees("(?=") or self._sees("(?!")
        fits = self._sees("(?=")
        named = _GROUP_NAME.match(self._pattern, self._position)
        if ahead or self._sees("(?:"):
            self._position += 3
        elif named or not self._sees("(?"):
            self.groups += 1
            number = self.groups
            if named:
                self.names[named[1]] = number
            self._position = named.end() if named else self._position + 1
        else:
            raise self._wrong("groups that look behind, or set flags, are not supported")
        part = self._either()
        if not self._sees(")"):
            raise self._wrong("`(` is not closed")
        self._position += 1
        self._depth -= 1
        if ahead:
            return Ahead(part, fits)
        return Group(number, part) if number else part

    def _escaped(self) -> Part:
        character = self._next()
        if character in _CLASSES:
            return One(_class_of(f"\\{character}"))
        if character == "b":
            return Place(_word_edge)
        if character == "B":
            return Place(lambda text, at: not _word_edge(text, at))
        if character in "Az":
            return Place(_text_begins if character == "A" else _text_ends)
        if character in _CONTROLS:
            return self._literal(_CONTROLS[character])
        if character.isalnum():
            raise self._wrong(f"`\\{character}` is not supported")
        return self._literal(character)

    def _class(self) -> One:
        text = "^" if self._sees("^") else ""
        self._position += len(text)
        first = True
        while first or not self._sees("]"):
            if self._sees("&&") or self._sees("--") or self._sees("["):
                raise self._wrong(
                    "classes inside of classes are not supported; escape [ and - by \\"
                )
            character = self._next()
            if character == "\\":
                escaped = self._next()
                if escaped.isalnum() and escaped not in _CLASSES and escaped not in _CONTROLS:
                    raise self._wrong(f"`\\{escaped}` is not supported")
                text += f"\\{escaped}"
            else:
                text += f"\\{character}" if character in "]&~|[^" else character
            first = False
        self._position += 1
        try:
            return One(_class_of(f"[{text}]", ignoring_case="i" in self._flags))
        except re.error as error:
            raise self._wrong(str(error)) from None


def _class_of(text: str, *, ignoring_case: bool = False) -> Callable[[str], bool]:
    # One character at a time, Python's own expressions are safe.
    # Java's \d and \w know ASCII only.
    match = re.compile(text, re.ASCII | (re.IGNORECASE if ignoring_case else 0)).match
    return lambda character: match(character) is not None


def _anything(character: str) -> bool:
    return True


def _no_line_end(character: str) -> bool:
    return character not in "\n\r\x85\u2028\u2029"


def _text_begins(text: str, at: int) -> bool:
    return at == 0


def _text_ends(text: str, at: int) -> bool:
    return at == len(text) or (at == len(text) - 1 and text[at] == "\n")


def _line_begins(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == "\n"


def _line_ends(text: str, at: int) -> bool:
    return at == len(text) or text[at] == "\n"


def _word_edge(text: str, at: int) -> bool:
    before = at > 0 and (text[at - 1].isalnum() or text[at - 1] == "_")
    after = at < len(text) and (text[at].isalnum() or text[at] == "_")
    return before != after
