"""`signoff.runtime.task_run`: the task run around the present line.

Owns the documented attributes and what they are outside of tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from signoff.authoring.runtime import known
from signoff.authoring.runtime.values import Values
from signoff.engine.frames import TaskFrame, current_task

T = TypeVar("T")


def _of(read: Callable[[TaskFrame], T]) -> Callable[[], T | None]:
    """Read from the task run; None outside of tasks."""

    def value() -> T | None:
        frame = current_task.get()
        return None if frame is None else read(frame)

    return value


def _tags() -> list[str]:
    frame = current_task.get()
    return [] if frame is None else sorted(frame.tags)


def _parameters() -> Mapping[str, Any]:
    frame = current_task.get()
    return {} if frame is None else dict(frame.parameters)


def _run_count() -> int:
    frame = current_task.get()
    return 0 if frame is None else frame.run_count


TASK_RUN = Values(
    "task_run",
    {
        "id": _of(lambda frame: str(frame.id)),
        "tags": _tags,
        "name": _of(lambda frame: frame.name),
        "parameters": _parameters,
        "run_count": _run_count,
        "task_name": _of(lambda frame: frame.spec.name),
        "api_url": _of(lambda frame: known.api_url(f"task_runs/{frame.id}")),
        "ui_url": _of(lambda frame: known.page_url(f"runs/{frame.run.run_id}#{frame.id}")),
    },
)
"""The attributes of `signoff.runtime.task_run`."""
