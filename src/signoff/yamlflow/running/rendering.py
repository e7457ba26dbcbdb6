"""Rendering the properties of a task.

Owns what the schema of a property says about expressions in it: whether they are rendered at all,
whether a lone one keeps its type, what text becomes where a number or truth value is wanted, and
that a word is one of those there are. Must not know where the values of expressions come from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Render = Callable[[str, bool], Any]
"""Renders a text; True keeps the type of a lone expression."""
Schema = Mapping[str, Any]


class PropertyError(Exception):
    """A property of a task cannot be had; the message names it, the value and the place."""


def rendered(
    properties: Mapping[str, Any], schemas: Mapping[str, Schema], render: Render
) -> dict[str, Any]:
    """Properties as a task's code wants them: rendered, with the defaults of their schemas.

    Args:
        properties: as written, under their newest names.
        schemas: JSON Schema of each.
        render: renders one text.

    Raises:
        PropertyError: one does not render, or not to what is wanted.
    """
    given: dict[str, Any] = {}
    for name, value in properties.items():
        schema = schemas.get(name, {})
        given[name] = _render(value, schema, render, bool(schema.get("x-typed")), name)
    for name, schema in schemas.items():
        if name not in given and "default" in schema:
            given[name] = schema["default"]
    return given


def is_expression(text: object) -> bool:
    """Whether rendering could change a value."""
    return isinstance(text, str) and ("{{" in text or "{%" in text or "{#" in text)


def _render(value: Any, schema: Schema, render: Render, typed: bool, where: str) -> Any:
    if schema.get("x-dynamic") is False or schema.get("x-expression"):
        return value
    typed = typed or bool(schema.get("x-typed"))
    if isinstance(value, str):
        if not is_expression(value):
            return _coerced(value, schema, where)
        return _text(value, schema, render, typed, where)
    if isinstance(value, Mapping):
        return _map(value, _arm(schema, "object"), render, typed, where)
    if isinstance(value, (list, tuple)):
        items = _arm(schema, "array").get("items", {})
        return [
            _render(item, items, render, typed, f"{where}.{number}")
            for number, item in enumerate(value)
        ]
    return value


def _map(
    value: Mapping[str, Any], schema: Schema, render: Render, typed: bool, where: str
) -> dict[str, Any]:
    known, further = schema.get("properties", {}), schema.get("additionalProperties")
    rest: Schema = further if isinstance(further, Mapping) else {}
    made: dict[str, Any] = {}
    for key, item in value.items():
        name = _call(render, key, False, where) if is_expression(key) else key
        made[str(name)] = _render(item, known.get(key, rest), render, typed, f"{where}.{key}")
    for key, part in known.items():
        if key not in made and "default" in part:
            made[key] = part["default"]
    return made


def _text(text: str, schema: Schema, render: Render, typed: bool, where: str) -> Any:
    """A rendered text, in the type that is wanted."""
    kinds = _kinds(schema)
    if not typed and kinds == {"string"}:
        return _one_of(schema.get("enum"), _call(render, text, False, where), where)
    value = _call(render, text, True, where)
    if isinstance(value, str):
        return _coerced(value, schema, where)
    if typed or not kinds or _kind(value) in kinds or value is None:
        return value
    return _call(render, text, False, where)


def _call(render: Render, text: str, typed: bool, where: str) -> Any:
    try:
        return render(text, typed)
    except Exception as error:
        raise PropertyError(f"property {where!r}: {error}") from error


def _one_of(words: Sequence[str] | None, text: str, where: str) -> str:
    """A rendered text as the word that is meant, however it is capitalised."""
    if words is None or text in words:
        return text
    known = {word.upper(): word for word in words}
    if text.strip().upper() not in known:
        told = ", ".join(words)
        raise PropertyError(f"property {where!r}: there is no {text!r}; use one of {told}")
    return known[text.strip().upper()]


def _coerced(text: str, schema: Schema, where: str) -> Any:
    """Text as the number or truth value that is wanted; the text itself where text is."""
    kinds = _kinds(schema)
    if not kinds or "string" in kinds:
        return text
    word = text.strip()
    if "boolean" in kinds and word.lower() in ("true", "false"):
        return word.lower() == "true"
    for kind, make in (("integer", int), ("number", float)):
        if kind in kinds:
            try:
                return make(word)
            except ValueError:
                break
    if kinds & {"array", "object"}:
        # Its own code reads it: JSON text is a list or a map there.
        return text
    wanted = " or ".join(sorted(kinds))
    raise PropertyError(f"property {where!r}: {text!r} is no {wanted}; give one, or an expression")


def _kinds(schema: Schema) -> set[str]:
    """The types a schema allows; empty for any."""
    arms = schema.get("anyOf")
    if arms:
        found = [_kinds(arm) for arm in arms]
        return set() if not all(found) else set().union(*found)
    kind = schema.get("type")
    if kind is None:
        return set()
    return {kind} if isinstance(kind, str) else set(kind)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return name
    return ""


_KINDS = ((int, "integer"), (float, "number"), (Mapping, "object"), ((list, tuple), "array"))


def _arm(schema: Schema, kind: str) -> Schema:
    """The part of a schema that speaks of values of one type."""
    arms: list[Schema] = schema.get("anyOf", [])
    return next((arm for arm in arms if kind in _kinds(arm)), schema)
