"""Filters of dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from signoff.core.expressions import coercing
from signoff.core.expressions.dates.moving import move
from signoff.core.expressions.dates.names import check_locale
from signoff.core.expressions.dates.reading import moment_of
from signoff.core.expressions.dates.writing import write
from signoff.core.expressions.dates.zones import zone
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.registry import Call, Shelf
from signoff.core.expressions.values import moment_text

MOMENTS = Shelf("filter", "Dates")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@MOMENTS.add(
    "date",
    "Written by a pattern of Java's DateTimeFormatter, or by one's name; as ISO 8601 without one.",
    ("'2024-07-01T12:30:00Z' | date('dd.MM.yyyy HH:mm')", "01.07.2024 12:30"),
    ("'July 24, 2001' | date('yyyy-MM-dd', existingFormat='MMMM dd, yyyy')", "2001-07-24"),
    (
        "'2024-07-01T12:30:00Z' | date(\"yyyy-MM-dd'T'HH:mmXXX\", timeZone='Europe/Paris')",
        "2024-07-01T14:30+02:00",
    ),
    takes="format?, existingFormat?, timeZone?, locale?",
)
def _date(
    call: Call,
    value: object,
    format: object = None,
    existing_format: object = None,
    time_zone: object = None,
    locale: object = None,
) -> object:
    check_locale(locale)
    return _written(call, _moment(call, value, existing_format, time_zone), format)


@MOMENTS.add(
    "dateAdd",
    "Moved by so many units: `NANOS`, `MICROS`, `MILLIS`, `SECONDS`, `MINUTES`, `HOURS`,"
    " `HALF_DAYS`, `DAYS`, `WEEKS`, `MONTHS`, `YEARS`, `DECADES`, `CENTURIES`, `MILLENNIA`.",
    ("'2024-01-31' | dateAdd(1, 'MONTHS', 'iso_local_date')", "2024-02-29"),
    ("'2024-07-09T06:17:01Z' | dateAdd(-1, 'DAYS')", "2024-07-08T06:17:01Z"),
    takes="amount, unit, format?, existingFormat?, timeZone?, locale?",
)
def _date_add(
    call: Call,
    value: object,
    amount: object,
    unit: object,
    format: object = None,
    existing_format: object = None,
    time_zone: object = None,
    locale: object = None,
) -> object:
    check_locale(locale)
    moment = _moment(call, value, existing_format, time_zone)
    moved = move(moment, coercing.whole(amount, "amount"), coercing.string(call, unit, "unit"))
    return _written(call, moved, format)


@MOMENTS.add(
    "timestamp",
    "Seconds since 1970.",
    ("'2024-07-09T06:17:01Z' | timestamp", "1720505821"),
    takes="existingFormat?, timeZone?",
)
def _timestamp(
    call: Call, value: object, existing_format: object = None, time_zone: object = None
) -> object:
    return _since_epoch(call, value, existing_format, time_zone) // 1_000_000


@MOMENTS.add(
    "timestampMilli",
    "Milliseconds since 1970.",
    ("'2024-07-09T06:17:01.5Z' | timestampMilli", "1720505821500"),
    takes="existingFormat?, timeZone?",
)
def _timestamp_milli(
    call: Call, value: object, existing_format: object = None, time_zone: object = None
) -> object:
    return _since_epoch(call, value, existing_format, time_zone) // 1_000


@MOMENTS.add(
    "timestampMicro",
    "Microseconds since 1970.",
    ("'2024-07-09T06:17:01.5Z' | timestampMicro", "1720505821500000"),
    takes="existingFormat?, timeZone?",
)
def _timestamp_micro(
    call: Call, value: object, existing_format: object = None, time_zone: object = None
) -> object:
    return _since_epoch(call, value, existing_format, time_zone)


@MOMENTS.add(
    "timestampNano",
    "Nanoseconds since 1970.",
    ("'2024-07-09T06:17:01.5Z' | timestampNano", "1720505821500000000"),
    takes="existingFormat?, timeZone?",
)
def _timestamp_nano(
    call: Call, value: object, existing_format: object = None, time_zone: object = None
) -> object:
    return _since_epoch(call, value, existing_format, time_zone) * 1_000


def in_zone(call: Call, value: object, time_zone: object) -> datetime:
    """The moment that a value stands for, in a zone; in its own without one."""
    return _moment(call, value, None, time_zone)


def _since_epoch(call: Call, value: object, existing_format: object, time_zone: object) -> int:
    moment = _moment(call, value, existing_format, time_zone)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _moment(call: Call, value: object, existing: object, time_zone: object) -> datetime:
    target: tzinfo | None = None
    if time_zone is not None:
        target = zone(coercing.string(call, time_zone, "timeZone"))
    pattern = None if existing is None else coercing.string(call, existing, "existingFormat")
    moment = moment_of(value, pattern, target or UTC)
    try:
        return moment if target is None else moment.astimezone(target)
    except OverflowError:
        raise Misuse(f"cannot show {moment.isoformat()} in this time zone") from None


def _written(call: Call, moment: datetime, format: object) -> str:
    if format is None:
        return moment_text(moment)
    return write(moment, coercing.string(call, format, "format"))
