"""Every kind of input: the form it becomes, and which values it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from signoff.core.forms import fields, parse_inputs, with_defaults
from signoff.core.forms.checking import check, schema_problem
from signoff.model.errors import InvalidAnswer
from signoff.model.forms import FieldKind
from signoff.yamlflow.inputs import form_of, resolve
from tests.yamlflow.inputs.asked import asked, never

KINDS: list[tuple[str, FieldKind]] = [
    ("type: STRING", FieldKind.TEXT),
    ("type: INT", FieldKind.INTEGER),
    ("type: FLOAT", FieldKind.NUMBER),
    ("type: BOOLEAN", FieldKind.BOOLEAN),
    ("type: BOOL", FieldKind.BOOLEAN),
    ("type: DATE", FieldKind.DATE),
    ("type: DATETIME", FieldKind.DATETIME),
    ("type: TIME", FieldKind.TIME),
    ("type: DURATION", FieldKind.DURATION),
    ("type: URI", FieldKind.URL),
    ("type: EMAIL", FieldKind.EMAIL),
    ("type: SECRET", FieldKind.SECRET),
    ("type: FILE", FieldKind.FILE),
    ("type: JSON", FieldKind.JSON),
    ("type: YAML", FieldKind.MULTILINE),
    ("type: SELECT, values: [a, b]", FieldKind.CHOICE),
    ("type: SELECT, values: [a, b], allowCustomValue: true", FieldKind.CHOICE),
    ("type: MULTISELECT, values: [a, b]", FieldKind.SET),
    ("type: ARRAY, itemType: INT", FieldKind.LIST),
]


@pytest.mark.parametrize(("keys", "kind"), KINDS)
@pytest.mark.parametrize("required", ["true", "false"])
def test_a_kind_is_a_field_of_the_form(keys: str, kind: FieldKind, required: str) -> None:
    form = form_of(asked(f"{keys}, required: {required}"))
    assert schema_problem(form) is None
    (field,) = fields(form).fields
    assert (field.name, field.kind) == ("x", kind)
    assert field.required is (required == "true")
    assert field.nullable is (required == "false")


ACCEPTED: list[tuple[str, Any, Any]] = [
    ("type: STRING", "a", "a"),
    ('type: STRING, validator: "[a-z]+[0-9]"', "ab1", "ab1"),
    ("type: STRING, defaults: ''", "", ""),
    ("type: INT, min: 1, max: 3", 1, 1),
    ("type: INT, min: 1, max: 3", 3, 3),
    ("type: FLOAT, min: 0.5, max: 1", 0.5, 0.5),
    ("type: FLOAT", 1, 1),
    ("type: BOOLEAN", False, False),
    ("type: BOOLEAN, required: false", None, None),
    ("type: BOOL", True, True),
    ("type: DATE", "2024-07-01", "2024-07-01"),
    ("type: DATE, after: 2024-01-01, before: 2024-12-31", "2024-01-01", "2024-01-01"),
    ("type: DATE, after: 2024-01-01, before: 2024-12-31", "2024-12-31", "2024-12-31"),
    ("type: DATETIME", "2024-07-01T10:00:00+02:00", "2024-07-01T08:00:00Z"),
    ("type: DATETIME", "2024-07-01 10:00", "2024-07-01T10:00:00Z"),
    ("type: DATETIME, before: '2024-07-01T08:00:00Z'", "2024-07-01T10:00:00+02:00", None),
    ("type: TIME, after: '09:00', before: '17:00'", "17:00", "17:00"),
    ("type: DURATION", "PT1H30M", "PT1H30M"),
    ("type: DURATION", "1:30:00", "PT1H30M"),
    ("type: DURATION, min: PT1S, max: PT1H", "PT1H", "PT1H"),
    ("type: URI", "http://localhost:8080", "http://localhost:8080"),
    ("type: URI", "http://127.0.0.1/x", "http://127.0.0.1/x"),
    ("type: URI", "https://example.com/a?b=c", "https://example.com/a?b=c"),
    ("type: URI", "s3://bucket/key", "s3://bucket/key"),
    ("type: EMAIL", "a@example.com", "a@example.com"),
    ("type: SELECT, values: [yes, no, 3]", "3", "3"),
    ("type: SELECT, values: [a], allowCustomValue: true", "other", "other"),
    ("type: SELECT, values: [a, b], autoSelectFirst: true", None, "a"),
    ("type: MULTISELECT, values: [a, b]", ["b"], ["b"]),
    ("type: MULTISELECT, values: [1, 2], itemType: INT", [1], [1]),
    ("type: MULTISELECT, values: [a, b], autoSelectFirst: true", None, ["a"]),
    ("type: ARRAY, itemType: INT", [1, 2], [1, 2]),
    ("type: ARRAY, itemType: STRING, defaults: '[\"a\"]'", None, ["a"]),
    ("type: JSON", {"a": [1, None]}, {"a": [1, None]}),
    ("type: JSON", "text", "text"),
    ("type: YAML", "a: [1, 2024-07-01]", {"a": [1, "2024-07-01"]}),
    ("type: YAML", {"a": 1}, {"a": 1}),
    ("type: YAML, defaults: {a: yes}", None, {"a": "yes"}),
    ("type: FILE", "signoff:///a/b/c/d.csv", "signoff:///a/b/c/d.csv"),
    ("type: FILE, allowedFileExtensions: [.csv]", "signoff:///x/D.CSV", "signoff:///x/D.CSV"),
    ('type: SECRET, validator: "[a-z]+"', "hunter", "hunter"),
]


@pytest.mark.parametrize(("keys", "given", "value"), ACCEPTED)
def test_a_value_that_fits(keys: str, given: Any, value: Any) -> None:
    expected = value if value is not None or given is None else "2024-07-01T08:00:00Z"
    assert resolve(asked(keys), {"x": given}, render=never) == {"x": expected}


REFUSED: list[tuple[str, Any, str]] = [
    ("type: STRING", 3, "must be text, got 3"),
    ("type: STRING", "", "must not be empty"),
    ('type: STRING, validator: "[a-z]+"', "ab1", "must match the pattern"),
    ('type: STRING, validator: "a|b"', "ac", "must match the pattern"),
    ("type: INT, min: 10", 9, "must be at least 10, got 9"),
    ("type: INT, max: 10", 11, "must be at most 10, got 11"),
    ("type: INT", 1.5, "must be a whole number, got 1.5"),
    ("type: INT", "3", "must be a whole number, got '3'"),
    ("type: INT", True, "must be a whole number, got true"),
    ("type: FLOAT, max: 1", 1.01, "must be at most 1, got 1.01"),
    ("type: BOOLEAN", None, "is required"),
    ("type: BOOLEAN", "yes", "must be true or false"),
    ("type: BOOL", None, "is required"),
    ("type: DATE", "2024-02-30", "must be a date such as"),
    ("type: DATE, after: 2024-01-01", "2023-12-31", "must be at or after 2024-01-01"),
    ("type: DATETIME", "2024-07-01", "must be a date and time"),
    ("type: TIME, before: '17:00'", "17:01", "must be at or before 17:00"),
    ("type: DURATION, max: PT1H", "PT61M", "must be at most PT1H"),
    ("type: URI", "example.com", "must be a URL"),
    ("type: URI", "http://", "must be a URL"),
    ("type: EMAIL", "a@b", "must be an e-mail address"),
    ("type: SELECT, values: [a, b]", "c", "must be one of: a, b"),
    ("type: MULTISELECT, values: [a, b]", ["a", "c"], "must be one of: a, b"),
    ("type: MULTISELECT, values: [a, b]", ["a", "a"], "must not contain the same value twice"),
    ("type: MULTISELECT, values: [a, b]", [], "must not be empty"),
    ("type: ARRAY, itemType: INT", [1, "b"], "must be a whole number, got 'b'"),
    ("type: ARRAY, itemType: INT", "1", "must be a list"),
    ("type: YAML", "a: [", "must be YAML: line "),
    (
        "type: FILE, allowedFileExtensions: [.csv, .tsv, .TXT]",
        "signoff:///company.team/demo/01a21480-0b89-759d-939d-b0ed2cf0aa01/d.exe",
        "must be a file that ends in .csv, .tsv or .TXT, got 'd.exe'",
    ),
]


@pytest.mark.parametrize(("keys", "given", "told"), REFUSED)
def test_a_value_that_does_not_fit(keys: str, given: Any, told: str) -> None:
    with pytest.raises(InvalidAnswer) as caught:
        resolve(asked(keys), {"x": given}, render=never)
    (error,) = caught.value.errors
    assert error.path[0] == "x"
    assert told in error.message


def test_a_secret_is_in_no_error() -> None:
    with pytest.raises(InvalidAnswer) as caught:
        resolve(asked('type: SECRET, validator: "[a-z]+"'), {"x": "HUNTER2"}, render=never)
    assert "HUNTER2" not in str(caught.value)
    assert all("HUNTER2" not in repr(each) for each in caught.value.errors)


TEXTS: list[tuple[str, str, Any]] = [
    ("type: STRING", " a ", " a "),
    ("type: INT", "3", 3),
    ("type: FLOAT", "1e3", 1000.0),
    ("type: BOOLEAN", "true", True),
    ("type: BOOL", "off", False),
    ("type: DATE", " 2024-07-01 ", "2024-07-01"),
    ("type: DURATION", "90m", "PT1H30M"),
    ("type: ARRAY, itemType: INT", "[1, 2]", [1, 2]),
    ("type: ARRAY, itemType: INT", "1\n2", [1, 2]),
    ("type: MULTISELECT, values: [a, b]", '["a"]', ["a"]),
    ("type: JSON", '{"a": 1}', {"a": 1}),
    ("type: YAML", "a: 1", {"a": 1}),
    ("type: SELECT, values: [a, b]", "a", "a"),
]


@pytest.mark.parametrize(("keys", "text", "value"), TEXTS)
def test_values_given_as_text(keys: str, text: str, value: Any) -> None:
    inputs = asked(keys)
    assert resolve(inputs, {"x": text}, render=never, texts=True) == {"x": value}
    if isinstance(value, list):
        # On a command line `x=a` is one item of a list, and `x:=` takes JSON.
        return
    answer = parse_inputs(form_of(inputs), [f"x={text}"])
    assert resolve(inputs, answer, render=never) == {"x": value}


def test_text_that_cannot_be_read_is_an_error_of_its_field() -> None:
    with pytest.raises(InvalidAnswer) as caught:
        resolve(asked("type: INT", "type: JSON"), {"x": "a", "y": "{"}, render=never, texts=True)
    assert [each.dotted for each in caught.value.errors] == ["x", "y"]


def test_bounds_stand_in_the_schema() -> None:
    form = form_of(asked("type: DURATION, min: PT1S, max: PT1H", "type: INT, min: 1"))
    x, y = fields(form).fields
    assert (x.minimum, x.maximum, y.minimum) == ("PT1S", "PT1H", 1)


def test_hints_for_the_faces() -> None:
    form = form_of(
        asked("type: SELECT, values: [a], isRadio: true", "type: FILE, allowedFileExtensions: [.a]")
    )
    properties: Mapping[str, Any] = form.schema["properties"]
    assert properties["x"]["x-widget"] == "radio"
    assert properties["y"]["x-extensions"] == [".a"]
    x, y = fields(form).fields
    assert [each.value for each in x.choices] == ["a"]
    assert y.stored


def test_a_file_of_the_command_line_is_kept_and_its_address_given() -> None:
    kept: dict[str, bytes] = {}

    def keep(name: str, content: bytes) -> str:
        kept[name] = content
        return f"signoff:///a/b/c/{name}"

    form = form_of(asked("type: FILE"))
    answer = parse_inputs(form, ["x=@folder/d.csv"], lambda name: b"1,2", keep)
    assert answer == {"x": "signoff:///a/b/c/d.csv"}
    assert kept == {"d.csv": b"1,2"}


def test_every_form_takes_its_own_defaults() -> None:
    inputs = asked("type: INT, defaults: 3", "type: YAML, defaults: {a: 1}", "type: BOOL")
    form = form_of(inputs)
    answer = with_defaults(form, {"z": True})
    assert check(form, answer) == []
    assert resolve(inputs, answer, render=never) == {"x": 3, "y": {"a": 1}, "z": True}


PASSWORD = r"""type: SECRET, validator: '(?=.*[A-Z])(?=.*\d).{4,}'"""


@pytest.mark.parametrize(
    ("keys", "given", "accepted"),
    [
        (PASSWORD, "abC4", True),
        (PASSWORD, "abcd", False),
        ("type: STRING, validator: '(?i)abc'", "ABC", True),
        ("type: STRING, validator: '(?i)abc'", "ABCD", False),
        ("type: STRING, validator: 'a|b'", "ab", False),
        ("type: STRING, validator: 'a'", "a\n", False),
    ],
)
def test_a_validator_is_held_against_the_whole_text(keys: str, given: str, accepted: bool) -> None:
    errors = check(form_of(asked(keys)), {"x": given})
    assert [error.path for error in errors] == ([] if accepted else [("x",)])


def test_the_worst_validator_ends_soon() -> None:
    form = form_of(asked("type: STRING, validator: '(?:(?=a*!)a)*b'"))
    (error,) = check(form, {"x": "a" * 3_000 + "!"})
    assert "is too long to be held against the pattern" in error.message
    (error,) = check(form_of(asked("type: STRING, validator: '(a+)+b'")), {"x": "a" * 2_000})
    assert "must match the pattern (a+)+b as a whole" in error.message
