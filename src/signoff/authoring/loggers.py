"""Loggers for user code: those of runs, and those for code outside of them.

Owns the documented names. How loggers are set up is in `engine/logs.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from signoff.authoring.context import FlowRunContext, TaskRunContext
from signoff.authoring.process import prepare_logging
from signoff.engine.frames import present
from signoff.engine.logs import RUNS, FactsLogger, RunLogger
from signoff.model.errors import MissingContextError

if TYPE_CHECKING:
    from signoff.model.views import FlowRun, TaskRun


def get_run_logger(
    context: FlowRunContext | TaskRunContext | None = None, **kwargs: Any
) -> FactsLogger:
    """The logger of the present task run, or else flow run; its lines are kept with the run.

    Args:
        context: log for this run instead of the present one.
        **kwargs: further facts for each line.

    Raises:
        MissingContextError: outside of both, unless `disable_run_logger` is in force.
    """
    if context is not None:
        return RunLogger(*context.frames, **kwargs)
    run, task = present()
    if run is not None:
        return RunLogger(run, task, **kwargs)
    if all(logging.getLogger(name).disabled for name in RUNS):
        return FactsLogger(_silent, kwargs)
    raise MissingContextError("There is no active flow or task run context.")


def flow_run_logger(flow_run: FlowRun, flow: Any = None, **kwargs: Any) -> FactsLogger:
    """A logger of a flow run that is at hand, as in a hook; its lines are kept with the run.

    Args:
        flow_run: the run.
        flow: its flow, for the name in each line.
        **kwargs: further facts for each line.
    """
    facts = {
        "flow_run_id": str(flow_run.id),
        "flow_run_name": flow_run.name,
        "flow_name": flow.name if flow is not None else flow_run.flow_name,
    }
    return FactsLogger(logging.getLogger("signoff.flow_runs"), facts | kwargs)


def task_run_logger(
    task_run: TaskRun,
    task: Any = None,
    flow_run: FlowRun | None = None,
    flow: Any = None,
    **kwargs: Any,
) -> FactsLogger:
    """A logger of a task run that is at hand, as in a hook; its lines are kept with the run.

    Args:
        task_run: the run.
        task: its task, for the name in each line.
        flow_run: the flow run it belongs to.
        flow: the flow of that.
        **kwargs: further facts for each line.
    """
    facts = {
        "task_run_id": str(task_run.id),
        "task_run_name": task_run.name,
        "task_name": task.name if task is not None else None,
        "flow_run_id": str(task_run.flow_run_id),
        "flow_run_name": flow_run.name if flow_run is not None else None,
        "flow_name": flow.name if flow is not None else None,
    }
    return FactsLogger(logging.getLogger("signoff.task_runs"), facts | kwargs)


def get_logger(name: str | None = None) -> logging.Logger:
    """A logger below `signoff`, for code outside of runs.

    Args:
        name: what comes after `signoff.`; None for `signoff` itself.
    """
    prepare_logging()
    if name is None or name == "signoff":
        return logging.getLogger("signoff")
    return logging.getLogger(name if name.startswith("signoff.") else f"signoff.{name}")


@contextmanager
def disable_run_logger() -> Iterator[None]:
    """Inside the block, `get_run_logger` and the loggers of runs write nothing.

    For calling the functions of flows and tasks in tests.
    """
    loggers = [logging.getLogger(name) for name in RUNS]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled


_silent = logging.getLogger("signoff.silent")
_silent.disabled = True
