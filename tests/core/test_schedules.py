"""When schedules are due: time zones, changes of the clock, anchors, and how far ahead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from signoff.core.schedules import Limits, outlook, times
from signoff.model.schedules import (
    CronSchedule,
    DeploymentScheduleCreate,
    IntervalSchedule,
    RRuleSchedule,
    Rule,
)

BERLIN = "Europe/Berlin"
SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000


def us(text: str) -> int:
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) * SECOND


def shown(rule: Rule, after: str, count: int) -> list[str]:
    """The next moments, as a clock in the schedule's time zone shows them."""
    zone = ZoneInfo(rule.timezone or "UTC")
    found = islice(times(rule, us(after)), count)
    return [
        datetime.fromtimestamp(moment / SECOND, zone).strftime("%m-%d %H:%M%z") for moment in found
    ]


def test_cron_keeps_the_time_of_day_of_its_zone() -> None:
    rule = CronSchedule(cron="0 9 * * MON-FRI", timezone=BERLIN)
    assert shown(rule, "2026-03-26T12:00", 3) == [
        "03-27 09:00+0100",
        "03-30 09:00+0200",
        "03-31 09:00+0200",
    ]


def test_cron_in_the_gap_runs_when_the_gap_is_over() -> None:
    rule = CronSchedule(cron="30 2 * * *", timezone=BERLIN)
    found = shown(rule, "2026-03-28T12:00", 2)
    assert found == ["03-29 03:00+0200", "03-30 02:30+0200"]


def test_cron_in_the_overlap_runs_once_a_day_but_every_hour() -> None:
    daily = CronSchedule(cron="30 2 * * *", timezone=BERLIN)
    assert shown(daily, "2026-10-24T12:00", 2) == ["10-25 02:30+0200", "10-26 02:30+0100"]
    hourly = CronSchedule(cron="30 * * * *", timezone=BERLIN)
    assert shown(hourly, "2026-10-25T00:00Z", 3) == [
        "10-25 02:30+0200",
        "10-25 02:30+0100",
        "10-25 03:30+0100",
    ]


def test_days_of_month_and_week_are_either_or_both() -> None:
    either = CronSchedule(cron="0 0 13 * FRI")
    assert shown(either, "2026-02-01T00:00", 3) == [
        "02-06 00:00+0000",
        "02-13 00:00+0000",
        "02-20 00:00+0000",
    ]
    both = CronSchedule(cron="0 0 13 * FRI", day_or=False)
    assert shown(both, "2026-02-01T00:00", 3) == [
        "02-13 00:00+0000",
        "03-13 00:00+0000",
        "11-13 00:00+0000",
    ]


def test_a_day_that_never_comes_has_no_moments() -> None:
    never = CronSchedule(cron="0 0 1 * MON#5", day_or=False)
    assert shown(never, "2026-01-01T00:00", 1) == []
    assert outlook(never, 0, None).look is None


def test_macros_are_expressions() -> None:
    assert shown(CronSchedule(cron="@daily"), "2026-01-01T12:00", 1) == ["01-02 00:00+0000"]


def test_short_intervals_are_exact_and_long_ones_keep_the_time_of_day() -> None:
    anchor = datetime(2026, 3, 28, 8, tzinfo=UTC)
    daily = IntervalSchedule(interval=timedelta(days=1), anchor_date=anchor, timezone=BERLIN)
    assert shown(daily, "2026-03-28T10:00", 2) == ["03-29 09:00+0200", "03-30 09:00+0200"]
    half = IntervalSchedule(interval=timedelta(hours=12), anchor_date=anchor, timezone=BERLIN)
    assert shown(half, "2026-03-28T10:00", 2) == ["03-28 21:00+0100", "03-29 10:00+0200"]


def test_intervals_count_from_their_anchor() -> None:
    rule = IntervalSchedule(
        interval=timedelta(minutes=10), anchor_date=datetime(2026, 1, 1, 0, 3, tzinfo=UTC)
    )
    assert shown(rule, "2026-05-05T12:00", 2) == ["05-05 12:03+0000", "05-05 12:13+0000"]
    assert shown(rule, "2025-05-05T12:00", 1) == ["05-05 12:03+0000"]


def test_recurrence_rules_mean_their_time_zone() -> None:
    rule = RRuleSchedule(
        rrule="RRULE:FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=30;BYSECOND=0", timezone=BERLIN
    )
    assert shown(rule, "2026-03-23T00:00", 2) == ["03-29 03:30+0200", "04-05 02:30+0200"]
    hourly = RRuleSchedule(rrule="FREQ=HOURLY", timezone=BERLIN)
    assert shown(hourly, "2026-10-24T23:30Z", 4) == [
        "10-25 02:00+0200",
        "10-25 02:00+0100",
        "10-25 03:00+0100",
        "10-25 04:00+0100",
    ]


