"""Judging an answer: JSON Schema 2020-12 with formats asserted, one error per field.

Owns the verdict; wording is in `messages`, the keywords judged in our own way in `keywords`. Loads
jsonschema, so nothing that `from signoff import flow` reaches may import this module: the service
is given `check`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from referencing.exceptions import Unresolvable

from signoff.core.forms import messages
from signoff.core.forms.keywords import SIZES, explain, validator_for
from signoff.core.forms.masking import MASK, mask_secrets
from signoff.core.forms.schemas import SchemaReader
from signoff.model.forms import FieldError, Form, Json, Path

Check = Callable[[Form, Json], Sequence[FieldError]]
"""What `check` is to those it is given to."""

_DEEPEST = 200


def check(form: Form, answer: Json) -> list[FieldError]:
    """What is wrong with an answer, one error per field, in the order of the form.

    The answer is judged as it is: see `with_defaults` for what nobody typed. Values of secrets
    appear in no error.

    Raises:
        ValueError: the form's schema itself is broken (see `schema_problem`).
    """
    if not isinstance(answer, Mapping):
        return [FieldError((), messages.got("must be an object", answer))]
    errors = list(_no_json(answer, ()))
    if errors:
        return errors
    try:
        found = list(_validator(_spelled(form.schema)).iter_errors(dict(answer)))
    except Unresolvable as problem:
        message = f"the form's schema refers to something it does not hold: {problem}"
        raise ValueError(message) from None
    except RecursionError:
        return [FieldError((), "is nested too deeply")]
    if not found:
        return []
    masked = mask_secrets(form, answer)
    errors = [_as_field_error(error, masked) for error in found]
    return _one_per_field(form, errors)


def schema_problem(form: Form) -> str | None:
    """Why a form cannot be shown or its answers cannot be judged; None when all is well."""
    try:
        Draft202012Validator.check_schema(dict(form.schema))
    except SchemaError as problem:
        where = ".".join(str(step) for step in problem.absolute_path)
        return f"the form's schema is no JSON Schema: {where or 'root'}: {problem.message}"
    except RecursionError:
        return "the form's schema is nested too deeply"
    reader = SchemaReader(form.schema)
    for reference in _references(form.schema):
        if reader.find(reference) is None:
            return f"the form's schema refers to {reference!r}, which it does not hold"
    return None


def _spelled(schema: Mapping[str, Json]) -> str:
    return json.dumps(schema, separators=(",", ":"))


@lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    return validator_for(json.loads(schema))


def _references(node: Json) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for name, child in node.items():
            if name not in ("const", "enum", "default", "examples"):
                yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)


def _no_json(value: Any, path: Path) -> Iterator[FieldError]:
    """Values that JSON, and so the store, cannot carry."""
    if len(path) > _DEEPEST:
        yield FieldError(path[:1], "is nested too deeply")
    elif isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            yield FieldError(path, "contains half a character (a lone surrogate)")
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield FieldError(path, f"must be a number, got {value}")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str):
                yield FieldError(path, f"must have text as its keys, got {messages.shown(name)}")
            else:
                yield from _no_json(name, (*path, name))
                yield from _no_json(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _no_json(inner, (*path, index))
    elif value is not None and not isinstance(value, (bool, int)):
        yield FieldError(path, f"must be a JSON value, got {messages.shown(value)}")


def _as_field_error(error: ValidationError, masked: Mapping[str, Json]) -> FieldError:
    path: Path = tuple(error.absolute_path)
    message = explain(error)
    if error.validator in ("required", "additionalProperties", "propertyNames"):
        return FieldError(path, message)
    value = _at(masked, path)
    if value == MASK or message == "must not be empty":
        return FieldError(path, message, value)
    if error.validator in SIZES:
        return FieldError(path, messages.got(message, len(error.instance)), value)
    told = value
    if error.validator == "pattern" and error.schema.get("x-extensions"):
        # Of the address of a file people know the name.
        told = str(value).rpartition("/")[2]
    return FieldError(path, messages.got(message, told), value)


def _at(value: Any, path: Path) -> Json:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _one_per_field(form: Form, errors: Sequence[FieldError]) -> list[FieldError]:
    first: dict[Path, FieldError] = {}
    for error in errors:
        first.setdefault(error.path, error)
    reader = SchemaReader(form.schema)
    return sorted(first.values(), key=lambda error: _position(reader, form.schema, error.path))


def _position(reader: SchemaReader, node: Json, path: Path) -> tuple[int, ...]:
    """Where a field stands in its form; unknown fields come last."""
    position: list[int] = []
    for step in path:
        resolved, _ = reader.resolve(node)
        if isinstance(step, int):
            position.append(step)
            node = resolved.get("items", {})
            continue
        properties = resolved.get("properties", {})
        names = list(properties)
        position.append(names.index(step) if step in properties else len(names))
        node = properties.get(step, {})
    return tuple(position)
