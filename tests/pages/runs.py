"""Runs with everything that their pages show."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from signoff.engine.clock import new_id
from signoff.gateway.http import HttpGateway
from signoff.model.commands import FinishRun, FinishTasks, WriteLogs
from signoff.model.journal import LogLine, Result, ResultKind
from signoff.model.runs import Phase
from signoff.model.shared.artifacts import CreateArtifact
from signoff.model.states import StateType
from tests.pages.questions import Asking
from tests.server.serving import task_of

SECOND = 1_000_000


class Worked(Asking):
    """A run that has worked: with tasks, a log and artifacts."""

    def __init__(self, gateway: HttpGateway, **changes: Any) -> None:
        super().__init__(gateway, **changes)
        self.began = time.time_ns() // 1_000
        self._lines = 0

    def tasks(self, *names: str) -> None:
        """Tasks that took a second each; the last one failed."""
        self.gateway.send(
            FinishTasks(
                tuple(
                    replace(
                        task_of(self.handle, number),
                        name=name,
                        started=self.began + number * SECOND,
                        ended=self.began + (number + 1) * SECOND,
                    )
                    for number, name in enumerate(names)
                )
            )
        )

    def failed_task(self, name: str, message: str) -> None:
        """A task that failed."""
        self.gateway.send(
            FinishTasks(
                (
                    replace(
                        task_of(self.handle, 99),
                        name=name,
                        state_type=StateType.FAILED,
                        state_name="Failed",
                        message=message,
                        result=Result(ResultKind.NONE),
                        started=self.began,
                        ended=self.began + SECOND,
                    ),
                )
            )
        )

    def log(self, *lines: tuple[int, str]) -> None:
        """Lines of its log: level and text."""
        self.gateway.send(
            WriteLogs(
                tuple(
                    LogLine(new_id(), self.id, None, level, "signoff.flow_runs", text, at)
                    for at, (level, text) in enumerate(lines, self.began + self._lines)
                )
            )
        )
        self._lines += len(lines)

    def leave(self, type_: str, data: Any, key: str | None = None, text: str | None = None) -> None:
        """An artifact."""
        self.gateway.send(CreateArtifact(key, type_, text, data, flow_run_id=self.id))

    def fail(self, message: str) -> None:
        """End badly."""
        self.gateway.send(
            FinishRun(
                self.id,
                self.handle.entry,
                Phase.FAILED,
                None,
                message,
                Result(ResultKind.NONE),
            )
        )
