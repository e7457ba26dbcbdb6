"""Task runners: where submitted tasks run.

Owns the documented classes. The pools themselves are in `engine`; a runner only says which pool a
run gets.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from signoff.engine.threads import ThreadTaskPool
from signoff.gateway.settings import current_settings

if TYPE_CHECKING:
    from signoff.engine.frames import TaskPool


class TaskRunner:
    """Base of task runners. A runner is a description; each flow run gets its own pool."""

    def pool(self, name: str) -> TaskPool:
        """A pool for one flow run."""
        raise TypeError(f"{type(self).__name__} does not say where tasks run; override pool().")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), tuple(sorted(vars(self).items()))))

    @property
    def name(self) -> str:
        return type(self).__name__.lower().replace("taskrunner", "")


class ThreadPoolTaskRunner(TaskRunner):
    """Runs tasks on threads of the flow's process.

    Args:
        max_workers: tasks that run at a time, those that wait for people not counted; None for
            SIGNOFF_TASKS_RUNNER_THREAD_POOL_MAX_WORKERS, or no limit.
    """

    def __init__(self, max_workers: int | None = None) -> None:
        self._max_workers = _positive(max_workers)

    def pool(self, name: str) -> TaskPool:
        limit = self._max_workers
        if limit is None:
            limit = current_settings().tasks_runner_thread_pool_max_workers
        return ThreadTaskPool(limit, name)


ConcurrentTaskRunner = ThreadPoolTaskRunner
"""The documented older name."""


class ProcessPoolTaskRunner(TaskRunner):
    """Runs tasks in processes of their own.

    Args:
        max_workers: tasks that run at a time; None for
            SIGNOFF_TASKS_RUNNER_PROCESS_POOL_MAX_WORKERS, or the number of processors.
    """

    def __init__(self, max_workers: int | None = None) -> None:
        self._max_workers = _positive(max_workers)

    def pool(self, name: str) -> TaskPool:
        limit = self._max_workers
        if limit is None:
            limit = current_settings().tasks_runner_process_pool_max_workers
        # Loaded on first use: most flows need neither sockets nor processes.
        processes = importlib.import_module("signoff.engine.processes")
        pool: TaskPool = processes.ProcessTaskPool(limit, name, _CHILD)
        return pool


def runner_of(given: TaskRunner | type[TaskRunner] | None, name: str) -> TaskRunner:
    """The task runner that a flow was given; threads when none was.

    Raises:
        TypeError: it is something else.
    """
    if given is None:
        return ThreadPoolTaskRunner()
    runner = given() if isinstance(given, type) else given
    if not isinstance(runner, TaskRunner):
        raise TypeError(
            f"task_runner of flow {name!r} must be a task runner such as "
            f"ThreadPoolTaskRunner(max_workers=4), got {given!r}."
        )
    return runner


def _positive(given: int | None) -> int | None:
    if given is not None and given < 1:
        raise ValueError(f"max_workers must be at least 1, got {given}.")
    return given


_CHILD = (sys.executable, "-m", "signoff.authoring.task_child")
"""Starts the process that a task runs in."""
