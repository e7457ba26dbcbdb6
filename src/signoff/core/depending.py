"""Fields that are asked for only when others have a value (`x-depends-on`).

Owns whether a face of a form shows such a field, given the answer so far. What an answer means in
the end is for whoever receives it: a condition that looks at more than the answer cannot be worked
out here, and such a field is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn

from signoff.core.expressions.ports import Lookups
from signoff.core.expressions.rendering import render_value
from signoff.core.expressions.truth import truthy
from signoff.core.forms import fields
from signoff.core.forms.messages import REQUIRED
from signoff.model.errors import ExpressionError
from signoff.model.forms import Field, FieldError, FieldKind, Form, Json, Path


def as_asked(field: Field, answer: Mapping[str, Json]) -> Field | None:
    """A field as it is asked for.

    Args:
        field: one field of a form.
        answer: the whole answer as far as it is known.

    Returns:
        The field, required where it must have a value once it is asked for; None when it is not
        asked for.
    """
    depends = field.schema.get("x-depends-on")
    if not isinstance(depends, Mapping):
        return field
    if not _holds(depends, answer):
        return None
    return replace(field, required=True) if depends.get("required") is True else field


def missing_dependents(form: Form, answer: Mapping[str, Json]) -> list[FieldError]:
    """An error for each field that must have a value because others have one, and has none.

    Args:
        form: what was asked for.
        answer: what was answered.
    """
    return list(_lacking(fields(form), answer, answer, ()))


def _lacking(
    field: Field, value: Json, answer: Mapping[str, Json], path: Path
) -> Iterator[FieldError]:
    if field.kind is not FieldKind.OBJECT:
        return
    for child in field.fields:
        inner = value.get(child.name) if isinstance(value, Mapping) else None
        here = (*path, child.name)
        if "x-depends-on" in child.schema and inner is None:
            asked = as_asked(child, answer)
            if asked is not None and asked.required and not child.is_prefilled:
                yield FieldError(here, REQUIRED)
        yield from _lacking(child, inner, answer, here)


def _holds(depends: Mapping[str, Json], answer: Mapping[str, Json]) -> bool:
    if any(_at(answer, str(name)) is None for name in depends.get("inputs", ())):
        return False
    condition = depends.get("condition")
    if not isinstance(condition, str):
        return True
    try:
        return truthy(render_value(condition, {"inputs": answer}, _NOTHING_ELSE))
    except (ExpressionError, LookupError):
        return True


def _at(answer: Mapping[str, Json], dotted: str) -> Json:
    found: Any = answer
    for step in dotted.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _nothing(*asked: object) -> NoReturn:
    raise LookupError("this is not known while a form is filled in")


def _no_moment() -> datetime:
    _nothing()


_NOTHING_ELSE = Lookups(
    now=_no_moment,
    new_id=_nothing,
    random=_nothing,
    secret=_nothing,
    key_value=_nothing,
    read_file=_nothing,
    error_logs=_nothing,
)
