"""`signoff deployment schedule create | ls | pause | resume | delete | clear`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signoff.cli.deployment_facts import schedule_facts, schedule_words
from signoff.cli.display import Format, Output, note, one_line, print_json, print_table
from signoff.cli.moments import seconds_of
from signoff.cli.naming import Deployment, ScheduleId, find_deployment, find_schedule
from signoff.cli.prompts import confirmed
from signoff.cli.session import ask

if TYPE_CHECKING:
    from signoff.model.schedules import DeploymentScheduleCreate

app = typer.Typer(help="When a deployment runs.", rich_markup_mode=None)


@app.command()
def create(
    deployment: Deployment,
    cron: Annotated[
        str | None, typer.Option(metavar="CRON", help="A cron expression: '0 9 * * MON-FRI'.")
    ] = None,
    interval: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Every so often, such as 15m.")
    ] = None,
    rrule: Annotated[
        str | None, typer.Option(metavar="RRULE", help="A recurrence rule: 'FREQ=WEEKLY'.")
    ] = None,
    anchor: Annotated[
        str | None,
        typer.Option("--anchor-date", metavar="TIME", help="Count intervals from this time."),
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Time zone, such as Europe/Berlin.")
    ] = None,
    day_and: Annotated[
        bool, typer.Option("--day-and", help="Cron: day of month and day of week have to fit.")
    ] = False,
    parameters: Annotated[
        str | None, typer.Option("--parameters", metavar="JSON", help="Of the runs it makes.")
    ] = None,
    slug: Annotated[str | None, typer.Option(metavar="SLUG", help="A name for it.")] = None,
    active: Annotated[
        bool, typer.Option("--active/--inactive", help="Whether it makes runs.")
    ] = True,
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete the other schedules of the deployment.")
    ] = False,
    output: Output = Format.TABLE,
) -> None:
    """Add a schedule to a deployment."""
    from signoff.model.scheduling import CreateSchedules

    found = find_deployment(deployment)
    kinds = {"cron": cron, "interval": interval, "rrule": rrule}
    options: dict[str, Any] = {"timezone": timezone, "anchor_date": anchor}
    options["day_or"] = False if day_and else None
    asked = _asked(kinds, options, slug, active, parameters)
    if replace:
        _clear(found)
    (made,) = ask(CreateSchedules(found.id, (asked,)))
    if output is Format.JSON:
        print_json(schedule_facts(made))
    else:
        print(f"Added schedule {made.slug or made.id}: {one_line(schedule_words(made))}.")


def _asked(
    kinds: dict[str, str | None],
    options: dict[str, Any],
    slug: str | None,
    active: bool,
    parameters: str | None,
) -> DeploymentScheduleCreate:
    from pydantic import ValidationError

    from signoff.model.schedules import DeploymentScheduleCreate

    told = {name: value for name, value in kinds.items() if value is not None}
    if len(told) != 1:
        raise typer.BadParameter("give one of --cron, --interval and --rrule")
    ((kind, value),) = told.items()
    rule = {name: each for name, each in options.items() if each is not None}
    rule[kind] = seconds_of(value) if kind == "interval" else value
    try:
        return DeploymentScheduleCreate.model_validate(
            {
                "schedule": rule,
                "slug": slug,
                "active": active,
                "parameters": json.loads(parameters) if parameters else {},
            }
        )
    except (ValidationError, ValueError) as error:
        raise typer.BadParameter(_said(error, kind)) from None


def _said(error: Exception, kind: str) -> str:
    """What is wrong with a schedule, of the errors of the kind that was meant."""
    errors = getattr(error, "errors", None)
    if errors is None:
        return f"--parameters is no JSON: {error}"
    found = [each for each in errors() if kind in str(each["loc"]).lower()] or errors()
    first = next((each for each in found if each["type"] == "value_error"), found[0])
    return f"--{first['loc'][-1]}: {first['msg'].removeprefix('Value error, ')}"


@app.command("ls")
def show_list(deployment: Deployment, output: Output = Format.TABLE) -> None:
    """List the schedules of a deployment."""
    found = find_deployment(deployment).schedules
    if output is Format.JSON:
        print_json([schedule_facts(each) for each in found])
    elif not found:
        note("The deployment has no schedules.")
    else:
        rows = [
            [
                str(each.id),
                one_line(each.slug or ""),
                one_line(schedule_words(each)),
                "yes" if each.active else "no",
            ]
            for each in found
        ]
        print_table(("ID", "Slug", "When", "Active"), rows)


@app.command()
def pause(deployment: Deployment, schedule: ScheduleId) -> None:
    """Have a schedule make no runs, and take back those made ahead."""
    _set_active(deployment, schedule, active=False)


@app.command()
def resume(deployment: Deployment, schedule: ScheduleId) -> None:
    """Have a schedule make runs again."""
    _set_active(deployment, schedule, active=True)


def _set_active(deployment: str, schedule: str, *, active: bool) -> None:
    from signoff.model.schedules import DeploymentScheduleUpdate
    from signoff.model.scheduling import UpdateSchedule

    found = find_deployment(deployment)
    meant = find_schedule(found, schedule)
    ask(UpdateSchedule(found.id, meant.id, DeploymentScheduleUpdate(active=active)))
    print(f"Schedule {schedule} {'makes runs again' if active else 'is paused'}.")


@app.command()
def delete(deployment: Deployment, schedule: ScheduleId) -> None:
    """Delete a schedule, and the runs it made ahead."""
    from signoff.model.scheduling import DeleteSchedule

    found = find_deployment(deployment)
    meant = find_schedule(found, schedule)
    ask(DeleteSchedule(found.id, meant.id))
    print(f"Deleted schedule {schedule}.")


@app.command()
def clear(
    deployment: Deployment,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete every schedule of a deployment."""
    found = find_deployment(deployment)
    confirmed(f"Delete {len(found.schedules)} schedule(s) of {one_line(found.full_name)}?", yes)
    _clear(found)
    print(f"{one_line(found.full_name)} has no schedules now.")


def _clear(deployment: Any) -> None:
    from signoff.model.scheduling import DeleteSchedule

    for each in deployment.schedules:
        ask(DeleteSchedule(deployment.id, each.id))
