"""`signoff flow-run watch`: see a run until it has ended.

The exit code tells how it ended: 0 completed, 1 failed, 3 cancelled, 4 crashed, 124 not ended in
the given time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from signoff.cli.changes import changes
from signoff.cli.display import Format, Output, clean, console, note, one_line, print_json
from signoff.cli.display import state_text as coloured
from signoff.cli.facts import inbox_facts, run_facts
from signoff.cli.moments import ago, duration, now
from signoff.cli.session import RunArgument, ask, find_run

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.spinner import Spinner

    from signoff.model.replies import InboxItem
    from signoff.model.states import StateType
    from signoff.model.views import FlowRun

TIMED_OUT = 124
EXIT_CODES = {"COMPLETED": 0, "FAILED": 1, "CANCELLED": 3, "CRASHED": 4}
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """What is shown of a run at one moment.

    Args:
        run: the run.
        finished, failed, running: how many task runs are in such a state.
        waits: what it waits for.
    """

    run: FlowRun
    finished: int
    failed: int
    running: int
    waits: tuple[InboxItem, ...]

    @property
    def tasks(self) -> str:
        """The task runs, in words."""
        parts = [f"{self.finished} finished"]
        if self.failed:
            parts.append(f"{self.failed} failed")
        parts.append(f"{self.running} running")
        return "tasks: " + ", ".join(parts)


def watch(
    run: RunArgument,
    output: Output = Format.TABLE,
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", min=0, help="Seconds after which to stop watching (exit code 124)."
        ),
    ] = None,
) -> None:
    """Watch a flow run until it has ended.

    Exit code: 0 completed, 1 failed, 3 cancelled, 4 crashed, 124 not ended in time.
    JSON is one line per change.
    """
    found = find_run(run)
    tasks = _Tasks(found.id)
    with _screen(output) as shown:
        for each in changes(found.id, timeout):
            found = each
            shown(_progress(each, tasks))
    if found.state_type is None or found.state_type not in EXIT_CODES:
        note(f"{one_line(found.name)} has not ended after {timeout:g} seconds.")
        raise typer.Exit(TIMED_OUT)
    if output is Format.TABLE:
        said = f": {clean(found.state.message)}" if found.state and found.state.message else ""
        print(f"{one_line(found.name)} ended: {one_line(found.state_name)}{said}")
    raise typer.Exit(EXIT_CODES[found.state_type])


def _progress(run: FlowRun, tasks: _Tasks) -> Progress:
    from signoff.model.queries import ReadWaits
    from signoff.model.waits import WaitStatus

    tasks.look()
    waits = () if not run.state or not run.state.is_paused() else ask(ReadWaits(run.id))
    opened = tuple(wait.item for wait in waits if wait.status is WaitStatus.OPEN)
    return Progress(run, tasks.finished, tasks.failed, tasks.running, opened)


class _Tasks:
    """Counts the task runs of a run without reading the finished ones again."""

    def __init__(self, run_id: UUID) -> None:
        self._run_id = run_id
        self._states: dict[UUID, StateType | None] = {}

    def look(self) -> None:
        """Read what is new, newest first, then what was not finished before."""
        from signoff.model import filters
        from signoff.model.queries import ReadTaskRuns

        mine = filters.TaskRunFilterFlowRunId(any_=[self._run_id])
        open_before = {id for id, state in self._states.items() if not _is_final(state)}
        offset = 0
        while True:
            wanted = filters.TaskRunFilter(flow_run_id=mine)
            page = ask(ReadTaskRuns(task_runs=wanted, limit=_PAGE, offset=offset))
            known = [task.id in self._states for task in page]
            self._states |= {task.id: task.state_type for task in page}
            open_before -= {task.id for task in page}
            offset += len(page)
            if len(page) < _PAGE or any(known):
                break
        if open_before:
            ids = filters.TaskRunFilterId(any_=list(open_before)[:_PAGE])
            again = ask(ReadTaskRuns(task_runs=filters.TaskRunFilter(id=ids), limit=_PAGE))
            self._states |= {task.id: task.state_type for task in again}

    @property
    def finished(self) -> int:
        return self._count("COMPLETED", "CANCELLED")

    @property
    def failed(self) -> int:
        return self._count("FAILED", "CRASHED")

    @property
    def running(self) -> int:
        return sum(not _is_final(state) for state in self._states.values())

    def _count(self, *names: str) -> int:
        return sum(state in names for state in self._states.values())


def _is_final(state: StateType | None) -> bool:
    return state in EXIT_CODES


# Faces -------------------------------------------------------------------------------------


class _Shown:
    """Something progress can be shown on; this one shows nothing."""

    def __call__(self, progress: Progress) -> None:
        """Show it."""


class _Lines(_Shown):
    """One line whenever something changed: for files and pipes."""

    def __init__(self, output: Format) -> None:
        self._output = output
        self._last: tuple[object, ...] = ()

    def __call__(self, progress: Progress) -> None:
        run = progress.run
        told = (run.version, run.state_name, progress.tasks, progress.waits)
        if told == self._last:
            return
        self._last = told
        if self._output is Format.JSON:
            tasks = {
                "finished": progress.finished,
                "failed": progress.failed,
                "running": progress.running,
            }
            waits = [inbox_facts(item) for item in progress.waits]
            print_json({**run_facts(run), "tasks": tasks, "waits": waits}, lines=True)
            return
        waiting = "".join(f", waits for {one_line(item.title)!r}" for item in progress.waits)
        print(f"{one_line(run.name)}: {run.state_name}, {progress.tasks}{waiting}", flush=True)


@contextmanager
def _screen(output: Format) -> Iterator[_Shown]:
    """Where progress is shown: a live display in a terminal, lines elsewhere."""
    if output is Format.JSON or not console().is_terminal:
        yield _Lines(output)
        return
    from rich.live import Live

    picture = _Picture()
    # Drawn again by a thread of its own, so that the elapsed time moves while nothing changes.
    with Live(get_renderable=picture.draw, console=console(), refresh_per_second=8, transient=True):
        yield picture


class _Picture(_Shown):
    """The newest progress, as a live display draws it."""

    def __init__(self) -> None:
        from rich.spinner import Spinner

        self._newest: Progress | None = None
        self._spinner = Spinner("dots")

    def __call__(self, progress: Progress) -> None:
        self._newest = progress

    def draw(self) -> RenderableType:
        """The display as it is now."""
        return "" if self._newest is None else _drawn(self._newest, self._spinner)


def _drawn(progress: Progress, spinner: Spinner) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    run = progress.run
    present = now()
    begun = run.start_time or run.created
    elapsed = duration((present - begun).total_seconds()) if begun else "-"
    head = Text.assemble(
        one_line(run.name), " ", coloured(run.state_type, run.state_name), f"  {elapsed}"
    )
    spinner.update(text=head)
    lines: list[RenderableType] = [spinner, Text(f"  {progress.tasks}")]
    for item in progress.waits:
        deadline = "" if item.deadline is None else f" (deadline {ago(item.deadline, present)})"
        lines.append(Text(f"  waits for: {one_line(item.title or item.key)}{deadline}"))
    if progress.waits:
        lines.append(Text(f"  answer with: signoff flow-run resume {run.id}", style="dim"))
    return Group(*lines)
