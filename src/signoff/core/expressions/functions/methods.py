"""The few methods that texts, lists and maps have, as templates written for Java expect.

Owns the table; there are no others, and none of Python's can be reached.
"""

from __future__ import annotations

from collections.abc import Mapping

from signoff.core.expressions import coercing
from signoff.core.expressions.limits import fits
from signoff.core.expressions.misuse import Misuse, NotThere
from signoff.core.expressions.registry import Call, Shelf
from signoff.core.expressions.values import kind_of, same

METHODS = Shelf("method", "Methods")


@METHODS.add("length", "How many characters, items or entries.", ("'team'.length()", "4"))
def _length(call: Call, value: object) -> object:
    return len(_sized(value))


@METHODS.add("size", "How many items or entries.", ("[1, 2].size()", "2"))
def _size(call: Call, value: object) -> object:
    return len(_sized(value))


@METHODS.add("isEmpty", "Whether there are none.", ("[].isEmpty()", "true"))
def _is_empty(call: Call, value: object) -> object:
    return len(_sized(value)) == 0


@METHODS.add(
    "contains",
    "Whether a text has a part, or a list an item.",
    ("'team'.contains('ea')", "true"),
    takes="value",
)
def _contains(call: Call, value: object, part: object) -> object:
    if isinstance(value, str):
        return call.text(part) in value
    return any(same(each, part, call.budget) for each in coercing.listed(call, value))


@METHODS.add(
    "containsKey", "Whether a map has a key.", ("{'a': 1}.containsKey('a')", "true"), takes="key"
)
def _contains_key(call: Call, value: object, key: object) -> object:
    return call.text(key) in coercing.mapping(value)


@METHODS.add(
    "get",
    "The item at an index, or the value under a key.",
    ("['a', 'b'].get(1)", "b"),
    takes="key",
)
def _get(call: Call, value: object, key: object) -> object:
    if isinstance(value, Mapping):
        return value.get(call.text(key))
    items, index = coercing.listed(call, value), coercing.whole(key, "key")
    if not 0 <= index < len(items):
        raise NotThere(f"there is no item {index} in a list of {len(items)}")
    return items[index]


@METHODS.add("keySet", "The keys of a map.", ("{'a': 1}.keySet()", '["a"]'))
def _key_set(call: Call, value: object) -> object:
    return list(coercing.mapping(value))


@METHODS.add("values", "The values of a map.", ("{'a': 1}.values()", "[1]"))
def _values(call: Call, value: object) -> object:
    return list(coercing.mapping(value).values())


@METHODS.add("toUpperCase", "All letters as capitals.", ("'a'.toUpperCase()", "A"))
def _to_upper_case(call: Call, value: object) -> object:
    return _text(value).upper()


@METHODS.add("toLowerCase", "All letters small.", ("'A'.toLowerCase()", "a"))
def _to_lower_case(call: Call, value: object) -> object:
    return _text(value).lower()


@METHODS.add("trim", "Without white space at both ends.", ("' a '.trim()", "a"))
def _trim(call: Call, value: object) -> object:
    return _text(value).strip()


@METHODS.add(
    "startsWith", "Whether a text begins so.", ("'team'.startsWith('te')", "true"), takes="prefix"
)
def _starts_with(call: Call, value: object, prefix: object) -> object:
    return _text(value).startswith(call.text(prefix))


@METHODS.add(
    "endsWith", "Whether a text ends so.", ("'team'.endsWith('am')", "true"), takes="suffix"
)
def _ends_with(call: Call, value: object, suffix: object) -> object:
    return _text(value).endswith(call.text(suffix))


@METHODS.add(
    "indexOf",
    "Where a part begins in a text, -1 without it.",
    ("'team'.indexOf('a')", "2"),
    takes="part",
)
def _index_of(call: Call, value: object, part: object) -> object:
    return _text(value).find(call.text(part))


@METHODS.add(
    "substring",
    "From an index up to, and without, another.",
    ("'team'.substring(1, 3)", "ea"),
    takes="start, end?",
)
def _substring(call: Call, value: object, start: object, end: object = None) -> object:
    text, first = _text(value), coercing.whole(start, "start")
    last = len(text) if end is None else coercing.whole(end, "end")
    if not 0 <= first <= last <= len(text):
        raise Misuse(f"cannot cut from {first} to {last}: there are {len(text)} characters")
    return text[first:last]


@METHODS.add(
    "replace",
    "With one part for another, everywhere.",
    ("'a-b'.replace('-', '+')", "a+b"),
    takes="part, by",
)
def _replace(call: Call, value: object, part: object, by: object) -> object:
    text, old, new = _text(value), call.text(part), call.text(by)
    fits(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


def _sized(value: object) -> str | list[object] | tuple[object, ...] | Mapping[object, object]:
    if isinstance(value, str | list | tuple | Mapping):
        return value
    raise Misuse(f"is a method of texts, lists and maps, not of {kind_of(value)}")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise Misuse(f"is a method of texts, not of {kind_of(value)}")
