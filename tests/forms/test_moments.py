"""Dates, times and durations are read as Pydantic reads them from JSON."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from signoff.core import moments

DURATION = TypeAdapter(datetime.timedelta)
READERS = {
    datetime.date: moments.parse_date,
    datetime.time: moments.parse_time,
    datetime.datetime: moments.parse_datetime,
    datetime.timedelta: moments.parse_duration,
}


def by_pydantic(type_: Any, text: str) -> Any:
    try:
        return TypeAdapter(type_).validate_json(json.dumps(text), strict=True)
    except ValidationError:
        return None


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (type_, text)
        for type_, texts in {
            datetime.date: "2024-02-29 2023-02-29 2024-1-1 20240101 0000-01-01 2024-01-01T00:00",
            datetime.time: "10:00 10:00:00 10:00:00.5 10:00Z 10:00z 10:00:00+02:00 10:00+0200"
            " 1000 9:00 24:00 10:60 10 10:00-23:59 10:00+24:00 10:00:00,25",
            datetime.datetime: "2024-01-01T10:00 2024-01-01t10:00z 2024-01-01_10:00"
            " 2024-01-01T10:00:00.123456789+02:00 2024-01-01T10:00+02 20240101T100000"
            " 2024-01-01T24:00 2024-01-01T23:59:60 2024-01-01 2024-02-30T10:00",
            datetime.timedelta: "PT1H P1D P1W -P1D +P1D P1DT2H3M4.5S 1:30:00 01:30 90 3d P1Y P1M"
            " PT P PT1.5H -1:00:00 01:30:00.5 pt1h P1,5D 25:00:00 00:61:00 1:5 +1:00:00 100:00:00"
            " P1.5DT1H P1S PT1D 1:00",
        }.items()
        for text in texts.split(" ")
    ],
)
def test_reads_what_pydantic_reads(type_: type, text: str) -> None:
    assert READERS[type_](text) == by_pydantic(type_, text)  # type: ignore[operator]


@pytest.mark.parametrize("text", ["1 day", "3 days, 04:00:00", "1 days 01:00:00", "-2 days"])
def test_days_are_read_as_pydantic_reads_them(text: str) -> None:
    assert moments.parse_duration(text) == by_pydantic(datetime.timedelta, text)


def test_a_space_may_stand_between_date_and_time() -> None:
    moment = moments.parse_datetime("2024-01-01 10:00")
    assert moment is not None
    assert moment.isoformat() == "2024-01-01T10:00:00"


@given(st.timedeltas())
def test_every_duration_has_a_spelling_that_pydantic_reads(total: datetime.timedelta) -> None:
    text = moments.iso_duration(total)
    assert moments.parse_duration(text) == total
    # Pydantic's own limit is below Python's.
    if abs(total) < datetime.timedelta(days=999_999_999):
        assert DURATION.validate_json(json.dumps(text)) == total


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("90m", "PT1H30M"),
        ("90 minutes", "PT1H30M"),
        ("1.5 h", "PT1H30M"),
        ("1 week 2 days", "P9D"),
        ("-2h", "-PT2H"),
        ("0.5s", "PT0.5S"),
        ("0s", "PT0S"),
        ("1,5h", "PT1H30M"),
        ("3 days", "3 days"),
        ("PT5M", "PT5M"),
        ("5", None),
        ("", None),
        ("h", None),
        ("5 parsecs", None),
        ("1e5 h", None),
        ("9" * 30 + " days", None),
    ],
)
def test_spoken_durations(text: str, iso: str | None) -> None:
    assert moments.spoken_duration(text) == iso


def test_moments_compare_within_their_format() -> None:
    early = moments.comparable("date-time", "2024-01-01T10:00+02:00")
    late = moments.comparable("date-time", "2024-01-01T09:00")
    assert early is not None
    assert late is not None
    assert early < late  # type: ignore[operator]
    assert moments.comparable("time", "10:00") == moments.comparable("time", "10:00Z")
    assert moments.comparable("email", "a@b.c") is None
    assert moments.comparable("date", "tomorrow") is None
