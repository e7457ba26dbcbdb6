"""Dates, times and durations as text.

Owns which spellings are accepted: those Pydantic accepts from JSON, for a person may answer through
any face and the flow must be able to read it. Must not know fields or forms.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation

_DATE = r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
_CLOCK = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<part>[0-9]{1,9}))?)?"
    r"(?:(?P<utc>[Zz])|(?P<sign>[+-])(?P<off_hour>[0-9]{2}):?(?P<off_minute>[0-9]{2}))?"
)
_DATE_ONLY = re.compile(_DATE)
_TIME_ONLY = re.compile(_CLOCK)
_DATE_TIME = re.compile(_DATE + r"[Tt _]" + _CLOCK)

_NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
# Only the last part of an ISO 8601 duration may have a fraction.
_ISO_DURATION = re.compile(
    rf"(?!.*[.,][0-9]+[A-Z].*[0-9])(?P<sign>[+-])?P(?=[0-9T])(?:(?P<years>{_NUMBER})Y)?(?:(?P<months>{_NUMBER})M)?"
    rf"(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?=[0-9])(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?"
    rf"(?:(?P<seconds>{_NUMBER})S)?)?"
)
_CLOCK_DURATION = re.compile(
    r"(?P<sign>[+-])?(?:(?P<days>[0-9]+) ?d(?:ays?)?)?(?:,? ?)??"
    r"(?:(?=[0-9]{2}|[0-9]:[0-9]{2}:)(?P<hours>[0-9]+):(?P<minutes>[0-5][0-9])(?::(?P<seconds>[0-5][0-9](?:\.[0-9]{1,9})?))?)?",
    re.IGNORECASE,
)
_SPOKEN_DURATION = re.compile(
    rf"(?P<sign>[+-])?(?:(?P<weeks>{_NUMBER})\s*w(?:eeks?)?[\s,]*)?"
    rf"(?:(?P<days>{_NUMBER})\s*d(?:ays?)?[\s,]*)?"
    rf"(?:(?P<hours>{_NUMBER})\s*h(?:ours?|rs?)?[\s,]*)?"
    rf"(?:(?P<minutes>{_NUMBER})\s*m(?:in(?:ute)?s?)?[\s,]*)?"
    rf"(?:(?P<seconds>{_NUMBER})\s*s(?:ec(?:ond)?s?)?)?\s*",
    re.IGNORECASE,
)
_SECONDS = {
    "years": 31_536_000,
    "months": 2_592_000,
    "weeks": 604_800,
    "days": 86_400,
    "hours": 3_600,
    "minutes": 60,
    "seconds": 1,
}


def parse_date(text: str) -> date | None:
    """An ISO 8601 date such as `2026-03-01`; None when the text is none."""
    if not _DATE_ONLY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """An ISO 8601 time of day such as `09:30` or `09:30:00+02:00`; None when the text is none."""
    match = _TIME_ONLY.fullmatch(text)
    return _clock(match) if match else None


def parse_datetime(text: str) -> datetime | None:
    """An ISO 8601 date and time, with or without an offset; None when the text is none."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    day, clock = parse_date(match["date"]), _clock(match)
    return datetime.combine(day, clock) if day is not None and clock is not None else None


def parse_duration(text: str) -> timedelta | None:
    """A duration: ISO 8601 (`PT1H30M`), a clock (`1:30:00`) or days (`2 days, 4:00:00`).

    A year has 365 days and a month 30. None when the text is no duration or is too long to keep.
    """
    match = _ISO_DURATION.fullmatch(text) or _CLOCK_DURATION.fullmatch(text)
    return _total(match) if match else None


def spoken_duration(text: str) -> str | None:
    """What people write for a duration (`90m`, `1h 30m`, `2 days`) as ISO 8601.

    None when the text is not of that kind; text that `parse_duration` reads is returned as it is.
    """
    if parse_duration(text) is not None:
        return text
    match = _SPOKEN_DURATION.fullmatch(text)
    total = _total(match) if match else None
    return None if total is None else iso_duration(total)


def iso_duration(total: timedelta) -> str:
    """The ISO 8601 spelling of a duration, such as `P1DT2H` or `PT0.5S`."""
    sign = "-" if total < timedelta() else ""
    total = abs(total)
    minutes, seconds = divmod(total.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    part = f".{total.microseconds:06d}".rstrip("0") if total.microseconds else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or part or not (clock or total.days):
        clock += f"{seconds}{part}S"
    return f"{sign}P" + (f"{total.days}D" if total.days else "") + (f"T{clock}" if clock else "")


def comparable(format_name: str, text: str) -> date | time | datetime | timedelta | None:
    """A value that compares with others of the same format; times without an offset count as UTC.

    None when the text does not have the format, or the format has no order.
    """
    if format_name == "date":
        return parse_date(text)
    if format_name == "duration":
        return parse_duration(text)
    if format_name == "date-time":
        moment = parse_datetime(text)
        if moment is None or moment.tzinfo is not None:
            return moment
        return moment.replace(tzinfo=UTC)
    clock = parse_time(text) if format_name == "time" else None
    return clock.replace(tzinfo=UTC) if clock is not None and clock.tzinfo is None else clock


def _clock(match: re.Match[str]) -> time | None:
    microsecond = int((match["part"] or "0")[:6].ljust(6, "0"))
    zone: timezone | None = UTC if match["utc"] else None
    try:
        if match["sign"]:
            hours, minutes = int(match["off_hour"]), int(match["off_minute"])
            if minutes > 59:
                return None
            offset = timedelta(hours=hours, minutes=minutes)
            zone = timezone(-offset if match["sign"] == "-" else offset)
        return time(
            int(match["hour"]), int(match["minute"]), int(match["second"] or 0), microsecond, zone
        )
    except ValueError:
        return None


def _total(match: re.Match[str]) -> timedelta | None:
    parts = {unit: value for unit, value in match.groupdict().items() if value and unit != "sign"}
    if not parts:
        return None
    try:
        seconds = sum(
            Decimal(value.replace(",", ".")) * _SECONDS[unit] for unit, value in parts.items()
        )
        total = timedelta(microseconds=int(seconds * 1_000_000))
    except (InvalidOperation, OverflowError):
        return None
    return -total if match["sign"] == "-" else total
