"""The functions of jq that are understood.

Owns them all; a name that is not here is refused with those that are.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from itertools import islice

from signoff.core.expressions.jq import operations
from signoff.core.expressions.jq.operations import kind
from signoff.core.expressions.limits import Budget, fits, holds
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.regexes.building import program_of
from signoff.core.expressions.regexes.matching import matches
from signoff.core.expressions.values import is_number, json_of, plain, same

Argument = Callable[[int, object], Iterator[object]]
One = Callable[[object, Budget], object]
By = Callable[[object, Argument, Budget], Iterator[object]]


def truth(value: object) -> bool:
    """Whether a value counts as true: all but null and false do."""
    return value is not None and value is not False


def text(value: object, budget: Budget) -> str:
    """A value as text: texts as they are, everything else as JSON."""
    return value if isinstance(value, str) else json_of(value, budget)


def call(
    name: str, count: int, value: object, argument: Argument, budget: Budget
) -> Iterator[object]:
    """What a function makes of a value.

    Raises:
        Misuse: there is none, or the value does not fit.
    """
    if count == 0 and name in _PLAIN:
        yield _PLAIN[name](value, budget)
    elif (name, count) in _TAKING:
        yield from _TAKING[name, count](value, argument, budget)
    else:
        known = sorted({*_PLAIN, *(each for each, _ in _TAKING)})
        raise Misuse(
            f"the function `{name}` with {count} arguments is not supported; there are:"
            f" {', '.join(known)}"
        )


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise Misuse(f"needs an array, not {kind(value)}")
    return value


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise Misuse(f"needs a string, not {kind(value)}")
    return value


def _length(value: object, budget: Budget) -> object:
    if value is None:
        return 0
    if isinstance(value, str | list | dict):
        return len(value)
    if is_number(value):
        return abs(value)  # type: ignore[arg-type]
    raise Misuse(f"{kind(value)} has no length")


def _keys(value: object, budget: Budget) -> object:
    return sorted(value) if isinstance(value, dict) else list(range(len(_list(value))))


def _add(value: object, budget: Budget) -> object:
    total: object = None
    for each in operations.members(value):
        total = operations.add(total, each, budget)
    return total


def _sorted_by(value: object, by: list[object], budget: Budget) -> list[object]:
    items = _list(value)
    return [items[index] for index in operations.ordered(by, budget)]


def _groups(value: object, by: list[object], budget: Budget) -> list[list[object]]:
    items = _list(value)
    groups: list[list[object]] = []
    last: object = None
    for index in operations.ordered(by, budget):
        if not groups or not same(last, by[index], budget):
            groups.append([])
            last = by[index]
        groups[-1].append(items[index])
    return groups


def _flat(value: object, depth: int, budget: Budget) -> list[object]:
    flat: list[object] = []
    for each in _list(value):
        budget.step()
        if isinstance(each, list) and depth > 0:
            flat += _flat(each, depth - 1, budget)
        else:
            flat.append(each)
        holds(len(flat))
    return flat


def _to_entries(value: object, budget: Budget) -> object:
    if not isinstance(value, dict):
        raise Misuse(f"needs an object, not {kind(value)}")
    return [{"key": key, "value": each} for key, each in value.items()]


def _from_entries(value: object, budget: Budget) -> object:
    made: dict[str, object] = {}
    for entry in _list(value):
        if not isinstance(entry, dict):
            raise Misuse(f"needs objects with key and value, not {kind(entry)}")
        key = next((entry[each] for each in ("key", "k", "name") if each in entry), None)
        made[text(key, budget)] = next(
            (entry[each] for each in ("value", "v") if each in entry), None
        )
    return made


def _to_number(value: object, budget: Budget) -> object:
    if is_number(value):
        return value
    digits = _string(value)
    try:
        return float(digits) if set(digits) & set(".eE") else int(digits)
    except (ValueError, OverflowError):
        raise Misuse(f"cannot read {digits[:40]!r} as a number") from None


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Misuse(f"needs a number, not {kind(value)}")
    return value


def _from_json(value: object, budget: Budget) -> object:
    try:
        return plain(json.loads(_string(value)), budget)
    except (ValueError, RecursionError):
        raise Misuse(f"cannot read {_string(value)[:40]!r} as JSON") from None


def _ascii(value: object, change: Callable[[str], str]) -> str:
    return "".join(change(each) if each.isascii() else each for each in _string(value))


def _edge(value: object, first: bool) -> object:
    items = _list(value)
    return None if not items else items[0] if first else items[-1]


def _most(value: object, by: list[object], largest: bool, budget: Budget) -> object:
    items, ordered = _list(value), operations.ordered(by, budget)
    return items[ordered[-1 if largest else 0]] if ordered else None


_PLAIN: dict[str, One] = {
    "length": _length,
    "keys": _keys,
    "keys_unsorted": lambda value, budget: (
        list(value) if isinstance(value, dict) else _keys(value, budget)
    ),
    "not": lambda value, budget: not truth(value),
    "type": lambda value, budget: kind(value),
    "add": _add,
    "any": lambda value, budget: any(map(truth, operations.members(value))),
    "all": lambda value, budget: all(map(truth, operations.members(value))),
    "flatten": lambda value, budget: _flat(value, 60, budget),
    "sort": lambda value, budget: _sorted_by(value, _list(value), budget),
    "unique": lambda value, budget: [group[0] for group in _groups(value, _list(value), budget)],
    "reverse": lambda value, budget: (
        value[::-1] if isinstance(value, str) else _list(value or [])[::-1]
    ),
    "min": lambda value, budget: _most(value, _list(value), False, budget),
    "max": lambda value, budget: _most(value, _list(value), True, budget),
    "first": lambda value, budget: _edge(value, True),
    "last": lambda value, budget: _edge(value, False),
    "to_entries": _to_entries,
    "from_entries": _from_entries,
    "tostring": text,
    "tojson": json_of,
    "tonumber": _to_number,
    "fromjson": _from_json,
    "floor": lambda value, budget: math.floor(_number(value)),
    "ceil": lambda value, budget: math.ceil(_number(value)),
    "round": lambda value, budget: math.floor(_number(value) + 0.5),
    "abs": lambda value, budget: abs(_number(value)),
    "ascii_downcase": lambda value, budget: _ascii(value, str.lower),
    "ascii_upcase": lambda value, budget: _ascii(value, str.upper),
}


def _map(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    yield [made for each in operations.members(value) for made in argument(0, each)]


def _map_values(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    if isinstance(value, dict):
        firsts = {key: next(argument(0, each), _NOTHING) for key, each in value.items()}
        yield {key: each for key, each in firsts.items() if each is not _NOTHING}
    else:
        found = [next(argument(0, each), _NOTHING) for each in _list(value)]
        yield [each for each in found if each is not _NOTHING]


def _with_entries(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    entries = _list(_to_entries(value, budget))
    yield _from_entries([made for each in entries for made in argument(0, each)], budget)


def _recurse(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        yield each
        if isinstance(each, list | dict):
            waiting += list(operations.members(each))[::-1]


def _limit(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    for count in argument(0, value):
        yield from islice(argument(1, value), max(0, math.floor(_number(count))))


def _test(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    for pattern in argument(0, value):
        found = matches(program_of(_string(pattern)), _string(value), budget)
        yield next(found, None) is not None


def _flatten(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    for depth in argument(0, value):
        yield _flat(value, min(math.floor(_number(depth)), 60), budget)


def _of_kinds(*kinds: str) -> By:
    def run(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
        if kind(value) in kinds:
            yield value

    return run


def _select(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    for passed in argument(0, value):
        if truth(passed):
            yield value


def _has(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    for key in argument(0, value):
        if isinstance(value, list):
            yield isinstance(key, int) and 0 <= key < len(value)
        elif isinstance(value, dict):
            yield key in value
        else:
            raise Misuse(f"{kind(value)} has no keys")


def _contains(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    for wanted in argument(0, value):
        yield _holds(value, wanted, budget)


def _holds(value: object, wanted: object, budget: Budget) -> bool:
    budget.step()
    if isinstance(value, str) and isinstance(wanted, str):
        return wanted in value
    if isinstance(value, list) and isinstance(wanted, list):
        return all(any(_holds(each, one, budget) for each in value) for one in wanted)
    if isinstance(value, dict) and isinstance(wanted, dict):
        return all(key in value and _holds(value[key], one, budget) for key, one in wanted.items())
    return same(value, wanted, budget)


def _by_text(test: Callable[[str, str], object]) -> By:
    def run(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
        for other in argument(0, value):
            yield test(_string(value), _string(other))

    return run


def _keyed(use: Callable[[object, list[object], Budget], object]) -> By:
    def run(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
        yield use(value, [list(argument(0, each)) for each in _list(value)], budget)

    return run


def _join(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    for separator in argument(0, value):
        texts = ["" if each is None else text(each, budget) for each in _list(value)]
        fits(sum(map(len, texts)) + len(_string(separator)) * len(texts))
        yield _string(separator).join(texts)


def _range(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    for end in argument(0, value):
        yield from _numbers(0, end, budget)


def _range_between(value: object, argument: Argument, budget: Budget) -> Iterator[object]:
    for start in argument(0, value):
        for end in argument(1, value):
            yield from _numbers(start, end, budget)


def _numbers(start: object, end: object, budget: Budget) -> Iterator[object]:
    if not isinstance(start, int) or not isinstance(end, int):
        raise Misuse("needs whole numbers as the bounds of range")
    holds(max(0, end - start))
    yield from range(start, end)


_NOTHING = object()
_TAKING: dict[tuple[str, int], By] = {
    ("map", 1): _map,
    ("map_values", 1): _map_values,
    ("select", 1): _select,
    ("with_entries", 1): _with_entries,
    ("recurse", 0): _recurse,
    ("limit", 2): _limit,
    ("test", 1): _test,
    ("flatten", 1): _flatten,
    ("values", 0): _of_kinds("boolean", "number", "string", "array", "object"),
    ("nulls", 0): _of_kinds("null"),
    ("booleans", 0): _of_kinds("boolean"),
    ("numbers", 0): _of_kinds("number"),
    ("strings", 0): _of_kinds("string"),
    ("arrays", 0): _of_kinds("array"),
    ("objects", 0): _of_kinds("object"),
    ("scalars", 0): _of_kinds("null", "boolean", "number", "string"),
    ("iterables", 0): _of_kinds("array", "object"),
    ("index", 1): _by_text(lambda value, other: at if (at := value.find(other)) >= 0 else None),
    ("empty", 0): lambda value, argument, budget: iter(()),
    ("has", 1): _has,
    ("contains", 1): _contains,
    ("join", 1): _join,
    ("range", 1): _range,
    ("range", 2): _range_between,
    ("split", 1): _by_text(lambda value, other: value.split(other) if other else list(value)),
    ("startswith", 1): _by_text(str.startswith),
    ("endswith", 1): _by_text(str.endswith),
    ("ltrimstr", 1): _by_text(str.removeprefix),
    ("rtrimstr", 1): _by_text(str.removesuffix),
    ("sort_by", 1): _keyed(_sorted_by),
    ("group_by", 1): _keyed(_groups),
    ("unique_by", 1): _keyed(
        lambda value, by, budget: [group[0] for group in _groups(value, by, budget)]
    ),
    ("min_by", 1): _keyed(lambda value, by, budget: _most(value, by, False, budget)),
    ("max_by", 1): _keyed(lambda value, by, budget: _most(value, by, True, budget)),
    ("first", 1): lambda value, argument, budget: iter(
        [each for each in [next(argument(0, value), _NOTHING)] if each is not _NOTHING]
    ),
    ("any", 1): lambda value, argument, budget: iter(
        [any(truth(made) for each in operations.members(value) for made in argument(0, each))]
    ),
    ("all", 1): lambda value, argument, budget: iter(
        [all(truth(made) for each in operations.members(value) for made in argument(0, each))]
    ),
}