def test_recurrence_rules_may_begin_end_and_leave_out() -> None:
    counted = RRuleSchedule(rrule="DTSTART:20260101T090000Z\nRRULE:FREQ=DAILY;COUNT=3")
    assert shown(counted, "2026-01-01T12:00", 9) == ["01-02 09:00+0000", "01-03 09:00+0000"]
    without = RRuleSchedule(
        rrule="DTSTART:20260101T090000\nRRULE:FREQ=DAILY;UNTIL=20260104T000000\nEXDATE:20260102T090000"
    )
    assert shown(without, "2025-12-31T00:00", 9) == ["01-01 09:00+0000", "01-03 09:00+0000"]


def test_a_rule_by_the_second_is_found_at_once() -> None:
    found = list(
        islice(times(RRuleSchedule(rrule="FREQ=SECONDLY;INTERVAL=7"), us("2026-05-05T12:00")), 2)
    )
    assert found[1] - found[0] == 7 * SECOND
    assert (found[0] - us("2020-01-01T00:00")) % (7 * SECOND) == 0


@pytest.mark.parametrize(
    ("make", "field", "said"),
    [
        (lambda: CronSchedule(cron="61 * * * *"), "cron", "no cron expression"),
        (lambda: CronSchedule(cron="* * *"), "cron", "3 fields, not 5"),
        (lambda: CronSchedule(cron="* * * * *", timezone="Berlin"), "timezone", "'Europe/Berlin'"),
        (lambda: CronSchedule(cron="* * * * *", timezone="../etc"), "timezone", "no time zone"),
        (lambda: IntervalSchedule(interval=timedelta(0)), "interval", "at least one second"),
        (lambda: RRuleSchedule(rrule="FREQ=SOMETIMES"), "rrule", "no recurrence rule"),
        (lambda: RRuleSchedule(rrule="FREQ=DAILY;" + "X" * 6500), "rrule", "at most 6500"),
    ],
)
def test_nonsense_is_refused_with_a_remedy(make: Any, field: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make()
    (error,) = refused.value.errors()
    assert error["loc"] == (field,)
    assert said in error["msg"]


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"cron": "x"}, ("schedule", "CronSchedule", "cron"), "no cron expression"),
        ({"interval": 0}, ("schedule", "IntervalSchedule", "interval"), "at least one second"),
        (
            {"rrule": "FREQ=DAILY", "timezone": "Mars"},
            ("schedule", "RRuleSchedule", "timezone"),
            "no time zone",
        ),
        ({"cron": "@daily", "day_of": 1}, ("schedule", "CronSchedule", "day_of"), "not permitted"),
        ({"crn": "@daily"}, ("schedule",), "one of the fields `cron`, `interval` and `rrule`"),
        ({"cron": "@daily", "interval": 5}, ("schedule",), "one of the fields"),
        ("@daily", ("schedule",), "one of the fields"),
    ],
)
def test_only_the_kind_of_schedule_that_is_meant_is_judged(
    given: Any, field: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        DeploymentScheduleCreate.model_validate({"schedule": given})
    (error,) = refused.value.errors()
    assert error["loc"] == field
    assert said in error["msg"]


# Laws --------------------------------------------------------------------------------------

ZONES = st.sampled_from(
    [None, "UTC", BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
MOMENTS = st.integers(us("2020-01-01"), us("2035-01-01"))
CRONS = st.sampled_from(
    [
        "* * * * *",
        "*/7 * * * *",
        "0 * * * *",
        "30 2 * * *",
        "0 0 1 * *",
        "15 1,2,3 * * SUN",
        "0 0 29 2 *",
    ]
).flatmap(lambda text: st.builds(CronSchedule, cron=st.just(text), timezone=ZONES))
INTERVALS = st.builds(
    IntervalSchedule,
    interval=st.sampled_from([1, 59, 3600, 86_400, 90_000, 7 * 86_400]).map(
        lambda s: timedelta(seconds=s)
    ),
    anchor_date=st.integers(us("2019-01-01"), us("2036-01-01")).map(
        lambda moment: datetime.fromtimestamp(moment // SECOND, UTC)
    ),
    timezone=ZONES,
)
RRULES = st.sampled_from(
    [
        "FREQ=HOURLY",
        "FREQ=MINUTELY;INTERVAL=11",
        "FREQ=DAILY;BYHOUR=2;BYMINUTE=30",
        "FREQ=MONTHLY;BYDAY=-1FR",
    ]
).flatmap(lambda text: st.builds(RRuleSchedule, rrule=st.just(text), timezone=ZONES))
RULES = st.one_of(CRONS, INTERVALS, RRULES)


@settings(deadline=None, max_examples=60)
@given(RULES, MOMENTS)
def test_moments_come_in_order_each_once_and_after(rule: Rule, after: int) -> None:
    found = list(islice(times(rule, after), 5))
    assert all(one < other for one, other in pairwise([after, *found]))


@settings(deadline=None, max_examples=60)
@given(RULES, MOMENTS, st.integers(0, 4))
def test_moments_do_not_depend_on_when_one_looks(rule: Rule, after: int, skip: int) -> None:
    found = list(islice(times(rule, after), 6))
    if len(found) > skip + 1:
        assert list(islice(times(rule, found[skip]), 1)) == [found[skip + 1]]


@settings(deadline=None, max_examples=40)
@given(RULES, MOMENTS, st.lists(st.integers(0, 3 * DAY), max_size=6))
def test_looking_often_makes_each_run_once(rule: Rule, now: int, naps: list[int]) -> None:
    """Clocks that jump ahead, and looks that come late, double nothing and make enough."""
    limits = Limits(max_runs=20)
    made, seen = None, set()
    for nap in [0, *naps]:
        now += nap
        plan = outlook(rule, now, made, limits=limits)
        assert not seen & set(plan.moments)
        assert all(moment > now for moment in plan.moments)
        seen |= set(plan.moments)
        made = plan.made
        ahead = list(islice(times(rule, now), 3))
        assert {moment for moment in ahead if moment <= now + limits.max_ahead} <= seen


def test_runs_are_made_three_and_an_hour_ahead() -> None:
    now = us("2026-05-05T12:00")
    daily = outlook(CronSchedule(cron="0 9 * * *"), now, None)
    assert len(daily.moments) == 3
    assert daily.look == daily.moments[0]
    often = outlook(CronSchedule(cron="* * * * *"), now, None)
    assert len(often.moments) == 60
    assert len(outlook(IntervalSchedule(interval=timedelta(seconds=1)), now, None).moments) == 100
    assert outlook(CronSchedule(cron="0 0 29 2 *"), now, None).moments == ()


def test_a_moment_far_away_is_looked_at_when_it_is_near() -> None:
    now = us("2026-05-05T12:00")
    plan = outlook(CronSchedule(cron="0 0 1 1 *"), now, None)
    assert plan.moments == ()
    assert plan.look == us("2027-01-01T00:00") - 100 * DAY
    assert outlook(CronSchedule(cron="0 0 1 1 *"), plan.look, None).moments == (
        us("2027-01-01T00:00"),
    )


def test_a_clock_that_was_put_back_makes_nothing_twice() -> None:
    rule = CronSchedule(cron="0 * * * *")
    now = us("2026-05-05T12:00")
    first = outlook(rule, now, None)
    back = outlook(rule, now - 2 * DAY, first.made)
    assert back.moments == ()
    assert back.made == first.made


@pytest.mark.parametrize(("catchup", "count"), [("none", 0), ("latest", 1), ("all", 24)])
def test_what_was_missed_is_caught_up_with_as_told(catchup: Any, count: int) -> None:
    rule = CronSchedule(cron="0 * * * *")
    made = us("2026-05-04T12:00")
    now = us("2026-05-05T12:00")
    missed = [moment for moment in outlook(rule, now, made, catchup).moments if moment <= now]
    assert len(missed) == count
    if catchup == "latest":
        assert missed == [now]


def test_nothing_is_missed_before_the_first_look() -> None:
    rule = CronSchedule(cron="0 * * * *")
    now = us("2026-05-05T12:00")
    assert all(moment > now for moment in outlook(rule, now, None, "all").moments)


def test_a_field_for_seconds_stands_in_front_when_asked_for() -> None:
    rule = CronSchedule(cron="*/20 0 9 * * *", with_seconds=True)
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)
    found = [
        datetime.fromtimestamp(each / 1_000_000, UTC).strftime("%H:%M:%S")
        for each in islice(times(rule, int(start.timestamp() * 1_000_000)), 4)
    ]
    assert found == ["09:00:00", "09:00:20", "09:00:40", "09:00:00"]
    assert CronSchedule(cron="@daily", with_seconds=True).cron == "@daily"
    with pytest.raises(ValidationError, match="5 fields, not 6"):
        CronSchedule(cron="0 9 * * *", with_seconds=True)
