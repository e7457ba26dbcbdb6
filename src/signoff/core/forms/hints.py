"""What a person is told about a field before typing, and how a value reads in one line.

Owns the wording that the terminal and the page share: bounds, spellings, values in a summary. Must
not know screens, keys or HTML.
"""

from __future__ import annotations

from collections.abc import Mapping

from signoff.core.forms.masking import MASK
from signoff.core.forms.texts import InvalidText, parse_text, to_text
from signoff.model.forms import Field, FieldKind, Json

_SPELLINGS = {
    FieldKind.INTEGER: "whole number",
    FieldKind.NUMBER: "number",
    FieldKind.DECIMAL: "decimal number",
    FieldKind.DATE: "YYYY-MM-DD",
    FieldKind.TIME: "HH:MM",
    FieldKind.DATETIME: "YYYY-MM-DD HH:MM",
    FieldKind.DURATION: "such as 90m or 2 days",
    FieldKind.EMAIL: "e-mail address",
    FieldKind.URL: "URL",
    FieldKind.FILE: "path of a file",
    FieldKind.SECRET: "not shown",
    FieldKind.JSON: "JSON",
}
_LONGEST = 60


def hint(field: Field) -> str:
    """What may be typed, for behind the label: "whole number, 1 to 1000"; "" for nothing to say."""
    parts = [_SPELLINGS.get(field.kind, ""), limits(field)]
    if field.kind is FieldKind.BOOLEAN:
        parts = ["yes or no"]
    if field.json_text:
        parts = ["text that is JSON"]
    left_out = not field.required and not field.is_prefilled
    if left_out or (field.nullable and field.start is None):
        parts.append("optional")
    return ", ".join(part for part in parts if part)


def limits(field: Field) -> str:
    """Which values are taken, of those the field's kind allows: "1 to 1000"; "" for all."""
    return ", ".join(part for part in (_bounds(field), _length(field)) if part)


def _bounds(field: Field) -> str:
    low, high = _plain(field.minimum), _plain(field.maximum)
    above, below = _plain(field.exclusive_minimum), _plain(field.exclusive_maximum)
    if low is not None and high is not None:
        text = f"{low} to {high}"
    else:
        limits = {"at least": low, "more than": above, "at most": high, "less than": below}
        text = " and ".join(
            f"{word} {limit}" for word, limit in limits.items() if limit is not None
        )
    if field.multiple_of not in (None, 1):
        text += f"{', ' if text else ''}in steps of {field.multiple_of}"
    if field.decimal_places is not None:
        text += f"{', ' if text else ''}at most {field.decimal_places} decimal places"
    return text


def _plain(limit: float | str | None) -> float | str | None:
    """A limit as people write it: schemas have 0.0 where the author wrote 0."""
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


def _length(field: Field) -> str:
    least, most = field.min_length or 0, field.max_length
    if field.kind not in (FieldKind.TEXT, FieldKind.MULTILINE, FieldKind.SECRET):
        return ""
    if least > 1 and most is not None:
        return f"{least} to {most} characters"
    if least > 1:
        return f"at least {least} characters"
    return f"at most {most} characters" if most is not None else ""


def value_text(field: Field, value: Json) -> str:
    """A value in one line, for brackets and the summary; secrets as a mask."""
    if value is None:
        return "none"
    if field.kind is FieldKind.SECRET:
        return MASK
    if field.kind is FieldKind.OBJECT and isinstance(value, Mapping):
        shown = [
            f"{child.label}: {value_text(child, value[child.name])}"
            for child in field.fields
            if child.name in value
        ]
        return _short(", ".join(shown))
    if field.kind is FieldKind.MAP and isinstance(value, Mapping):
        item = field.item or field
        return _short(", ".join(f"{key}: {value_text(item, each)}" for key, each in value.items()))
    if isinstance(value, list) and field.kind in (FieldKind.LIST, FieldKind.SET, FieldKind.TUPLE):
        return _short(", ".join(_entries(field, value))) or "nothing"
    if field.kind is FieldKind.UNION:
        arm = arm_of(field, value)
        return to_text(field, value) if arm is None else value_text(field.variants[arm], value)
    return _short(to_text(field, value))


def _entries(field: Field, values: list[Json]) -> list[str]:
    shown = []
    for index, value in enumerate(values):
        item = field.fields[index] if index < len(field.fields) else field.item
        shown.append(value_text(item, value) if item is not None else "?")
    return shown


def _short(text: str) -> str:
    text = text.replace("\n", " \u21b5 ")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "\u2026"


_FITS: dict[FieldKind, tuple[type, ...]] = {
    FieldKind.INTEGER: (int,),
    FieldKind.NUMBER: (int, float),
    FieldKind.DECIMAL: (int, float, str),
    FieldKind.BOOLEAN: (bool,),
    FieldKind.LIST: (list,),
    FieldKind.SET: (list,),
    FieldKind.TUPLE: (list,),
    FieldKind.MAP: (dict,),
    FieldKind.JSON: (object,),
}


def arm_of(field: Field, value: Json) -> int | None:
    """Which arm of a union a value has the shape of; None when it fits none."""
    for index, arm in enumerate(field.variants):
        if arm.kind is FieldKind.OBJECT:
            fits = isinstance(value, Mapping) and _has_shape(arm, value)
        elif arm.kind is FieldKind.CHOICE:
            fits = any(choice.value == value for choice in arm.choices)
        elif arm.kind is FieldKind.UNION:
            fits = arm_of(arm, value) is not None
        else:
            fits = isinstance(value, _FITS.get(arm.kind, (str,)))
            fits = fits and (not isinstance(value, bool) or arm.kind is FieldKind.BOOLEAN)
            fits = fits and (not isinstance(value, str) or _reads(arm, value))
        if fits:
            return index
    return None


def _reads(arm: Field, text: str) -> bool:
    """Whether an arm takes a text as it is: "soon" is no date."""
    try:
        return arm.kind is FieldKind.JSON or parse_text(arm, text) in (text, None)
    except InvalidText:
        return False


def _has_shape(arm: Field, value: Mapping[str, Json]) -> bool:
    if any(child.required and child.name not in value for child in arm.fields):
        return False
    return all(
        any(choice.value == value[child.name] for choice in child.choices)
        for child in arm.fields
        if len(child.choices) == 1 and child.name in value
    )
