"""What the shape of a field asks of every part of this face: parts that may be left out, fields
that are no question, and the fields of items.

Owns these few decisions, so that filling, reading and showing a form agree on them.
"""

from __future__ import annotations

from dataclasses import replace

from signoff.model.forms import SCALARS, Field, FieldKind

TEXTS = frozenset({FieldKind.TEXT, FieldKind.MULTILINE})
LISTS = frozenset({FieldKind.LIST, FieldKind.SET, FieldKind.TUPLE})
MOMENTS = frozenset({FieldKind.DATE, FieldKind.TIME, FieldKind.DATETIME})

_ANY = Field("", FieldKind.JSON, "", {})


def is_toggled(field: Field) -> bool:
    """Whether a person says first that the part is filled in at all."""
    if field.kind in SCALARS or field.kind is FieldKind.UNION or is_multiple(field):
        return False
    return field.nullable or not (field.required or field.is_prefilled)


def is_multiple(field: Field) -> bool:
    """Whether a set is answered by ticking its values."""
    item = field.item
    return (
        field.kind is FieldKind.SET
        and item is not None
        and item.kind is FieldKind.CHOICE
        and not item.open_choices
        and not (field.nullable or item.nullable)
    )


def is_constant(field: Field) -> bool:
    """Whether there is only one value, so that nobody need be asked."""
    return (
        field.kind is FieldKind.CHOICE
        and len(field.choices) == 1
        and not field.open_choices
        and not field.nullable
        and (field.required or field.is_prefilled)
    )


def is_indexed(field: Field) -> bool:
    """Whether a control says which choice is meant by its position."""
    return field.kind is FieldKind.CHOICE and not field.open_choices


def can_be_none(field: Field) -> bool:
    """Whether a person may leave the control empty."""
    return field.nullable or not (field.required or field.is_prefilled)


def item_at(field: Field, index: int) -> Field:
    """The field of an item of a list, or of a position of a tuple."""
    if index < len(field.fields):
        return replace(field.fields[index], required=True)
    label = f"{field.item.label} {index + 1}" if field.item and field.item.label else ""
    item = field.item or _ANY
    return replace(item, required=True, name="", label=label or f"Item {index + 1}")


def value_of(field: Field) -> Field:
    """The field of a value of a map, or of a further value of an object."""
    return replace(field.item or _ANY, required=True, label="Value")


def key_of(field: Field) -> Field:
    """The field of a key."""
    key = field.key if field.kind is FieldKind.MAP and field.key is not None else None
    made = key if key is not None else Field("", FieldKind.TEXT, "", {"type": "string"})
    return replace(made, required=True, label="Name")
