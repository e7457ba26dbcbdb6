"""Text into values, and back: one reading for the page, the terminal and `--input`.

Owns what a person's text means for each kind of field. What was typed is what is judged: nothing is
clamped, rounded or guessed. Whether the value is acceptable is decided by `checking`.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from signoff.core import moments
from signoff.core.forms import messages
from signoff.model.forms import Field, FieldError, FieldKind, Json, Path

_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_MOST_DIGITS = 1_000
_YES = frozenset(("yes", "y", "true", "t", "on", "1"))
_NO = frozenset(("no", "n", "false", "f", "off", "0"))


class InvalidText(ValueError):
    """Text that cannot be read as the value of its field.

    Args:
        errors: what is wrong, one per field.
    """

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(str(error) for error in errors))

    @property
    def error(self) -> FieldError:
        """The first error."""
        return self.errors[0]


def parse_text(field: Field, text: str, path: Path | None = None) -> Json:
    """The value that a text stands for.

    Empty text is `null` where the field allows it, "" for texts, an empty list for lists. A list
    takes one item per line, or JSON; objects, maps, tuples and JSON take JSON. For a union the arms
    are tried in their order, texts last.

    Args:
        field: what is asked for.
        text: what the person typed.
        path: where the value sits, for the error; the field's name when not given.

    Raises:
        InvalidText: the text is no such value.
    """
    where = path if path is not None else ((field.name,) if field.name else ())
    try:
        return _read(field, text)
    except _Unreadable as refused:
        if text.strip() == "":
            error = FieldError(where, messages.REQUIRED)
        elif holds_secret(field):
            error = FieldError(where, refused.expectation)
        else:
            error = FieldError(where, messages.got(refused.expectation, text), text)
        raise InvalidText([error]) from None
    except InvalidText as refused:
        raise InvalidText(
            [replace(each, path=(*where, *each.path)) for each in refused.errors]
        ) from None


def holds_secret(field: Field) -> bool:
    """Whether the value of this field is a secret or may contain one."""
    inner = [*field.fields, *field.variants, *(each for each in (field.item, field.key) if each)]
    return field.kind is FieldKind.SECRET or any(holds_secret(each) for each in inner)


def to_text(field: Field, value: Json) -> str:
    """The text a value is shown and edited as; the inverse of `parse_text` for single values."""
    if value is None:
        return "null" if field.kind is FieldKind.JSON and not field.nullable else ""
    if field.kind is FieldKind.CHOICE:
        for choice in field.choices:
            if choice.value == value and isinstance(choice.value, bool) == isinstance(value, bool):
                return choice.label
    if isinstance(value, bool) and field.kind is FieldKind.BOOLEAN:
        return "yes" if value else "no"
    if field.kind in (FieldKind.LIST, FieldKind.SET) and isinstance(value, list):
        item = field.item
        if item is not None and value and all(isinstance(each, str) and each for each in value):
            return "\n".join(to_text(item, each) for each in value)
    if isinstance(value, str) and (field.kind is not FieldKind.JSON or field.json_text):
        return value
    return json.dumps(value, ensure_ascii=False)


def file_text(field: Field, content: bytes) -> str:
    """The JSON value that carries a file: base64 where the field asks for it, else UTF-8 text.

    Raises:
        InvalidText: the content is not UTF-8 and the field does not ask for base64.
    """
    encoding = field.schema.get("contentEncoding", field.format)
    if encoding == "base64":
        return base64.b64encode(content).decode()
    if encoding == "base64url":
        return base64.urlsafe_b64encode(content).decode()
    try:
        return content.decode()
    except UnicodeDecodeError:
        message = "must be a text file in UTF-8; this field cannot carry other bytes"
        raise InvalidText([FieldError((), message)]) from None


class _Unreadable(Exception):
    """The text is no such value; `expectation` says what it must be."""

    def __init__(self, expectation: str) -> None:
        self.expectation = expectation


def _read(field: Field, text: str) -> Json:
    if text == "" and field.nullable:
        return None
    return _READERS[field.kind](field, text)


def _read_as_is(field: Field, text: str) -> Json:
    return text


def _read_stripped(field: Field, text: str) -> Json:
    return text.strip()


def _read_integer(field: Field, text: str) -> Json:
    digits = text.strip()
    if not _INTEGER.fullmatch(digits) or len(digits) > _MOST_DIGITS:
        raise _Unreadable(messages.expected_type("integer"))
    return int(digits)


def _read_number(field: Field, text: str) -> Json:
    digits = text.strip()
    if not _NUMBER.fullmatch(digits) or len(digits) > _MOST_DIGITS:
        raise _Unreadable(messages.expected_type("number"))
    if _INTEGER.fullmatch(digits):
        return int(digits)
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise _Unreadable("must be a number that is not so large")
    return number


def _read_decimal(field: Field, text: str) -> Json:
    digits = text.strip()
    if not _DECIMAL.fullmatch(digits):
        raise _Unreadable(messages.expected_decimal(None))
    return digits


def _read_boolean(field: Field, text: str) -> Json:
    word = text.strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise _Unreadable("must be yes or no")


def _read_choice(field: Field, text: str) -> Json:
    for wanted in (text, text.strip()):
        for choice in field.choices:
            if wanted == choice.label:
                return choice.value
        for choice in field.choices:
            if wanted == (choice.value if isinstance(choice.value, str) else _dump(choice.value)):
                return choice.value
    if field.open_choices:
        return text
    raise _Unreadable(messages.expected_choice([choice.label for choice in field.choices]))


def _read_moment(name: str, parse: Callable[[str], object]) -> Callable[[Field, str], Json]:
    def read(field: Field, text: str) -> Json:
        if parse(text.strip()) is None:
            raise _Unreadable(messages.expected_format(name))
        return text.strip()

    return read


def _read_duration(field: Field, text: str) -> Json:
    spelled = moments.spoken_duration(text.strip())
    if spelled is None:
        raise _Unreadable(messages.expected_format("duration"))
    return spelled


def _read_json(field: Field, text: str) -> Json:
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        hint = "" if text.strip()[:1] in ("{", "[", '"') else " (text in double quotes)"
        raise _Unreadable(f"must be JSON{hint}") from None
    return text if field.json_text else value


def _read_list(field: Field, text: str) -> Json:
    item = field.item
    if item is None or text.lstrip().startswith("["):
        return _read_json(field, text)
    values: list[Json] = []
    errors: list[FieldError] = []
    for line in text.splitlines():
        if line.strip() == "":
            continue
        try:
            values.append(parse_text(item, line, (len(values) + len(errors),)))
        except InvalidText as refused:
            errors.extend(refused.errors)
    if errors:
        raise InvalidText(errors)
    return values


def _read_union(field: Field, text: str) -> Json:
    tried = []
    for arm in sorted(field.variants, key=lambda arm: arm.kind in _WIDE):
        try:
            # "1" and "y" are far more often a number or a text than a yes.
            if arm.kind is FieldKind.BOOLEAN and text.strip().lower() not in ("true", "false"):
                raise _Unreadable(messages.expected_type("boolean"))
            return _read(arm, text)
        except _Unreadable as refused:
            tried.append(refused.expectation)
        except InvalidText:
            tried.append(messages.expected_type("array"))
    raise _Unreadable(messages.any_of(tried))


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def _dump(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


_WIDE = frozenset((FieldKind.TEXT, FieldKind.MULTILINE, FieldKind.SECRET, FieldKind.FILE))
"""Kinds that take any text, and so would leave nothing to the arms after them."""

_READERS: dict[FieldKind, Callable[[Field, str], Json]] = {
    FieldKind.TEXT: _read_as_is,
    FieldKind.MULTILINE: _read_as_is,
    FieldKind.SECRET: _read_as_is,
    FieldKind.FILE: _read_as_is,
    FieldKind.EMAIL: _read_stripped,
    FieldKind.URL: _read_stripped,
    FieldKind.INTEGER: _read_integer,
    FieldKind.NUMBER: _read_number,
    FieldKind.DECIMAL: _read_decimal,
    FieldKind.BOOLEAN: _read_boolean,
    FieldKind.CHOICE: _read_choice,
    FieldKind.DATE: _read_moment("date", moments.parse_date),
    FieldKind.TIME: _read_moment("time", moments.parse_time),
    FieldKind.DATETIME: _read_moment("date-time", moments.parse_datetime),
    FieldKind.DURATION: _read_duration,
    FieldKind.LIST: _read_list,
    FieldKind.SET: _read_list,
    FieldKind.TUPLE: _read_json,
    FieldKind.OBJECT: _read_json,
    FieldKind.MAP: _read_json,
    FieldKind.UNION: _read_union,
    FieldKind.JSON: _read_json,
}
