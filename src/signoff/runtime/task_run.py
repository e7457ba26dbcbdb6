"""Documented import path: facts about the present task run."""

from typing import Any

from signoff.authoring.runtime.task_run import TASK_RUN

__all__ = TASK_RUN.names


def __getattr__(name: str) -> Any:
    return TASK_RUN.read(name)


def __dir__() -> list[str]:
    return TASK_RUN.names
