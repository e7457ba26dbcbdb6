"""`signoff flow-run ls | inspect`: what runs there are and what they did."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    short_id,
    state_text,
)
from signoff.cli.facts import history_facts, run_facts, task_facts, wait_facts
from signoff.cli.moments import ago, duration, local, now, parse_since
from signoff.cli.session import RunArgument, ask, find_run

if TYPE_CHECKING:
    from rich.text import Text

    from signoff.model.events import HistoryEntry
    from signoff.model.filters import FlowRunFilter
    from signoff.model.replies import WaitView
    from signoff.model.views import FlowRun, TaskRun

_PAGE = 200


# ls ----------------------------------------------------------------------------------------


def show_list(
    output: Output = Format.TABLE,
    state: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATE", help="Only in this state, a type or a name; may be repeated."
        ),
    ] = None,
    flow: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only of the flow with this name; may be repeated."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN", help="Only expected to start after: 30m, 2h, 7d, or a date or time."
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=200, help="Show at most this many.")
    ] = 15,
) -> None:
    """Show flow runs, newest first.

    What schedules have made for later is shown with `--state scheduled`.
    """
    from signoff.model.filters import FlowFilter, FlowFilterName, FlowRunFilterMadeAhead
    from signoff.model.queries import ReadRuns

    flows = FlowFilter(name=FlowFilterName(any_=flow)) if flow else None
    runs = filter_runs(state or (), since)
    if not state:
        runs.made_ahead = FlowRunFilterMadeAhead(not_after_=now())
    found = ask(ReadRuns(flows=flows, flow_runs=runs, limit=limit))
    if output is Format.JSON:
        print_json([run_facts(run) for run in found])
    elif not found:
        note("No flow runs match." if flow or state or since else "There are no flow runs yet.")
    else:
        print_table(("ID", "Flow", "Name", "State", "When"), [_row(run) for run in found])


def _row(run: FlowRun) -> list[str | Text]:
    since = run.state.timestamp if run.state else run.created
    if run.state is not None and run.state.is_scheduled():
        since = run.state.state_details.scheduled_time or since
    return [
        short_id(run.id),
        one_line(run.flow_name or ""),
        one_line(run.name),
        state_text(run.state_type, run.state_name),
        ago(since, now()),
    ]


def filter_runs(
    states: Sequence[str], since: str | None, tags: Sequence[str] = ()
) -> FlowRunFilter:
    """The filter of runs that options of a command line describe."""
    from signoff.model import filters
    from signoff.model.states import StateType

    types = [StateType(each.upper()) for each in states if each.upper() in set(StateType)]
    names = [each for each in states if each.upper() not in set(StateType)]
    by_state = filters.FlowRunFilterState(
        operator="or_",
        type=filters.FlowRunFilterStateType(any_=types) if types else None,
        name=filters.FlowRunFilterStateName(any_=names) if names else None,
    )
    after = None
    if since is not None:
        try:
            after = parse_since(since, now())
        except ValueError:
            raise typer.BadParameter(
                f"{since!r} is no length of time such as 30m, 2h or 7d, and no date or time "
                "such as 2026-01-31 or 2026-01-31T09:00.",
                param_hint="--since",
            ) from None
    return filters.FlowRunFilter(
        state=by_state if states else None,
        tags=filters.FlowRunFilterTags(all_=list(tags)) if tags else None,
        expected_start_time=(
            filters.FlowRunFilterExpectedStartTime(after_=after) if after else None
        ),
    )


# inspect -----------------------------------------------------------------------------------


def inspect(run: RunArgument, output: Output = Format.TABLE) -> None:
    """Show everything that is known of a flow run: state, waits, tasks, history."""
    from signoff.model.filters import TaskRunFilter, TaskRunFilterFlowRunId
    from signoff.model.queries import ReadHistory, ReadTaskRuns, ReadWaits

    found = find_run(run)
    waits = ask(ReadWaits(found.id))
    mine = TaskRunFilter(flow_run_id=TaskRunFilterFlowRunId(any_=[found.id]))
    tasks = ask(ReadTaskRuns(task_runs=mine, limit=_PAGE))
    history = ask(ReadHistory(found.id))
    if output is Format.JSON:
        print_json(
            {
                **run_facts(found),
                "waits": [wait_facts(wait) for wait in waits],
                "task_runs": [task_facts(task) for task in reversed(tasks)],
                "history": [history_facts(entry) for entry in history],
            }
        )
        return
    _print_run(found)
    _print_waits(waits)
    _print_tasks(tuple(reversed(tasks)))
    _print_history(history)


def _print_run(run: FlowRun) -> None:
    present = now()
    facts: dict[str, str | Text] = {
        "Run": one_line(run.name),
        "ID": str(run.id),
        "Flow": one_line(run.flow_name or ""),
        "State": state_text(run.state_type, run.state_name),
    }
    if run.state is not None and run.state.message:
        facts["Message"] = clean(run.state.message)
    if run.created is not None:
        by = f" by {one_line(run.created_by)}" if run.created_by else ""
        facts["Created"] = f"{local(run.created)} ({ago(run.created, present)}){by}"
    if run.start_time is not None:
        facts["Started"] = local(run.start_time)
    if run.end_time is not None:
        facts["Ended"] = local(run.end_time)
    facts["Run time"] = duration(run.estimated_run_time.total_seconds())
    entries = "once" if run.entries == 1 else f"{run.entries} times"
    facts["Attempts"] = f"{run.run_count} (entered {entries})"
    if run.reentry is not None:
        facts["Last entry"] = one_line(str(run.reentry))
    if run.tags:
        facts["Tags"] = one_line(", ".join(run.tags))
    if run.parameters:
        facts["Parameters"] = ""
    for name, value in run.parameters.items():
        facts[f"  {one_line(name)}"] = one_line(_as_json(value))
    print_facts(facts)


def _as_json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _print_waits(waits: Sequence[WaitView]) -> None:
    if not waits:
        return
    present = now()
    print("\nWaits")
    rows = [
        [
            one_line(wait.item.key),
            one_line(wait.item.title),
            wait.status.value,
            ago(wait.item.deadline, present) if wait.closed_at is None else "-",
            one_line(str(wait.answered_by)) if wait.answered_by else "-",
            "-" if wait.answer is None else one_line(_as_json(wait.answer)),
        ]
        for wait in waits
    ]
    print_table(("Key", "Waits for", "Status", "Deadline", "Answered by", "Answer"), rows)


def _print_tasks(tasks: Sequence[TaskRun]) -> None:
    if not tasks:
        return
    print("\nTask runs" if len(tasks) < _PAGE else f"\nTask runs (the newest {_PAGE})")
    rows: list[list[str | Text]] = [
        [
            one_line(task.name),
            state_text(task.state_type, task.state_name),
            str(task.run_count),
            duration(task.total_run_time.total_seconds()) if task.end_time else "-",
        ]
        for task in tasks
    ]
    print_table(("Task run", "State", "Attempts", "Run time"), rows)


def _print_history(history: Sequence[HistoryEntry]) -> None:
    print("\nHistory")
    rows: list[list[str | Text]] = [
        [
            local(entry.at),
            entry.kind.value,
            state_text(entry.phase.state_type, entry.name),
            one_line(entry.actor),
            one_line(entry.message or ""),
        ]
        for entry in history
    ]
    print_table(("At", "Event", "State", "By", "Message"), rows)
