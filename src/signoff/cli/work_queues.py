"""`signoff work-queue`: the queues of a work pool, by priority."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from signoff.cli.display import (
    Format,
    Output,
    clean,
    one_line,
    print_facts,
    print_json,
    print_table,
)
from signoff.cli.prompts import confirmed
from signoff.cli.session import ask
from signoff.cli.work_pools import Limit, limit_text, show_scheduled

if TYPE_CHECKING:
    from signoff.model.shared.work_pools import WorkQueue

app = typer.Typer(help="The queues of work pools.", rich_markup_mode=None)

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Name of the work queue.", show_default=False)
]
Pool = Annotated[
    str, typer.Option("--pool", "-p", metavar="NAME", help="The work pool.", show_default=False)
]


@app.command()
def create(
    name: Name,
    pool: Pool,
    limit: Annotated[
        int | None, typer.Option("--limit", "-l", metavar="NUMBER", min=0, help="Runs at a time.")
    ] = None,
    priority: Annotated[
        int | None,
        typer.Option(
            "--priority",
            "-q",
            metavar="NUMBER",
            min=1,
            help="The lowest comes first; last if unset.",
        ),
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Make a queue of a work pool."""
    from signoff.model.shared.work_pools import CreateWorkQueue

    made = ask(CreateWorkQueue(pool, name, concurrency_limit=limit, priority=priority))
    if output is Format.JSON:
        print_json(_facts(made))
    else:
        print(f"Created work queue {clean(name)!r} in work pool {clean(pool)!r}.")


@app.command("ls")
def show_list(pool: Pool, output: Output = Format.TABLE) -> None:
    """List the queues of a work pool, those that come first in front."""
    from signoff.model.shared.work_pools import ReadWorkQueues

    found = ask(ReadWorkQueues(pool))
    if output is Format.JSON:
        print_json([_facts(each) for each in found])
        return
    rows = [
        [
            clean(each.name),
            str(each.priority),
            limit_text(each.concurrency_limit),
            "paused" if each.is_paused else "ready",
        ]
        for each in found
    ]
    print_table(("Name", "Priority", "Limit", "Status"), rows)


@app.command()
def inspect(name: Name, pool: Pool, output: Output = Format.TABLE) -> None:
    """Show everything that is known of a queue."""
    from signoff.model.shared.work_pools import ReadWorkQueue

    found = ask(ReadWorkQueue(pool, name))
    if output is Format.JSON:
        print_json(_facts(found))
        return
    facts = {
        "Name": clean(found.name),
        "ID": str(found.id),
        "Work pool": clean(pool),
        "Priority": str(found.priority),
        "Limit": limit_text(found.concurrency_limit),
        "Status": "paused" if found.is_paused else "ready",
    }
    if found.description:
        facts["Description"] = one_line(found.description)
    print_facts(facts)


@app.command()
def pause(name: Name, pool: Pool) -> None:
    """Have workers start nothing of this queue."""
    _update(pool, name, is_paused=True)
    print(f"Paused work queue {clean(name)!r}.")


@app.command()
def resume(name: Name, pool: Pool) -> None:
    """Have workers start runs of this queue again."""
    _update(pool, name, is_paused=False)
    print(f"Resumed work queue {clean(name)!r}.")


@app.command("set-concurrency-limit")
def set_limit(name: Name, limit: Limit, pool: Pool) -> None:
    """Limit how many of its runs work at the same time."""
    _update(pool, name, concurrency_limit=limit)
    print(f"Set concurrency limit for work queue {clean(name)!r} to {limit}.")


@app.command("clear-concurrency-limit")
def clear_limit(name: Name, pool: Pool) -> None:
    """Take the limit away."""
    _update(pool, name, concurrency_limit=None)
    print(f"Cleared concurrency limit for work queue {clean(name)!r}.")


@app.command()
def delete(
    name: Name,
    pool: Pool,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a queue; its runs come last in the pool then."""
    from signoff.model.shared.work_pools import DeleteWorkQueue, ReadWorkQueue

    ask(ReadWorkQueue(pool, name))
    confirmed(f"Delete work queue {clean(name)!r}?", yes)
    ask(DeleteWorkQueue(pool, name))
    print(f"Deleted work queue {clean(name)!r}.")


@app.command()
def preview(
    name: Name,
    pool: Pool,
    hours: Annotated[
        float | None,
        typer.Option("--hours", metavar="NUMBER", min=0, help="Only runs due within these hours."),
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Show the runs of the queue that workers will start, the next one first."""
    show_scheduled(pool, (name,), hours, output)


def _facts(queue: WorkQueue) -> dict[str, Any]:
    facts: dict[str, Any] = queue.model_dump(mode="json")
    return facts


def _update(pool: str, name: str, **changes: Any) -> None:
    from signoff.model.shared.work_pools import UpdateWorkQueue

    ask(UpdateWorkQueue(pool, name, **changes))
