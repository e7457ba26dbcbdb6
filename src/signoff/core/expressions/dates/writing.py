"""Moments as text, by a pattern."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from signoff.core.expressions.dates.names import DAYS, MONTHS, short
from signoff.core.expressions.dates.patterns import Field, Optional, Piece, parse
from signoff.core.expressions.limits import fits

_NAME, _FULL, _NARROW = 3, 4, 5
_MOST_WIDTH = 30


def write(moment: datetime, pattern: str) -> str:
    """The moment as the pattern says; `moment` is aware.

    Raises:
        Misuse: the pattern is not understood.
    """
    return _write(moment, parse(pattern))


def _write(moment: datetime, pieces: Iterable[Piece]) -> str:
    parts = []
    for piece in pieces:
        if isinstance(piece, Optional):
            parts.append(_optional(moment, piece))
        elif piece.letter:
            fits(piece.count)
            parts.append(_WRITERS[piece.letter](moment, piece.count))
        else:
            parts.append(piece.text)
    return "".join(parts)


def _optional(moment: datetime, group: Optional) -> str:
    letters = {piece.letter for piece in group.pieces if isinstance(piece, Field)}
    # Java writes a fraction only where there is one, and a zone's name only where it is no offset.
    if "f" in letters and moment.microsecond == 0:
        return ""
    if "V" in letters and not _zone_name(moment):
        return ""
    return _write(moment, group.pieces)


def _padded(number: int, width: int) -> str:
    return str(number).rjust(min(width, _MOST_WIDTH), "0")


def _year(year: int, count: int) -> str:
    return _padded(year % 100, 2) if count == 2 else _padded(year, count)


def _month(moment: datetime, count: int) -> str:
    return (
        _named(MONTHS[moment.month - 1], count) if count >= _NAME else _padded(moment.month, count)
    )


def _day_name(moment: datetime, count: int) -> str:
    return _named(DAYS[moment.weekday()], max(count, _NAME))


def _day_number(moment: datetime, count: int) -> str:
    return _day_name(moment, count) if count >= _NAME else _padded(moment.isoweekday(), count)


def _named(name: str, count: int) -> str:
    return name[0] if count == _NARROW else name if count == _FULL else short(name)


def _quarter(moment: datetime, count: int) -> str:
    number = (moment.month + 2) // 3
    if count < _NAME:
        return _padded(number, count)
    ordinals = ("1st", "2nd", "3rd", "4th")
    return f"Q{number}" if count == _NAME else f"{ordinals[number - 1]} quarter"


def _fraction(moment: datetime, count: int) -> str:
    return f"{moment.microsecond:06d}".ljust(min(count, _MOST_WIDTH), "0")[:count]


def _shortest_fraction(moment: datetime, count: int) -> str:
    return f"{moment.microsecond:06d}".rstrip("0")


def _milliseconds_of_day(moment: datetime, count: int) -> str:
    clock = timedelta(
        hours=moment.hour,
        minutes=moment.minute,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return _padded(clock // timedelta(milliseconds=1), count)


def _zone_name(moment: datetime) -> str:
    return str(getattr(moment.tzinfo, "key", ""))


def _zone_id(moment: datetime, count: int) -> str:
    return _zone_name(moment) or _colons(moment, "Z")


def _zone_short(moment: datetime, count: int) -> str:
    if not _offset(moment) and moment.tzinfo is UTC:
        return "UTC"
    name = moment.tzname() or ""
    return name if _zone_name(moment) and name.isalpha() else _colons(moment, "Z")


def _localized(moment: datetime, count: int) -> str:
    offset = _offset(moment)
    if not offset:
        return "GMT"
    sign, hours, minutes = _parts(offset)
    if count == _FULL:
        return f"GMT{sign}{hours:02d}:{minutes:02d}"
    return f"GMT{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


def _offset_z(moment: datetime, count: int) -> str:
    return _offset_x(moment, count) if _offset(moment) else "Z"


def _offset_x(moment: datetime, count: int) -> str:
    sign, hours, minutes = _parts(_offset(moment))
    if count == 1:
        return f"{sign}{hours:02d}" + (f"{minutes:02d}" if minutes else "")
    return (
        f"{sign}{hours:02d}{minutes:02d}" if count in (2, 4) else f"{sign}{hours:02d}:{minutes:02d}"
    )


def _rfc_offset(moment: datetime, count: int) -> str:
    if count == _FULL:
        return _localized(moment, _FULL)
    return _colons(moment, "Z") if count == _NARROW else _offset_x(moment, 2)


def _colons(moment: datetime, zero: str) -> str:
    return _offset_x(moment, 3) if _offset(moment) else zero


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _parts(offset: timedelta) -> tuple[str, int, int]:
    minutes = abs(offset) // timedelta(minutes=1)
    return ("-" if offset < timedelta() else "+"), minutes // 60, minutes % 60


_WRITERS: dict[str, Callable[[datetime, int], str]] = {
    "y": lambda moment, count: _year(moment.year, count),
    "u": lambda moment, count: _year(moment.year, count),
    "Y": lambda moment, count: _year(moment.isocalendar().year, count),
    "M": _month,
    "L": _month,
    "d": lambda moment, count: _padded(moment.day, count),
    "D": lambda moment, count: _padded(moment.timetuple().tm_yday, count),
    "E": _day_name,
    "e": _day_number,
    "w": lambda moment, count: _padded(moment.isocalendar().week, count),
    "Q": _quarter,
    "q": _quarter,
    "G": lambda moment, count: (
        "Anno Domini" if count == _FULL else "A" if count == _NARROW else "AD"
    ),
    "a": lambda moment, count: "AM" if moment.hour < 12 else "PM",
    "H": lambda moment, count: _padded(moment.hour, count),
    "k": lambda moment, count: _padded(moment.hour or 24, count),
    "K": lambda moment, count: _padded(moment.hour % 12, count),
    "h": lambda moment, count: _padded(moment.hour % 12 or 12, count),
    "m": lambda moment, count: _padded(moment.minute, count),
    "s": lambda moment, count: _padded(moment.second, count),
    "S": _fraction,
    "f": _shortest_fraction,
    "A": _milliseconds_of_day,
    "n": lambda moment, count: _padded(moment.microsecond * 1000, count),
    "V": _zone_id,
    "z": _zone_short,
    "O": _localized,
    "X": _offset_z,
    "x": _offset_x,
    "Z": _rfc_offset,
}
