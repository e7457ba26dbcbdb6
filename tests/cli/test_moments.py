"""Times and durations as people write and read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from signoff.cli.moments import ago, duration, from_micros, iso, local, parse_since

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-1, "0.00s"),
        (0.4211, "0.42s"),
        (10, "10s"),
        (59.9, "59s"),
        (60, "1m"),
        (725, "12m 5s"),
        (7200, "2h"),
        (90_061, "1d 1h"),
        (1e7, "115d 17h"),
    ],
)
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "now"),
        (0.9, "now"),
        (-1.2, "1s ago"),
        (-65, "1m 5s ago"),
        (3, "in 3s"),
        (3600, "in 1h"),
        (86_400 * 3 + 3600, "in 3d 1h"),
    ],
)
def test_how_long_ago(seconds: float, shown: str) -> None:
    assert ago(NOW + timedelta(seconds=seconds), NOW) == shown


def test_never() -> None:
    assert ago(None, NOW) == "-"


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("30s", timedelta(seconds=30)),
        ("1.5h", timedelta(minutes=90)),
        ("1d 12h", timedelta(hours=36)),
        ("2W", timedelta(weeks=2)),
        ("1 hour 5 mins", timedelta(minutes=65)),
        ("2 days", timedelta(days=2)),
    ],
)
def test_since_a_length_of_time(text: str, before: timedelta) -> None:
    assert parse_since(text, NOW) == NOW - before


def test_since_a_moment() -> None:
    assert parse_since("2026-01-31T09:00:00+01:00", NOW) == NOW.replace(hour=8)
    zone = datetime(2026, 1, 30).astimezone()
    assert parse_since("2026-01-30", NOW) == zone


@pytest.mark.parametrize("text", ["", "yesterday", "5", "3h ago", "2026-13-01", "h"])
def test_since_nothing_known(text: str) -> None:
    with pytest.raises(ValueError):
        parse_since(text, NOW)


def test_for_programs() -> None:
    assert iso(None) is None
    assert iso(1_769_860_800_000_001) == "2026-01-31T12:00:00.000001Z"
    assert iso(NOW) == "2026-01-31T12:00:00.000000Z"
    assert from_micros(1_769_860_800_000_000) == NOW
    assert local(NOW).startswith("2026-01-31" if NOW.astimezone().day == 31 else "2026-0")
