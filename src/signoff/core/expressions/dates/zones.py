"""Time zones by name, as expressions write them.

Owns the spellings: `Z`, `UTC`, offsets such as `+02:00` and `GMT+2`, and names of the IANA
database.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from signoff.core.expressions.misuse import Misuse

_OFFSET = re.compile(r"(?:UTC|GMT|UT)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?(?::?([0-9]{2}))?")
_IANA = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,59}")
_MOST_HOURS = 18


def zone(name: str) -> tzinfo:
    """The time zone of a name.

    Raises:
        Misuse: there is none.
    """
    if name in ("Z", "UTC", "GMT", "UT"):
        return UTC
    if match := _OFFSET.fullmatch(name):
        sign, hours, minutes, seconds = match.groups(default="0")
        offset = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
        if offset <= timedelta(hours=_MOST_HOURS):
            return timezone(-offset if sign == "-" else offset)
    try:
        if _IANA.fullmatch(name):
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        pass
    raise Misuse(f"knows no time zone {name[:60]!r}; names are such as Europe/Paris, UTC or +02:00")
