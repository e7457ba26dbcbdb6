"""JSON Schema in the few shapes that properties of documents have.

Owns the vocabulary of the catalog: what a duration, an expression or a map of texts looks like. All
keywords are those of JSON Schema 2020-12 and:

- `x-dynamic` false: expressions in it are not rendered before the task runs.
- `x-typed` true: a lone expression keeps its type.
- `x-expression` true: it is rendered by the task itself, later or again and again.
- `x-renamed`, `x-ignored` of an object: as `renamed` and `ignored` of a `TaskType`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def text(description: str, **more: Any) -> Schema:
    """Text; numbers and booleans are taken as they are written."""
    return {"type": "string", "description": description, **more}


def whole(description: str, **more: Any) -> Schema:
    """A whole number."""
    return {"type": "integer", "description": description, **more}


def number(description: str, **more: Any) -> Schema:
    """A number."""
    return {"type": "number", "description": description, **more}


def flag(description: str, default: bool = False, **more: Any) -> Schema:
    """True or false."""
    return {"type": "boolean", "description": description, "default": default, **more}


def duration(description: str, **more: Any) -> Schema:
    """An ISO 8601 duration such as `PT5M`."""
    return {"type": "string", "format": "duration", "description": description, **more}


def choice(description: str, *values: str, **more: Any) -> Schema:
    """One of a few words."""
    return {"type": "string", "enum": list(values), "description": description, **more}


def list_of(item: Schema, description: str, **more: Any) -> Schema:
    """A list with items of one shape."""
    return {"type": "array", "items": item, "description": description, **more}


def map_of(item: Schema, description: str, **more: Any) -> Schema:
    """A map with values of one shape, whatever its keys."""
    return {"type": "object", "additionalProperties": item, "description": description, **more}


def object_of(properties: Mapping[str, Schema], description: str, **more: Any) -> Schema:
    """A map with these keys and no others."""
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "description": description,
        **more,
    }


def either(description: str, *arms: Schema, **more: Any) -> Schema:
    """One of several shapes, told apart by being a list, a map or a single value."""
    return {"anyOf": list(arms), "description": description, **more}


def anything(description: str, **more: Any) -> Schema:
    """Any value."""
    return {"description": description, **more}


TEXTS = list_of({"type": "string"}, "Texts.")
TEXT_MAP = map_of({"type": "string"}, "Texts by name.")
LABELS = either(
    "Labels: a map, or a list of `{key, value}`.",
    map_of({"type": "string"}, "Values by label."),
    list_of(
        object_of(
            {"key": text("Name."), "value": text("Value.")}, "A label.", required=["key", "value"]
        ),
        "Labels one by one.",
    ),
)
