"""Tests: `value is name`, `value is not name`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from signoff.core.expressions import coercing
from signoff.core.expressions.registry import Call, Shelf

PREDICATES = Shelf("test", "Tests")


@PREDICATES.add(
    "defined",
    "There is such a variable, and it is not null.",
    ("missing is defined", "false"),
    ("flow.id is defined", "true"),
    of_undefined=True,
)
def _defined(call: Call, value: object) -> object:
    return value is not None


@PREDICATES.add("null", "It is null.", ("null is null", "true"))
def _null(call: Call, value: object) -> object:
    return value is None


@PREDICATES.add(
    "empty",
    "It is null, or a text of nothing but white space, or a list or map without items.",
    ("[] is empty", "true"),
    ("'' is not empty", "false"),
)
def _empty(call: Call, value: object) -> object:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Mapping | list | tuple) and not value)


@PREDICATES.add("even", "It is a whole number that two divides.", ("2 is even", "true"))
def _even(call: Call, value: object) -> object:
    return coercing.whole(value) % 2 == 0


@PREDICATES.add("odd", "It is a whole number that two does not divide.", ("2 is odd", "false"))
def _odd(call: Call, value: object) -> object:
    return coercing.whole(value) % 2 == 1


@PREDICATES.add(
    "iterable", "It is a list.", ("[1] is iterable", "true"), ("'a' is iterable", "false")
)
def _iterable(call: Call, value: object) -> object:
    return isinstance(value, list | tuple)


@PREDICATES.add("map", "It is a map.", ("{'a': 1} is map", "true"))
def _map(call: Call, value: object) -> object:
    return isinstance(value, Mapping)


@PREDICATES.add(
    "json", "It is a text of JSON.", ("'{\"a\": 1}' is json", "true"), ("'{' is json", "false")
)
def _json(call: Call, value: object) -> object:
    if not isinstance(value, str):
        return False
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        return False
    return True
