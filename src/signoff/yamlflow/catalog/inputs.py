"""The kinds of inputs.

Owns their names, old and new, and which keys each kind has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from signoff.yamlflow.catalog.language import INPUT_ID
from signoff.yamlflow.catalog.schemas import (
    Schema,
    anything,
    choice,
    flag,
    list_of,
    number,
    object_of,
    text,
    whole,
)

_STATIC = {"x-dynamic": False}


@dataclass(frozen=True, slots=True)
class InputType:
    """A kind of input.

    Args:
        name: newest name, in capitals.
        title: what it takes.
        value: JSON Schema of its default as it may be written.
        properties: JSON Schema of each key only some kinds have.
        least, most: the keys of its inclusive bounds; None for none.
    """

    name: str
    title: str
    value: Schema
    properties: Mapping[str, Schema] = field(default_factory=dict)
    least: str | None = None
    most: str | None = None


_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_LIST: Schema = {"anyOf": [{"type": "array"}, {"type": "string"}]}


def _bounded(name: str, title: str, least: str, most: str, shape: Schema) -> InputType:
    bounds = {
        least: {**shape, "description": "The least value that is taken.", **_STATIC},
        most: {**shape, "description": "The greatest value that is taken.", **_STATIC},
    }
    return InputType(name, title, shape, bounds, least, most)


def _moment(name: str, title: str, shape: Schema) -> InputType:
    return _bounded(name, title, "after", "before", shape)


ITEM_TYPES = (
    *("STRING", "INT", "FLOAT", "BOOLEAN", "BOOL", "DATE", "DATETIME", "TIME", "DURATION"),
    *("URI", "EMAIL", "JSON"),
)
"""Kinds the items of a list may have."""

_VALIDATOR = text("Regular expression that the whole text must match.", **_STATIC)
_ITEM_TYPE = choice("Kind of the items.", *ITEM_TYPES, **_STATIC)
_CHOICES: Mapping[str, Schema] = {
    "values": list_of({"type": "string"}, "The choices.", **_STATIC),
    "expression": text("Expression that gives the choices."),
    "allowCustomValue": flag("Other values are taken too.", **_STATIC),
}

INPUT_TYPES = (
    InputType("STRING", "Text.", _TEXT, {"validator": _VALIDATOR}),
    _bounded("INT", "A whole number.", "min", "max", whole("")),
    _bounded("FLOAT", "A number.", "min", "max", number("")),
    InputType("BOOLEAN", "Yes, no or nothing yet.", _FLAG),
    InputType("BOOL", "Yes or no.", _FLAG),
    _moment("DATE", "A date such as 2026-03-01.", text("", format="date")),
    _moment("DATETIME", "A date and time, kept in UTC.", text("", format="date-time")),
    _moment("TIME", "A time of day.", text("", format="time")),
    _bounded("DURATION", "An ISO 8601 duration.", "min", "max", text("", format="duration")),
    InputType(
        "SELECT",
        "One of several values.",
        _TEXT,
        {
            **_CHOICES,
            "isRadio": flag("All choices are shown at once.", **_STATIC),
            "autoSelectFirst": flag("The first choice is the default.", **_STATIC),
        },
    ),
    InputType(
        "MULTISELECT",
        "Some of several values.",
        _LIST,
        {
            **_CHOICES,
            "itemType": _ITEM_TYPE,
            "autoSelectFirst": flag("The first choice is the default.", **_STATIC),
        },
    ),
    InputType("ARRAY", "A list.", _LIST, {"itemType": _ITEM_TYPE}),
    InputType("JSON", "Any value, written as JSON.", {}),
    InputType("YAML", "Any value, written as YAML.", {}),
    InputType(
        "FILE",
        "A file.",
        _TEXT,
        {
            "allowedFileExtensions": list_of(
                text("Such as `.csv`."), "Endings a file's name may have.", **_STATIC
            )
        },
    ),
    InputType("SECRET", "Text that is never shown.", _TEXT, {"validator": _VALIDATOR}),
    InputType("URI", "An address such as https://example.com/page.", _TEXT),
    InputType("EMAIL", "An e-mail address.", _TEXT),
)
BY_NAME = {each.name: each for each in INPUT_TYPES}
RENAMED_TYPES = {"ENUM": "SELECT"}
"""Old name of a kind -> newest name."""

INPUT: Mapping[str, Schema] = {
    "id": text("Name; dots nest.", pattern=INPUT_ID, minLength=1, maxLength=256, **_STATIC),
    "type": choice("What it takes.", *BY_NAME, **_STATIC),
    "required": flag("There must be a value.", True, **_STATIC),
    "defaults": anything("The value when none is given."),
    "prefill": anything("What the form begins with; not taken by itself."),
    "displayName": text("Name for people.", maxLength=64),
    "description": text("Words for people, in Markdown."),
    "dependsOn": object_of(
        {
            "inputs": list_of(text("An id.", **_STATIC), "Inputs that must have a value."),
            "condition": text("Expression that must hold."),
        },
        "When it is asked for at all.",
    ),
}
INPUT_RENAMED = {"name": "id"}
INPUT_REQUIRED = {"ARRAY": ("itemType",)}
"""Keys that a kind must have."""
