"""What is accepted, and what a person reads when it is not."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any

import pytest
from pydantic import BaseModel, Field

from signoff.core.forms.checking import check, schema_problem
from signoff.core.forms.typed import schema_of
from signoff.model.forms import Form
from tests.forms.models import Containers, Node, Scalars

SCALARS = schema_of(Scalars)
CONTAINERS = schema_of(Containers)


def errors_of(schema: Any, value: Any) -> list[str]:
    """What is said of one value, with the path inside it."""
    form = Form({"type": "object", "properties": {"x": schema}})
    return [str(error).removeprefix("x: ") for error in check(form, {"x": value})]


def error_of(model: dict[str, Any], name: str, value: Any) -> list[str]:
    form = Form({**model, "required": []})
    return [str(error).removeprefix(f"{name}: ") for error in check(form, {name: value})]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("text", "a", "must have at least 2 characters, got 1"),
        ("text", "abcdef", "must have at most 5 characters, got 6"),
        ("text", "AB", "must match the pattern ^[a-z]+$, got 'AB'"),
        ("text", "abc\n", "must match the pattern ^[a-z]+$, got 'abc\\n'"),
        ("text", None, "must be text, got null"),
        ("whole", 5000, "must be at most 1000, got 5000"),
        ("whole", 0, "must be at least 1, got 0"),
        ("whole", "abc", "must be a whole number, got 'abc'"),
        ("whole", 5.5, "must be a whole number, got 5.5"),
        ("whole", True, "must be a whole number, got true"),
        ("number", 0, "must be more than 0, got 0"),
        ("number", 1, "must be less than 1, got 1"),
        ("number", "0.5", "must be a number, got '0.5'"),
        ("money", "-1", "must be at least 0, got '-1'"),
        ("money", -1, "must be at least 0, got -1"),
        ("money", "1.005", "must be a decimal number with at most 2 decimal places, got '1.005'"),
        ("money", 1.005, "must be a decimal number with at most 2 decimal places, got 1.005"),
        ("money", "abc", "must be a decimal number with at most 2 decimal places, got 'abc'"),
        ("money", "NaN", "must be a decimal number with at most 2 decimal places, got 'NaN'"),
        ("money", "12345.67", "must have at most 6 digits, got '12345.67'"),
        ("money", True, "must be a decimal number with at most 2 decimal places, got true"),
        ("yes", "yes", "must be true or false, got 'yes'"),
        ("yes", 1, "must be true or false, got 1"),
        ("priority", "medium", "must be one of: low, high, got 'medium'"),
        ("level", 3, "must be one of: 1, 2, got 3"),
        ("level", "1", "must be one of: 1, 2, got '1'"),
        ("day", "2024-02-30", "must be a date such as 2026-03-01, got '2024-02-30'"),
        ("day", "2023-12-31", "must be at or after 2024-01-01, got '2023-12-31'"),
        ("clock", "9:30", "must be a time such as 09:30, got '9:30'"),
        (
            "moment",
            "2024-01-01",
            "must be a date and time such as 2026-03-01T09:30, got '2024-01-01'",
        ),
        (
            "aware",
            "2024-01-01T10:00",
            "must say its time zone, as in 09:30Z or 09:30+02:00, got '2024-01-01T10:00'",
        ),
        (
            "naive",
            "2024-01-01T10:00Z",
            "must be without a time zone, got '2024-01-01T10:00Z'",
        ),
        ("length", "PT3H", "must be at most PT2H, got 'PT3H'"),
        ("secret", 12345678, "must be text"),
        ("url", "example.com", "must be a URL such as https://example.com/page, got 'example.com'"),
        ("web", "ftp://a.b", "must be a URL that begins with http or https, got 'ftp://a.b'"),
        (
            "identity",
            "123",
            "must be a UUID such as 6f1c2c0e-3c54-4e8b-9d0a-5f0f6f9f3a11, got '123'",
        ),
        ("packed", "[1", "must be JSON text, got '[1'"),
        ("packed", '["a"]', "0: must be a whole number, got '[\"a\"]'"),
    ],
)
def test_single_values(name: str, value: Any, message: str) -> None:
    assert error_of(SCALARS, name, value) == [message]


@pytest.mark.parametrize(
    ("name", "value", "errors"),
    [
        ("numbers", [], ["must not be empty"]),
        ("numbers", [1, 2, 3, 4], ["must have at most 3 items, got 4"]),
        (
            "numbers",
            [1, "2", 3.5],
            [
                "numbers.1: must be a whole number, got '2'",
                "numbers.2: must be a whole number, got 3.5",
            ],
        ),
        ("numbers", {"a": 1}, ["must be a list, got an object"]),
        ("words", ["a", "a"], ["must not contain the same value twice, got a list of 2"]),
        ("pair", [1], ["must have at least 2 items, got 1"]),
        (
            "pair",
            ["1", 2],
            [
                "pair.0: must be a whole number, got '1'",
                "pair.1: must be text, got 2",
            ],
        ),
        ("limits", {"a": "1"}, ["limits.a: must be a whole number, got '1'"]),
        (
            "by_number",
            {"a": "x"},
            ["by_number.a: is no name to use here: it must match the pattern ^[+-]?[0-9]+$"],
        ),
        ("flags", {"z": True}, ["flags.z: is no name to use here: it must be one of: x, y"]),
        ("address", {}, ["address.city: is required"]),
        ("address", None, ["must be an object, got null"]),
        (
            "maybe",
            {"city": 5, "zip": 6},
            [
                "maybe.city: must be text, got 5",
                "maybe.zip: must be text, got 6",
            ],
        ),
        ("maybe", "Rome", ["must be an object, got 'Rome'"]),
        ("addresses", [{"city": "Rome"}, {}], ["addresses.1.city: is required"]),
        ("pet", {"kind": "cow"}, ["pet.kind: must be one of: cat, dog, got 'cow'"]),
        ("pet", {"name": "Rex"}, ["pet.kind: is required"]),
        ("pet", {"kind": "dog"}, ["pet.name: is required"]),
        ("pet", {"kind": "cat", "lives": "9"}, ["pet.lives: must be a whole number, got '9'"]),
        ("pet", "dog", ["must be an object, got 'dog'"]),
        ("maybe_pet", {"kind": "cat"}, ["maybe_pet.lives: is required"]),
        ("maybe_pet", {"kind": "cow"}, ["maybe_pet.kind: must be one of: cat, dog, got 'cow'"]),
        ("either", [1], ["must be a whole number, or text, got a list of 1"]),
        ("either", None, ["must be a whole number, or text, got null"]),
        ("mixed", {"zip": "1"}, ["mixed.city: is required"]),
        ("mixed", True, ["must be a whole number, or an object, got true"]),
        (
            "node",
            {"name": "a", "children": [{"name": 1}]},
            ["node.children.0.name: must be text, got 1"],
        ),
        ("secrets", ["a", 5], ["secrets.1: must be text"]),
        (
            "unknown",
            1,
            [
                "is not a field of this form: no field is named 'unknown'; its fields are:"
                " numbers, words, pair, many, named, limits, by_number, flags, loose, address,"
                " maybe, addresses, pet, maybe_pet, either, mixed, node, secrets"
            ],
        ),
        (
            "adress",
            {"city": "hunter2"},
            ["is not a field of this form: no field is named 'adress'; did you mean 'address'?"],
        ),
    ],
)
def test_values_with_parts(name: str, value: Any, errors: list[str]) -> None:
    assert error_of(CONTAINERS, name, value) == errors


@pytest.mark.parametrize(
    ("schema", "value", "errors"),
    [
        ({"multipleOf": 0.1}, 0.3, []),
        ({"multipleOf": 0.1}, 0.25, ["must be a multiple of 0.1, got 0.25"]),
        ({"multipleOf": 0.01}, 1e300, []),
        ({"multipleOf": 3}, 10**40, [f"must be a multiple of 3, got {10**40}"]),
        ({"minLength": 1}, "", ["must not be empty"]),
        ({"const": "yes"}, "no", ["must be yes, got 'no'"]),
        ({"const": True}, 1, ["must be true, got 1"]),
        ({"enum": [1]}, True, ["must be 1, got true"]),
        ({"minProperties": 2}, {}, ["must have at least 2 entries, got 0"]),
        ({"not": {}}, 1, ["is not allowed here, got 1"]),
        (False, 1, ["is not allowed here, got 1"]),
        ({"pattern": r"^\p{L}+$"}, "1", []),
        ({"pattern": "^[$]$"}, "$", []),
        ({"pattern": r"^\$$"}, "$\n", ["must match the pattern ^\\$$, got '$\\n'"]),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, ["x.b: is required when a is given"]),
        (
            {"if": {"required": ["a"]}, "then": {"required": ["b"]}},
            {"a": 1},
            ["x.b: is required"],
        ),
        (
            {"oneOf": [{"type": "string"}, {"type": "string", "minLength": 1}]},
            "fits both",
            [],
        ),
        (
            {"anyOf": [{"format": "date", "type": "string"}, {"enum": ["now"]}]},
            "soon",
            ["must be a date such as 2026-03-01, got 'soon'"],
        ),
        (
            {"anyOf": [{"format": "date", "type": "string"}, {"format": "time", "type": "string"}]},
            "soon",
            ["must be a date such as 2026-03-01, or a time such as 09:30, got 'soon'"],
        ),
        (
            {
                "anyOf": [
                    {"properties": {"t": {"const": "a"}, "n": {"type": "integer"}}},
                    {"properties": {"t": {"const": "b"}, "m": {"type": "integer"}}},
                ]
            },
            {"t": "b", "m": "x", "n": "y"},
            ["x.m: must be a whole number, got 'x'"],
        ),
        (
            {"format": "date", "formatExclusiveMinimum": "2024-01-01", "type": "string"},
            "2024-01-01",
            ["must be after 2024-01-01, got '2024-01-01'"],
        ),
        (
            {
                "format": "date-time",
                "formatExclusiveMaximum": "2024-01-01T00:00Z",
                "type": "string",
            },
            "2024-01-01T01:30+02:00",
            [],
        ),
        ({"format": "no such format", "type": "string"}, "x", []),
    ],
)
def test_schemas_written_by_hand(schema: Any, value: Any, errors: list[str]) -> None:
    assert errors_of(schema, value) == errors


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("email", "a.b+c@example.co.uk", "a@b"),
        ("email", "ü@exämple.de", "a b@example.com"),
        ("email", "x@a-b.org", "x@-a.org"),
        ("uri", "https://example.com:8080/a?b#c", "https://"),
        ("uri", "mailto:a@b.c", "//example.com"),
        ("uri", "http://[::1]/", "http://a b"),
        ("uri", "s3://bucket/key", "example"),
        ("uuid", "6F1C2C0E-3C54-4E8B-9D0A-5F0F6F9F3A11", "6f1c2c0e"),
        ("uuid", "urn:uuid:6f1c2c0e-3c54-4e8b-9d0a-5f0f6f9f3a11", "urn:6f1c2c0e"),
        ("ipv4", "192.0.2.1", "192.0.2.256"),
        ("ipv6", "::1", "192.0.2.1"),
        ("ipvanyaddress", "::1", "::g"),
        ("ipv4network", "10.0.0.0/8", "10.0.0.0/64"),
        ("hostname", "example.com", "exa mple"),
        ("regex", "a+", "("),
        ("base64", "aGk=", "aGk"),
        ("base64url", "_-8=", "!"),
        ("date", "2024-02-29", "2023-02-29"),
        ("time", "10:00Z", "25:00"),
        ("date-time", "2024-01-01T10:00", "now"),
        ("duration", "PT1H", "an hour"),
    ],
)
def test_formats_are_asserted(name: str, good: str, bad: str) -> None:
    schema = {"type": "string", "format": name}
    assert errors_of(schema, good) == []
    assert len(errors_of(schema, bad)) == 1


def test_there_is_one_error_per_field_in_the_order_of_the_form() -> None:
    form = Form(
        {
            "type": "object",
            "required": ["c", "a"],
            "properties": {
                "a": {"type": "string", "minLength": 3, "pattern": "^x", "format": "date"},
                "b": {"type": "object", "properties": {"z": {"type": "integer"}, "y": False}},
                "c": {},
            },
            "additionalProperties": False,
        }
    )
    answer = {"q": 1, "b": {"y": 1, "z": "x"}, "a": "1"}
    assert [error.dotted for error in check(form, answer)] == ["a", "b.z", "b.y", "c", "q"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (math.nan, "x: must be a number, got nan"),
        (math.inf, "x: must be a number, got inf"),
        ({"a": [math.nan]}, "x.a.0: must be a number, got nan"),
        ("\ud800", "x: contains half a character (a lone surrogate)"),
        ({1: 2}, "x: must have text as its keys, got 1"),
        ({1, 2}, "x: must be a JSON value, got a set"),
        (b"x", "x: must be a JSON value, got a bytes"),
        ((1, 2), "x: must be a JSON value, got a tuple"),
    ],
)
def test_what_json_cannot_carry_is_refused(value: Any, message: str) -> None:
    assert [str(error) for error in check(Form({}), {"x": value})] == [message]


@pytest.mark.parametrize("answer", [None, [], "text", 5])
def test_an_answer_is_an_object(answer: Any) -> None:
    errors = check(Form({}), answer)
    assert [error.path for error in errors] == [()]
    assert errors[0].message.startswith("must be an object, got ")


def test_any_mapping_is_an_object() -> None:
    answer = MappingProxyType({"whole": 5000})
    errors = check(Form({**SCALARS, "required": []}), answer)
    assert [str(error) for error in errors] == ["whole: must be at most 1000, got 5000"]


def test_an_answer_nested_too_deeply_is_refused_not_crashed_on() -> None:
    value: Any = "deep"
    for _ in range(5_000):
        value = [value]
    assert [str(error) for error in check(Form({}), {"x": value})] == ["x: is nested too deeply"]
    node: dict[str, Any] = {"name": "leaf"}
    for _ in range(60):
        node = {"name": "n", "children": [node]}
    assert check(Form(schema_of(Node)), node) == []


def test_secrets_stand_in_no_error() -> None:
    class Account(BaseModel):
        model_config = {"extra": "forbid"}
        node: Node
        pin: int | None = Field(None, json_schema_extra={"writeOnly": True})

    answer = {
        "node": {"name": "n", "token": ["hunter2"], "children": [{"token": {"t": "hunter2"}}]},
        "pin": "hunter2",
        "passwort": "hunter2",
    }
    errors = check(Form(schema_of(Account)), answer)
    assert [error.dotted for error in errors] == [
        "node.token",
        "node.children.0.name",
        "node.children.0.token",
        "pin",
        "passwort",
    ]
    assert "hunter2" not in repr(errors)


def test_prefilled_fields_keep_their_constraints() -> None:
    class Cleanup(BaseModel):
        max_rows: int = Field(ge=1, le=1000)

    form = Form(schema_of(Cleanup), initial={"max_rows": 100})
    assert [str(error) for error in check(form, {"max_rows": 5000})] == [
        "max_rows: must be at most 1000, got 5000"
    ]
    assert [str(error) for error in check(form, {})] == ["max_rows: is required"]


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"type": "object"}, None),
        (SCALARS, None),
        (CONTAINERS, None),
        ({"type": "nonsense"}, "is no JSON Schema: type: 'nonsense'"),
        ({"properties": {"a": {"minimum": "x"}}}, "properties.a.minimum"),
        ({"properties": {"a": {"$ref": "#/$defs/b"}}}, "'#/$defs/b', which it does not hold"),
        ({"properties": {"a": {"$ref": "https://example.com"}}}, "which it does not hold"),
        ({"properties": {"a": {"default": {"$ref": "#/nowhere"}}}}, None),
    ],
)
def test_tells_what_is_wrong_with_a_schema(schema: dict[str, Any], problem: str | None) -> None:
    said = schema_problem(Form(schema))
    if problem is None:
        assert said is None
    else:
        assert said is not None
        assert problem in said


@pytest.mark.parametrize("reference", ["#/$defs/b", "https://example.com/schema.json"])
def test_a_broken_reference_is_an_error_and_is_not_fetched(reference: str) -> None:
    form = Form({"type": "object", "properties": {"a": {"$ref": reference}}})
    with pytest.raises(ValueError, match="refers to something it does not hold"):
        check(form, {"a": 1})
