"""What a run does between the lines of its history: log lines and tasks, for pages that are open.

Owns how often one looks, and when a stream tells of it. Must not know what is shown.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from pydantic_core import to_json

from signoff.model.commands import Request
from signoff.model.filters import (
    LogFilter,
    LogFilterFlowRunId,
    LogSort,
    TaskRunFilter,
    TaskRunFilterFlowRunId,
    TaskRunSort,
)
from signoff.model.queries import ReadLogs, ReadTaskRuns

GAP = 0.25
"""Seconds between two looks, however much happens."""
PATIENCE = 2.0
"""Seconds after which one looks again without having heard of anything; twice as long each time
that there was nothing."""


class Progress:
    """Tells of what a run does.

    Args:
        ask: has a request carried out.
        run_id: the run.
        clock: seconds that only grow.
        longest: seconds between two looks at a run that does nothing.
    """

    def __init__(
        self,
        ask: Callable[[Request[Any]], Awaitable[Any]],
        run_id: UUID,
        clock: Callable[[], float],
        longest: float,
    ) -> None:
        self._ask = ask
        self._run_id = run_id
        self._clock = clock
        self._longest = longest
        self._seen: tuple[str, str] | None = None
        self._looked = float("-inf")
        self._patience = PATIENCE

    @property
    def rest(self) -> float:
        """Seconds after which one is to look again."""
        return self._patience

    async def news(self) -> bytes:
        """An event when something was done since the last one; nothing when it is too early."""
        early = self._looked + GAP - self._clock()
        if early > 0:
            self._patience = early
            return b""
        seen = await self._mark()
        self._looked = self._clock()
        if seen == self._seen:
            self._patience = min(max(self._patience, PATIENCE / 2) * 2, self._longest)
            return b""
        self._seen, self._patience = seen, PATIENCE
        return b"event: work\ndata: %s\n\n" % to_json({"log": seen[0], "tasks": seen[1]})

    async def _mark(self) -> tuple[str, str]:
        mine = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[self._run_id]))
        lines = await self._ask(ReadLogs(mine, LogSort.TIMESTAMP_DESC, 1))
        tasks = TaskRunFilter(flow_run_id=TaskRunFilterFlowRunId(any_=[self._run_id]))
        newest = [
            await self._ask(ReadTaskRuns(task_runs=tasks, sort=sort, limit=1))
            for sort in (TaskRunSort.ID_DESC, TaskRunSort.END_TIME_DESC)
        ]
        told = [f"{each.id} {each.state_id}" for found in newest for each in found]
        return str(lines[0].id) if lines else "", " ".join(told)
