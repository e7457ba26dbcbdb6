"""Expressions in inputs, rendered when the form is made.

Owns which parts of an input may be expressions, and which of them have to wait for other inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from signoff.model.forms import Json
from signoff.yamlflow.document import Input

Render = Callable[[Any, Mapping[str, Json]], Any]
"""Renders a value whose texts may be expressions; the second argument is what `inputs` adds to the
variables: the values of this very list that are known so far, nested."""


def has_expression(value: Json) -> bool:
    """Whether a value is rendered before it means anything."""
    if isinstance(value, str):
        return "{{" in value or "{%" in value
    if isinstance(value, Mapping):
        return any(has_expression(each) for pair in value.items() for each in pair)
    return isinstance(value, (list, tuple)) and any(map(has_expression, value))


def rendered(inputs: Sequence[Input], render: Render) -> tuple[Input, ...]:
    """The inputs with defaults, prefills, words and choices worked out, as a form shows them.

    What refers to another input of the list is left as it is, for its value is not known yet;
    `resolve` works it out.

    Args:
        inputs: as the document has them.
        render: renders a value.

    Raises:
        Exception: what `render` raises.
    """
    return tuple(_rendered(one, [other.id for other in inputs], render) for one in inputs)


def choices_from(value: Json) -> tuple[Json, ...]:
    """The choices that an expression gave: a list, or a single value."""
    if isinstance(value, (list, tuple)):
        return tuple(value)
    return () if value is None else (value,)


def _rendered(one: Input, ids: Sequence[str], render: Render) -> Input:
    def worked(value: Any) -> Any:
        return render(value, {}) if has_expression(value) and not _waits(value, ids) else value

    values = worked(one.expression) if one.expression else None
    known = one.expression is not None and not has_expression(values)
    return replace(
        one,
        defaults=worked(one.defaults),
        prefill=worked(one.prefill),
        display_name=worked(one.display_name),
        description=worked(one.description),
        values=choices_from(values) if known else one.values,
        expression=None if known else one.expression,
    )


def _waits(value: Json, ids: Sequence[str]) -> bool:
    """Whether a value refers to one of the inputs, as far as its text shows."""
    if isinstance(value, str):
        return any(f"inputs.{each}" in value or f"inputs['{each}" in value for each in ids)
    if isinstance(value, Mapping):
        return any(_waits(each, ids) for pair in value.items() for each in pair)
    return isinstance(value, (list, tuple)) and any(_waits(each, ids) for each in value)
