"""A form: what a wait asks for, the tree of fields it is shown as, and the errors of an answer.

Owns the values. How a JSON Schema becomes a tree of fields, how text becomes a value and what makes
an answer acceptable is decided in `core/forms`; nothing here knows HTML, terminals or databases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from signoff.model.values import dataclass

Json = Any
"""A value that JSON can carry."""

Path = tuple[str | int, ...]
"""Where a value sits in an answer: property names and list positions, from the outside in."""


class FieldKind(StrEnum):
    """What a person is asked for, and so which control a face shows."""

    TEXT = "text"
    MULTILINE = "multiline"
    INTEGER = "integer"
    NUMBER = "number"
    DECIMAL = "decimal"
    """A number kept exactly as typed: its value is JSON text such as "0.10"."""
    BOOLEAN = "boolean"
    CHOICE = "choice"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    DURATION = "duration"
    LIST = "list"
    SET = "set"
    """A list in which no item may appear twice."""
    TUPLE = "tuple"
    """A list with a meaning for each position."""
    OBJECT = "object"
    MAP = "map"
    """An object whose keys the person chooses."""
    UNION = "union"
    """One of several shapes; the person chooses which."""
    SECRET = "secret"
    EMAIL = "email"
    URL = "url"
    FILE = "file"
    JSON = "json"
    """Any JSON value, or a part of a form that has no better control (a recursive one)."""


SCALARS = frozenset(FieldKind) - {
    FieldKind.LIST,
    FieldKind.SET,
    FieldKind.TUPLE,
    FieldKind.OBJECT,
    FieldKind.MAP,
    FieldKind.UNION,
}
"""Kinds that are answered with one piece of text."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a wait stores about the question it asks.

    Args:
        schema: JSON Schema 2020-12 of the answer, an object.
        title: one line that says what is asked; None when the wait has no words of its own.
        description: Markdown shown above the fields.
        initial: values the fields start with, by property name. They are kept apart from the schema
            so that a prefilled field keeps its constraints and stays required.
    """

    schema: Mapping[str, Json]
    title: str | None = None
    description: str | None = None
    initial: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a person may pick.

    Args:
        value: what goes into the answer.
        label: what the person reads.
    """

    value: Json
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One node of the form tree.

    Args:
        name: key of the value in the enclosing object; "" for the root, for items and for the arms
            of a union.
        kind: which control shows it.
        label: what a person reads beside the control.
        help: one or a few sentences of explanation.
        schema: the JSON Schema of this field alone; it may refer to the `$defs` of its form.
        required: the enclosing object must contain it.
        nullable: `null` is an answer.
        default, has_default: the value taken when the person gives none, from the schema.
        initial, has_initial: the value the field starts with, from `Form.initial`.
        suggested: the initial value is only shown: it is not taken when no value is given.
        minimum, maximum: inclusive bounds; ISO 8601 text for dates, times and durations.
        exclusive_minimum, exclusive_maximum: bounds that are not allowed themselves.
        multiple_of: step of a number, counted from zero.
        decimal_places: how many digits may follow the point of a decimal.
        min_length, max_length: characters of a text; entries of a list, set, tuple or map.
        pattern: regular expression a text must contain a match of.
        format: the format keyword of the schema ("email", "uuid", ...).
        choices: values of a choice, in the author's order.
        open_choices: a value that is not among the choices is allowed as well.
        item: the shape of every item of a list or set, of every value of a map, of further items
            of a tuple.
        key: the shape of a map's keys.
        fields: properties of an object, positions of a tuple.
        variants: arms of a union.
        discriminator: the property that tells the arms of a union apart.
        media_type: MIME type of the content of a file or of a text.
        stored: the value of a file is the address it is kept at, not its content.
        json_text: the value is text that contains JSON (Pydantic's `Json`), not the JSON itself.
        examples: values the author gives as examples.
        read_only: shown, not asked for.
    """

    name: str
    kind: FieldKind
    label: str
    schema: Mapping[str, Json]
    help: str | None = None
    required: bool = False
    nullable: bool = False
    default: Json = None
    has_default: bool = False
    initial: Json = None
    has_initial: bool = False
    suggested: bool = False
    minimum: int | float | str | None = None
    maximum: int | float | str | None = None
    exclusive_minimum: int | float | str | None = None
    exclusive_maximum: int | float | str | None = None
    multiple_of: int | float | None = None
    decimal_places: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: str | None = None
    choices: tuple[Choice, ...] = ()
    open_choices: bool = False
    item: Field | None = None
    key: Field | None = None
    fields: tuple[Field, ...] = ()
    variants: tuple[Field, ...] = ()
    discriminator: str | None = None
    media_type: str | None = None
    stored: bool = False
    json_text: bool = False
    examples: tuple[Json, ...] = ()
    read_only: bool = False

    @property
    def is_prefilled(self) -> bool:
        """Whether the field starts with a value."""
        return self.has_initial or self.has_default

    @property
    def start(self) -> Json:
        """The value the field starts with: the initial one, else the default, else None."""
        return self.initial if self.has_initial else self.default

    def field(self, name: str) -> Field | None:
        """The property with this name, or None."""
        return next((each for each in self.fields if each.name == name), None)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one value of an answer.

    Args:
        path: where the value sits; empty for the answer as a whole.
        message: what to do about it, written to follow the field's name ("must be at most 10, got
            12").
        value: what was given; never a secret; None where nothing was given.
    """

    path: Path
    message: str
    value: Json = None

    @property
    def dotted(self) -> str:
        """The path as people write it: `address.city`, `tags.0`; "" for the whole answer."""
        return ".".join(str(step) for step in self.path)

    def __str__(self) -> str:
        return f"{self.dotted}: {self.message}" if self.path else self.message
