"""`signoff flow-run logs`: what a run said, and what it goes on to say."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from signoff.cli.changes import changes
from signoff.cli.display import Format, Output, clean, one_line, print_json
from signoff.cli.facts import log_facts
from signoff.cli.session import RunArgument, ask, find_run

if TYPE_CHECKING:
    from signoff.model.views import Log

_PAGE = 200
_LATENESS = timedelta(seconds=5)
"""Lines come in batches from several threads: a late one may carry an earlier time."""


class Level(StrEnum):
    """Levels of log lines."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def number(self) -> int:
        return logging.getLevelNamesMapping()[self.value.upper()]


LevelOption = Annotated[
    Level | None,
    typer.Option(
        case_sensitive=False,
        metavar="LEVEL",
        help="Only debug, info, warning, error or critical and above.",
    ),
]
HeadOption = Annotated[
    int | None,
    typer.Option("--head", metavar="NUMBER", min=1, help="Only the first lines, this many."),
]
TailOption = Annotated[
    int | None,
    typer.Option("--tail", "-n", metavar="NUMBER", min=1, help="Only the last lines, this many."),
]
ReverseOption = Annotated[bool, typer.Option("--reverse", help="Newest lines first.")]


def logs(
    run: RunArgument,
    output: Output = Format.TABLE,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the run has ended.")
    ] = False,
    level: LevelOption = None,
    head: HeadOption = None,
    tail: TailOption = None,
    reverse: ReverseOption = False,
) -> None:
    """Show the log of a flow run. JSON is one line per log line with --follow, else a list."""
    exclusive(head, tail)
    if follow and (head is not None or reverse):
        raise typer.BadParameter("--follow goes with --tail only.")
    reader = LogReader(find_run(run).id, level)
    lines = reader.part(head, tail, reverse)
    if not follow:
        show(lines, output)
        return
    _print_logs(lines, output)
    for fresh in reader.follow(lines):
        _print_logs(fresh, output)


def exclusive(head: int | None, tail: int | None) -> None:
    """Complain when both the first and the last lines are wanted."""
    if head is not None and tail is not None:
        raise typer.BadParameter("--head and --tail exclude each other.")


def show(lines: Sequence[Log], output: Format) -> None:
    """Print lines of a log."""
    if output is Format.JSON:
        print_json([log_facts(line) for line in lines])
    else:
        _print_logs(lines, output)


def _print_logs(lines: Sequence[Log], output: Format) -> None:
    for line in lines:
        if output is Format.JSON:
            print_json(log_facts(line), lines=True)
            continue
        at = line.timestamp.astimezone().strftime("%H:%M:%S.%f")[:-3]
        head = f"{at} | {logging.getLevelName(line.level):<8}| {one_line(line.name)} - "
        print(head + clean(line.message).replace("\n", "\n" + " " * 4), flush=True)


class LogReader:
    """Reads the log of one run in pages, and what is added to it later.

    Args:
        run_id: the flow run.
        level: only lines of this level and above.
        task_run_id: only lines of this task run.
    """

    def __init__(self, run_id: UUID, level: Level | None, task_run_id: UUID | None = None) -> None:
        self._run_id = run_id
        self._level = level
        self._task_run_id = task_run_id

    def part(self, head: int | None, tail: int | None, reverse: bool) -> Sequence[Log]:
        """The first or the last lines, or all of them."""
        if tail is not None:
            lines = list(self.page(tail, newest=True))[::-1]
        else:
            lines = list(self.page(head))
        return lines[::-1] if reverse else lines

    def page(
        self, limit: int | None, newest: bool = False, after: datetime | None = None
    ) -> Iterator[Log]:
        """Lines in the order of time, or from the newest back; at most `limit`."""
        from signoff.model import filters
        from signoff.model.queries import ReadLogs

        of_task = [self._task_run_id] if self._task_run_id is not None else None
        wanted = filters.LogFilter(
            flow_run_id=filters.LogFilterFlowRunId(any_=[self._run_id]),
            task_run_id=filters.LogFilterTaskRunId(any_=of_task) if of_task else None,
            level=filters.LogFilterLevel(ge_=self._level.number) if self._level else None,
            timestamp=filters.LogFilterTimestamp(after_=after) if after else None,
        )
        sort = filters.LogSort.TIMESTAMP_DESC if newest else filters.LogSort.TIMESTAMP_ASC
        offset = 0
        while limit is None or offset < limit:
            size = _PAGE if limit is None else min(_PAGE, limit - offset)
            found = ask(ReadLogs(logs=wanted, sort=sort, limit=size, offset=offset))
            yield from found
            offset += len(found)
            if len(found) < size:
                return

    def follow(self, shown: Sequence[Log]) -> Iterator[list[Log]]:
        """Lines that come after those already shown, until the run has ended."""
        seen = {line.id for line in shown}
        newest = max((line.timestamp for line in shown), default=None)
        for _ in changes(self._run_id, lines=True):
            after = newest - _LATENESS if newest else None
            fresh = [line for line in self.page(None, after=after) if line.id not in seen]
            seen.update(line.id for line in fresh)
            newest = max((line.timestamp for line in fresh), default=newest)
            yield fresh
