"""Functions that make values: numbers, ranges, parsed texts."""

from __future__ import annotations

import json
from functools import reduce

from signoff.core.expressions import coercing
from signoff.core.expressions.filters.structured import yaml_value
from signoff.core.expressions.limits import holds
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.registry import Call, Shelf
from signoff.core.expressions.values import order

VALUES = Shelf("function", "Values")

_MOST_LETTERS = 256
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-"


@VALUES.add(
    "fromJson",
    "The value in a text of JSON.",
    ("fromJson('{\"foo\": [666, 1, 2]}').foo[0]", "666"),
    takes="json",
    aliases=("json",),
    of_null=True,
)
def _from_json(call: Call, text: object) -> object:
    return None if text is None else _json(coercing.string(call, text, "json"))


@VALUES.add(
    "fromIon",
    "The value in a text of Ion, as far as it is JSON; of several lines, the first.",
    ("fromIon('{\"a\": 1}').a", "1"),
    takes="ion",
    of_null=True,
)
def _from_ion(call: Call, text: object) -> object:
    if text is None:
        return None
    lines = coercing.string(call, text, "ion").strip()
    try:
        return _json(lines)
    except Misuse:
        return _json(lines.partition("\n")[0])


def _json(text: str) -> object:
    try:
        # Not strict: a line break inside a text, as templates make it, is let through.
        return json.loads(text, strict=False, parse_constant=_no_constant)
    except RecursionError:
        raise Misuse("cannot read JSON that nests so deep") from None
    except ValueError as error:
        raise Misuse(f"cannot read {text[:40]!r} as JSON: {error}") from None


def _no_constant(word: str) -> object:
    raise ValueError(f"{word} is not JSON")


@VALUES.add(
    "yaml",
    "The value in a text of YAML.",
    ("yaml('foo: [666, 1, 2]').foo[0]", "666"),
    takes="yaml",
)
def _yaml(call: Call, text: object) -> object:
    return yaml_value(call, coercing.string(call, text, "yaml"))


@VALUES.add("max", "The largest of its arguments.", ("max(5, 10, 15)", "15"), takes="*values")
def _max(call: Call, *values: object) -> object:
    return reduce(lambda a, b: a if order(a, b) >= 0 else b, _several(call, values))


@VALUES.add("min", "The smallest of its arguments.", ("min(5, 10, 15)", "5"), takes="*values")
def _min(call: Call, *values: object) -> object:
    return reduce(lambda a, b: a if order(a, b) <= 0 else b, _several(call, values))


def _several(call: Call, values: tuple[object, ...]) -> list[object]:
    only = values[0] if len(values) == 1 else None
    found = coercing.listed(call, only) if isinstance(only, list | tuple) else list(values)
    if not found:
        raise Misuse("needs at least one value")
    return found


@VALUES.add(
    "range",
    "Whole numbers from a first to a last, both included, by steps.",
    ("range(0, 3)", "[0,1,2,3]"),
    ("range(0, 6, 2)", "[0,2,4,6]"),
    takes="start, end, step?",
)
def between(call: Call, start: object, end: object, step: object = 1) -> object:
    """The whole numbers between two, both included; also the operator `..`."""
    if isinstance(start, str) and isinstance(end, str) and len(start) == len(end) == 1:
        return [chr(code) for code in range(ord(start), ord(end) + 1)]
    first, last = coercing.whole(start, "start"), coercing.whole(end, "end")
    by = coercing.whole(step, "step")
    if by == 0:
        raise Misuse("needs a step other than 0")
    numbers = range(first, last + (1 if by > 0 else -1), by)
    count = max(0, (last - first) // by + 1)
    holds(count)
    call.budget.step(count)
    return list(numbers)


@VALUES.add(
    "randomInt",
    "A random whole number from a first up to, and without, a last.",
    ("randomInt(1, 10)", "5"),
    takes="lower, upper",
)
def _random_int(call: Call, lower: object, upper: object) -> object:
    first, last = coercing.whole(lower, "lower"), coercing.whole(upper, "upper")
    if first >= last:
        raise Misuse(f"needs an upper bound above {first}, not {last}")
    return first + int(call.lookups.random() * (last - first))


@VALUES.add("uuid", "An id that nothing else has.", ("uuid()", "4hTjpZ"))
def _uuid(call: Call) -> object:
    return call.lookups.new_id()


@VALUES.add("id", "A short id that nothing else has.", ("id()", "4hTjpZ"))
def _id(call: Call) -> object:
    return call.lookups.new_id()


@VALUES.add(
    "nanoId",
    "A random text of so many letters (21) of an alphabet.",
    ("nanoId(4, 'ab')", "bbbb"),
    takes="length?, alphabet?",
)
def _nano_id(call: Call, length: object = 21, alphabet: object = _ALPHABET) -> object:
    count, letters = coercing.whole(length, "length"), coercing.string(call, alphabet, "alphabet")
    if not 1 <= count <= _MOST_LETTERS or not letters:
        raise Misuse(f"needs a length from 1 to {_MOST_LETTERS}, and an alphabet")
    return "".join(letters[int(call.lookups.random() * len(letters))] for _ in range(count))
