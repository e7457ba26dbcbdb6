"""Cron expressions of schedules.

Owns whether one can be read. What moments follow from it is in `core/schedules`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

from signoff.model.schedules import MACROS, expression
from signoff.yamlflow.syntax.findings import unknown

_RANGES = {
    "second": "0 to 59",
    "minute": "0 to 59",
    "hour": "0 to 23",
    "day-of-month": "a day that the month has, 1 to 31, or L",
    "month": "1 to 12, or JAN to DEC",
    "day-of-week": "0 to 7, or SUN to SAT",
}
_START = datetime(2024, 1, 1, tzinfo=UTC)


def cron_problem(cron: str, *, with_seconds: bool) -> str | None:
    """Why a cron expression cannot be read; None when it can.

    Args:
        cron: five fields, or a name such as `@daily`.
        with_seconds: there is a field for seconds in front of the five.
    """
    fields = expression(cron).split()
    if cron.lstrip().startswith("@") and len(fields) == 1:
        return unknown("name of a cron expression", cron.strip(), MACROS)
    wanted = 6 if with_seconds and not cron.lstrip().startswith("@") else 5
    if len(fields) != wanted:
        hint = "" if with_seconds else "; set `withSeconds: true` for one with seconds"
        return (
            f"A cron expression has {wanted} fields (such as '0 9 * * 1-5'), got {len(fields)} in "
            f"{cron[:80]!r}{hint if len(fields) == 6 else ''}."
        )
    try:
        CronSim(" ".join(fields), _START)
    except CronSimError as problem:
        part = str(problem).removeprefix("Bad ")
        why = f"its {part} must be {_RANGES[part]}" if part in _RANGES else str(problem)
        return f"{cron[:80]!r} is no cron expression: {why}."
    return None
