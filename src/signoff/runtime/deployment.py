"""Documented import path: facts about the present deployment."""

from typing import Any

from signoff.authoring.runtime.deployment import DEPLOYMENT

__all__ = DEPLOYMENT.names


def __getattr__(name: str) -> Any:
    return DEPLOYMENT.read(name)


def __dir__() -> list[str]:
    return DEPLOYMENT.names
