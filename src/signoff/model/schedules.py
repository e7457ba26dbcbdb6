"""When a deployment runs: the documented schedules.

Owns their shape, and the words about what cannot be read. What moments follow from a schedule is
decided in `core/schedules.py`. Loaded with the first deployment only.
"""

from __future__ import annotations

import importlib
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    ValidationInfo,
    field_validator,
    model_serializer,
)

from signoff.model.forms import Json

LONGEST_RRULE = 6500
"""Characters of a recurrence rule, as documented."""

MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
"""Names for common cron expressions."""


def known_zone(name: str | None) -> str | None:
    """The name of a time zone.

    Raises:
        ValueError: there is no such time zone.
    """
    if name is None:
        return None
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"there is no time zone {name!r}; use a name of the IANA database such as "
            "'Europe/Berlin' or 'UTC'"
        ) from None
    return name


Zone = Annotated[str | None, AfterValidator(known_zone)]


class _Schedule(BaseModel):
    model_config = ConfigDict(extra="forbid")


class IntervalSchedule(_Schedule):
    """Every so often.

    Args:
        interval: how long between two runs. From a day on, runs keep to the time of day of their
            time zone; shorter ones are exact.
        anchor_date: a moment that runs are counted from; when the schedule was first stored, when
            not given.
        timezone: name of the time zone; UTC when not given.
    """

    interval: timedelta
    anchor_date: datetime | None = None
    timezone: Zone = None

    @field_validator("interval")
    @classmethod
    def _forward(cls, interval: timedelta) -> timedelta:
        if interval < timedelta(seconds=1):
            raise ValueError(f"must be at least one second, got {interval.total_seconds():g} s")
        return interval

    @field_validator("anchor_date")
    @classmethod
    def _aware(cls, anchor: datetime | None) -> datetime | None:
        if anchor is None or anchor.tzinfo is not None:
            return anchor
        return anchor.replace(tzinfo=UTC)


class CronSchedule(_Schedule):
    """At the moments of a cron expression.

    Args:
        cron: minute, hour, day of the month, month, day of the week; or `@daily` and the like.
        timezone: name of the time zone; UTC when not given.
        day_or: a day fits when the day of the month or the day of the week fits, as in cron; False
            for both.
        with_seconds: a field for seconds stands in front of the others.
    """

    # Before the expression, which is read by it.
    with_seconds: bool = False
    cron: str
    timezone: Zone = None
    day_or: bool = True

    @field_validator("cron")
    @classmethod
    def _readable(cls, cron: str, others: ValidationInfo) -> str:
        seconds = others.data.get("with_seconds") is True and not cron.strip().startswith("@")
        count, parts = (6, "second minute") if seconds else (5, "minute")
        try:
            if len(expression(cron).split()) != count:
                raise ValueError(f"has {len(cron.split())} fields, not {count}")
            CronSim(expression(cron), datetime(2024, 1, 1, tzinfo=UTC))
        except (CronSimError, ValueError) as error:
            example = "0 0 9 * * MON-FRI" if seconds else "0 9 * * MON-FRI"
            raise ValueError(
                f"{cron!r} is no cron expression: {error}. Write {'six' if seconds else 'five'} "
                f"fields ({parts} hour day month weekday) such as {example!r}"
            ) from None
        return cron


def expression(cron: str) -> str:
    """The fields of a cron expression, its macros resolved."""
    return MACROS.get(cron.strip().lower(), cron.strip())


