"""How parts of a SQL condition are held together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def all_of(parts: Iterable[str]) -> str:
    """Every part holds; no part holds for everything."""
    return " AND ".join(f"({part})" for part in parts) or "1 = 1"


def either_of(parts: Iterable[str]) -> str:
    """One of the parts holds; no part holds for nothing."""
    return " OR ".join(f"({part})" for part in parts) or "1 = 0"


def combine(operator: str, parts: Sequence[str]) -> str:
    """The parts that are given, held together; nothing given holds for everything."""
    return either_of(parts) if operator == "or_" and parts else all_of(parts)
