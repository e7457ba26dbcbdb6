"""What an answer becomes before it is judged: values nobody typed are filled in.

Owns initial values and defaults. Must not judge: `checking` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from signoff.core.forms.tree import fields
from signoff.model.forms import Field, FieldKind, Form, Json, Path


def with_defaults(form: Form, answer: Mapping[str, Json]) -> dict[str, Json]:
    """The answer with initial values, then the schema's defaults, for keys that were not given.

    Objects given in part are filled as well. A default that the schema does not tell (secrets, a
    `default_factory`) is left out, for the flow fills it in.
    """
    filled: dict[str, Json] = _filled(fields(form), answer)
    return filled


def missing(form: Form, answer: Mapping[str, Json]) -> list[Path]:
    """The places of required values that the answer lacks, in the order of the form."""
    return list(_lacking(fields(form), answer, ()))


def can_be_empty(form: Form) -> bool:
    """Whether `{}` answers the form: every required value has an initial value or a default."""
    return not missing(form, with_defaults(form, {}))


def _filled(field: Field, value: Json) -> Json:
    if field.kind is not FieldKind.OBJECT or not isinstance(value, Mapping):
        return value
    filled = dict(value)
    for child in field.fields:
        if child.name in filled:
            filled[child.name] = _filled(child, filled[child.name])
        elif child.is_prefilled and not child.suggested:
            filled[child.name] = _filled(child, child.start)
    return filled


def _lacking(field: Field, value: Json, path: Path) -> Iterator[Path]:
    if field.kind is not FieldKind.OBJECT or not isinstance(value, Mapping):
        return
    for child in field.fields:
        if child.name in value:
            yield from _lacking(child, value[child.name], (*path, child.name))
        elif child.required:
            yield (*path, child.name)
