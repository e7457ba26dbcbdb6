"""Times and durations as people read and write them on a command line.

Owns their notation. The present time is always passed in.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import typer

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_PART = re.compile(
    r"(\d+(?:\.\d+)?)\s*"
    r"(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:eeks?)?)(?![a-z])",
    re.IGNORECASE,
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The present time, UTC."""
    return datetime.now(UTC)


def from_micros(at: int) -> datetime:
    """The time that a number of microseconds since the epoch stands for."""
    return EPOCH + timedelta(microseconds=at)


def iso(at: datetime | int | None) -> str | None:
    """A time for programs: ISO 8601, UTC, microseconds, `Z`; None stays None."""
    if at is None:
        return None
    moment = from_micros(at) if isinstance(at, int) else at.astimezone(UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def local(at: datetime | int) -> str:
    """A time for people, in the zone of this machine."""
    moment = from_micros(at) if isinstance(at, int) else at
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z").rstrip()


def duration(seconds: float) -> str:
    """A length of time in its two largest units: `3d 4h`, `12m 5s`, `0.42s`."""
    if seconds < 10:
        return f"{max(seconds, 0):.2f}s"
    whole = int(seconds)
    for big, small in (("d", "h"), ("h", "m"), ("m", "s")):
        if whole >= _UNITS[big]:
            count, rest = divmod(whole, _UNITS[big])
            rest //= _UNITS[small]
            return f"{count}{big} {rest}{small}" if rest else f"{count}{big}"
    return f"{whole}s"


def ago(at: datetime | int | None, present: datetime) -> str:
    """How long ago, or in how long: `5m ago`, `in 2h`; `-` for never."""
    if at is None:
        return "-"
    moment = from_micros(at) if isinstance(at, int) else at
    seconds = (present - moment).total_seconds()
    if abs(seconds) < 1:
        return "now"
    whole = duration(float(int(abs(seconds))) if abs(seconds) >= 10 else round(abs(seconds)))
    whole = whole.replace(".00s", "s")
    return f"{whole} ago" if seconds > 0 else f"in {whole}"


def seconds_of(text: str) -> float:
    """The length of time that `90`, `10m`, `1d 12h` or `2 hours` means, in seconds.

    Raises:
        typer.BadParameter: it is none of these.
    """
    parts = _PART.findall(text)
    if parts and not _PART.sub("", text).strip():
        return sum(float(count) * _UNITS[unit[0].lower()] for count, unit in parts)
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no length of time; write one such as 30s, 10m or 1d 12h"
        ) from None


def parse_since(text: str, present: datetime) -> datetime:
    """The time that `2h`, `1d 12h`, a date or a time in ISO 8601 means.

    A time without a zone is in the zone of this machine.

    Raises:
        ValueError: it is none of these.
    """
    parts = _PART.findall(text)
    if parts and not _PART.sub("", text).strip():
        seconds = sum(float(count) * _UNITS[unit[0].lower()] for count, unit in parts)
        return present - timedelta(seconds=seconds)
    return datetime.fromisoformat(text).astimezone(UTC)
