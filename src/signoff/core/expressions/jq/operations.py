"""What jq's operators do, and the order it puts values in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cmp_to_key
from typing import Any

from signoff.core.expressions import arithmetic
from signoff.core.expressions.limits import Budget, fits, holds
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.values import is_number, same

_KINDS = ("null", "boolean", "number", "string", "array", "object")


def kind(value: object) -> str:
    """What jq calls the type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def item(holder: object, key: object) -> object:
    """`holder[key]`; null where there is nothing."""
    if holder is None:
        return None
    if isinstance(holder, dict) and isinstance(key, str):
        return holder.get(key)
    if isinstance(holder, list) and is_number(key):
        index = int(key)  # type: ignore[call-overload]
        return holder[index] if -len(holder) <= index < len(holder) else None
    raise Misuse(
        f"cannot index {kind(holder)} with {kind(key)}{f' {key!r}' if isinstance(key, str) else ''}"
    )


def cut(holder: object, start: object, end: object) -> object:
    """`holder[start:end]`"""
    if holder is None:
        return None
    if not isinstance(holder, list | str):
        raise Misuse(f"cannot slice {kind(holder)}")
    for bound in (start, end):
        if bound is not None and not isinstance(bound, int):
            raise Misuse("needs whole numbers as the bounds of a slice")
    bounds: Any = slice(start, end)
    return holder[bounds]


def members(holder: object) -> Iterable[object]:
    """`holder[]`"""
    if isinstance(holder, list):
        return holder
    if isinstance(holder, dict):
        return list(holder.values())
    raise Misuse(f"cannot go through {kind(holder)}")


def joined(left: str, right: str) -> str:
    """Two texts as one."""
    fits(len(left) + len(right))
    return left + right


def operate(sign: str, left: object, right: object, budget: Budget) -> object:
    """The value of `left sign right`."""
    match sign:
        case "==":
            return same(left, right, budget)
        case "!=":
            return not same(left, right, budget)
        case "<":
            return order(left, right, budget) < 0
        case "<=":
            return order(left, right, budget) <= 0
        case ">":
            return order(left, right, budget) > 0
        case ">=":
            return order(left, right, budget) >= 0
        case "+":
            return add(left, right, budget)
        case "-":
            return arithmetic.subtract(left, right, budget)
        case "*" if isinstance(left, dict) and isinstance(right, dict):
            return _merged(left, right, budget)
        case "*":
            return arithmetic.multiply(left, right, budget)
        case "/" if isinstance(left, str) and isinstance(right, str):
            return left.split(right) if right else list(left)
        case "/":
            quotient = arithmetic.divide(left, right, budget)
            whole = isinstance(quotient, float) and quotient.is_integer() and abs(quotient) < 2**53
            return int(quotient) if whole else quotient  # type: ignore[call-overload]
    return arithmetic.remainder(left, right, budget)


def add(left: object, right: object, budget: Budget) -> object:
    """`left + right`; null adds nothing."""
    if left is None or right is None:
        return right if left is None else left
    if isinstance(left, dict) and isinstance(right, dict):
        holds(len(left) + len(right))
        budget.step(len(left) + len(right))
        return {**left, **right}
    if kind(left) != kind(right) or isinstance(left, bool | dict):
        raise Misuse(f"cannot add {kind(left)} and {kind(right)}")
    return arithmetic.add(left, right, budget)


def _merged(left: dict[str, object], right: dict[str, object], budget: Budget) -> dict[str, object]:
    budget.step(len(left) + len(right))
    merged = dict(left)
    for key, value in right.items():
        known = merged.get(key)
        both = isinstance(known, dict) and isinstance(value, dict)
        merged[key] = _merged(known, value, budget) if both else value  # type: ignore[arg-type]
    return merged


def order(left: object, right: object, budget: Budget) -> int:
    """-1, 0 or 1: null, false, true, numbers, texts, lists, maps."""
    budget.step()
    ranks = _KINDS.index(kind(left)), _KINDS.index(kind(right))
    if ranks[0] != ranks[1]:
        return -1 if ranks[0] < ranks[1] else 1
    if isinstance(left, list) and isinstance(right, list):
        for a, b in zip(left, right, strict=False):
            if difference := order(a, b, budget):
                return difference
        return (len(left) > len(right)) - (len(left) < len(right))
    if isinstance(left, dict) and isinstance(right, dict):
        keys = sorted(left), sorted(right)
        if keys[0] != keys[1]:
            return -1 if keys[0] < keys[1] else 1
        return order([left[key] for key in keys[0]], [right[key] for key in keys[1]], budget)
    first: Any = left
    return 0 if first is None else (first > right) - (first < right)


def ordered(by: list[object], budget: Budget) -> list[int]:
    """The indexes of items in the order of what stands for them."""

    def compare(a: int, b: int) -> int:
        return order(by[a], by[b], budget)

    return sorted(range(len(by)), key=cmp_to_key(compare))
