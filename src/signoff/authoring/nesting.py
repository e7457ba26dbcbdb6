"""The parts of nested values: lists, tuples, sets, dicts, dataclasses and Pydantic models.

Owns taking a value apart and putting a changed copy together. Must not know what is looked for.
"""

from __future__ import annotations

import copy
import dataclasses
import sys
from collections.abc import Iterable
from typing import Any

_ROWS = (list, tuple, set, frozenset)


def parts_of(value: Any) -> list[Any] | None:
    """What a value is made of, in order; None for a value that is not taken apart."""
    if isinstance(value, _ROWS):
        return list(value)
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    names = _fields(value)
    if names is None:
        return None
    return [getattr(value, name) for name in names]


def rebuilt(value: Any, parts: list[Any]) -> Any:
    """A copy of `value` that is made of other parts, as many and in the same order."""
    kind = type(value)
    if kind in _ROWS:
        return kind(parts)
    if isinstance(value, tuple):
        return kind._make(parts) if hasattr(kind, "_make") else kind(parts)
    if isinstance(value, (set, frozenset)):
        return kind(parts)
    if isinstance(value, list):
        return _refilled_list(value, parts)
    if isinstance(value, dict):
        half = len(parts) // 2
        changed = copy.copy(value)
        changed.clear()
        changed.update(zip(parts[:half], parts[half:], strict=True))
        return changed
    changed = copy.copy(value)
    for name, part in zip(_fields(value) or (), parts, strict=True):
        object.__setattr__(changed, name, part)
    return changed


def _refilled_list(value: list[Any], parts: Iterable[Any]) -> list[Any]:
    changed = copy.copy(value)
    changed[:] = parts
    return changed


def _fields(value: Any) -> list[str] | None:
    if isinstance(value, type):
        return None
    if dataclasses.is_dataclass(value):
        return [field.name for field in dataclasses.fields(value) if hasattr(value, field.name)]
    # Nobody can have a Pydantic model while Pydantic is not loaded.
    pydantic = sys.modules.get("pydantic")
    if pydantic is not None and isinstance(value, pydantic.BaseModel):
        return list(type(value).model_fields)
    return None
