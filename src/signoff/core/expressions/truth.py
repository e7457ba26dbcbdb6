"""What counts as true in a condition.

Owns the rule of the language for texts that stand for conditions.
"""

from __future__ import annotations

_FALSY = frozenset({"", "false", "0", "-0"})


def truthy(value: object) -> bool:
    """Whether a rendered condition holds: not when false, 0, -0, null, empty, or such text."""
    if isinstance(value, str):
        return value.strip().lower() not in _FALSY
    return bool(value)
