"""Texts with expressions into texts and values: the face of this package.

Owns how a rendering begins and ends. Every error that leaves here is an `ExpressionError` with its
place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from signoff.core.expressions.executing import Execution
from signoff.core.expressions.limits import LIMITS, Budget
from signoff.core.expressions.masking import masked
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.places import Fault, error_at
from signoff.core.expressions.ports import Lookups
from signoff.core.expressions.references import deprecated, paths, references
from signoff.core.expressions.registry import Call
from signoff.core.expressions.templates import parse_template
from signoff.core.expressions.tree import Template
from signoff.model.errors import ExpressionError

__all__ = [
    "Lookups",
    "Template",
    "deprecated",
    "parse_template",
    "paths",
    "references",
    "render_text",
    "render_tree",
    "render_value",
]

_OPENINGS = ("{{", "{%", "{#")

_Result = TypeVar("_Result")


def render_text(template: Template | str, variables: Mapping[str, object], lookups: Lookups) -> str:
    """A text with its expressions worked out.

    Args:
        template: the text, or what `parse_template` made of it.
        variables: what can be seen by name.
        lookups: everything else.

    Raises:
        ExpressionError: an expression cannot be read or worked out.
    """
    if isinstance(template, str) and not _has_expressions(template):
        return template
    return _begin(template, variables, lookups, _as_text)


def render_value(
    template: Template | str, variables: Mapping[str, object], lookups: Lookups
) -> object:
    """The value of a text: of its own type when the text is nothing but one `{{ … }}`, else text.

    Args:
        template: the text, or what `parse_template` made of it; white space around a lone
            expression does not count.
        variables: what can be seen by name.
        lookups: everything else.

    Raises:
        ExpressionError: an expression cannot be read or worked out.
    """
    if isinstance(template, str) and not _has_expressions(template):
        return template
    return _begin(template, variables, lookups, _as_value)


def render_tree(
    value: object, variables: Mapping[str, object], lookups: Lookups, *, typed: bool
) -> Any:
    """A value with all texts in it rendered, the keys of maps included.

    Args:
        value: maps, lists and texts; everything else stays.
        variables: what can be seen by name.
        lookups: everything else.
        typed: a text that is nothing but one expression gets that one's type.

    Raises:
        ExpressionError: an expression cannot be read or worked out, or two keys become the same.
    """
    render: Callable[..., object] = render_value if typed else render_text
    return _tree(value, lambda text: render(text, variables, lookups), variables, lookups, 0)


def _tree(
    value: object,
    render: Callable[[str], object],
    variables: Mapping[str, object],
    lookups: Lookups,
    depth: int,
) -> object:
    if isinstance(value, str):
        return render(value)
    if not isinstance(value, list | tuple | Mapping):
        return value
    if depth > LIMITS.nesting:
        raise ExpressionError(f"values nest deeper than {LIMITS.nesting} levels")
    if not isinstance(value, Mapping):
        return [_tree(each, render, variables, lookups, depth + 1) for each in value]
    rendered: dict[object, object] = {}
    for key, each in value.items():
        name = render_text(key, variables, lookups) if isinstance(key, str) else key
        if name in rendered:
            raise ExpressionError(
                f"two keys of a map render to `{name}`", str(name), source=str(key)
            )
        rendered[name] = _tree(each, render, variables, lookups, depth + 1)
    return rendered


@dataclass(frozen=True, slots=True)
class _Session:
    """What all renderings have in common that one begins: `render()` begins others.

    Args:
        lookups: as passed in.
        budget: what may still be done.
        secrets: those looked up so far.
    """

    lookups: Lookups
    budget: Budget
    secrets: set[str]


def _begin(
    template: Template | str,
    variables: Mapping[str, object],
    lookups: Lookups,
    finish: Callable[[Execution, Template], _Result],
) -> _Result:
    return _with(template, variables, _Session(lookups, Budget(), set()), 0, finish)


def _with(
    template: Template | str,
    variables: Mapping[str, object],
    session: _Session,
    renders: int,
    finish: Callable[[Execution, Template], _Result],
) -> _Result:
    read = parse_template(template) if isinstance(template, str) else template
    execution: Execution

    def again(text: str, repeat: bool) -> str:
        return _again(text, repeat, execution.evaluator.scope.seen(), session, renders)

    call = Call(
        session.budget,
        session.lookups,
        lambda: execution.evaluator.scope.seen(),
        again,
        session.secrets,
    )
    execution = Execution(read, variables, call)
    try:
        return finish(execution, read)
    except Fault as fault:
        message = masked(fault.message, session.secrets)
        name = None if fault.name is None else masked(fault.name, session.secrets)
        raise error_at(read.text, fault.at, message, name) from None
    except Misuse as error:
        raise error_at(read.text, 0, masked(str(error), session.secrets)) from None
    except RecursionError:
        raise error_at(read.text, 0, "it nests too deep") from None


def _as_text(execution: Execution, template: Template) -> str:
    return execution.body(template.body)


def _as_value(execution: Execution, template: Template) -> object:
    if template.lone is None:
        return execution.body(template.body)
    return execution.evaluator.value(template.lone)


def _again(
    text: str,
    repeat: bool,
    variables: Mapping[str, object],
    session: _Session,
    renders: int,
) -> str:
    """Renders what was rendered: once, or as long as it holds expressions and still changes."""
    while _has_expressions(text):
        renders += 1
        if renders > LIMITS.renders:
            raise Misuse(
                f"what it renders holds expressions again more than {LIMITS.renders} times"
            )
        try:
            rendered = _with(text, variables, session, renders, _as_text)
        except ExpressionError as error:
            raise Misuse(str(error)) from None
        if not repeat or rendered == text:
            return rendered
        text = rendered
    return text


def _has_expressions(text: str) -> bool:
    return any(opening in text for opening in _OPENINGS)
