"""The moments of a schedule, and which of them get a run now.

Pure: the present moment is passed in. Time zones are those of the IANA database. Where clocks are
put forward, a run that would fall into the gap happens as much later as the gap is long; where they
are put back, a run at a time of day happens once, and one that repeats within the hour happens in
both. Cron expressions behave as those of Debian's cron.

Owns that arithmetic. Must not know runs or deployments. Moments travel as UTC microseconds since
the Unix epoch.
"""

from __future__ import annotations

import heapq
import importlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim

from signoff.model.schedules import (
    CatchUp,
    CronSchedule,
    IntervalSchedule,
    RRuleSchedule,
    Rule,
    expression,
)
from signoff.model.values import dataclass

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_FIRST = datetime(2020, 1, 1)  # noqa: DTZ001  (a wall clock's)
"""What recurrence rules without a start of their own count from, as documented."""
_HORIZON = timedelta(days=50 * 366)
"""How far ahead a moment is looked for; a schedule without one until then has none."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far ahead runs are made, as documented.

    Args:
        min_runs: at least so many runs ...
        min_ahead: ... and at least so far ahead (microseconds) ...
        max_runs: ... but never more than so many ...
        max_ahead: ... and never further ahead than this (microseconds).
    """

    min_runs: int = 3
    min_ahead: int = 3_600_000_000
    max_runs: int = 100
    max_ahead: int = 100 * 86_400_000_000


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be done for a schedule.

    Args:
        moments: those for which a run is to be made now.
        made: the last moment for which runs are made then; None for none yet.
        look: when to look again; None when no moment will come.
    """

    moments: tuple[int, ...]
    made: int | None
    look: int | None


def outlook(
    rule: Rule, now: int, made: int | None, catchup: CatchUp = "none", limits: Limits | None = None
) -> Outlook:
    """Which runs to make for a schedule at a moment.

    Args:
        rule: the schedule; an interval with its anchor.
        now: the present moment.
        made: the last moment for which a run was made; None when none was.
        catchup: what becomes of moments between `made` and `now`.
        limits: how far ahead.
    """
    bounds = limits or Limits()
    missed = _missed(rule, now, made, catchup, bounds.max_runs)
    ahead = list(_ahead(rule, now, bounds))
    fresh = [moment for moment in ahead if made is None or moment > made]
    latest = max((made, *missed, *fresh), key=lambda each: -1 if each is None else each)
    return Outlook((*missed, *fresh), latest, ahead[0] if ahead else _later(rule, now, bounds))


def _ahead(rule: Rule, now: int, limits: Limits) -> Iterator[int]:
    coming = takewhile(lambda moment: moment <= now + limits.max_ahead, times(rule, now))
    for count, moment in enumerate(coming, 1):
        yield moment
        enough = count >= limits.min_runs and moment >= now + limits.min_ahead
        if enough or count >= limits.max_runs:
            return


def _missed(rule: Rule, now: int, made: int | None, catchup: CatchUp, most: int) -> tuple[int, ...]:
    if catchup == "none" or made is None or made >= now:
        return ()
    if catchup == "all":
        return tuple(islice(_between(rule, made, now), most))
    for back in _SPANS:
        # Nearest first: years of seconds may have passed.
        found = tuple(_between(rule, max(made, now - back), now))
        if found:
            return found[-1:]
    return tuple(_between(rule, made, now))[-1:]


_SPANS = (60_000_000, 3_600_000_000, 86_400_000_000, 32 * 86_400_000_000)


def _between(rule: Rule, after: int, until: int) -> Iterator[int]:
    return takewhile(lambda moment: moment <= until, times(rule, after))


def _later(rule: Rule, now: int, limits: Limits) -> int | None:
    """When the first moment, which is further ahead than runs are made, comes near enough."""
    first = next(times(rule, now), None)
    return None if first is None else first - limits.max_ahead


def times(rule: Rule, after: int) -> Iterator[int]:
    """The moments of a schedule that come after a moment, each once and in order."""
    start = _moment(after)
    if isinstance(rule, CronSchedule):
        found = _of_cron(rule, start)
    elif isinstance(rule, IntervalSchedule):
        found = _of_interval(rule, start)
    else:
        found = _of_rrule(rule, start)
    last = start
    for moment in found:
        if moment > start + _HORIZON:
            return
        if moment > last:
            last = moment
            yield _microseconds(moment)


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _zone(rule: Rule) -> tzinfo:
    return UTC if rule.timezone in (None, "UTC") else ZoneInfo(rule.timezone or "UTC")


# Wall clocks -------------------------------------------------------------------------------


def _meant(wall: datetime, zone: tzinfo) -> datetime:
    """The moment when a wall clock shows a time: the first when it does so twice; when it never
    does, as long after the gap began as the time is."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _again(wall: datetime, zone: tzinfo) -> datetime | None:
    """The second moment when a wall clock shows a time; None when it shows it once or never."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return second if second > first else None


def _both(walls: Iterable[datetime], zone: tzinfo) -> Iterator[datetime]:
    """The moments of times that repeat within the hour, those that the clock shows twice too."""
    second: list[datetime] = []
    for wall in walls:
        first = _meant(wall, zone)
        while second and second[0] <= first:
            yield heapq.heappop(second)
        yield first
        again = _again(wall, zone)
        if again is not None:
            heapq.heappush(second, again)
    yield from sorted(second)


# Cron --------------------------------------------------------------------------------------


def _of_cron(rule: CronSchedule, start: datetime) -> Iterator[datetime]:
    here = start.astimezone(_zone(rule))
    *seconds, minute, hour, day, month, weekday = expression(rule.cron).split()
    if rule.day_or or day.startswith("*") or weekday.startswith("*"):
        for moment in CronSim(expression(rule.cron), here):
            yield moment.astimezone(UTC)
        return
    end = here + _HORIZON
    for moment in CronSim(" ".join((*seconds, minute, hour, day, month, "*")), here):
        if moment > end:
            return
        if _falls_on(moment, weekday):
            yield moment.astimezone(UTC)


def _falls_on(moment: datetime, weekday: str) -> bool:
    midnight = moment.replace(hour=0, minute=0, tzinfo=None)
    found: datetime = next(CronSim(f"0 0 * * {weekday}", midnight - timedelta(minutes=1)))
    return found == midnight


# Intervals ---------------------------------------------------------------------------------


def _of_interval(rule: IntervalSchedule, start: datetime) -> Iterator[datetime]:
    anchor, step = (rule.anchor_date or _EPOCH).astimezone(UTC), rule.interval
    if step < _DAY:
        count = (start - anchor) // step
        while True:
            yield anchor + count * step
            count += 1
    zone = _zone(rule)
    wall = anchor.astimezone(zone).replace(tzinfo=None)
    # One step back, because the clocks may have been changed since the anchor.
    count = (start.astimezone(zone).replace(tzinfo=None) - wall) // step - 1
    while True:
        yield _meant(wall + count * step, zone)
        count += 1


# Recurrence rules --------------------------------------------------------------------------


def _of_rrule(rule: RRuleSchedule, start: datetime) -> Iterator[datetime]:
    # Loaded on first use: only this kind of schedule needs it.
    lib = importlib.import_module("dateutil.rrule")
    found: Any = lib.rrulestr(rule.rrule, dtstart=_FIRST)
    first = next(iter(found), None)
    if first is None:
        return
    if first.tzinfo is not None:
        for moment in found.xafter(start):
            yield moment.astimezone(UTC)
        return
    zone = _zone(rule)
    # A day back, because a wall clock may show an earlier time later.
    here = start.astimezone(zone).replace(tzinfo=None) - _DAY
    walls = _nearer(found, here).xafter(here, inc=True)
    if getattr(found, "_freq", lib.DAILY) > lib.DAILY:
        yield from _both(walls, zone)
    else:
        for wall in walls:
            yield _meant(wall, zone)


_STEPS = {
    3: timedelta(days=1),
    2: timedelta(weeks=1),
    4: timedelta(hours=1),
    5: timedelta(minutes=1),
    6: timedelta(seconds=1),
}
"""How long a step of each frequency is, by the numbers of dateutil; months and years vary."""


def _nearer(found: Any, here: datetime) -> Any:
    """The same rule, begun not long before a moment: a rule by the second has had 200 million
    moments since 2020. Counted rules and sets of rules are left as they are."""
    step = _STEPS.get(getattr(found, "_freq", -1))
    if step is None or found._count is not None or found._dtstart >= here:
        return found
    skipped = (here - found._dtstart) // (step * found._interval) - 1
    if skipped <= 0:
        return found
    return found.replace(dtstart=found._dtstart + skipped * step * found._interval)
