"""Text into moments: ISO 8601, or by a pattern.

Owns what `existingFormat` means. A text without a zone is read in the zone that is asked for, else
in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

from signoff.core.expressions.dates.names import DAYS, MONTHS, short
from signoff.core.expressions.dates.patterns import Field, Optional, Piece, parse
from signoff.core.expressions.dates.zones import zone
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.values import kind_of
from signoff.core.moments import parse_date, parse_datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZONE_SUFFIX = re.compile(r"(.*)\[([A-Za-z0-9_/+-]{1,60})\]")
_THIS_CENTURY = 2000
_MOST_FIELDS = 16


def moment_of(value: object, existing: str | None, assumed: tzinfo) -> datetime:
    """The aware moment that a value stands for.

    Args:
        value: a moment, a date, a text, or milliseconds since 1970.
        existing: the pattern of a text; ISO 8601 without one.
        assumed: the zone of what has none.

    Raises:
        Misuse: it stands for none.
    """
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=assumed)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=assumed)
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return (_EPOCH + timedelta(milliseconds=value)).astimezone(assumed)
        except OverflowError:
            raise Misuse(f"cannot read {value} as milliseconds since 1970") from None
    if not isinstance(value, str):
        raise Misuse(f"needs a date, not {kind_of(value)}")
    found = _iso(value.strip()) if existing is None else _read(value, existing)
    if found is None:
        wanted = "ISO 8601, such as 2024-07-01T12:00:00Z" if existing is None else repr(existing)
        hint = "; say how it is written with existingFormat" if existing is None else ""
        raise Misuse(f"cannot read the date {value[:60]!r} as {wanted}{hint}")
    return found if found.tzinfo is not None else found.replace(tzinfo=assumed)


def _iso(text: str) -> datetime | None:
    named = _ZONE_SUFFIX.fullmatch(text)
    found = parse_datetime(named[1] if named else text)
    if found is not None and named:
        # The offset says which moment it is; the name in brackets only which zone it is shown in.
        return _in_zone(found, zone(named[2]))
    if found is None and (day := parse_date(text)):
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001  (its zone is not known yet)
    return found


def _in_zone(found: datetime, named: tzinfo) -> datetime | None:
    if found.tzinfo is None:
        return found.replace(tzinfo=named)
    try:
        return found.astimezone(named)
    except OverflowError:
        return None


def _read(text: str, pattern: str) -> datetime | None:
    groups: list[str] = []
    # The fields are bounded, so that the expression below cannot try too many ways to share digits.
    match = re.fullmatch(_expression(parse(pattern), groups), text, re.IGNORECASE)
    if match is None:
        return None
    found = {
        name: value for name, value in zip(groups, match.groups(), strict=True) if value is not None
    }
    try:
        return _built(found)
    except (ValueError, OverflowError):
        return None


def _expression(pieces: Iterable[Piece], groups: list[str]) -> str:
    parts = []
    for piece in pieces:
        if isinstance(piece, Optional):
            parts.append(f"(?:{_expression(piece.pieces, groups)})?")
        elif piece.letter:
            name, expression = _of_field(piece)
            groups.append(name)
            if len(groups) > _MOST_FIELDS:
                raise Misuse(f"needs a date pattern of at most {_MOST_FIELDS} fields to read by")
            parts.append(f"({expression})")
        else:
            parts.append(re.escape(piece.text))
    return "".join(parts)


def _of_field(piece: Field) -> tuple[str, str]:
    letter, count = piece.letter, piece.count
    if letter in "ML" and count >= 3:
        return "month name", "|".join((*MONTHS, *map(short, MONTHS)))
    if letter in "Ee":
        return "ignored", "|".join((*DAYS, *map(short, DAYS), "[1-7]"))
    if letter in _DIGITS:
        exact = f"{{{count}}}" if count > 1 else f"{{1,{_DIGITS[letter][1]}}}"
        if letter in "yu" and count == 2:
            return "short year", "[0-9]{2}"
        return _DIGITS[letter][0], f"[0-9]{exact}"
    if letter in "Xx":
        return "zone", r"Z|[+-][0-9]{2}(?::?[0-9]{2})?"
    if letter in "ZO":
        return "zone", r"Z|(?:GMT)?[+-][0-9]{1,2}(?::?[0-9]{2})?|GMT"
    if letter in "Vz":
        return "zone", r"[A-Za-z][A-Za-z0-9_/+-]{0,59}|[+-][0-9]{2}:[0-9]{2}"
    if letter == "a":
        return "half", "AM|PM"
    raise Misuse(f"cannot read the letter `{letter}` of a date pattern, only write it")


_DIGITS = {
    "y": ("year", 4), "u": ("year", 4), "M": ("month", 2), "L": ("month", 2), "d": ("day", 2),
    "D": ("day of year", 3), "H": ("hour", 2), "k": ("hour", 2), "h": ("half hour", 2),
    "K": ("half hour", 2), "m": ("minute", 2), "s": ("second", 2), "S": ("fraction", 9),
    "f": ("fraction", 9),
}  # fmt: skip


def _built(found: dict[str, str]) -> datetime:
    year = int(found.get("year", 1970))
    if "short year" in found:
        year = _THIS_CENTURY + int(found["short year"])
    month = int(found.get("month", 1))
    if "month name" in found:
        initials = found["month name"][:3].lower()
        month = next(n for n, name in enumerate(MONTHS, 1) if name.lower().startswith(initials))
    hour = int(found.get("hour", 0)) % 24
    if "half hour" in found:
        afternoon = found.get("half", "AM").upper() == "PM"
        hour = int(found["half hour"]) % 12 + 12 * afternoon
    moment = datetime(  # noqa: DTZ001  (its zone comes below)
        year,
        month,
        int(found.get("day", 1)),
        hour,
        int(found.get("minute", 0)),
        int(found.get("second", 0)),
        int(found.get("fraction", "0")[:6].ljust(6, "0")),
    )
    if "day of year" in found:
        moment += timedelta(days=int(found["day of year"]) - 1)
    return moment.replace(tzinfo=zone(found["zone"])) if "zone" in found else moment
