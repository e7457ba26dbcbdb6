"""Which fields of a form are asked for, given what has been filled in so far (`x-depends-on`).

Owns this for a form that comes back whole. A field that is not asked for is neither read nor shown;
what was typed into it travels with the form, unseen, and is there again when it is asked for. What
a condition means is `core.depending`'s, which is loaded with the first form that has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from signoff.core.forms import fields, with_defaults
from signoff.model.forms import Field, FieldError, FieldKind, Form, Path
from signoff.server.pages.forms.deciding import Decision
from signoff.server.pages.forms.drafts import UNASKED, Draft, own
from signoff.server.pages.forms.reading import read_answer

_MOST_ROUNDS = 100
"""Fields that depend on each other in a circle come to no rest."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The fields of a form as they are shown.

    Args:
        root: all of them.
        unasked: where those stand that are not asked for.
    """

    root: Field
    unasked: frozenset[Path] = frozenset()


def asked_for(form: Form, draft: Draft) -> Field:
    """The fields of a form that are asked for, given what a draft says."""
    root = fields(form)
    if not _is_conditional(root):
        return root
    depending: Any = import_module("signoff.core.depending")
    asked = root
    for _ in range(_MOST_ROUNDS):
        # What is not asked for is no part of the answer, and others may depend on it.
        answer, _errors = read_answer(asked, draft)
        found = _only_asked(root, with_defaults(form, answer), depending.as_asked)
        if found == asked:
            break
        asked = found
    return asked


def outline(form: Form, draft: Draft, decision: Decision | None = None) -> Outline:
    """The fields as they are shown.

    Args:
        form: what is asked for.
        draft: what has been filled in.
        decision: the field that buttons answer. Until one is pressed, fields are shown that any of
            them asks for.
    """
    root = fields(form)
    if not _is_conditional(root):
        return Outline(root)
    trees = {"": asked_for(form, draft)}
    if decision is not None:
        step = own(decision.property)
        drafts = {
            each.label: Draft(parts={**draft.parts, step: Draft((each.value,))})
            for each in decision.buttons
        }
        trees = {label: asked_for(form, each) for label, each in drafts.items()}
    unasked: set[Path] = set()
    return Outline(_shown(root, trees, (), unasked), frozenset(unasked))


def newly_asked(asked: Field, draft: Draft, path: Path = ()) -> Iterator[FieldError]:
    """An error for each field that was not shown and is asked for by what was sent."""
    if asked.kind is not FieldKind.OBJECT:
        return
    for child in asked.fields:
        part, here = draft.part(own(child.name)), (*path, child.name)
        if part.part(UNASKED).text:
            yield FieldError(here, "is asked for now: see to it and send again")
        else:
            yield from newly_asked(child, part, here)


def _is_conditional(field: Field) -> bool:
    return "x-depends-on" in field.schema or (
        field.kind is FieldKind.OBJECT and any(_is_conditional(child) for child in field.fields)
    )


def _only_asked(field: Field, answer: Mapping[str, Any], as_asked: Any) -> Field:
    if field.kind is not FieldKind.OBJECT:
        return field
    asked = (as_asked(child, answer) for child in field.fields)
    kept = (_only_asked(each, answer, as_asked) for each in asked if each is not None)
    return replace(field, fields=tuple(kept))


def _shown(field: Field, trees: Mapping[str, Field], path: Path, unasked: set[Path]) -> Field:
    """A field as those buttons ask for it whose label has a tree."""
    if field.kind is not FieldKind.OBJECT:
        return field
    children = []
    for child in field.fields:
        here = (*path, child.name)
        found = {
            label: each
            for label, tree in trees.items()
            for each in tree.fields
            if each.name == child.name
        }
        if not found:
            unasked.add(here)
            children.append(child)
            continue
        shown = replace(child, required=any(each.required for each in found.values()))
        if len(found) < len(trees):
            only = f"Only needed for {' or '.join(found)}."
            shown = replace(shown, help=f"{child.help} {only}" if child.help else only)
        children.append(_shown(shown, found, here, unasked))
    return replace(field, fields=tuple(children))
