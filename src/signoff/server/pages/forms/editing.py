"""Changing the shape of a draft: add, remove and move the items of a list, without a script.

Owns what the buttons mean that send the form back instead of an answer. A button says a word and
the place of its list: `add f/tags`, `remove f/tags/2`, `up f/tags/2`, `down f/tags/2`.
"""

from __future__ import annotations

from signoff.model.forms import Field, FieldKind
from signoff.server.pages.forms.drafts import COUNT, KEY, MORE, ROOT, VALUE, Draft, own
from signoff.server.pages.forms.filling import filled
from signoff.server.pages.forms.shape import item_at, key_of, value_of

MOST_ITEMS = 1_000
"""Items of a list that may be added by hand."""


def edit(root: Field, draft: Draft, wish: str) -> str | None:
    """Change a draft as a button wishes.

    Returns:
        The name of what to go on with; None when the wish means nothing here.
    """
    word, _, name = wish.partition(" ")
    steps = name.split("/")
    if steps[0] != ROOT:
        return None
    if word == "add":
        return _add(root, draft, steps[1:])
    if word in ("remove", "up", "down") and len(steps) > 1 and steps[-1].isdigit():
        return _change(draft, steps[1:-1], int(steps[-1]), word)
    return None


def _add(root: Field, draft: Draft, steps: list[str]) -> str | None:
    found = _find(root, draft, steps)
    if found is None:
        return None
    field, here = found
    if here.count >= MOST_ITEMS:
        return None
    count = here.count
    if field.kind in (FieldKind.MAP, FieldKind.OBJECT):
        index = count
        halves = {KEY: filled(key_of(field)), VALUE: filled(value_of(field))}
        here.parts[str(index)] = Draft(parts=halves)
    else:
        index = len(field.fields) + count
        here.parts[str(index)] = filled(item_at(field, index))
    here.say(COUNT, str(count + 1))
    return "/".join([ROOT, *steps, str(index)])


def _find(field: Field, draft: Draft, steps: list[str]) -> tuple[Field, Draft] | None:
    """The list that steps lead to, with its draft."""
    for position, step in enumerate(steps):
        here = draft.parts.get(step)
        if here is None:
            return None
        draft = here
        if step == MORE and field.kind is FieldKind.OBJECT and field.item is not None:
            rest = steps[position + 1 :]
            return _entry(field, draft, rest) if rest else (field, draft)
        inner = _inner(field, step)
        if inner is None:
            return None
        field = inner
    listed = field.kind is FieldKind.MAP or field.item is not None
    return (field, draft) if listed and field.kind is not FieldKind.OBJECT else None


def _entry(field: Field, draft: Draft, steps: list[str]) -> tuple[Field, Draft] | None:
    """Go on below an entry of a map: its position, then its value."""
    if len(steps) < 2 or steps[1] != VALUE:
        return None
    value = draft.part(steps[0]).parts.get(VALUE)
    return None if value is None else _find(value_of(field), value, steps[2:])


def _inner(field: Field, step: str) -> Field | None:
    if field.kind is FieldKind.OBJECT:
        return next((child for child in field.fields if own(child.name) == step), None)
    if field.kind is FieldKind.UNION:
        number = step.removeprefix("~")
        known = number.isdigit() and int(number) < len(field.variants)
        return field.variants[int(number)] if known else None
    if field.kind is FieldKind.MAP:
        # The step after the position of an entry leads to its value.
        return value_of(field) if step == VALUE else field if step.isdigit() else None
    return item_at(field, int(step)) if step.isdigit() else None


def _change(draft: Draft, steps: list[str], index: int, word: str) -> str | None:
    for step in steps:
        if step not in draft.parts:
            return None
        draft = draft.parts[step]
    count = draft.count
    positions = sorted(int(step) for step in draft.parts if step.isdigit())
    # Positions of a tuple come before the items that can be taken away.
    fixed = max(len(positions) - count, 0) if positions else 0
    last = fixed + count - 1
    name = "/".join([ROOT, *steps])
    if not fixed <= index <= last:
        return None
    if word == "remove":
        for position in range(index, last):
            draft.parts[str(position)] = draft.part(str(position + 1))
        draft.parts.pop(str(last), None)
        draft.say(COUNT, str(count - 1))
        return f"{name}/{min(index, last - 1)}" if last > fixed else name
    other = index - 1 if word == "up" else index + 1
    if not fixed <= other <= last:
        return None
    one, two = draft.part(str(index)), draft.part(str(other))
    draft.parts[str(index)], draft.parts[str(other)] = two, one
    return f"{name}/{other}"
