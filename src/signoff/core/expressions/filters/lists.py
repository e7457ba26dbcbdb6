"""Filters of lists and maps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cmp_to_key

from signoff.core.expressions import coercing
from signoff.core.expressions.limits import fits, holds
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.registry import Call, Shelf
from signoff.core.expressions.values import is_list, is_number, json_of, kind_of, order, truth

LISTS = Shelf("filter", "Lists and maps")


@LISTS.add(
    "default",
    "Something else where the value is null, empty, or not there at all.",
    ("user.phone | default('No phone number')", "No phone number"),
    takes="value",
    of_null=True,
    of_undefined=True,
)
def _default(call: Call, value: object, instead: object) -> object:
    empty = value is None or (isinstance(value, str | list | tuple | Mapping) and not truth(value))
    return instead if empty else value


@LISTS.add(
    "length",
    "How many items, entries or characters; null has none.",
    ("['a', 'b'] | length", "2"),
    ("'Mitch' | length", "5"),
    ("{'a': 1} | length", "1"),
    of_null=True,
)
def _length(call: Call, value: object) -> object:
    if value is None:
        return 0
    return len(value) if isinstance(value, list | tuple | Mapping) else len(call.text(value))


@LISTS.add(
    "first",
    "The first item, entry's value or character; null when there is none.",
    ("['apple', 'banana'] | first", "apple"),
    ("'Mitch' | first", "M"),
)
def _first(call: Call, value: object) -> object:
    return _at_end(value, first=True)


@LISTS.add(
    "last",
    "The last item, entry's value or character; null when there is none.",
    ("['apple', 'banana'] | last", "banana"),
    ("'Mitch' | last", "h"),
)
def _last(call: Call, value: object) -> object:
    return _at_end(value, first=False)


def _at_end(value: object, *, first: bool) -> object:
    members = list(value.values()) if isinstance(value, Mapping) else value
    if not isinstance(members, list | tuple | str):
        raise Misuse(f"needs a list, a map or text, not {kind_of(value)}")
    if not members:
        return "" if isinstance(members, str) else None
    return members[0] if first else members[-1]


@LISTS.add(
    "join",
    "The items as one text, with a separator between them.",
    ("['apple', 'banana'] | join(', ')", "apple, banana"),
    takes="separator?",
)
def _join(call: Call, value: object, separator: object = "") -> object:
    if isinstance(value, str):
        return value
    between = call.text(separator)
    texts = [call.text(each) for each in coercing.listed(call, value)]
    fits(sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)


@LISTS.add(
    "sort",
    "In ascending order; numbers or texts, not both.",
    ("[3, 1, 2] | sort", "[1,2,3]"),
)
def _sort(call: Call, value: object) -> object:
    return _sorted(call, value, descending=False)


@LISTS.add("rsort", "In descending order.", ("[3, 1, 2] | rsort", "[3,2,1]"))
def _rsort(call: Call, value: object) -> object:
    return _sorted(call, value, descending=True)


def _sorted(call: Call, value: object, *, descending: bool) -> list[object]:
    def compare(left: object, right: object) -> int:
        call.budget.step()
        return order(left, right)

    items = coercing.listed(call, value)
    return sorted(items, key=cmp_to_key(compare), reverse=descending)


@LISTS.add(
    "reverse",
    "In the opposite order.",
    ("['apple', 'banana'] | reverse", '["banana","apple"]'),
    ("'abc' | reverse", "cba"),
)
def _reverse(call: Call, value: object) -> object:
    return value[::-1] if isinstance(value, str) else coercing.listed(call, value)[::-1]


@LISTS.add(
    "slice",
    "From an index up to, and without, another; counted from 0, to the end unless told otherwise.",
    ("['apple', 'peach', 'pear', 'banana'] | slice(1, 3)", '["peach","pear"]'),
    ("'Mitchell' | slice(1, 3)", "it"),
    takes="fromIndex?, toIndex?",
)
def _slice(call: Call, value: object, from_index: object = 0, to_index: object = None) -> object:
    if not isinstance(value, str) and not is_list(value):
        raise Misuse(f"needs a list or text, not {kind_of(value)}")
    members = value if isinstance(value, str) else coercing.listed(call, value)
    start = coercing.whole(from_index, "fromIndex")
    end = len(members) if to_index is None else coercing.whole(to_index, "toIndex")
    if not 0 <= start <= end <= len(members):
        raise Misuse(f"cannot cut from {start} to {end}: there are {len(members)}")
    return members[start:end]


@LISTS.add(
    "merge",
    "Two lists as one, or two maps; what the second map has, wins.",
    ("[1, 2] | merge([3, 4])", "[1,2,3,4]"),
    ("{'a': 1, 'b': 1} | merge({'b': 2})", '{"a":1,"b":2}'),
    takes="items",
)
def _merge(call: Call, value: object, items: object) -> object:
    if isinstance(value, Mapping) and isinstance(items, Mapping):
        holds(len(value) + len(items))
        call.budget.step(len(value) + len(items))
        return {**value, **items}
    first, second = coercing.listed(call, value), coercing.listed(call, items, "items")
    holds(len(first) + len(second))
    return first + second


@LISTS.add(
    "distinct",
    "Each item once, where it came first.",
    ("['1', '1', '2', '3'] | distinct", '["1","2","3"]'),
)
def _distinct(call: Call, value: object) -> object:
    found: dict[object, object] = {}
    for each in coercing.listed(call, value):
        found.setdefault(_identity(call, each), each)
    return list(found.values())


def _identity(call: Call, value: object) -> tuple[str, object]:
    if isinstance(value, bool):
        return ("flag", value)
    if value is None or isinstance(value, str) or is_number(value):
        return ("one", value)
    return ("json", json_of(value, call.budget))


@LISTS.add(
    "flatten",
    "Lists inside a list become part of it, one level.",
    ("[[1, 2], [3], 4] | flatten", "[1,2,3,4]"),
)
def _flatten(call: Call, value: object) -> object:
    flat: list[object] = []
    for each in coercing.listed(call, value):
        more = coercing.listed(call, each) if isinstance(each, list | tuple) else [each]
        holds(len(flat) + len(more))
        flat += more
    return flat


@LISTS.add(
    "chunk",
    "Lists of so many items each; the last may have fewer.",
    ("[1, 2, 3, 4, 5] | chunk(2)", "[[1,2],[3,4],[5]]"),
    takes="size",
)
def _chunk(call: Call, value: object, size: object) -> object:
    items, most = coercing.listed(call, value), coercing.whole(size, "size")
    if most < 1:
        raise Misuse(f"needs a size of at least 1, not {most}")
    return [items[start : start + most] for start in range(0, len(items), most)]


@LISTS.add(
    "keys",
    "The keys of a map, or the indexes of a list.",
    ("{'foo': 'bar', 'baz': 'qux'} | keys", '["foo","baz"]'),
    ("['a', 'b'] | keys", "[0,1]"),
)
def _keys(call: Call, value: object) -> object:
    if isinstance(value, Mapping):
        return list(value)
    return list(range(len(coercing.listed(call, value))))


@LISTS.add(
    "values",
    "The values of a map.",
    ("{'foo': 'bar', 'baz': 'qux'} | values", '["bar","qux"]'),
)
def _values(call: Call, value: object) -> object:
    return list(coercing.mapping(value).values())
