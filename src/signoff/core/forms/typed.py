"""Python types into the JSON Schema of a form.

Owns what Pydantic's own schema leaves out and a person must know beforehand: bounds of dates, times
and durations, places of decimals, whether a date-time needs an offset, which URLs are allowed. All
of it is told in keywords that other readers of the schema ignore.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from signoff.core.moments import iso_duration
from signoff.model.forms import Json

_BOUNDS = {
    "ge": "formatMinimum",
    "le": "formatMaximum",
    "gt": "formatExclusiveMinimum",
    "lt": "formatExclusiveMaximum",
}


class FormSchema(GenerateJsonSchema):
    """Pydantic's JSON Schema with the keywords of this module.

    Used as `Model.model_json_schema(schema_generator=FormSchema)`.
    """

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:
        return super().date_schema(schema) | _bounds(schema)

    def time_schema(self, schema: core_schema.TimeSchema) -> JsonSchemaValue:
        return super().time_schema(schema) | _bounds(schema) | _zone(schema)

    def datetime_schema(self, schema: core_schema.DatetimeSchema) -> JsonSchemaValue:
        return super().datetime_schema(schema) | _bounds(schema) | _zone(schema)

    def timedelta_schema(self, schema: core_schema.TimedeltaSchema) -> JsonSchemaValue:
        return super().timedelta_schema(schema) | _bounds(schema)

    def url_schema(self, schema: core_schema.UrlSchema) -> JsonSchemaValue:
        schemes = schema.get("allowed_schemes")
        return super().url_schema(schema) | ({"x-schemes": schemes} if schemes else {})

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        number = {"type": "number"}
        for keyword, arms in super().decimal_schema(schema).items():
            for arm in arms if keyword == "anyOf" else ():
                number = arm if arm.get("type") == "number" else number
        text: dict[str, Json] = {"type": "string", "format": "decimal"}
        if "decimal_places" in schema:
            text["x-decimal-places"] = schema["decimal_places"]
        if "max_digits" in schema:
            text["x-max-digits"] = schema["max_digits"]
        return {"anyOf": [number, text]}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        made = super().dict_schema(schema)
        if schema.get("keys_schema", {}).get("type") == "int":
            made.setdefault("propertyNames", {"pattern": "^[+-]?[0-9]+$"})
        return made


def schema_of(type_: Any) -> dict[str, Json]:
    """The JSON Schema in which answers of a type are asked for and judged.

    Args:
        type_: a Pydantic model, or any type Pydantic can validate.

    Raises:
        TypeError: a part of the type cannot be given as JSON.
    """
    try:
        if isinstance(type_, type) and issubclass(type_, BaseModel):
            return type_.model_json_schema(schema_generator=FormSchema)
        return TypeAdapter(type_).json_schema(schema_generator=FormSchema)
    except PydanticInvalidForJsonSchema as problem:
        name = getattr(type_, "__name__", repr(type_))
        raise TypeError(f"{name} cannot be asked for in a form: {problem.message}") from None


def _bounds(schema: Mapping[str, Any]) -> dict[str, Json]:
    return {keyword: _spell(schema[name]) for name, keyword in _BOUNDS.items() if name in schema}


def _zone(schema: Mapping[str, Any]) -> dict[str, Json]:
    zone = schema.get("tz_constraint")
    return {"x-timezone": zone} if zone in ("aware", "naive") else {}


def _spell(limit: date | time | datetime | timedelta) -> str:
    return iso_duration(limit) if isinstance(limit, timedelta) else limit.isoformat()
