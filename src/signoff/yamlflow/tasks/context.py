"""What a runnable task may use.

Owns the face that built-in tasks and plugins are written against; whoever runs a task fills it in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any, Protocol


class KeyValues(Protocol):
    """The key-value store, by namespace."""

    def get(self, namespace: str, key: str) -> Any:
        """The value of a key.

        Raises:
            KeyError: the namespace has no such key, or it has run out.
        """

    def set(
        self,
        namespace: str,
        key: str,
        value: Any,
        *,
        kind: str | None = None,
        ttl: timedelta | None = None,
        overwrite: bool = True,
    ) -> None:
        """Keep a value.

        Args:
            namespace, key: where.
            value: anything JSON can carry.
            kind: `STRING`, `NUMBER`, `BOOLEAN`, `DATETIME`, `DATE`, `DURATION` or `JSON`; None to
                take it from the value.
            ttl: how long it is kept; None for ever.
            overwrite: whether a value that is there may be replaced.

        Raises:
            FileExistsError: there is a value and it may not be replaced.
        """

    def delete(self, namespace: str, key: str) -> bool:
        """Forget a key; whether there was one."""

    def keys(self, namespace: str, prefix: str = "") -> list[str]:
        """Keys in alphabetical order."""


class Files(Protocol):
    """Files that outlive a task: uploads and outputs."""

    def read(self, uri: str) -> bytes:
        """The content behind an address that `write` gave.

        Raises:
            FileNotFoundError: nothing is kept there.
        """

    def write(self, name: str, content: bytes) -> str:
        """Keep a file; its address."""


class Actions(Protocol):
    """What a task may do to runs."""

    def resume(self, execution_id: str, inputs: Mapping[str, Any] | None) -> None:
        """Answer what a run waits for."""

    def add_labels(self, labels: Mapping[str, str]) -> None:
        """Label the run of the task."""


class RunContext(Protocol):
    """What a runnable task may use."""

    @property
    def task_id(self) -> str:
        """The task that this is."""

    @property
    def namespace(self) -> str:
        """Namespace of its flow."""

    @property
    def flow_id(self) -> str:
        """The flow it belongs to."""

    @property
    def execution_id(self) -> str:
        """The run it belongs to."""

    @property
    def log(self) -> logging.Logger | logging.LoggerAdapter[logging.Logger]:
        """Logger of the task's run; its lines are on record."""

    @property
    def render(self) -> Callable[[Any], Any]:
        """Renders a text, list or map in the run's scope; for properties that the type keeps
        unrendered."""

    @property
    def variables(self) -> Mapping[str, Any]:
        """The scope of expressions."""

    @property
    def secrets(self) -> Callable[[str], str]:
        """A secret by name; raises KeyError."""

    @property
    def key_values(self) -> KeyValues:
        """The key-value store."""

    @property
    def files(self) -> Files:
        """The files of the flow."""

    @property
    def actions(self) -> Actions:
        """What may be done to runs."""

    @property
    def folder(self) -> Path | None:
        """Folder of an enclosing WorkingDirectory; None where the task has one of its own."""

    @property
    def routes(self) -> Mapping[str, str]:
        """Addresses that are reached elsewhere: prefix of a URL -> what stands for it."""

    @property
    def stopped(self) -> Event:
        """Set when the task must stop, at a time-out or a cancellation."""
