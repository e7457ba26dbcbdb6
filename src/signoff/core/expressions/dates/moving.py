"""Moments moved by so many units of time.

Owns the units. Days and longer units move the date and keep the time of day; shorter ones count
what passes, also across a change of the clock.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta

from signoff.core.expressions.misuse import Misuse

_PASSING = {
    "NANOS": timedelta(microseconds=1) / 1000,
    "MICROS": timedelta(microseconds=1),
    "MILLIS": timedelta(milliseconds=1),
    "SECONDS": timedelta(seconds=1),
    "MINUTES": timedelta(minutes=1),
    "HOURS": timedelta(hours=1),
    "HALF_DAYS": timedelta(hours=12),
}
_DAYS = {"DAYS": 1, "WEEKS": 7}
_MONTHS = {"MONTHS": 1, "YEARS": 12, "DECADES": 120, "CENTURIES": 1_200, "MILLENNIA": 12_000}
UNITS = (*_PASSING, *_DAYS, *_MONTHS)
_NANOS_PER_MICRO = 1_000


def move(moment: datetime, amount: int, unit: str) -> datetime:
    """The moment so much later, or earlier when the amount is negative.

    Raises:
        Misuse: there is no such unit, or the result lies outside the years 1 to 9999.
    """
    name = unit.upper()
    name = name if name in UNITS else f"{name}S"
    try:
        if name == "NANOS":
            return _pass(moment, timedelta(microseconds=amount // _NANOS_PER_MICRO))
        if name in _PASSING:
            return _pass(moment, amount * _PASSING[name])
        if name in _DAYS:
            return moment + timedelta(days=amount * _DAYS[name])
        if name in _MONTHS:
            return _by_months(moment, amount * _MONTHS[name])
    except (OverflowError, ValueError):
        raise Misuse(f"cannot move {moment.isoformat()} by {amount} {name}") from None
    raise Misuse(f"knows the units {', '.join(UNITS)}, not {unit[:40]!r}")


def _pass(moment: datetime, span: timedelta) -> datetime:
    return (moment.astimezone(UTC) + span).astimezone(moment.tzinfo)


def _by_months(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
