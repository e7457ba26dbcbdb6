"""`signoff task-run ls | inspect | logs`: what tasks did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from signoff.cli import logs
from signoff.cli.display import (
    Format,
    Output,
    clean,
    note,
    one_line,
    print_facts,
    print_json,
    print_table,
    short_id,
    state_text,
)
from signoff.cli.facts import task_facts
from signoff.cli.moments import ago, duration, local, now
from signoff.cli.session import ask, find_run

if TYPE_CHECKING:
    from rich.text import Text

    from signoff.model.filters import TaskRunFilter
    from signoff.model.views import TaskRun

app = typer.Typer(help="See task runs.", rich_markup_mode=None)

TaskRunArgument = Annotated[
    str,
    typer.Argument(metavar="TASK_RUN", help="Id of the task run, or its name.", show_default=False),
]


@app.command("ls")
def list_task_runs(
    output: Output = Format.TABLE,
    run: Annotated[
        str | None,
        typer.Option("--flow-run", metavar="RUN", help="Only of this flow run: its id or name."),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--task-run-name", metavar="NAME", help="Only with this name; repeatable."),
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATE", help="Only in this state, a type or a name; may be repeated."
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=200, help="Show at most this many.")
    ] = 15,
) -> None:
    """Show task runs, newest first."""
    from signoff.model.queries import ReadTaskRuns

    run_id = find_run(run).id if run is not None else None
    found = ask(ReadTaskRuns(task_runs=_filter(run_id, name, state), limit=limit))
    if output is Format.JSON:
        print_json([task_facts(task) for task in found])
    elif not found:
        some = run or name or state
        note("No task runs match." if some else "There are no task runs yet.")
    else:
        columns = ("ID", "Task run", "State", "Attempts", "Run time", "When")
        print_table(columns, [_row(task) for task in found])


def _row(task: TaskRun) -> list[str | Text]:
    return [
        short_id(task.id),
        one_line(task.name),
        state_text(task.state_type, task.state_name),
        str(task.run_count),
        duration(task.total_run_time.total_seconds()) if task.end_time else "-",
        ago(task.end_time or task.created, now()),
    ]


def _filter(
    run_id: UUID | None, names: Sequence[str] | None, states: Sequence[str] | None
) -> TaskRunFilter:
    from signoff.model import filters
    from signoff.model.states import StateType

    types = [StateType(each.upper()) for each in states or () if each.upper() in set(StateType)]
    others = [each for each in states or () if each.upper() not in set(StateType)]
    by_state = filters.TaskRunFilterState(
        operator="or_",
        type=filters.TaskRunFilterStateType(any_=types) if types else None,
        name=filters.TaskRunFilterStateName(any_=others) if others else None,
    )
    return filters.TaskRunFilter(
        flow_run_id=filters.TaskRunFilterFlowRunId(any_=[run_id]) if run_id else None,
        name=filters.TaskRunFilterName(any_=list(names)) if names else None,
        state=by_state if states else None,
    )


@app.command()
def inspect(task_run: TaskRunArgument, output: Output = Format.TABLE) -> None:
    """Show everything that is known of a task run."""
    found = find_task_run(task_run)
    if output is Format.JSON:
        print_json(task_facts(found))
        return
    facts: dict[str, str | Text] = {
        "Task run": one_line(found.name),
        "ID": str(found.id),
        "Task": one_line(found.task_key),
        "Flow run": str(found.flow_run_id),
        "State": state_text(found.state_type, found.state_name),
    }
    if found.state is not None and found.state.message:
        facts["Message"] = clean(found.state.message)
    if found.start_time is not None:
        facts["Started"] = local(found.start_time)
    if found.end_time is not None:
        facts["Ended"] = local(found.end_time)
        facts["Run time"] = duration(found.total_run_time.total_seconds())
    facts["Attempts"] = str(found.run_count)
    if found.tags:
        facts["Tags"] = one_line(", ".join(found.tags))
    print_facts(facts)


@app.command("logs")
def show_logs(
    task_run: TaskRunArgument,
    output: Output = Format.TABLE,
    level: logs.LevelOption = None,
    head: logs.HeadOption = None,
    tail: logs.TailOption = None,
    reverse: logs.ReverseOption = False,
) -> None:
    """Show the log of a task run."""
    logs.exclusive(head, tail)
    found = find_task_run(task_run)
    if found.flow_run_id is None:
        logs.show([], output)
        return
    reader = logs.LogReader(found.flow_run_id, level, found.id)
    logs.show(reader.part(head, tail, reverse), output)


def find_task_run(text: str) -> TaskRun:
    """The task run that a person means by an id or a name.

    Raises:
        ObjectNotFound: there is no such task run.
        AmbiguousWait: it could be several; the message names them.
    """
    from signoff.model.errors import AmbiguousWait, ObjectNotFound
    from signoff.model.queries import ReadTaskRun, ReadTaskRuns

    digits = text.strip().replace("-", "").lower()
    if len(digits) == 32 and all(digit in "0123456789abcdef" for digit in digits):
        return ask(ReadTaskRun(UUID(digits)))
    found = ask(ReadTaskRuns(task_runs=_filter(None, [text.strip()], None), limit=10))
    if not found:
        raise ObjectNotFound(
            f"There is no task run with the id or name {text!r}. `signoff task-run ls` shows them."
        )
    if len(found) > 1:
        several = ", ".join(f"{task.id} ({task.state_name})" for task in found)
        raise AmbiguousWait(f"{text!r} could be any of these task runs: {several}.")
    return found[0]
