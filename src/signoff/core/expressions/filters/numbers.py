"""Filters of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from signoff.core.expressions import coercing, decimals
from signoff.core.expressions.arithmetic import checked
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.registry import Call, Shelf
from signoff.core.expressions.values import is_list

NUMBERS = Shelf("filter", "Numbers")

_WHOLE = frozenset({"INT", "INTEGER", "LONG", "BIGINTEGER"})
_FLOATING = frozenset({"FLOAT", "DOUBLE"})
_INT_BITS, _LONG_BITS = 31, 63


@NUMBERS.add("abs", "Without its sign.", ("-7 | abs", "7"))
def _abs(call: Call, value: object) -> object:
    found = coercing.number(value)
    return found.copy_abs() if isinstance(found, Decimal) else abs(found)


@NUMBERS.add(
    "number",
    "The number in a text: whole or not as it is written, or of a type: `INT`, `LONG`,"
    " `BIGINTEGER`, `FLOAT`, `DOUBLE`, `BIGDECIMAL`.",
    ("'12.3' | number + 1", "13.3"),
    ("'12' | number('DOUBLE')", "12.0"),
    takes="type?",
)
def _number(call: Call, value: object, type: object = None) -> object:
    kind = "" if type is None else call.text(type).upper()
    if kind == "BIGDECIMAL":
        coercing.number(value)
        exact = Decimal(call.text(value).strip())
        if not exact.is_finite():
            raise Misuse(f"needs a number that is finite, not {exact}")
        return checked(exact)
    if kind in _WHOLE:
        return coercing.whole(value)
    if kind in _FLOATING:
        return float(coercing.number(value))
    if kind:
        known = ", ".join(sorted(_WHOLE | _FLOATING | {"BIGDECIMAL"}))
        raise Misuse(f"knows the types {known}, not {kind!r}")
    return coercing.number(value)


@NUMBERS.add(
    "numberFormat",
    "Written by a pattern of `0`, `#`, `.`, `,` and `%`, as Java's DecimalFormat reads it.",
    ("3.141592653 | numberFormat('#.##')", "3.14"),
    ("1234567.5 | numberFormat('#,##0.00')", "1,234,567.50"),
    ("0.256 | numberFormat('0%')", "26%"),
    takes="format",
)
def _number_format(call: Call, value: object, format: object) -> object:
    return decimals.written(coercing.number(value), coercing.string(call, format, "format"))


@NUMBERS.add(
    "className",
    "What Java calls a value of this kind.",
    ("'12.3' | number('BIGDECIMAL') | className", "java.math.BigDecimal"),
    ("'a' | className", "java.lang.String"),
)
def _class_name(call: Call, value: object) -> object:
    if isinstance(value, bool):
        return "java.lang.Boolean"
    if isinstance(value, int):
        bits = value.bit_length()
        if bits <= _LONG_BITS:
            return "java.lang.Integer" if bits <= _INT_BITS else "java.lang.Long"
        return "java.math.BigInteger"
    if isinstance(value, float):
        return "java.lang.Double"
    if isinstance(value, Decimal):
        return "java.math.BigDecimal"
    if isinstance(value, Mapping):
        return "java.util.LinkedHashMap"
    if is_list(value):
        return "java.util.ArrayList"
    return "java.lang.String" if isinstance(value, str) else "java.time.ZonedDateTime"
