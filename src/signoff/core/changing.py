"""Copies of frozen dataclasses with some fields changed.

`dataclasses.replace` calls the constructor, which for a frozen class checks and sets every field
through Python; a decision makes several copies of a run, so that was most of its time. This copies
the slots themselves, about three times as fast. For slotted classes without `__post_init__` only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast

T = TypeVar("T")

Setter = Callable[[Any, Any], None]


def replace(value: T, /, **changes: Any) -> T:
    """A copy of a slotted dataclass, with these fields changed.

    Raises:
        TypeError: the class has no such field.
    """
    kind: Any = type(value)
    values_of, setters, by_name = _slots(kind)
    made = object.__new__(kind)
    for put, old in zip(setters, values_of(value), strict=True):
        put(made, old)
    try:
        for name, new in changes.items():
            by_name[name](made, new)
    except KeyError as missing:
        raise TypeError(f"{kind.__name__} has no field {missing.args[0]!r}.") from None
    return cast(T, made)


@cache
def _slots(
    kind: type[Any],
) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[Setter, ...], Mapping[str, Setter]]:
    """How all fields of a class are read, and how each is set."""
    names = [field.name for field in fields(kind)]
    if len(names) < 2 or hasattr(kind, "__post_init__"):
        raise TypeError(f"{kind.__name__} cannot be copied slot by slot.")
    setters = {name: getattr(kind, name).__set__ for name in names}
    return attrgetter(*names), tuple(setters.values()), setters
