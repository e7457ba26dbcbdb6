"""Schedules as flows are given them: the documented `Cron`, `Interval` and `RRule`.

Owns how what a person writes becomes what is stored. Must not know deployments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from signoff.model.schedules import (
    CatchUp,
    CronSchedule,
    DeploymentSchedule,
    DeploymentScheduleCreate,
    IntervalSchedule,
    RRuleSchedule,
    Rule,
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a deployment runs. Made by `Cron`, `Interval` and `RRule`, which document the fields."""

    interval: timedelta | None = None
    cron: str | None = None
    rrule: str | None = None
    timezone: str | None = None
    anchor_date: datetime | None = None
    day_or: bool = True
    active: bool = True
    parameters: Mapping[str, Any] = field(default_factory=dict)
    slug: str | None = None
    catchup: CatchUp = "none"

    def __post_init__(self) -> None:
        asked(self)


def Cron(  # noqa: N802  (documented name)
    cron: str,
    /,
    timezone: str | None = None,
    day_or: bool = True,
    active: bool = True,
    parameters: Mapping[str, Any] | None = None,
    slug: str | None = None,
    catchup: CatchUp = "none",
) -> Schedule:
    """At the moments of a cron expression.

    Args:
        cron: minute, hour, day of the month, month, day of the week.
        timezone: name of the time zone; UTC when not given.
        day_or: a day fits when the day of the month or the day of the week fits; False for both.
        active: whether runs are made.
        parameters: of its runs, over those of the deployment.
        slug: a name that is unique within the deployment.
        catchup: what becomes of moments that passed while nobody made runs: `none`, `latest` or
            `all` of them get one.

    Raises:
        ValueError: the expression or the time zone cannot be understood; the message says why.
    """
    return Schedule(
        cron=cron,
        timezone=timezone,
        day_or=day_or,
        active=active,
        parameters=parameters or {},
        slug=slug,
        catchup=catchup,
    )


def Interval(  # noqa: N802  (documented name)
    interval: timedelta | float,
    /,
    anchor_date: datetime | None = None,
    timezone: str | None = None,
    active: bool = True,
    parameters: Mapping[str, Any] | None = None,
    slug: str | None = None,
    catchup: CatchUp = "none",
) -> Schedule:
    """Every so often.

    Args:
        interval: how long between two runs; a number means seconds.
        anchor_date: a moment that runs are counted from; when the schedule is first stored, when
            not given.
        timezone, active, parameters, slug, catchup: as for `Cron`.

    Raises:
        ValueError: the interval is shorter than a second, or there is no such time zone.
    """
    if isinstance(interval, bool) or not isinstance(interval, (int, float, timedelta)):
        raise TypeError(
            f"Schedule: interval: must be a number of seconds or a timedelta, got {interval!r}."
        )
    every = interval if isinstance(interval, timedelta) else timedelta(seconds=interval)
    return Schedule(
        interval=every,
        anchor_date=anchor_date,
        timezone=timezone,
        active=active,
        parameters=parameters or {},
        slug=slug,
        catchup=catchup,
    )


def RRule(  # noqa: N802  (documented name)
    rrule: str,
    /,
    timezone: str | None = None,
    active: bool = True,
    parameters: Mapping[str, Any] | None = None,
    slug: str | None = None,
    catchup: CatchUp = "none",
) -> Schedule:
    """At the moments of a recurrence rule of iCalendar (RFC 5545).

    Args:
        rrule: such as `FREQ=WEEKLY;BYDAY=MO;BYHOUR=9`.
        timezone, active, parameters, slug, catchup: as for `Cron`.

    Raises:
        ValueError: the rule or the time zone cannot be understood.
    """
    return Schedule(
        rrule=rrule,
        timezone=timezone,
        active=active,
        parameters=parameters or {},
        slug=slug,
        catchup=catchup,
    )


def asked(given: Any) -> DeploymentScheduleCreate:
    """A schedule as it is stored, however it was given.

    Raises:
        ValueError: it cannot be understood; the message names the field.
    """
    if isinstance(given, DeploymentSchedule) or not isinstance(given, DeploymentScheduleCreate):
        try:
            return _asked(given)
        except ValidationError as error:
            raise ValueError(f"Schedule: {_said(error)}") from None
    return given


def _said(error: ValidationError) -> str:
    """What is wrong: of several kinds of schedules that were tried, the one that was meant."""
    found = error.errors()
    shapes = ("missing", "extra_forbidden")
    told = next((each for each in found if each["type"] not in shapes), found[0])
    field = ".".join(str(step) for step in told["loc"][-1:])
    return f"{field}: {told['msg'].removeprefix('Value error, ')}"


def _asked(given: Any) -> DeploymentScheduleCreate:
    if isinstance(given, IntervalSchedule | CronSchedule | RRuleSchedule):
        return DeploymentScheduleCreate(schedule=given)
    if isinstance(given, DeploymentSchedule):
        told = given.model_dump(exclude={"id", "deployment_id", "created", "updated"})
        return DeploymentScheduleCreate.model_validate(told)
    if isinstance(given, Mapping):
        return DeploymentScheduleCreate.model_validate(given)
    if not isinstance(given, Schedule):
        raise ValueError(
            f"a schedule is a Cron, Interval or RRule, not a {type(given).__name__}: {given!r}"
        )
    return DeploymentScheduleCreate(
        schedule=_rule(given),
        active=given.active,
        parameters=dict(given.parameters),
        slug=given.slug,
        catchup=given.catchup,
    )


def _rule(given: Schedule) -> Rule:
    told = [each for each in (given.interval, given.cron, given.rrule) if each is not None]
    if len(told) != 1:
        raise ValueError("Schedule: give one of interval, cron and rrule.")
    if given.interval is not None:
        return IntervalSchedule(
            interval=given.interval, anchor_date=given.anchor_date, timezone=given.timezone
        )
    if given.cron is not None:
        return CronSchedule(cron=given.cron, timezone=given.timezone, day_or=given.day_or)
    return RRuleSchedule(rrule=given.rrule or "", timezone=given.timezone or "UTC")


def all_asked(
    interval: Any, cron: Any, rrule: Any, schedules: Iterable[Any] | None
) -> list[DeploymentScheduleCreate] | None:
    """The schedules of a deployment from the documented arguments; None when none was given.

    Raises:
        ValueError: one of them cannot be understood.
    """
    if interval is None and cron is None and rrule is None and schedules is None:
        return None
    found: list[Any] = list(schedules or ())
    found += [Interval(each) for each in _each(interval)]
    found += [Cron(each) for each in _each(cron)]
    found += [RRule(each) for each in _each(rrule)]
    return [asked(each) for each in found]


def _each(given: Any) -> Iterable[Any]:
    """One value, or several."""
    if given is None:
        return ()
    return (given,) if isinstance(given, str | int | float | timedelta) else given
