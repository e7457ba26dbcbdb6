"""Values of outputs in the type that a document gives them.

Owns what text becomes where a number, truth value, list or map is promised.
"""

from __future__ import annotations

import json
from typing import Any


def cast(value: Any, kind: str) -> Any:
    """A value in a type of the language.

    Args:
        value: what was rendered.
        kind: name of the type in capitals.

    Raises:
        ValueError: it cannot be had in that type.
    """
    if value is None:
        return None
    if kind == "INT":
        return _whole(value)
    if kind == "FLOAT":
        return float(value)
    if kind in ("BOOL", "BOOLEAN"):
        return _truth(value)
    if kind in ("JSON", "ARRAY", "MULTISELECT") and isinstance(value, str):
        return json.loads(value)
    return value


def _whole(value: Any) -> int:
    number = float(value) if isinstance(value, str) else value
    if int(number) != number:
        raise ValueError(f"{value!r} is no whole number")
    return int(number)


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in ("true", "false"):
        raise ValueError(f"{value!r} is neither true nor false")
    return word == "true"
