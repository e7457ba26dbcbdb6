"""Walking through nested values: the documented helpers for collections.

Owns what people use in their own flows. Dependencies of tasks are found by `arguments.py`.
"""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from enum import StrEnum, auto
from itertools import islice
from typing import Any, TypeVar

from signoff.authoring.annotations import BaseAnnotation
from signoff.authoring.nesting import parts_of, rebuilt

T = TypeVar("T")


class AutoEnum(StrEnum):
    """An enumeration whose `auto()` values are the names of the members."""

    @staticmethod
    def _generate_next_value_(name: str, *_: Any) -> str:
        return name

    @staticmethod
    def auto() -> Any:
        """A value to be made from the member's name."""
        return auto()

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.value}"


class StopVisiting(BaseException):
    """Raised by a visiting function to end the walk."""


def visit_collection(
    expr: Any,
    visit_fn: Callable[..., Any],
    *,
    return_data: bool = False,
    max_depth: int = -1,
    context: dict[str, Any] | None = None,
    remove_annotations: bool = False,
) -> Any:
    """Call a function for a value and for everything inside it.

    Goes through lists, tuples, sets, dicts (keys and values), dataclasses, Pydantic models and
    marked values.

    Args:
        expr: the value.
        visit_fn: called with each part, and with a copy of `context` when that is given. With
            `return_data` its result takes the part's place.
        return_data: return the value with the results in their places; unchanged collections
            stay the same objects.
        max_depth: how deep to go; 0 looks at `expr` alone, a negative number at everything.
        context: facts for `visit_fn`; what it changes is seen further down only.
        remove_annotations: with `return_data`, leave marks such as `quote` out of the result.
    """
    walk = _Walk(visit_fn, return_data, remove_annotations)
    try:
        found = walk.visit(expr, max_depth, context, ())
    except StopVisiting:
        found = expr
    return found if return_data else None


class _Walk:
    """One walk through a value. Arguments as for `visit_collection`."""

    def __init__(self, visit_fn: Callable[..., Any], replaces: bool, bare: bool) -> None:
        self._visit_fn = visit_fn
        self._replaces = replaces
        self._bare = bare

    def visit(
        self, expr: Any, depth: int, context: dict[str, Any] | None, around: tuple[int, ...]
    ) -> Any:
        """Visit a value and what is inside; `around` are the collections it is in."""
        inner = None if context is None else dict(context)
        seen = self._visit_fn(expr) if inner is None else self._visit_fn(expr, inner)
        value = seen if self._replaces else expr
        if depth == 0 or id(value) in around:
            return value
        within = (*around, id(value))
        if isinstance(value, BaseAnnotation):
            content = self.visit(value.unwrap(), depth - 1, inner, within)
            if self._bare:
                return content
            return value if content is value.unwrap() else value.rewrap(content)
        parts = parts_of(value)
        if not parts:
            return value
        found = [self.visit(part, depth - 1, inner, within) for part in parts]
        same = all(new is old for new, old in zip(found, parts, strict=True))
        return value if same else rebuilt(value, found)


def extract_instances(
    objects: Iterable[Any], types: type[T] | tuple[type[T], ...]
) -> list[T] | dict[type[T], list[T]]:
    """The objects of a type, or of several by type."""
    if isinstance(types, type):
        return [each for each in objects if isinstance(each, types)]
    found: dict[type[T], list[T]] = {}
    for each in objects:
        for kind in types:
            if isinstance(each, kind):
                found.setdefault(kind, []).append(each)
    return found


def isiterable(obj: Any) -> bool:
    """Whether `map` would go through it: text, bytes and files are single values."""
    if isinstance(obj, (str, bytes, io.IOBase)) or inspect.isclass(obj):
        return False
    return isinstance(obj, Iterable)


def ensure_iterable(obj: Any) -> Collection[Any]:
    """The collection itself, or a list of the one value."""
    if isinstance(obj, (list, tuple, set, frozenset, dict)):
        return obj
    return [obj]


def listrepr(objs: Iterable[Any], sep: str = " ") -> str:
    """The representations of objects, joined."""
    return sep.join(map(repr, objs))


def distinct(iterable: Iterable[T], key: Callable[[T], Hashable] | None = None) -> Iterator[T]:
    """Each item once, in order; `key` says which are the same."""
    seen: set[Hashable] = set()
    for item in iterable:
        mark: Any = item if key is None else key(item)
        if mark not in seen:
            seen.add(mark)
            yield item


def batched_iterable(iterable: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """The items in groups of at most `size`."""
    items = iter(iterable)
    while batch := tuple(islice(items, size)):
        yield batch


def dict_to_flatdict(dct: Mapping[Any, Any]) -> dict[tuple[Any, ...], Any]:
    """A nested dict as one whose keys are the ways to the values."""
    flat: dict[tuple[Any, ...], Any] = {}
    for key, value in dct.items():
        if isinstance(value, Mapping) and value:
            flat |= {(key, *way): inner for way, inner in dict_to_flatdict(value).items()}
        else:
            flat[(key,)] = value
    return flat


def flatdict_to_dict(dct: Mapping[tuple[Any, ...], Any]) -> dict[Any, Any]:
    """The inverse of `dict_to_flatdict`."""
    nested: dict[Any, Any] = {}
    for (*way, last), value in dct.items():
        place = nested
        for key in way:
            place = place.setdefault(key, {})
        place[last] = value
    return nested


def deep_merge(dct: Mapping[Any, Any], merge: Mapping[Any, Any]) -> dict[Any, Any]:
    """Two nested dicts as one; where both have a value, that of `merge` counts."""
    merged = dict(dct)
    for key, value in merge.items():
        before = merged.get(key)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[key] = deep_merge(before, value) if both and before is not None else value
    return merged


def deep_merge_dicts(*dicts: Mapping[Any, Any]) -> dict[Any, Any]:
    """Several nested dicts as one; later values count."""
    merged: dict[Any, Any] = {}
    for each in dicts:
        merged = deep_merge(merged, each)
    return merged


def remove_nested_keys(keys_to_remove: Collection[Hashable], obj: Any) -> Any:
    """A nested dict without some keys, at any depth; anything else as it is."""
    if not isinstance(obj, dict):
        return obj
    return {
        key: remove_nested_keys(keys_to_remove, value)
        for key, value in obj.items()
        if key not in keys_to_remove
    }


def get_from_dict(dct: Mapping[str, Any], keys: str | list[str], default: Any = None) -> Any:
    """A value of a nested dict, by "a.b[0]" or by the list of keys on the way to it."""
    value: Any = dct
    for key in _way(keys):
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return default
    return value


def set_in_dict(dct: dict[str, Any], keys: str | list[str], value: Any) -> None:
    """Set a value of a nested dict, making the dicts on the way to it.

    Raises:
        TypeError: something on the way is no dict.
    """
    *way, last = _way(keys)
    place: Any = dct
    for key in way:
        if not isinstance(place, dict):
            raise TypeError(f"Key path exists and contains a non-dict value: {keys}")
        place = place.setdefault(key, {})
    if not isinstance(place, dict):
        raise TypeError(f"Key path exists and contains a non-dict value: {keys}")
    place[last] = value


def _way(keys: str | list[str]) -> list[Any]:
    if not isinstance(keys, str):
        return list(keys)
    parts = keys.replace("[", ".").replace("]", "").split(".")
    return [int(part) if part.isdigit() else part for part in parts]
