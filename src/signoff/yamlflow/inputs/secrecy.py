"""Which given values are secret, so that logs can leave them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from signoff.yamlflow.document import Input


def secrets_in(inputs: Sequence[Input], values: Mapping[str, Any]) -> frozenset[str]:
    """The texts of SECRET inputs.

    Args:
        inputs: what was asked for.
        values: what was given, nested where ids have dots.
    """
    return frozenset(
        text
        for one in inputs
        if "SECRET" in (one.type, one.item_type)
        for text in _texts(value_at(values, one.id.split(".")))
    )


def value_at(values: Any, path: Sequence[str]) -> Any:
    """The value at a place of nested values; None when there is none."""
    for step in path:
        if not isinstance(values, Mapping):
            return None
        values = values.get(step)
    return values


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
