"""Expressions in inputs, rendered when the form is made.

Owns which parts of an input may be expressions, and which of them have to wait for other inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from signoff.core.expressions.references import paths
from signoff.core.expressions.templates import parse_template
from signoff.model.errors import ExpressionError
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
    # What an input says about its own name is about an outer one: its own value is not known yet.
    others = [each for each in ids if each != one.id]

    def worked(value: Any) -> Any:
        return render(value, {}) if has_expression(value) and not _waits(value, others) else value

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
    """Whether a value refers to one of the inputs with these ids."""
    if isinstance(value, str):
        return any(_leads_to(path, ids) for path in _paths(value))
    if isinstance(value, Mapping):
        return any(_waits(each, ids) for pair in value.items() for each in pair)
    return isinstance(value, (list, tuple)) and any(_waits(each, ids) for each in value)


def _paths(text: str) -> Iterable[tuple[str, ...]]:
    try:
        return paths(parse_template(text))
    except ExpressionError:
        # Rendering it says what is wrong.
        return ()


def _leads_to(path: tuple[str, ...], ids: Sequence[str]) -> bool:
    """Whether a path is that of an input, of a part of it, or of a group it is in."""
    root, *rest = path
    dotted = ".".join(rest)
    return root == "inputs" and any(
        not dotted or f"{each}.".startswith(f"{dotted}.") or dotted.startswith(f"{each}.")
        for each in ids
    )
