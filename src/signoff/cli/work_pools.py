"""`signoff work-pool`: runs that wait for a worker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
from signoff.cli.moments import iso, local
from signoff.cli.prompts import confirmed
from signoff.cli.session import ask

if TYPE_CHECKING:
    from signoff.model.shared.work_pools import WorkerFlowRunResponse, WorkPool

app = typer.Typer(help="Work pools: runs that wait for a worker.", rich_markup_mode=None)


def _complete(incomplete: str) -> list[str]:
    """Names of pools, for the shell; a shell's completion must never show an error."""
    from signoff.model.shared.work_pools import ReadWorkPools

    try:
        return [each.name for each in ask(ReadWorkPools()) if each.name.startswith(incomplete)]
    except Exception:
        return []


Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="Name of the work pool.", autocompletion=_complete, show_default=False
    ),
]
Limit = Annotated[
    int, typer.Argument(metavar="LIMIT", help="Runs at the same time.", min=0, show_default=False)
]


@app.command()
def create(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the work pool.", show_default=False)
    ],
    type: Annotated[
        str,
        typer.Option("--type", "-t", metavar="TYPE", help="How its workers start runs: process."),
    ] = "process",
    description: Annotated[str | None, typer.Option(metavar="TEXT", help="What it is for.")] = None,
    paused: Annotated[bool, typer.Option("--paused", help="Start nothing yet.")] = False,
    concurrency_limit: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=0, help="Runs at the same time.")
    ] = None,
    base_job_template: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON file kept with the pool.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Change the pool if there is one already.")
    ] = False,
    output: Output = Format.TABLE,
) -> None:
    """Make a work pool."""
    from signoff.model.errors import ObjectAlreadyExists
    from signoff.model.shared.work_pools import CreateWorkPool, UpdateWorkPool

    template = _template(base_job_template) if base_job_template is not None else {}
    try:
        ask(CreateWorkPool(name, type, description, template, paused, concurrency_limit))
    except ObjectAlreadyExists as refusal:
        if not overwrite:
            raise ObjectAlreadyExists(
                f"Work pool {name!r} already exists. Use `--overwrite` to update it."
            ) from refusal
        ask(UpdateWorkPool(name, description, paused, template or None, concurrency_limit))
    if output is Format.JSON:
        print_json(_facts(_read(name)))
    else:
        print(f"Created work pool {clean(name)!r}.")


def _template(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path} cannot be read as JSON: {error}") from None
    if not isinstance(found, dict):
        raise typer.BadParameter(f"{path} must hold a JSON object.")
    return found


@app.command("ls")
def show_list(
    output: Output = Format.TABLE,
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=200, help="Show at most this many.")
    ] = 100,
) -> None:
    """List work pools."""
    from signoff.model.shared.work_pools import ReadWorkPools

    found = ask(ReadWorkPools(limit))
    if output is Format.JSON:
        print_json([_facts(each) for each in found])
    elif not found:
        note("There are no work pools yet. Make one: `signoff work-pool create NAME`.")
    else:
        rows = [
            [clean(each.name), each.type, each.status or "-", limit_text(each.concurrency_limit)]
            for each in found
        ]
        print_table(("Name", "Type", "Status", "Limit"), rows)


@app.command()
def inspect(name: Name, output: Output = Format.TABLE) -> None:
    """Show everything that is known of a work pool."""
    found = _read(name)
    if output is Format.JSON:
        print_json(_facts(found))
        return
    facts = {
        "Name": clean(found.name),
        "ID": str(found.id),
        "Type": found.type,
        "Status": found.status or "-",
        "Limit": limit_text(found.concurrency_limit),
    }
    if found.description:
        facts["Description"] = one_line(found.description)
    if found.created is not None:
        facts["Created"] = local(found.created)
    print_facts(facts)


@app.command()
def pause(name: Name) -> None:
    """Have its workers start nothing; runs that work go on."""
    _update(name, is_paused=True)
    print(f"Paused work pool {clean(name)!r}.")


