"""The values of expressions: how they read as text, compare, and count as true.

Owns the rules for null, truth values, numbers, texts, lists, maps and moments, the only values
there are. Must not know trees or filters. Whatever walks through a value counts its members, for a
small expression can make a value that refers to itself a million times.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from signoff.core.expressions.limits import LIMITS, Budget, fits
from signoff.core.expressions.misuse import Misuse
from signoff.core.moments import iso_duration

Number = int | float | Decimal


def kind_of(value: object) -> str:
    """What a value is called in messages."""
    match value:
        case None:
            return "null"
        case bool():
            return "a truth value"
        case int() | float() | Decimal():
            return "a number"
        case str():
            return "text"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a map"
        case date() | time():
            return "a date"
        case timedelta():
            return "a duration"
    return f"a value of type {type(value).__name__}"


def is_number(value: object) -> bool:
    """Whether a value is a number; a truth value is none."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def is_list(value: object) -> bool:
    """Whether a value is a list."""
    return isinstance(value, list | tuple)


def truth(value: object) -> bool:
    """Whether a value counts as true: not null, false, 0, nor anything empty."""
    if isinstance(value, Mapping | list | tuple | str):
        return len(value) > 0
    return bool(value)


def text_of(value: object, budget: Budget) -> str:
    """A value as text: null is empty, lists and maps are compact JSON.

    Raises:
        Misuse: it has no text, or too much.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, Mapping | list | tuple):
        return json_of(value, budget)
    return _text_of_one(value)


def json_of(value: object, budget: Budget) -> str:
    """A value as compact JSON.

    Raises:
        Misuse: it has no JSON, or too much.
    """
    simple = plain(value, budget)
    try:
        text = json.dumps(simple, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        raise Misuse("a number that is not finite has no JSON") from None
    fits(len(text))
    return text


def plain(value: object, budget: Budget) -> object:
    """A copy of a value of what JSON knows only: maps with texts as keys, lists, texts, numbers.

    Raises:
        Misuse: it holds something else, or too much.
    """
    return _plain(value, budget, LIMITS.nesting)


def _plain(value: object, budget: Budget, depth: int) -> object:
    budget.step()
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        # Paid by length as well: a million references to one long text are short in memory.
        budget.step(len(value) >> 4)
        return value
    if depth == 0:
        raise Misuse(f"it nests deeper than {LIMITS.nesting} levels")
    if isinstance(value, list | tuple):
        return [_plain(each, budget, depth - 1) for each in value]
    if isinstance(value, Mapping):
        return {_key_text(key): _plain(each, budget, depth - 1) for key, each in value.items()}
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise Misuse("a number that is not finite has no JSON")
        return int(value) if value == value.to_integral_value() else float(value)
    return _text_of_one(value)


def _key_text(key: object) -> str:
    return key if isinstance(key, str) else "null" if key is None else _text_of_one(key)


def _text_of_one(value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _digits(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return moment_text(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return iso_duration(value)
        case UUID():
            return str(value)
    raise Misuse(f"{kind_of(value)} has no text")


def _digits(number: int | float) -> str:
    try:
        return str(number)
    except ValueError:
        raise Misuse("the number is too large") from None


def moment_text(moment: datetime) -> str:
    """A moment as ISO 8601, with as many digits of the second as it needs, `Z` for UTC."""
    digits = moment.microsecond
    precision = "seconds" if not digits else "microseconds" if digits % 1000 else "milliseconds"
    text = moment.isoformat(timespec=precision)
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def same(left: object, right: object, budget: Budget) -> bool:
    """Whether two values are equal; a truth value never equals a number, nor a number a text."""
    budget.step()
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(
            same(a, b, budget) for a, b in zip(left, right, strict=True)
        )
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return len(left) == len(right) and all(
            key in right and same(value, right[key], budget) for key, value in left.items()
        )
    left, right = _comparable(left, right)
    try:
        return left == right
    except ArithmeticError:
        # A decimal that signals that it is no number.
        return False


def order(left: object, right: object) -> int:
    """-1, 0 or 1 as a value comes before, with or after another.

    Raises:
        Misuse: values of these kinds have no order.
    """
    left, right = _comparable(left, right)
    if not (
        (is_number(left) and is_number(right))
        or (isinstance(left, str) and isinstance(right, str))
        or (type(left) is type(right) and isinstance(left, date | time | timedelta | bool))
    ):
        raise Misuse(f"{kind_of(left)} and {kind_of(right)} cannot be put in an order")
    first: Any = left
    try:
        return int(first > right) - int(first < right)
    except (ArithmeticError, TypeError):
        raise Misuse(f"{left} and {right} cannot be put in an order") from None


def _comparable(left: object, right: object) -> tuple[object, object]:
    """Moments without a zone as UTC; floats beside decimals as they are written."""
    if isinstance(left, datetime) and isinstance(right, datetime):
        return _aware(left), _aware(right)
    if isinstance(left, Decimal) and isinstance(right, float):
        return left, Decimal(str(right))
    if isinstance(left, float) and isinstance(right, Decimal):
        return Decimal(str(left)), right
    return left, right


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
