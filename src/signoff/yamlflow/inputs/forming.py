"""A list of inputs as a form.

Owns names, words, defaults and what must be there; how values look is in `kinds`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from signoff.model.forms import Form, Json
from signoff.yamlflow.document import Input
from signoff.yamlflow.inputs.kinds import choices_of, value_schema
from signoff.yamlflow.inputs.rendering import has_expression


def form_of(
    inputs: Sequence[Input],
    *,
    title: str | None = None,
    description: str | None = None,
    initial: Mapping[str, Json] | None = None,
) -> Form:
    """The form that asks for inputs.

    Args:
        inputs: what is asked for; dots in ids make objects of objects.
        title: one line that says what is asked.
        description: Markdown shown above the fields.
        initial: values the fields start with, by id or nested; they are taken when none is given.

    Returns:
        A form whose schema says all that can be judged without expressions. Defaults that are
        expressions are left out, and the value need not be given; see `rendered`.
    """
    root = _object()
    for one in inputs:
        *outer, name = one.id.split(".")
        group = root
        for step in outer:
            group = group["properties"].setdefault(step, _object())
        group["properties"][name] = _field(one)
        if is_needed(one):
            group["required"].append(name)
    _tidy(root)
    return Form(root, title, description, dict(nested(initial or {})))


def secret_schema_of(inputs: Sequence[Input]) -> Mapping[str, Json]:
    """The schema of the form that asks for inputs, when some are secret; else an empty one."""
    secret = any("SECRET" in (one.type, one.item_type) for one in inputs)
    return form_of(inputs).schema if secret else {}


def is_needed(one: Input) -> bool:
    """Whether an answer without this value is refused before any expression is looked at."""
    return one.required and not one.has_defaults and one.depends_on is None and not first_of(one)


def first_of(one: Input) -> list[Json]:
    """The value that is chosen by itself, alone in a list; empty when there is none."""
    if one.options.get("autoSelectFirst") is not True:
        return []
    first = choices_of(one)[:1]
    return [first] if first and one.type == "MULTISELECT" else first


def default_of(one: Input) -> list[Json]:
    """The default as a value of an answer, alone in a list; empty when there is none yet.

    A default that is an expression is none until it is rendered.
    """
    if not one.has_defaults:
        return first_of(one)
    value = one.defaults
    if has_expression(value):
        return []
    if one.type == "YAML" and not isinstance(value, str):
        return [json.dumps(value, ensure_ascii=False)]
    if one.type in ("ARRAY", "MULTISELECT", "JSON") and isinstance(value, str):
        return [_from_json(value)]
    return [value]


def nested(values: Mapping[str, Json]) -> dict[str, Json]:
    """Values with dotted names as objects in objects."""
    result: dict[str, Json] = {}
    for name, value in values.items():
        *outer, last = str(name).split(".")
        group = result
        for step in outer:
            inner = group.get(step)
            group[step] = group = dict(inner) if isinstance(inner, Mapping) else {}
        old = group.get(last)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        group[last] = {**old, **value} if both else value  # type: ignore[dict-item]
    return result


def _field(one: Input) -> dict[str, Json]:
    schema = value_schema(one)
    if one.required and one.type == "STRING" and one.defaults != "" and not one.validator:
        schema["minLength"] = 1
    if not one.required:
        schema = {"anyOf": [schema, {"type": "null"}]}
    if one.display_name:
        schema["title"] = one.display_name
    if one.description:
        schema["description"] = one.description
    if default := default_of(one):
        schema["default"] = default[0]
    elif not one.required and not one.has_defaults:
        schema["default"] = None
    if one.has_prefill and not has_expression(one.prefill):
        schema["x-prefill"] = default_of(replace(one, defaults=one.prefill, has_defaults=True))[0]
    elif one.type == "BOOL" and one.required and not one.has_defaults:
        # Two-valued: what nobody has switched on is off, but saying so is the person's to do.
        schema["x-prefill"] = False
    if one.depends_on:
        depends: dict[str, Any] = {"inputs": list(one.depends_on.inputs)}
        if one.depends_on.condition:
            depends["condition"] = one.depends_on.condition
        if one.required and not one.has_defaults:
            depends["required"] = True
        schema["x-depends-on"] = depends
    return schema


def _object() -> dict[str, Any]:
    return {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


def _tidy(node: dict[str, Any]) -> None:
    """Leave out empty lists of required names; a group is required when something in it is."""
    for name, child in node["properties"].items():
        if child.get("additionalProperties") is False and "properties" in child:
            _tidy(child)
            if "required" in child:
                node["required"].append(name)
            else:
                child["default"] = {}
    if not node["required"]:
        del node["required"]


def _from_json(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
