"""The context of the present line: run, task, settings, tags.

Owns the documented names. The facts are those of `engine/frames.py`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signoff.engine.frames import (
    RunFrame,
    TaskFrame,
    current_run,
    current_tags,
    current_task,
)
from signoff.gateway.settings import current
from signoff.model.errors import MissingContextError

if TYPE_CHECKING:
    from datetime import datetime

    from signoff.model.settings import Settings
    from signoff.model.views import FlowRun, TaskRun


class FlowRunContext:
    """The flow run around the present line."""

    def __init__(self, frame: RunFrame) -> None:
        self._frame = frame

    @classmethod
    def get(cls) -> FlowRunContext | None:
        """The present context; None outside a flow run."""
        frame = current_run.get()
        return cls(frame) if frame is not None else None

    @property
    def flow(self) -> Any:
        """The flow."""
        return self._frame.spec.owner

    @property
    def flow_run(self) -> FlowRun:
        """The flow run, as this process knows it."""
        viewing = importlib.import_module("signoff.engine.viewing")
        found: FlowRun = viewing.flow_run_view(self._frame, viewing.running(self._frame.started))
        return found

    def refresh(self) -> FlowRun:
        """The flow run as it is on record now: what others changed about it included."""
        queries = importlib.import_module("signoff.model.queries")
        found: FlowRun = self._frame.gateway.send(queries.ReadRun(self._frame.run_id))
        return found

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Its parameters."""
        return self._frame.parameters

    @property
    def task_runner(self) -> Any:
        """Where its submitted tasks run."""
        return self._frame.spec.task_runner

    @property
    def log_prints(self) -> bool:
        """Whether `print` goes to its log."""
        return self._frame.log_prints

    @property
    def start_time(self) -> datetime:
        """When this process began to work on it."""
        return _moment(self._frame.started)

    @property
    def frames(self) -> tuple[RunFrame, None]:
        """What the engine knows of it."""
        return self._frame, None


class TaskRunContext:
    """The task run around the present line."""

    def __init__(self, frame: TaskFrame) -> None:
        self._frame = frame

    @classmethod
    def get(cls) -> TaskRunContext | None:
        """The present context; None outside a task run."""
        frame = current_task.get()
        return cls(frame) if frame is not None else None

    @property
    def task(self) -> Any:
        """The task."""
        return self._frame.spec.owner

    @property
    def task_run(self) -> TaskRun:
        """The task run."""
        viewing = importlib.import_module("signoff.engine.viewing")
        found: TaskRun = viewing.task_run_view(self._frame, viewing.running(self._frame.started))
        return found

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Its parameters."""
        return self._frame.parameters

    @property
    def log_prints(self) -> bool:
        """Whether `print` goes to its log."""
        return self._frame.log_prints

    @property
    def start_time(self) -> datetime:
        """When it began."""
        return _moment(self._frame.started)

    @property
    def frames(self) -> tuple[RunFrame, TaskFrame]:
        """What the engine knows of it."""
        return self._frame.run, self._frame


@dataclass(frozen=True, slots=True)
class TagsContext:
    """The labels that `with tags(...)` gives to runs begun at the present line.

    Args:
        current_tags: the labels.
    """

    current_tags: frozenset[str] = frozenset()

    @classmethod
    def get(cls) -> TagsContext:
        """The present context; without labels outside of `with tags(...)`."""
        return cls(current_tags.get())


@dataclass(frozen=True, slots=True)
class SettingsContext:
    """The settings at the present line.

    Args:
        settings: the values.
        profile: name of the profile in use.
    """

    settings: Settings
    profile: str

    @classmethod
    def get(cls) -> SettingsContext:
        """The present context; there always is one.

        Raises:
            SettingsError: a value is not allowed, or a file cannot be used.
        """
        resolved = current()
        return cls(resolved.settings, resolved.profile)


def _moment(us: int) -> datetime:
    found: datetime = importlib.import_module("signoff.engine.viewing").moment(us)
    return found


def get_settings_context() -> SettingsContext:
    """The settings at the present line, and the profile they come from.

    Raises:
        SettingsError: a value is not allowed, or a file cannot be used.
    """
    return SettingsContext.get()


def get_run_context() -> FlowRunContext | TaskRunContext:
    """The task run around the present line, or else the flow run.

    Raises:
        MissingContextError: outside both.
    """
    found = TaskRunContext.get() or FlowRunContext.get()
    if found is None:
        raise MissingContextError(
            "No run context available. You are not in a flow or task run context."
        )
    return found


@contextmanager
def tags(*new_tags: str) -> Iterator[set[str]]:
    """Inside the block, runs get these labels besides those around it."""
    merged = current_tags.get() | frozenset(new_tags)
    token = current_tags.set(merged)
    try:
        yield set(merged)
    finally:
        current_tags.reset(token)
