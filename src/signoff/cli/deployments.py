"""`signoff deployment ls | inspect | run | pause | resume | delete`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signoff.cli import deployment_schedules
from signoff.cli.deployment_facts import deployment_facts, schedule_words
from signoff.cli.display import (
    Format,
    Output,
    clean,
    note,
    one_line,
    print_facts,
    print_json,
    print_table,
)
from signoff.cli.facts import run_facts
from signoff.cli.moments import EPOCH, ago, local, now, seconds_of
from signoff.cli.naming import Deployment, find_deployment
from signoff.cli.prompts import confirmed
from signoff.cli.session import ask
from signoff.cli.values import JobVariables, named_values, parameters

if TYPE_CHECKING:
    from datetime import datetime

    from signoff.model.deployments import DeploymentResponse

app = typer.Typer(help="See deployments, run them, pause their schedules.", rich_markup_mode=None)
app.add_typer(deployment_schedules.app, name="schedule", no_args_is_help=True)


@app.command("ls")
def show_list(
    output: Output = Format.TABLE,
    flow: Annotated[
        str | None, typer.Option("--flow-name", metavar="FLOW", help="Only those of this flow.")
    ] = None,
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=200, help="Show at most this many.")
    ] = 100,
) -> None:
    """List deployments."""
    from signoff.model.deploying import ReadDeployments
    from signoff.model.filters import FlowFilter, FlowFilterName

    only = FlowFilter(name=FlowFilterName(any_=[flow])) if flow else None
    found = ask(ReadDeployments(flows=only, limit=limit))
    if output is Format.JSON:
        print_json([deployment_facts(each) for each in found])
    elif not found:
        note("No deployments match." if flow else "There are no deployments yet.")
    else:
        print_table(("Name", "Schedules", "Pool", "Tags", "Changed"), map(_row, found))


def _row(deployment: DeploymentResponse) -> list[str]:
    schedules = ", ".join(schedule_words(each) for each in deployment.schedules if each.active)
    return [
        one_line(deployment.full_name),
        "paused" if deployment.paused else one_line(schedules),
        one_line(deployment.work_pool_name or ""),
        one_line(", ".join(deployment.tags)),
        ago(deployment.updated, now()),
    ]


@app.command()
def inspect(deployment: Deployment, output: Output = Format.TABLE) -> None:
    """Show everything that is known of a deployment."""
    found = find_deployment(deployment)
    if output is Format.JSON:
        print_json(deployment_facts(found))
        return
    facts: dict[str, Any] = {"Name": one_line(found.full_name), "ID": str(found.id)}
    told = {
        "Description": found.description,
        "Version": found.version,
        "Tags": ", ".join(found.tags),
        "Parameters": json.dumps(found.parameters) if found.parameters else None,
        "Entrypoint": found.entrypoint,
        "Pool": found.work_pool_name,
        "Queue": found.work_queue_name,
        "Schedules": "\n".join(schedule_words(each) for each in found.schedules),
    }
    facts |= {name: clean(value) for name, value in told.items() if value}
    if found.concurrency_limit is not None:
        held = ", held while waiting" if found.holds else ""
        facts["Limit"] = f"{found.concurrency_limit} ({found.collision_strategy.value}{held})"
    facts["Paused"] = "yes" if found.paused else "no"
    if found.created is not None and found.updated is not None:
        facts |= {"Created": local(found.created), "Changed": local(found.updated)}
    print_facts(facts)


Param = Annotated[
    list[str] | None,
    typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter; may be repeated."),
]
Params = Annotated[str | None, typer.Option(metavar="JSON", help="Parameters as one JSON object.")]
StartIn = Annotated[
    str | None, typer.Option(metavar="DURATION", help="Start after this time, such as 10m.")
]
StartAt = Annotated[
    str | None, typer.Option(metavar="TIME", help="Start at this time, in ISO 8601.")
]
RunName = Annotated[
    str | None, typer.Option("--flow-run-name", metavar="NAME", help="Name of the run.")
]
Tag = Annotated[list[str] | None, typer.Option(metavar="TAG", help="A label; may be repeated.")]
Each = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="A run for every line of a file (- for standard input): a JSON object of parameters, "
        "over those of --param.",
    ),
]
Key = Annotated[
    str | None,
    typer.Option(
        metavar="KEY",
        help="A second run with this key is the first one; with --each, the number of the line is "
        "added.",
    ),
]
Watch = Annotated[bool, typer.Option("--watch", help="Wait until the run has ended.")]
WatchTimeout = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", min=0, help="Seconds after which to stop watching."),
]


@app.command()
def run(
    deployment: Deployment,
    param: Param = None,
    params: Params = None,
    start_in: StartIn = None,
    start_at: StartAt = None,
    name: RunName = None,
    tag: Tag = None,
    job_variable: JobVariables = None,
    each: Each = None,
    idempotency_key: Key = None,
    watch: Watch = False,
    watch_timeout: WatchTimeout = None,
    output: Output = Format.TABLE,
) -> None:
    """Make a run of a deployment, or one for every line of a file."""
    from signoff.engine.clock import new_id
    from signoff.model.deploying import CreateDeploymentRun
    from signoff.model.many_runs import RunToMake
    from signoff.model.queries import ReadRun

    found = find_deployment(deployment)
    when = _start(start_in, start_at)
    variables = named_values("--job-variable", job_variable) or None
    scheduled, tags = None if when is None else _micros(when), tuple(sorted(set(tag or ())))
    if each is not None:
        from signoff.cli.many_runs import make_runs

        if watch or name is not None:
            raise typer.BadParameter("--each makes many runs; leave out --watch, --flow-run-name")
        common = RunToMake(parameters(param, params), tags=tags, idempotency_key=idempotency_key)
        make_runs(found, each, common, scheduled, variables, output)
        return
    request = CreateDeploymentRun(
        found.id,
        new_id(),
        name=name,
        parameters=parameters(param, params),
        tags=tags,
        scheduled=scheduled,
        idempotency_key=idempotency_key,
        job_variables=variables,
    )
    handle = ask(request)
    if output is Format.JSON:
        print_json(run_facts(ask(ReadRun(handle.run_id))))
    else:
        starts = "" if when is None else f" It starts at {local(when)}."
        print(f"Made flow run {one_line(handle.name)} ({handle.run_id}).{starts}")
    if watch:
        from signoff.cli.watching import watch as follow

        follow(str(handle.run_id), timeout=watch_timeout)


def _start(start_in: str | None, start_at: str | None) -> datetime | None:
    from datetime import datetime, timedelta

    if start_in is not None and start_at is not None:
        raise typer.BadParameter("give --start-in or --start-at, not both")
    if start_in is not None:
        return now() + timedelta(seconds=seconds_of(start_in))
    if start_at is None:
        return None
    try:
        # A time without a zone is meant in that of this machine.
        return datetime.fromisoformat(start_at).astimezone()
    except ValueError:
        raise typer.BadParameter(
            f"--start-at {start_at!r} is no time; write one such as 2030-12-31T09:00"
        ) from None


def _micros(when: datetime) -> int:
    from datetime import timedelta

    return (when - EPOCH) // timedelta(microseconds=1)


@app.command()
def pause(deployment: Deployment) -> None:
    """Make no more runs by schedule, and take back those made ahead."""
    from signoff.model.deploying import PauseDeployment

    found = find_deployment(deployment)
    ask(PauseDeployment(found.id))
    print(f"The schedules of {one_line(found.full_name)} are paused.")


@app.command()
def resume(deployment: Deployment) -> None:
    """Make runs by schedule again."""
    from signoff.model.deploying import ResumeDeployment

    found = find_deployment(deployment)
    ask(ResumeDeployment(found.id))
    print(f"The schedules of {one_line(found.full_name)} make runs again.")


@app.command()
def delete(
    deployment: Deployment,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a deployment, its schedules and the runs they made ahead; other runs stay."""
    from signoff.model.deploying import DeleteDeployment

    found = find_deployment(deployment)
    confirmed(f"Delete deployment {one_line(found.full_name)}?", yes)
    ask(DeleteDeployment(found.id))
    print(f"Deleted deployment {one_line(found.full_name)}.")
