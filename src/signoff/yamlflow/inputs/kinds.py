"""The JSON Schema of each kind of input.

Owns what a value of a kind looks like in an answer, and the keywords for what JSON Schema has no
word for: `x-widget` (`radio`, `yaml`), `x-prefill`, `x-stored`, `x-extensions`, `x-depends-on`, and
`x-bounded`: the pattern is held against a value by the regular expressions of the language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from signoff.core.forms.texts import InvalidText, parse_text
from signoff.model.forms import Field, FieldKind, Json
from signoff.yamlflow.document import Input

_PLAIN: Mapping[str, Mapping[str, Json]] = {
    "STRING": {"type": "string"},
    "INT": {"type": "integer"},
    "FLOAT": {"type": "number"},
    "BOOLEAN": {"type": "boolean"},
    "BOOL": {"type": "boolean"},
    "DATE": {"type": "string", "format": "date"},
    "DATETIME": {"type": "string", "format": "date-time"},
    "TIME": {"type": "string", "format": "time"},
    "DURATION": {"type": "string", "format": "duration"},
    "URI": {"type": "string", "format": "uri"},
    "EMAIL": {"type": "string", "format": "email"},
    "JSON": {},
    "YAML": {"type": "string", "format": "multiline", "x-widget": "yaml"},
    "SECRET": {"type": "string", "format": "password", "writeOnly": True},
    "FILE": {
        "type": "string",
        "contentMediaType": "application/octet-stream",
        "x-stored": True,
    },
}
_NUMBERS = ("INT", "FLOAT")
_FLAGS = re.compile(r"\(\?[ism]{1,3}\)")
_READ_AS = {"INT": FieldKind.INTEGER, "FLOAT": FieldKind.NUMBER, "BOOLEAN": FieldKind.BOOLEAN}


def value_schema(one: Input) -> dict[str, Json]:
    """The JSON Schema of an input's value."""
    build = _BUILDERS.get(one.type)
    schema = build(one) if build else dict(_PLAIN[one.type])
    if one.validator is not None:
        schema |= {"pattern": whole(one.validator), "x-bounded": True}
    least, most = (
        ("minimum", "maximum") if one.type in _NUMBERS else ("formatMinimum", "formatMaximum")
    )
    if one.minimum is not None:
        schema[least] = one.minimum
    if one.maximum is not None:
        schema[most] = one.maximum
    return schema


def whole(validator: str) -> str:
    """A pattern for all of a text; flags stay in front."""
    flags = _FLAGS.match(validator)
    first = flags.end() if flags else 0
    return f"{validator[:first]}^(?:{validator[first:]})$"


def choices_of(one: Input) -> list[Json]:
    """The choices, as values of the kind of the items."""
    return [_as_item(one.item_type, value) for value in one.values]


def _as_item(kind: str | None, value: Json) -> Json:
    wanted = _READ_AS.get("BOOLEAN" if kind == "BOOL" else kind or "")
    if wanted is None:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    try:
        return parse_text(Field("", wanted, "", {}), str(value))
    except InvalidText:
        return value


def _select(one: Input) -> dict[str, Json]:
    schema = _choice(one)
    return {**schema, "x-widget": "radio"} if one.options.get("isRadio") else schema


def _multi_select(one: Input) -> dict[str, Json]:
    schema: dict[str, Json] = {"type": "array", "items": _choice(one), "uniqueItems": True}
    return {**schema, "minItems": 1} if one.required and one.defaults != [] else schema


def _choice(one: Input) -> dict[str, Json]:
    free = dict(_PLAIN[one.item_type or "STRING"])
    choices = choices_of(one)
    if not choices:
        return free
    closed: dict[str, Json] = {**free, "enum": choices}
    if one.options.get("allowCustomValue") is not True:
        return closed
    return {"anyOf": [closed, free]}


def _array(one: Input) -> dict[str, Json]:
    return {"type": "array", "items": dict(_PLAIN[one.item_type or "STRING"])}


def _file(one: Input) -> dict[str, Json]:
    schema = dict(_PLAIN["FILE"])
    endings = one.options.get("allowedFileExtensions")
    if endings:
        schema["x-extensions"] = endings
        schema["pattern"] = f"({'|'.join(_ending(str(each)) for each in endings)})$"
    return schema


def _ending(text: str) -> str:
    """The ending, in small or capital letters, as a pattern that every reader understands."""
    return "".join(
        f"[{each.lower()}{each.upper()}]" if each.isalpha() else f"\\{each}" for each in text
    )


_BUILDERS: Mapping[str, Callable[[Input], dict[str, Any]]] = {
    "SELECT": _select,
    "MULTISELECT": _multi_select,
    "ARRAY": _array,
    "FILE": _file,
}
