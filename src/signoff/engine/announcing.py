"""Letting people see tasks that take a while before they have ended.

Owns the start records: a task that still runs after a quarter of a second is announced, behind.
Short tasks, which are most, cost nothing but their place in a dictionary.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from signoff.engine.clock import now_us
from signoff.model.commands import StartTasks
from signoff.model.errors import SignoffException
from signoff.model.journal import TaskStart

if TYPE_CHECKING:
    from signoff.engine.frames import TaskFrame

AFTER = 0.25
"""Seconds a task has to run before it is announced."""


class _Announcer:
    def __init__(self) -> None:
        self._fresh: dict[TaskFrame, frozenset[str]] = {}
        self._something = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, task: TaskFrame, tags: frozenset[str]) -> None:
        self._fresh[task] = tags
        if not self._something.is_set():
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._announce, name="signoff-announcer", daemon=True
                )
                self._thread.start()
            self._something.set()

    def drop(self, task: TaskFrame) -> None:
        self._fresh.pop(task, None)

    def take(self, task: TaskFrame) -> frozenset[str] | None:
        """The tags of a task that nobody has been told of; None when it was announced before."""
        return self._fresh.pop(task, None)

    def _announce(self) -> None:
        while True:
            self._something.wait()
            time.sleep(AFTER)
            if not self._fresh:
                self._something.clear()
                # A task added between the look and the clearing would go unseen.
                if self._fresh:
                    self._something.set()
                continue
            limit = now_us() - int(AFTER * 1_000_000)
            for task, tags in list(self._fresh.items()):
                if task.started <= limit and self._fresh.pop(task, None) is not None:
                    with suppress(SignoffException):
                        # People see it a little later then: with its end.
                        task.run.gateway.post(StartTasks((_start(task, tags),)))


def _start(task: TaskFrame, tags: frozenset[str]) -> TaskStart:
    return TaskStart(
        id=task.id,
        run_id=task.run.run_id,
        attempt=task.run.attempt,
        scope=task.step.scope,
        task_key=task.spec.key,
        name=task.name,
        started=task.started,
        run_count=task.run_count,
        tags=tuple(sorted(task.spec.tags | tags)),
        inputs=task.step.inputs,
        occurrence=task.step.occurrence,
        place=task.step.place,
    )


_announcer = _Announcer()


def begun(task: TaskFrame, tags: frozenset[str]) -> None:
    """The task runs from now on."""
    _announcer.add(task, tags)


def ended(task: TaskFrame) -> None:
    """The task has ended."""
    _announcer.drop(task)


def announce(task: TaskFrame | None) -> None:
    """Let people see a task, and those around it, at once: it is going to wait for one of them."""
    while task is not None:
        tags = _announcer.take(task)
        if tags is not None:
            task.run.gateway.post(StartTasks((_start(task, tags),)))
        task = task.outer
