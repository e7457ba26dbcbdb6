"""Values with dotted names, as the maps they stand for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Clash(ValueError):
    """A name is a value and a map at the same time.

    Attributes:
        name: the dotted name.
    """

    def __init__(self, name: str) -> None:
        super().__init__("is given twice, or as a value and with parts of its own")
        self.name = name


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """`{"a.b": 1, "a": {"c": 2}}` as `{"a": {"b": 1, "c": 2}}`.

    Raises:
        Clash: two values are at one place.
    """
    made: dict[str, Any] = {}
    for name, value in values.items():
        _put(made, name.split("."), value, name)
    return made


def _put(made: dict[str, Any], steps: list[str], value: Any, name: str) -> None:
    here = made
    for step in steps[:-1]:
        below = here.setdefault(step, {})
        if not isinstance(below, dict):
            raise Clash(name)
        here = below
    last = steps[-1]
    known = here.get(last)
    if last not in here:
        here[last] = dict(value) if isinstance(value, Mapping) else value
    elif isinstance(known, dict) and isinstance(value, Mapping):
        for each, part in value.items():
            _put(known, [str(each)], part, f"{name}.{each}")
    else:
        raise Clash(name)
