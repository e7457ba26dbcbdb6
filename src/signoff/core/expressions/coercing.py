"""Arguments of filters and functions as the kinds of values they need.

Owns the conversions and what is said when one cannot be made. `what` is the argument's name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from signoff.core.expressions.arithmetic import checked
from signoff.core.expressions.limits import holds
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.registry import Call
from signoff.core.expressions.values import Number, kind_of

_WHOLE = re.compile(r"[+-]?[0-9]{1,1000}")
_DECIMAL = re.compile(
    r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,3})?"
)


def number(value: object, what: str = "value") -> Number:
    """A number, also from a text that holds one.

    Raises:
        Misuse: it is none.
    """
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        text = value.strip()
        if _WHOLE.fullmatch(text):
            return checked(int(text))
        if _DECIMAL.fullmatch(text) and math.isfinite(found := float(text)):
            return found
    raise Misuse(f"needs a number as its {what}, not {_shown(value)}")


def whole(value: object, what: str = "value") -> int:
    """A whole number.

    Raises:
        Misuse: it is none.
    """
    found = number(value, what)
    try:
        if found == int(found):
            return int(found)
    except (OverflowError, ValueError, InvalidOperation):
        pass
    raise Misuse(f"needs a whole number as its {what}, not {found}")


def string(call: Call, value: object, what: str = "value") -> str:
    """A text, or a single value as text; a list or map is refused.

    Raises:
        Misuse: it is a list or map.
    """
    if isinstance(value, Mapping | list | tuple):
        raise Misuse(f"needs text as its {what}, not {_shown(value)}")
    return call.text(value)


def listed(call: Call, value: object, what: str = "value") -> list[object]:
    """A list.

    Raises:
        Misuse: it is none.
    """
    if not isinstance(value, list | tuple):
        hint = "; if the text holds JSON, use fromJson(…)" if isinstance(value, str) else ""
        raise Misuse(f"needs a list as its {what}, not {_shown(value)}{hint}")
    holds(len(value))
    call.budget.step(len(value))
    return list(value)


def mapping(value: object, what: str = "value") -> Mapping[object, object]:
    """A map.

    Raises:
        Misuse: it is none.
    """
    if not isinstance(value, Mapping):
        raise Misuse(f"needs a map as its {what}, not {_shown(value)}")
    return value


def flag(value: object, what: str = "value") -> bool:
    """A truth value, also from the texts `true` and `false`.

    Raises:
        Misuse: it is none.
    """
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Misuse(f"needs true or false as its {what}, not {_shown(value)}")


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return kind_of(value)
