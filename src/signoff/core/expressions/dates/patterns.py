"""Patterns of dates, as Java's DateTimeFormatter reads them: from text to fields.

Owns the letters and the named patterns. Must not know moments: `writing` and `reading` do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from signoff.core.expressions.misuse import Misuse

NAMED = {
    "iso": "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX",
    "iso_sec": "yyyy-MM-dd'T'HH:mm:ssXXX",
    "sql": "yyyy-MM-dd HH:mm:ss.SSSSSS",
    "sql_seq": "yyyy-MM-dd HH:mm:ss",
    "iso_date_time": "yyyy-MM-dd'T'HH:mm:ss[.f][XXX]['['VV']']",
    "iso_zoned_date_time": "yyyy-MM-dd'T'HH:mm:ss[.f]XXX['['VV']']",
    "iso_offset_date_time": "yyyy-MM-dd'T'HH:mm:ss[.f]XXX",
    "iso_instant": "yyyy-MM-dd'T'HH:mm:ss[.f]X",
    "iso_local_date_time": "yyyy-MM-dd'T'HH:mm:ss[.f]",
    "iso_date": "yyyy-MM-dd[XXX]",
    "iso_offset_date": "yyyy-MM-ddXXX",
    "iso_local_date": "yyyy-MM-dd",
    "basic_iso_date": "yyyyMMdd",
    "iso_time": "HH:mm:ss[.f][XXX]",
    "iso_offset_time": "HH:mm:ss[.f]XXX",
    "iso_local_time": "HH:mm:ss[.f]",
    "iso_ordinal_date": "yyyy-DDD[XXX]",
    "iso_week_date": "YYYY-'W'ww-e[XXX]",
    "rfc_1123_date_time": "EEE, d MMM yyyy HH:mm:ss ZZ",
}
"""Names of patterns; `f`, which is no letter of Java's, is all digits of the second it has."""

LETTERS = {
    "y": "year", "u": "year", "Y": "year of the week", "M": "month", "L": "month",
    "d": "day of the month", "D": "day of the year", "E": "name of the day",
    "e": "number of the day in the week, Monday is 1", "w": "week of the year (ISO)",
    "Q": "quarter", "q": "quarter", "G": "era", "a": "AM or PM", "H": "hour, 0 to 23",
    "k": "hour, 1 to 24", "K": "hour, 0 to 11", "h": "hour, 1 to 12", "m": "minute", "s": "second",
    "S": "fraction of the second", "A": "millisecond of the day", "n": "nanosecond",
    "V": "name of the zone", "z": "short name of the zone", "O": "offset as GMT+1",
    "X": "offset, Z for zero", "x": "offset", "Z": "offset as +0100",
}  # fmt: skip
"""What each letter stands for."""

_LONGEST = 200
_MOST_BRACKETS = 5
_PIECE = re.compile(r"'(?:[^']|'')*'|''|([A-Za-z])\1*|[\[\]]|[^A-Za-z'\[\]]+|'")


@dataclass(frozen=True, slots=True)
class Field:
    """One piece of a pattern.

    Args:
        letter: what it stands for; empty for text.
        count: how often the letter is there.
        text: what stands there as it is.
    """

    letter: str
    count: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Optional:
    """Pieces in brackets, left out when they cannot be written or read."""

    pieces: tuple[Piece, ...]


Piece = Field | Optional


@lru_cache(maxsize=256)
def parse(pattern: str) -> tuple[Piece, ...]:
    """The pieces of a pattern, or of the one that has this name.

    Raises:
        Misuse: it has letters that mean nothing, or brackets and quotes that are not closed.
    """
    named = NAMED.get(pattern.lower())
    if len(pattern) > _LONGEST:
        raise Misuse(f"needs a date pattern of at most {_LONGEST} characters")
    levels: list[list[Piece]] = [[]]
    for match in _PIECE.finditer(named or pattern):
        word = match[0]
        if word == "[":
            levels.append([])
            if len(levels) > _MOST_BRACKETS:
                raise Misuse(
                    f"needs a date pattern with brackets at most {_MOST_BRACKETS - 1} deep"
                )
        elif word == "]":
            if len(levels) == 1:
                raise Misuse(f"finds a bracket that was never opened in {pattern!r}")
            inner = levels.pop()
            levels[-1].append(Optional(tuple(inner)))
        elif word == "'":
            raise Misuse(f"finds a quote that is not closed in {pattern!r}")
        elif match[1]:
            levels[-1].append(_field(word, pattern, known_f=named is not None))
        else:
            levels[-1].append(Field("", text=_unquoted(word)))
    if len(levels) > 1:
        raise Misuse(f"finds a bracket that is not closed in {pattern!r}")
    return tuple(levels[0])


def _field(word: str, pattern: str, *, known_f: bool) -> Field:
    letter = "e" if word[0] == "c" else word[0]
    if letter not in LETTERS and not (known_f and letter == "f"):
        raise Misuse(
            f"knows no letter `{letter}` in the date pattern {pattern!r}; text stands in 'quotes'"
        )
    return Field(letter, len(word))


def _unquoted(word: str) -> str:
    if word == "''":
        return "'"
    return word[1:-1].replace("''", "'") if word.startswith("'") else word
