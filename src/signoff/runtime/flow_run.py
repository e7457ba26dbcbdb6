"""Documented import path: facts about the present flow run."""

from typing import Any

from signoff.authoring.runtime.flow_run import FLOW_RUN

__all__ = FLOW_RUN.names


def __getattr__(name: str) -> Any:
    return FLOW_RUN.read(name)


def __dir__() -> list[str]:
    return FLOW_RUN.names