@app.command()
def resume(name: Name) -> None:
    """Have its workers start runs again."""
    _update(name, is_paused=False)
    print(f"Resumed work pool {clean(name)!r}.")


@app.command()
def update(
    name: Name,
    description: Annotated[str | None, typer.Option(metavar="TEXT", help="What it is for.")] = None,
    concurrency_limit: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=0, help="Runs at the same time.")
    ] = None,
    base_job_template: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON file kept with the pool.")
    ] = None,
) -> None:
    """Change a work pool; what is not given stays as it is."""
    changes: dict[str, Any] = {"description": description}
    if concurrency_limit is not None:
        changes["concurrency_limit"] = concurrency_limit
    if base_job_template is not None:
        changes["base_job_template"] = _template(base_job_template)
    _update(name, **changes)
    print(f"Updated work pool {clean(name)!r}.")


@app.command("set-concurrency-limit")
def set_limit(name: Name, limit: Limit) -> None:
    """Limit how many of its runs work at the same time."""
    _update(name, concurrency_limit=limit)
    print(f"Set concurrency limit for work pool {clean(name)!r} to {limit}.")


@app.command("clear-concurrency-limit")
def clear_limit(name: Name) -> None:
    """Take the limit away."""
    _update(name, concurrency_limit=None)
    print(f"Cleared concurrency limit for work pool {clean(name)!r}.")


@app.command()
def delete(
    name: Name, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False
) -> None:
    """Delete a work pool with its queues; its runs stay, and nobody starts them."""
    from signoff.model.shared.work_pools import DeleteWorkPool

    _read(name)
    confirmed(f"Delete work pool {clean(name)!r}?", yes)
    ask(DeleteWorkPool(name))
    print(f"Deleted work pool {clean(name)!r}.")


@app.command()
def preview(
    name: Name,
    hours: Annotated[
        float | None,
        typer.Option("--hours", metavar="NUMBER", min=0, help="Only runs due within these hours."),
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Show the runs that its workers will start, the next one first."""
    show_scheduled(name, None, hours, output)


def show_scheduled(
    pool: str, queues: tuple[str, ...] | None, hours: float | None, output: Format
) -> None:
    """Print the runs that workers of a pool will start."""
    from datetime import timedelta

    from signoff.cli.moments import now
    from signoff.model.shared.work_pools import ReadScheduledRuns

    before = None if hours is None else now() + timedelta(hours=hours)
    found = ask(ReadScheduledRuns(pool, queues, before))
    if output is Format.JSON:
        print_json([_run_facts(each) for each in found])
    elif not found:
        note("Nothing is scheduled there.")
    else:
        rows = [
            [
                str(each.flow_run.id),
                clean(each.flow_run.name),
                clean(each.flow_run.flow_name or "-"),
                clean(each.flow_run.state_name or "-"),
                local(each.flow_run.expected_start_time)
                if each.flow_run.expected_start_time
                else "-",
            ]
            for each in found
        ]
        print_table(("ID", "Name", "Flow", "State", "When"), rows)


def limit_text(limit: int | None) -> str:
    """A limit, for people."""
    return "none" if limit is None else str(limit)


def _run_facts(found: WorkerFlowRunResponse) -> dict[str, Any]:
    run = found.flow_run
    return {
        "flow_run_id": str(run.id),
        "name": run.name,
        "flow_name": run.flow_name,
        "state_name": run.state_name,
        "expected_start_time": iso(run.expected_start_time),
        "work_queue_name": run.work_queue_name,
    }


def _facts(pool: WorkPool) -> dict[str, Any]:
    facts: dict[str, Any] = pool.model_dump(mode="json")
    return facts


def _read(name: str) -> WorkPool:
    from signoff.model.shared.work_pools import ReadWorkPool

    return ask(ReadWorkPool(name))


def _update(name: str, **changes: Any) -> None:
    from signoff.model.shared.work_pools import UpdateWorkPool

    ask(UpdateWorkPool(name, **changes))
