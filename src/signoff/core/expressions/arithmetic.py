"""What `+ - * / %` and `~` do with values.

Owns the rules: numbers are worked out exactly as far as they are whole, a text joins what it is
added to. Must not know trees.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from signoff.core.expressions.limits import LIMITS, Budget, fits, holds
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.values import Number, is_list, is_number, kind_of, same, text_of


def join(left: object, right: object, budget: Budget) -> str:
    """Two values as one text."""
    first, second = text_of(left, budget), text_of(right, budget)
    fits(len(first) + len(second))
    return first + second


def add(left: object, right: object, budget: Budget) -> object:
    """Numbers are added, texts joined with whatever stands beside them, lists made longer."""
    if isinstance(left, list | tuple):
        more = list(right) if isinstance(right, list | tuple) else [right]
        holds(len(left) + len(more))
        budget.step(len(left) + len(more))
        return [*left, *more]
    if isinstance(left, str) or isinstance(right, str):
        return join(left, right, budget)
    return _numbers("+", left, right, lambda a, b: a + b)


def subtract(left: object, right: object, budget: Budget) -> object:
    """Numbers are subtracted; a list loses what is taken away."""
    if isinstance(left, list | tuple):
        gone = right if isinstance(right, list | tuple) else [right]
        return [each for each in left if not any(same(each, other, budget) for other in gone)]
    return _numbers("-", left, right, lambda a, b: a - b)


def multiply(left: object, right: object, budget: Budget) -> object:
    """The product of two numbers."""
    return _numbers("*", left, right, lambda a, b: a * b)


def divide(left: object, right: object, budget: Budget) -> object:
    """The quotient of two numbers, with its fraction: `1 / 2` is `0.5`."""
    return _numbers("/", left, right, lambda a, b: a / b)


def remainder(left: object, right: object, budget: Budget) -> object:
    """What is left of a division of whole numbers; it has the sign of the first, as in Java."""

    def left_over(a: Number, b: Number) -> Number:
        if b == 0:
            raise ZeroDivisionError
        if isinstance(a, int) and isinstance(b, int):
            rest = abs(a) % abs(b)
            return -rest if a < 0 else rest
        return math.fmod(a, b)

    return _numbers("%", left, right, left_over)


def negated(value: object, budget: Budget) -> object:
    """A number with the other sign."""
    return _numbers("-", 0, value, lambda a, b: a - b)


def checked(number: Number) -> Number:
    """The number, when it is not too large.

    Raises:
        Misuse: it is.
    """
    large = isinstance(number, int) and number.bit_length() > LIMITS.bits
    if large or (isinstance(number, Decimal) and abs(number.adjusted()) > LIMITS.bits // 4):
        raise Misuse("the number is too large")
    return number


def _numbers(sign: str, left: object, right: object, work: Callable[..., Number]) -> Number:
    if not is_number(left) or not is_number(right):
        raise Misuse(
            f"`{sign}` needs numbers, not {kind_of(left)} and {kind_of(right)}{_hint(left, right)}"
        )
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        left, right = Decimal(str(left)), Decimal(str(right))
    try:
        return checked(work(left, right))
    except ZeroDivisionError:
        raise Misuse(f"`{sign}` by zero") from None
    except (ArithmeticError, ValueError):
        raise Misuse("the number is too large") from None


def _hint(left: object, right: object) -> str:
    kinds = [left, right]
    if any(isinstance(each, Mapping) for each in kinds) or any(map(is_list, kinds)):
        return "; lists and maps are put together by the filter `merge`"
    if any(isinstance(each, date) for each in kinds):
        return "; the filter `dateAdd` moves a date"
    if any(isinstance(each, str) for each in kinds):
        return "; the filter `number` reads a number from a text"
    return ""
