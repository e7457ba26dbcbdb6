"""Running the code of a task that does something itself.

Owns what such code is given, how it is told to stop, and what its ways of ending mean. The code is
in `yamlflow.tasks` or in a plugin.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Timer
from typing import Any
from uuid import UUID

from signoff.core.standing import Standing
from signoff.engine.frames import TaskFrame
from signoff.gateway.settings import current_settings
from signoff.yamlflow.running.logger import logger_of
from signoff.yamlflow.running.outcome import Outcome, TaskEnded, Verdict
from signoff.yamlflow.running.visit import Visit
from signoff.yamlflow.tasks.context import RunContext
from signoff.yamlflow.tasks.running import EndRun, TaskFailed, TaskWarned, code_of


def runnable(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run one attempt of a task."""
    stopped, execution = Event(), visit.execution
    with _stopping(visit, stopped):
        try:
            outputs = code_of(visit.node.type).run(context_of(visit, stopped), properties)
        except EndRun as end:
            return Outcome(ends=Verdict(end.state), message=str(end))
        except TaskWarned as warned:
            return Outcome(Verdict.WARNING, warned.outputs, message=str(warned))
        except TaskFailed as failed:
            execution.frame.heed()
            raise TaskEnded(
                Outcome(Verdict.FAILED, failed.outputs, message=str(failed))
            ) from failed.__cause__
        except Exception:
            execution.frame.heed()
            raise
    return Outcome(Verdict.SUCCESS, dict(outputs or {}))


def context_of(visit: Visit, stopped: Event) -> RunContext:
    """What the code of a task may use."""
    execution = visit.execution
    return RunContext(
        task_id=visit.node.id,
        namespace=execution.document.namespace,
        flow_id=execution.document.id,
        execution_id=execution.id,
        log=logger_of(visit),
        render=visit.render,
        variables=visit.scope,
        secrets=execution.secret,
        key_values=execution.pairs,
        files=execution.files,
        actions=RunActions(visit),
        folder=visit.folder,
        routes=routes(),
        stopped=stopped,
    )


def routes() -> Mapping[str, str]:
    """The addresses that are reached elsewhere."""
    return dict(current_settings().yaml_http_routes)


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
        run_labels.add(self.visit.execution, labels)


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
