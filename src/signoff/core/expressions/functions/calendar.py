"""Functions of the clock and the calendar."""

from __future__ import annotations

from datetime import timedelta

from signoff.core.expressions import coercing
from signoff.core.expressions.dates.names import DAYS, check_locale
from signoff.core.expressions.dates.writing import write
from signoff.core.expressions.dates.zones import zone
from signoff.core.expressions.filters.moments import in_zone
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.registry import Call, Shelf

CALENDAR = Shelf("function", "Dates")

_POSITIONS = ("FIRST", "SECOND", "THIRD", "FOURTH", "LAST")
_SATURDAY = 5
_WEEK = timedelta(days=7)


@CALENDAR.add(
    "now",
    "The present moment, in UTC or another zone; written by a pattern when there is one.",
    ("now()", "2024-07-09T06:17:01.171193Z"),
    ("now(timeZone='Europe/Paris')", "2024-07-09T08:17:01.171193+02:00"),
    takes="format?, timeZone?, locale?",
)
def _now(
    call: Call, format: object = None, time_zone: object = None, locale: object = None
) -> object:
    check_locale(locale)
    moment = call.lookups.now()
    if time_zone is not None:
        moment = moment.astimezone(zone(coercing.string(call, time_zone, "timeZone")))
    return moment if format is None else write(moment, coercing.string(call, format, "format"))


@CALENDAR.add(
    "isWeekend",
    "Whether it is a Saturday or Sunday.",
    ("isWeekend('2024-07-06')", "true"),
    takes="date, timeZone?",
)
def _is_weekend(call: Call, date: object, time_zone: object = None) -> object:
    return in_zone(call, date, time_zone).weekday() >= _SATURDAY


@CALENDAR.add(
    "isDayWeekInMonth",
    "Whether it is the `FIRST` to `FOURTH`, or `LAST`, such day of the week in its month.",
    ("isDayWeekInMonth('2024-07-01', 'MONDAY', 'FIRST')", "true"),
    takes="date, dayOfWeek, position, timeZone?",
)
def _is_day_week_in_month(
    call: Call, date: object, day_of_week: object, position: object, time_zone: object = None
) -> object:
    day, names = call.text(day_of_week).upper(), [name.upper() for name in DAYS]
    place = call.text(position).upper()
    if day not in names:
        raise Misuse(f"needs a day such as MONDAY as its dayOfWeek, not {day[:40]!r}")
    if place not in _POSITIONS:
        raise Misuse(f"needs one of {', '.join(_POSITIONS)} as its position, not {place[:40]!r}")
    moment = in_zone(call, date, time_zone)
    if names[moment.weekday()] != day:
        return False
    if place == "LAST":
        return (moment.date() + _WEEK).month != moment.month
    return (moment.day - 1) // _WEEK.days == _POSITIONS.index(place)


@CALENDAR.add(
    "dayOfWeek",
    "The name of the day.",
    ("dayOfWeek('2024-07-01')", "MONDAY"),
    takes="date, timeZone?",
)
def _day_of_week(call: Call, date: object, time_zone: object = None) -> object:
    return DAYS[in_zone(call, date, time_zone).weekday()].upper()


@CALENDAR.add(
    "dayOfMonth",
    "The day of the month.",
    ("dayOfMonth('2024-07-01')", "1"),
    takes="date, timeZone?",
)
def _day_of_month(call: Call, date: object, time_zone: object = None) -> object:
    return in_zone(call, date, time_zone).day


@CALENDAR.add(
    "monthOfYear",
    "The month, from 1.",
    ("monthOfYear('2024-07-01')", "7"),
    takes="date, timeZone?",
)
def _month_of_year(call: Call, date: object, time_zone: object = None) -> object:
    return in_zone(call, date, time_zone).month


@CALENDAR.add(
    "hourOfDay",
    "The hour, 0 to 23.",
    ("hourOfDay('2024-07-01T12:30:00Z', timeZone='Europe/Paris')", "14"),
    takes="date, timeZone?",
)
def _hour_of_day(call: Call, date: object, time_zone: object = None) -> object:
    return in_zone(call, date, time_zone).hour
