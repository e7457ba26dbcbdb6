"""Waiting until a task run has ended: the documented `TaskRunWaiter`.

Task runs announce nothing to other processes, so it looks now and then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self
from uuid import UUID

from signoff.authoring.ids import as_id
from signoff.authoring.process import runtime
from signoff.model.errors import ObjectNotFound
from signoff.model.queries import ReadTaskRun
from signoff.model.states import TERMINAL_STATES

_PAUSE = 0.1
"""Seconds between two looks."""


class TaskRunWaiter:
    """Waits for task runs that this process or another one works on."""

    _only: TaskRunWaiter | None = None

    def __init__(self) -> None:
        self._waiting: set[asyncio.Task[None]] = set()

    @classmethod
    def instance(cls) -> Self:
        """The waiter of this process."""
        if not isinstance(cls._only, cls):
            cls._only = cls()
        return cls._only

    @classmethod
    async def wait_for_task_run(cls, task_run_id: UUID | str, timeout: float | None = None) -> None:
        """Return when the task run has ended, or after `timeout` seconds.

        Args:
            task_run_id: the task run; it may begin later.
            timeout: seconds; None for no limit.
        """
        wanted = as_id(task_run_id, "task_run_id")
        try:
            async with asyncio.timeout(timeout):
                # Nothing tells other processes of the end of a task run.
                while not await asyncio.to_thread(_has_ended, wanted):  # noqa: ASYNC110
                    await asyncio.sleep(_PAUSE)
        except TimeoutError:
            return

    @classmethod
    def add_done_callback(cls, task_run_id: UUID | str, callback: Callable[[], object]) -> None:
        """Call `callback` when the task run has ended; needs a running event loop."""

        async def call() -> None:
            await cls.wait_for_task_run(task_run_id)
            callback()

        waiter = cls.instance()
        task = asyncio.get_running_loop().create_task(call())
        waiter._waiting.add(task)
        task.add_done_callback(waiter._waiting.discard)


def _has_ended(task_run_id: UUID) -> bool:
    try:
        return runtime().gateway.send(ReadTaskRun(task_run_id)).state_type in TERMINAL_STATES
    except ObjectNotFound:
        return False
