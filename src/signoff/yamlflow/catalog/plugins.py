"""Task types of plugins.

Owns finding them in the installed packages, which clients and workers do, and carrying their
declarations to a server, which reads them without installing anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from importlib.metadata import entry_points
from typing import Any

from signoff.model.errors import InvalidRequest
from signoff.yamlflow.catalog.types import TaskType

GROUP = "signoff.tasks"
"""Entry points under which packages offer task types: objects with a `declaration`."""

_TEXTS = ("name", "title")
_TUPLES = ("aliases", "required", "taken")
_MAPS = ("properties", "renamed", "ignored", "refused", "outdated", "branches", "outputs")


def installed_types() -> list[TaskType]:
    """The task types that the packages installed here offer, by name of the entry point.

    Raises:
        InvalidRequest: one of them offers something else.
    """
    found = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        declaration = getattr(point.load(), "declaration", None)
        if not isinstance(declaration, TaskType):
            raise InvalidRequest(
                f"The entry point {point.name!r} of the group {GROUP!r} ({point.value}) has no "
                "`declaration: TaskType`; give it one, or uninstall its package."
            )
        found.append(declaration)
    return found


def encode_type(declaration: TaskType) -> dict[str, Any]:
    """The declaration as JSON; what has its default is left out."""
    plain = asdict(declaration)
    plain["deprecated"] = sorted(declaration.deprecated)
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in plain.items()
        if name in _TEXTS or value not in ((), [], {}, None, False)
    }


def decode_type(data: Mapping[str, Any]) -> TaskType:
    """The declaration that `encode_type` made JSON of.

    Raises:
        InvalidRequest: it is none; the message names the part.
    """
    known = {each.name for each in fields(TaskType)}
    unknown = sorted(set(data) - known)
    if unknown:
        raise InvalidRequest(f"A task type has no part named {unknown[0]!r}.")
    wrong = next((name for name in _TEXTS if not isinstance(data.get(name), str)), None)
    wrong = wrong or next(
        (name for name in (*_TUPLES, "deprecated") if not _are_texts(data.get(name, []))), None
    )
    wrong = wrong or next(
        (name for name in _MAPS if not isinstance(data.get(name, {}), Mapping)), None
    )
    if wrong:
        raise InvalidRequest(f"The part {wrong!r} of a task type is not what it must be.")
    parts = {
        **data,
        **{name: tuple(data.get(name, ())) for name in _TUPLES},
        "deprecated": frozenset(data.get("deprecated", ())),
    }
    return TaskType(**parts)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
