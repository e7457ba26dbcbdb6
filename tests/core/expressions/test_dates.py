"""Dates by patterns: writing, reading, moving. The expected texts are those Java gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.core.expressions.dates.patterns import LETTERS
from signoff.core.expressions.rendering import render_text
from tests.core.expressions.world import LOOKUPS, text

pytestmark = pytest.mark.rules

MOMENT = "2024-07-09T06:07:08.012345Z"
WRITTEN = [
    ("yyyy-MM-dd", "2024-07-09"),
    ("yy/M/d", "24/7/9"),
    ("uuuu", "2024"),
    ("y", "2024"),
    ("MMM MMMM MMMMM", "Jul July J"),
    ("LLL", "Jul"),
    ("E EEE EEEE EEEEE", "Tue Tue Tuesday T"),
    ("e", "2"),
    ("D DDD", "191 191"),
    ("H HH:mm:ss", "6 06:07:08"),
    ("h:mm a", "6:07 AM"),
    ("k K", "6 6"),
    ("S SSS SSSSSS SSSSSSSSS", "0 012 012345 012345000"),
    ("n", "12345000"),
    ("A", "22028012"),
    ("X XX XXX", "Z Z Z"),
    ("x xx xxx", "+00 +0000 +00:00"),
    ("Z ZZZZ ZZZZZ", "+0000 GMT Z"),
    ("O", "GMT"),
    ("VV", "Z"),
    ("z", "UTC"),
    ("Q QQQ QQQQ", "3 Q3 3rd quarter"),
    ("YYYY-'W'ww", "2024-W28"),
    ("G", "AD"),
    ("yyyy-MM-dd'T'HH:mm", "2024-07-09T06:07"),
    ("'it''s' ''yy''", "it's '24'"),
    ("dd.MM.[yyyy]", "09.07.2024"),
    ("iso", "2024-07-09T06:07:08.012345Z"),
    ("iso_sec", "2024-07-09T06:07:08Z"),
    ("sql", "2024-07-09 06:07:08.012345"),
    ("sql_seq", "2024-07-09 06:07:08"),
    ("iso_date_time", "2024-07-09T06:07:08.012345Z"),
    ("ISO_DATE", "2024-07-09Z"),
    ("iso_local_date", "2024-07-09"),
    ("iso_time", "06:07:08.012345Z"),
    ("iso_local_time", "06:07:08.012345"),
    ("iso_instant", "2024-07-09T06:07:08.012345Z"),
    ("iso_local_date_time", "2024-07-09T06:07:08.012345"),
    ("iso_offset_time", "06:07:08.012345Z"),
    ("iso_ordinal_date", "2024-191Z"),
    ("iso_week_date", "2024-W28-2Z"),
    ("rfc_1123_date_time", "Tue, 9 Jul 2024 06:07:08 +0000"),
]


@pytest.mark.parametrize(("pattern", "result"), WRITTEN)
def test_written(pattern: str, result: str) -> None:
    assert render_text("{{ m | date(p) }}", {"m": MOMENT, "p": pattern}, LOOKUPS) == result


ZONES = [
    ("Europe/Paris", "XXX", "+02:00"),
    ("Europe/Paris", "z VV", "CEST Europe/Paris"),
    ("Europe/Paris", "iso_zoned_date_time", "2024-07-09T08:07:08.012345+02:00[Europe/Paris]"),
    ("Asia/Kolkata", "X x O", "+0530 +0530 GMT+5:30"),
    ("-03:00", "XXX VV", "-03:00 -03:00"),
    ("GMT+2", "HH", "08"),
    ("UTC", "HH", "06"),
]


@pytest.mark.parametrize(("zone", "pattern", "result"), ZONES)
def test_in_a_zone(zone: str, pattern: str, result: str) -> None:
    variables = {"m": MOMENT, "p": pattern, "z": zone}
    assert render_text("{{ m | date(p, timeZone=z) }}", variables, LOOKUPS) == result


READ = [
    ("July 24, 2001", "MMMM dd, yyyy", "2001-07-24T00:00:00Z"),
    ("24 jul 2001 3:04 PM", "d MMM yyyy h:mm a", "2001-07-24T15:04:00Z"),
    ("01/02/03", "dd/MM/yy", "2003-02-01T00:00:00Z"),
    ("2001-07-24 10:11:12.5", "yyyy-MM-dd HH:mm:ss.S", "2001-07-24T10:11:12.500Z"),
    ("2001-07-24T10:11:12+02:00", "yyyy-MM-dd'T'HH:mm:ssXXX", "2001-07-24T10:11:12+02:00"),
    ("2001-205", "yyyy-DDD", "2001-07-24T00:00:00Z"),
    ("20010724", "yyyyMMdd", "2001-07-24T00:00:00Z"),
    ("24.07.2001 Europe/Paris", "dd.MM.yyyy VV", "2001-07-24T00:00:00+02:00"),
    ("Tue, 24 Jul 2001 10:11:12 GMT", "EEE, d MMM yyyy HH:mm:ss ZZ", "2001-07-24T10:11:12Z"),
    ("12 AM", "h a", "1970-01-01T00:00:00Z"),
]


@pytest.mark.parametrize(("written", "pattern", "result"), READ)
def test_read(written: str, pattern: str, result: str) -> None:
    variables = {"m": written, "p": pattern}
    assert render_text("{{ m | date(existingFormat=p) }}", variables, LOOKUPS) == result


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("'2024-07-01'", "2024-07-01T00:00:00Z"),
        ("'2024-07-01T10:00'", "2024-07-01T10:00:00Z"),
        ("'2024-07-01 10:00:00+02:00'", "2024-07-01T10:00:00+02:00"),
        ("'2024-07-01T10:00:00+02:00[Europe/Paris]'", "2024-07-01T10:00:00+02:00"),
        ("1720505821135", "2024-07-09T06:17:01.135Z"),
        ("now()", "2024-07-09T06:17:01.171193Z"),
    ],
)
def test_without_a_pattern(value: str, result: str) -> None:
    assert text(f"{{{{ {value} | date }}}}") == result


def test_what_has_no_zone_is_read_in_the_one_asked_for() -> None:
    assert text(
        "{{ '2024-07-01' | date('yyyy-MM-dd HH:mm XXX', timeZone='America/New_York') }}"
    ) == ("2024-07-01 00:00 -04:00")


MOVED = [
    ("1, 'NANOS'", "2024-01-31T23:30:00Z"),
    ("1500, 'MICROS'", "2024-01-31T23:30:00.001500Z"),
    ("5, 'MILLIS'", "2024-01-31T23:30:00.005Z"),
    ("-1, 'SECONDS'", "2024-01-31T23:29:59Z"),
    ("30, 'MINUTES'", "2024-02-01T00:00:00Z"),
    ("2, 'hours'", "2024-02-01T01:30:00Z"),
    ("1, 'HALF_DAYS'", "2024-02-01T11:30:00Z"),
    ("-31, 'DAYS'", "2023-12-31T23:30:00Z"),
    ("1, 'WEEKS'", "2024-02-07T23:30:00Z"),
    ("1, 'MONTHS'", "2024-02-29T23:30:00Z"),
    ("-2, 'MONTHS'", "2023-11-30T23:30:00Z"),
    ("1, 'YEAR'", "2025-01-31T23:30:00Z"),
    ("1, 'DECADES'", "2034-01-31T23:30:00Z"),
    ("1, 'CENTURIES'", "2124-01-31T23:30:00Z"),
    ("-1, 'MILLENNIA'", "1024-01-31T23:30:00Z"),
    ("amount='2', unit='DAYS', format='dd.MM.'", "02.02."),
]


@pytest.mark.parametrize(("by", "result"), MOVED)
def test_moved(by: str, result: str) -> None:
    assert text(f"{{{{ '2024-01-31T23:30:00Z' | dateAdd({by}) }}}}") == result


def test_days_keep_the_time_of_day_and_hours_count() -> None:
    before = "'2024-03-30T12:00:00+01:00[Europe/Paris]'"
    assert text(f"{{{{ {before} | dateAdd(1, 'DAYS', 'HH XXX') }}}}") == "12 +02:00"
    assert text(f"{{{{ {before} | dateAdd(24, 'HOURS', 'HH XXX') }}}}") == "13 +02:00"


@given(st.datetimes(timezones=st.timezones()), st.sampled_from(sorted(LETTERS)), st.integers(1, 6))
def test_every_letter_can_be_written(moment: object, letter: str, count: int) -> None:
    assert render_text("{{ m | date(p) }}", {"m": moment, "p": letter * count}, LOOKUPS) != ""


@given(st.datetimes())
def test_what_is_written_can_be_read(moment: object) -> None:
    variables = {"m": moment, "p": "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX"}
    template = "{{ m | date(p) | date(existingFormat=p) == (m | date) }}"
    assert render_text(template, variables, LOOKUPS) == "true"
