"""JSON Schema keywords that are judged in Signoff's own way.

Owns those for which the library's verdict or its error is of no use to a person: unions report the
errors of the arm that was meant, a missing or unknown property is an error at that property, steps
of decimals are exact, dates have bounds. Loads jsonschema, so only `checking` may import it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry

from signoff.core.forms import messages
from signoff.core.forms.formats import has_format
from signoff.core.forms.schemas import (
    SchemaReader,
    as_node,
    decimal_places,
    is_decimal,
    is_null,
    tagged_arm,
    tags,
)
from signoff.core.moments import comparable, parse_datetime, parse_time
from signoff.model.forms import Json

Errors = Iterator[ValidationError]

# An escaped character, a class such as `[^$]`, or the end.
_PATTERN_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


def _error(keyword: str, expectation: str, path: tuple[str | int, ...] = ()) -> ValidationError:
    return ValidationError(expectation, validator=keyword, path=path)


def _required(validator: Any, names: Any, value: Any, node: Any) -> Errors:
    if validator.is_type(value, "object"):
        for name in names:
            if name not in value:
                yield _error("required", messages.REQUIRED, (name,))


def _dependent_required(validator: Any, rules: Any, value: Any, node: Any) -> Errors:
    if validator.is_type(value, "object"):
        for name, needed in rules.items():
            for other in needed:
                if name in value and other not in value:
                    message = f"{messages.REQUIRED} when {name} is given"
                    yield _error("required", message, (other,))


def _properties(validator: Any, properties: Any, value: Any, node: Any) -> Errors:
    """The library loses the path of a property whose schema is `false`."""
    if validator.is_type(value, "object"):
        for name, child in properties.items():
            if name in value:
                yield from validator.descend(value[name], as_node(child), path=name)


def _additional_properties(validator: Any, further: Any, value: Any, node: Any) -> Errors:
    if not validator.is_type(value, "object"):
        return
    known = list(node.get("properties", ()))
    patterns = list(node.get("patternProperties", ()))
    for name, inner in value.items():
        if name in known or any(_contains(pattern, name) for pattern in patterns):
            continue
        if isinstance(further, Mapping):
            yield from validator.descend(inner, further, path=name)
        elif further is False:
            yield _error("additionalProperties", messages.unknown(name, known), (name,))


def _property_names(validator: Any, rule: Any, value: Any, node: Any) -> Errors:
    if validator.is_type(value, "object"):
        for name in value:
            for error in validator.descend(name, rule):
                yield _error(
                    "propertyNames", f"is no name to use here: it {explain(error)}", (name,)
                )


def _pattern(validator: Any, pattern: Any, value: Any, node: Any) -> Errors:
    if not validator.is_type(value, "string"):
        return
    if node.get("x-bounded") is True:
        refusal = _bounded(pattern, value)
    else:
        refusal = None if _contains(pattern, value) else _misfit(pattern, node)
    if refusal is not None:
        yield _error("pattern", refusal)


def _misfit(pattern: str, node: Any) -> str:
    """What is wanted instead; of a file the endings its name may have."""
    endings = node.get("x-extensions")
    return messages.expected_ending(endings) if endings else f"must match the pattern {pattern}"


def _bounded(pattern: str, text: str) -> str | None:
    """Why a text is refused by a pattern of somebody who is not trusted with the machine."""
    # Loaded with the first of them.
    regexes = import_module("signoff.core.expressions.regexes")
    limits = import_module("signoff.core.expressions.limits")
    misuse = import_module("signoff.core.expressions.misuse").Misuse
    try:
        fits = regexes.is_whole(text, pattern, limits.Budget())
    except misuse:
        return f"is too long to be held against the pattern {_written(pattern)}"
    return None if fits else f"must match the pattern {_written(pattern)} as a whole"


def _written(pattern: str) -> str:
    """A pattern for all of a text as its author wrote it."""
    flags, begins, rest = pattern.partition("^(?:")
    return flags + rest.removesuffix(")$") if begins else pattern


def _contains(pattern: str, text: str) -> bool:
    """Whether the pattern is found; true for one that only other regular expressions know.

    In a schema `$` is the very end; Python's would let a line break follow it.
    """
    compiled = _compiled(pattern)
    return compiled is None or compiled.search(text) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    ended = _PATTERN_PART.sub(lambda part: r"\Z" if part[0] == "$" else part[0], pattern)
    try:
        return re.compile(ended)
    except re.error:
        return None


def _multiple_of(validator: Any, step: Any, value: Any, node: Any) -> Errors:
    if validator.is_type(value, "number") and (_exact(value) / _exact(step)).denominator != 1:
        yield _error("multipleOf", f"must be a multiple of {step}")


def _exact(number: float) -> Fraction:
    return Fraction(repr(number))


def _format(validator: Any, name: Any, value: Any, node: Any) -> Errors:
    if validator.is_type(value, "string") and not has_format(name, value):
        yield _error("format", messages.expected_format(name))


def _zone(validator: Any, zone: Any, value: Any, node: Any) -> Errors:
    if not validator.is_type(value, "string"):
        return
    moment = parse_datetime(value) if node.get("format") == "date-time" else parse_time(value)
    if moment is not None and zone == "aware" and moment.tzinfo is None:
        yield _error("x-timezone", "must say its time zone, as in 09:30Z or 09:30+02:00")
    if moment is not None and zone == "naive" and moment.tzinfo is not None:
        yield _error("x-timezone", "must be without a time zone")


def _schemes(validator: Any, schemes: Any, value: Any, node: Any) -> Errors:
    if validator.is_type(value, "string") and value.partition(":")[0].lower() not in schemes:
        yield _error("x-schemes", f"must be a URL that begins with {' or '.join(schemes)}")


_LENGTHS = {
    "at or after": "at least",
    "at or before": "at most",
    "after": "more than",
    "before": "less than",
}
"""What is said of a duration where it is said otherwise of a moment."""


def _bound(keyword: str, words: str, holds: Any) -> Any:
    def judge(validator: Any, limit: Any, value: Any, node: Any) -> Errors:
        if not validator.is_type(value, "string"):
            return
        name = str(node.get("format", ""))
        mine, other = comparable(name, value), comparable(name, str(limit))
        if mine is not None and other is not None and not holds(mine, other):
            said = _LENGTHS[words] if name == "duration" else words
            yield _error(keyword, f"must be {said} {limit}")

    return judge


def _content(validator: Any, media_type: Any, value: Any, node: Any) -> Errors:
    """Text that carries JSON is read, and its content judged by `contentSchema`."""
    if media_type != "application/json" or not validator.is_type(value, "string"):
        return
    try:
        content = json.loads(value)
    except (ValueError, RecursionError):
        yield _error("contentMediaType", "must be JSON text")
        return
    for error in validator.descend(content, node.get("contentSchema", {})):
        where = ".".join(str(step) for step in error.absolute_path)
        yield _error("contentSchema", f"{where}: {explain(error)}" if where else explain(error))


def _any_of(
    reader: SchemaReader, validator: Any, alternatives: Any, value: Any, node: Any
) -> Errors:
    """One arm must fit; else the errors of the arm that was meant.

    `oneOf` is judged like `anyOf`: Pydantic writes it for unions whose arms it tells apart by code
    the schema does not show, and "fits two of them" is nothing a person could mend.
    """
    tagged = tagged_arm(reader, node, value)
    if tagged is not None and validator.is_type(value, "object"):
        yield from _by_tag(validator, reader, alternatives, value, tagged)
        return
    resolved = [reader.resolve(arm)[0] for arm in alternatives]
    real = [arm for arm in resolved if not is_null(arm)]
    if is_decimal(real) and not (value is None and len(real) < len(resolved)):
        yield from _decimal(validator, real, value)
        return
    refusals = []
    for arm, plain in zip(alternatives, resolved, strict=True):
        errors = list(validator.descend(value, arm))
        if not errors:
            return
        if value is None or not is_null(plain):
            refusals.append(errors)
    yield from _closest(refusals)


def _by_tag(
    validator: Any,
    reader: SchemaReader,
    alternatives: Any,
    value: Any,
    tagged: tuple[str, int | None],
) -> Errors:
    tag, position = tagged
    if position is not None:
        yield from validator.descend(value, alternatives[position])
    elif tag not in value:
        yield _error("required", messages.REQUIRED, (tag,))
    else:
        known = [each for arm in alternatives for each in tags(reader, as_node(arm), tag)]
        expectation = messages.expected_choice([str(each) for each in known])
        yield _error("discriminator", expectation, (tag,))


def _closest(refusals: list[list[ValidationError]]) -> Errors:
    """The errors of the arm that was most likely meant, of those given per arm."""
    fitting = [errors for errors in refusals if not any(map(_is_other_shape, errors))]
    if len(fitting) == 1:
        yield from fitting[0]
        return
    candidates = fitting or refusals
    if all(not error.path for errors in candidates for error in errors):
        yield _error("anyOf", messages.any_of([explain(errors[0]) for errors in candidates]))
        return
    yield from min(candidates, key=_distance)


def _is_other_shape(error: ValidationError) -> bool:
    """Whether an error says that the value is something else altogether."""
    return not error.path and error.validator in ("type", "const", "enum")


def _distance(errors: list[ValidationError]) -> tuple[int, int, int]:
    """How far a value is from an arm: shape first, then fixed values, then everything else."""
    fixed = sum(1 for error in errors if error.validator in ("const", "enum"))
    return sum(map(_is_other_shape, errors)), fixed, len(errors)


def _decimal(validator: Any, arms: Any, value: Any) -> Errors:
    """A decimal as number or text: bounds, places and digits hold for both spellings."""
    number, text = sorted(arms, key=lambda arm: str(arm["type"]))
    places = decimal_places(text)
    is_text = validator.is_type(value, "string")
    exact: Decimal | None = None
    if is_text or validator.is_type(value, "number"):
        with suppress(InvalidOperation):
            exact = Decimal(value if is_text else repr(value))
    if exact is None or not exact.is_finite():
        yield _error("decimal", messages.expected_decimal(places))
        return
    behind, digits = _digits(exact)
    most = text.get("x-max-digits")
    if places is not None and behind > places:
        yield _error("decimal", messages.expected_decimal(places))
    elif isinstance(most, int) and digits > most:
        yield _error("decimal", f"must have at most {most} {messages.plural('digit', most)}")
    else:
        yield from _decimal_bounds(number, exact)


def _digits(exact: Decimal) -> tuple[int, int]:
    """How many digits follow the point, and how many there are; trailing zeros do not count."""
    _, digits, exponent = exact.normalize().as_tuple()
    behind = max(0, -int(exponent))
    return behind, max(len(digits) + max(0, int(exponent)), behind)


def _decimal_bounds(number: Any, exact: Decimal) -> Errors:
    for keyword, (words, holds) in _NUMBER_BOUNDS.items():
        limit = number.get(keyword)
        if limit is not None and not holds(exact, Decimal(repr(limit))):
            yield _error("decimal", f"must be {words} {messages.plain(limit)}")
    step = number.get("multipleOf")
    if step is not None and (Fraction(exact) / _exact(step)).denominator != 1:
        yield _error("multipleOf", f"must be a multiple of {step}")


_NUMBER_BOUNDS: dict[str, Any] = {
    "minimum": ("at least", lambda value, limit: value >= limit),
    "maximum": ("at most", lambda value, limit: value <= limit),
    "exclusiveMinimum": ("more than", lambda value, limit: value > limit),
    "exclusiveMaximum": ("less than", lambda value, limit: value < limit),
}


def explain(error: ValidationError) -> str:
    """What a person reads of an error, without the value that was given."""
    keyword, limit = error.validator, error.validator_value
    if keyword in _OWN:
        return str(error.message)
    if keyword == "type":
        return messages.expected_type(limit)
    if keyword == "enum":
        return messages.expected_choice([messages.plain(each) for each in limit])
    if keyword == "const":
        return f"must be {messages.plain(limit)}"
    if keyword in _NUMBER_BOUNDS:
        return f"must be {_NUMBER_BOUNDS[keyword][0]} {messages.plain(limit)}"
    if keyword in SIZES:
        few, noun = SIZES[keyword]
        if few and limit == 1:
            return "must not be empty"
        return f"must have at {'least' if few else 'most'} {limit} {messages.plural(noun, limit)}"
    if keyword == "uniqueItems":
        return "must not contain the same value twice"
    return "is not allowed here"


SIZES = {
    "minLength": (True, "character"),
    "maxLength": (False, "character"),
    "minItems": (True, "item"),
    "maxItems": (False, "item"),
    "minProperties": (True, "entry"),
    "maxProperties": (False, "entry"),
}

_OWN_KEYWORDS: dict[str, Any] = {
    "properties": _properties,
    "required": _required,
    "dependentRequired": _dependent_required,
    "additionalProperties": _additional_properties,
    "propertyNames": _property_names,
    "pattern": _pattern,
    "multipleOf": _multiple_of,
    "format": _format,
    "formatMinimum": _bound("formatMinimum", "at or after", lambda mine, other: mine >= other),
    "formatMaximum": _bound("formatMaximum", "at or before", lambda mine, other: mine <= other),
    "formatExclusiveMinimum": _bound("formatExclusiveMinimum", "after", lambda a, b: a > b),
    "formatExclusiveMaximum": _bound("formatExclusiveMaximum", "before", lambda a, b: a < b),
    "contentMediaType": _content,
    "x-timezone": _zone,
    "x-schemes": _schemes,
}
_OWN = frozenset(_OWN_KEYWORDS) | {"contentSchema", "discriminator", "anyOf", "decimal"}


def validator_for(schema: Mapping[str, Json]) -> Any:
    """A jsonschema validator with the keywords above; it follows no reference to elsewhere."""
    unions = partial(_any_of, SchemaReader(schema))
    keywords = {**_OWN_KEYWORDS, "anyOf": unions, "oneOf": unions}
    return validators.extend(Draft202012Validator, keywords)(schema, registry=Registry())
