"""What the code of a task is given, made as it is asked for.

Owns the logger, stores and ways to stop of one attempt. Most code uses few of them, and a run has
many tasks: nothing is made that nobody looks at.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Event, Timer
from typing import Any
from uuid import UUID

from signoff.core.standing import Standing
from signoff.engine.frames import TaskFrame
from signoff.gateway.settings import current_settings
from signoff.yamlflow.running.logger import TaskLogger, logger_of
from signoff.yamlflow.running.secrecy import masked_in
from signoff.yamlflow.running.stores import StoredFiles, StoredPairs
from signoff.yamlflow.running.visit import Visit
from signoff.yamlflow.tasks.running import TaskFailed


class TaskContext:
    """What the code of one attempt may use, as `tasks.context.RunContext` describes it.

    Args:
        visit: the task at its place.
    """

    def __init__(self, visit: Visit) -> None:
        execution, document = visit.execution, visit.execution.document
        self.task_id = visit.node.id
        self.namespace = document.namespace
        self.flow_id = document.id
        self.execution_id = execution.id
        self.variables = visit.scope
        self.folder: Path | None = visit.folder
        self._visit = visit
        self._open: ExitStack | None = None
        if visit.group is not None or (visit.task and visit.task.spec.timeout is not None):
            # The time runs, and a branch beside it may fail, before the code asks.
            _ = self.stopped

    def close(self) -> None:
        """The attempt has ended: nothing more is heard."""
        if self._open is not None:
            self._open.close()

    @cached_property
    def log(self) -> TaskLogger:
        """Logger of the task's run."""
        return logger_of(self._visit)

    def render(self, value: Any) -> Any:
        """Render a text, list or map in the run's scope."""
        return self._visit.render(value)

    def secrets(self, name: str) -> str:
        """A secret by name; raises KeyError."""
        return self._visit.execution.secret(name)

    @property
    def key_values(self) -> StoredPairs:
        """The key-value store."""
        return self._visit.execution.pairs

    @property
    def files(self) -> StoredFiles:
        """The files of the flow."""
        return self._visit.execution.files

    @property
    def actions(self) -> RunActions:
        """What may be done to runs."""
        return RunActions(self._visit)

    @cached_property
    def routes(self) -> Mapping[str, str]:
        """The addresses that are reached elsewhere."""
        return dict(current_settings().yaml_http_routes)

    @cached_property
    def stopped(self) -> Event:
        """Set when the task must stop; whatever says so is listened to from now on."""
        stopped, self._open = Event(), ExitStack()
        self._open.enter_context(_stopping(self._visit, stopped))
        return stopped


@dataclass(frozen=True, slots=True)
class RunActions:
    """What a task may do to runs, as `tasks.context.Actions` describes it."""

    visit: Visit

    def resume(self, execution_id: str, inputs: Mapping[str, Any] | None) -> None:
        """Answer what a run waits for."""
        # Loaded on first use: few flows answer others.
        waiting = importlib.import_module("signoff.authoring.waiting")
        try:
            run = UUID(execution_id)
        except ValueError:
            raise TaskFailed(f"{execution_id!r} is no id of a run.") from None
        waiting.resume_flow_run(run, dict(inputs) if inputs else None)

    def add_labels(self, labels: Mapping[str, str]) -> None:
        """Label the run."""
        run_labels = importlib.import_module("signoff.yamlflow.running.labels")
        execution = self.visit.execution
        run_labels.add(execution, masked_in(labels, execution.masked))


@contextmanager
def _stopping(visit: Visit, stopped: Event) -> Iterator[None]:
    """Tell the code to stop when its time is up, or its run or branch is to end."""
    signals, task = visit.execution.frame.signals, visit.task

    def heard() -> None:
        if signals.standing in (Standing.STOP, Standing.GONE):
            stopped.set()

    end = signals.subscribe(heard, signals.count)
    heard()
    timer = _timer(task, stopped)
    try:
        if visit.group is None:
            yield
        else:
            with visit.group.working(stopped.set):
                yield
    finally:
        if timer is not None:
            timer.cancel()
        end()


def _timer(task: TaskFrame | None, stopped: Event) -> Timer | None:
    """An exception that ends a time limit is not delivered inside a call that blocks."""
    if task is None or task.spec.timeout is None:
        return None
    timer = Timer(task.spec.timeout, stopped.set)
    timer.daemon = True
    timer.start()
    return timer
