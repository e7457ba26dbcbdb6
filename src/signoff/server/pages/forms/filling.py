"""From values to what the controls of a form say: initial values, and new items.

Owns that direction; `reading` is the other one, and gives back what was filled in here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from signoff.core.forms import to_text
from signoff.core.forms.hints import arm_of
from signoff.model.forms import SCALARS, Choice, Field, FieldKind, Json
from signoff.server.pages.forms.drafts import (
    ARM,
    COUNT,
    GIVEN,
    KEPT,
    KEY,
    MORE,
    VALUE,
    ZONE,
    Draft,
    own,
)
from signoff.server.pages.forms.shape import (
    is_indexed,
    is_multiple,
    is_toggled,
    item_at,
    key_of,
    value_of,
)

NOTHING: Final = object()
"""No value at all, which is not `null`."""

_OFFSET = re.compile(r"(?P<local>.*:[0-9.,]+)(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2})")


def started(root: Field) -> Draft:
    """The draft a person begins with."""
    return filled(root, root.start if root.is_prefilled else NOTHING)


def filled(field: Field, value: Json = NOTHING) -> Draft:
    """The draft that says a value."""
    draft = _parts(field, value)
    if is_toggled(field):
        given = value is not NOTHING and value is not None
        draft.parts[GIVEN] = Draft(("1",) if given else ())
    return draft


def _parts(field: Field, value: Json) -> Draft:
    if field.kind in SCALARS:
        if value is NOTHING and field.kind is not FieldKind.FILE:
            return Draft(("",))
        return _scalar(field, None if value is NOTHING else value)
    if field.kind is FieldKind.OBJECT:
        return _object(field, value if isinstance(value, Mapping) else {})
    if field.kind is FieldKind.MAP:
        return _entries(field, value if isinstance(value, Mapping) else {})
    if field.kind is FieldKind.UNION:
        return _union(field, value)
    return _list(field, value if isinstance(value, list) else [])


def _scalar(field: Field, value: Json) -> Draft:
    if field.kind is FieldKind.SECRET:
        return Draft(("",))
    if field.kind is FieldKind.FILE:
        return Draft() if value is None else Draft(parts={KEPT: Draft((to_text(field, value),))})
    if is_indexed(field):
        found = position_of(field.choices, value)
        if found is None or (value is None and field.nullable):
            return Draft(("",))
        return Draft((str(found),))
    text = to_text(field, value)
    if field.kind is FieldKind.DATETIME and (match := _OFFSET.fullmatch(text)):
        return Draft((match["local"],), {ZONE: Draft((match["zone"],))})
    return Draft((text,))


def _object(field: Field, value: Mapping[str, Json]) -> Draft:
    draft = Draft()
    for child in field.fields:
        if child.name in value:
            start = value[child.name]
        else:
            start = child.start if child.is_prefilled else NOTHING
        draft.parts[own(child.name)] = filled(child, start)
    if field.item is not None:
        known = {child.name for child in field.fields}
        more = {name: each for name, each in value.items() if name not in known}
        draft.parts[MORE] = _entries(field, more)
    return draft


def _entries(field: Field, value: Mapping[str, Json]) -> Draft:
    draft = Draft()
    draft.say(COUNT, str(len(value)))
    for index, (name, each) in enumerate(value.items()):
        halves = {KEY: filled(key_of(field), name), VALUE: filled(value_of(field), each)}
        draft.parts[str(index)] = Draft(parts=halves)
    return draft


def _list(field: Field, value: list[Json]) -> Draft:
    if is_multiple(field) and field.item is not None:
        found = [position_of(field.item.choices, each) for each in value]
        return Draft(tuple(str(each) for each in found if each is not None))
    draft = Draft()
    for index in range(max(len(value), len(field.fields))):
        item = item_at(field, index)
        if index < len(value):
            start = value[index]
        else:
            start = item.start if item.is_prefilled else NOTHING
        draft.parts[str(index)] = filled(item, start)
    if field.item is not None:
        draft.say(COUNT, str(max(len(value) - len(field.fields), 0)))
    return draft


def _union(field: Field, value: Json) -> Draft:
    unsaid = value is NOTHING or (value is None and field.nullable)
    chosen = None if unsaid else arm_of(field, value)
    draft = Draft()
    draft.say(ARM, "" if chosen is None else str(chosen))
    for index, arm in enumerate(field.variants):
        start = value if index == chosen else NOTHING
        draft.parts[arm_step(index)] = filled(replace(arm, required=True), start)
    return draft


def arm_step(index: int) -> str:
    """The step to an arm of a union."""
    return f"~{index}"


def position_of(choices: tuple[Choice, ...], value: Json) -> int | None:
    """Where a value stands among choices; `true` is not 1."""
    for index, choice in enumerate(choices):
        same = isinstance(choice.value, bool) == isinstance(value, bool)
        if same and choice.value == value:
            return index
    return None