class RRuleSchedule(_Schedule):
    """At the moments of a recurrence rule of iCalendar (RFC 5545).

    Args:
        rrule: `RRULE:...`, on several lines with `DTSTART`, `RDATE` and `EXDATE`. Rules without a
            start count from 2020-01-01.
        timezone: name of the time zone in which times without one are meant.
    """

    rrule: str
    timezone: Zone = "UTC"

    @field_validator("rrule")
    @classmethod
    def _readable(cls, rrule: str) -> str:
        if len(rrule) > LONGEST_RRULE:
            raise ValueError(f"has {len(rrule)} characters; at most {LONGEST_RRULE} are taken")
        try:
            # Only this kind of schedule needs the library, and only it knows what a rule may say.
            importlib.import_module("dateutil.rrule").rrulestr(rrule)
        except Exception as error:
            why = f": {error}" if isinstance(error, ValueError) and "=" in rrule else ""
            raise ValueError(
                f"{rrule!r} is no recurrence rule{why}. Write one such as "
                "'RRULE:FREQ=WEEKLY;BYDAY=MO;BYHOUR=9'"
            ) from None
        return rrule


_KINDS = {"interval": IntervalSchedule, "cron": CronSchedule, "rrule": RRuleSchedule}
"""The field that only one kind of schedule has, and which."""


def _kind(given: Any) -> str | None:
    """Which kind of schedule is meant, so that a mistake is said of that one alone."""
    if isinstance(given, _Schedule):
        return type(given).__name__
    named = [kind for field, kind in _KINDS.items() if isinstance(given, dict) and field in given]
    return named[0].__name__ if len(named) == 1 else None


Rule = Annotated[
    Annotated[IntervalSchedule, Tag("IntervalSchedule")]
    | Annotated[CronSchedule, Tag("CronSchedule")]
    | Annotated[RRuleSchedule, Tag("RRuleSchedule")],
    Discriminator(
        _kind,
        custom_error_type="schedule_kind",
        custom_error_message="A schedule has one of the fields `cron`, `interval` and `rrule`",
    ),
]
"""When runs are due."""

CatchUp = Literal["none", "latest", "all"]
"""What becomes of moments that passed while nobody made runs: nothing, one run for the latest of
them, or a run for each."""


class DeploymentScheduleCreate(BaseModel):
    """A schedule for a deployment, as it is asked for.

    Args:
        schedule: when.
        active: whether runs are made.
        parameters: of its runs, over those of the deployment.
        slug: a name that is unique within the deployment.
        catchup: what becomes of moments that passed while nobody made runs.
        max_scheduled_runs: how many runs are made ahead at most.
    """

    model_config = ConfigDict(extra="forbid")

    schedule: Rule
    active: bool = True
    parameters: dict[str, Json] = Field(default_factory=dict)
    slug: str | None = None
    catchup: CatchUp = "none"
    max_scheduled_runs: Annotated[int, Field(ge=1)] | None = None

    @field_validator("slug")
    @classmethod
    def _readable(cls, slug: str | None) -> str | None:
        if slug is not None and (not slug.strip() or "/" in slug):
            raise ValueError(f"must be a word without '/', got {slug!r}")
        return slug


class AsGiven(BaseModel):
    """Something of which it matters which fields were given, also after it has travelled."""

    model_config = ConfigDict(extra="forbid")

    @model_serializer(mode="wrap")
    def _given(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        return {name: value for name, value in written.items() if name in self.model_fields_set}


class DeploymentScheduleUpdate(AsGiven):
    """What changes of a schedule: the fields that are given."""

    schedule: Rule | None = None
    active: bool | None = None
    parameters: dict[str, Json] | None = None
    slug: str | None = None
    catchup: CatchUp | None = None
    max_scheduled_runs: Annotated[int, Field(ge=1)] | None = None


class DeploymentSchedule(DeploymentScheduleCreate):
    """A schedule of a deployment, as it is stored."""

    model_config = ConfigDict(extra="ignore")

    id: UUID
    deployment_id: UUID | None = None
    created: datetime | None = None
    updated: datetime | None = None


def same_moments(one: Rule, other: Rule) -> bool:
    """Whether two schedules mean the same; an interval without an anchor takes any."""

    def told(rule: Rule, without: set[str]) -> dict[str, Any]:
        return rule.model_dump(exclude=without)

    free = {"anchor_date"} if getattr(other, "anchor_date", ...) is None else set()
    return type(one) is type(other) and told(one, free) == told(other, free)
