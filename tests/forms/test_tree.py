"""Which fields a schema becomes."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, SecretStr

from signoff.core.forms import fields, with_start
from signoff.core.forms.typed import schema_of
from signoff.model.forms import Choice, FieldKind, Form
from signoff.model.forms import Field as FormField
from tests.forms.models import Containers, Node, Scalars

K = FieldKind


def tree(type_: Any) -> dict[str, FormField]:
    return {each.name: each for each in fields(Form(schema_of(type_))).fields}


def kind_of(schema: dict[str, Any]) -> FieldKind:
    return fields(Form({"type": "object", "properties": {"x": schema}})).fields[0].kind


SCALARS = tree(Scalars)
CONTAINERS = tree(Containers)


@pytest.mark.parametrize(
    ("name", "kind"),
    {
        "text": K.TEXT,
        "long": K.MULTILINE,
        "whole": K.INTEGER,
        "number": K.NUMBER,
        "money": K.DECIMAL,
        "yes": K.BOOLEAN,
        "priority": K.CHOICE,
        "level": K.CHOICE,
        "word": K.CHOICE,
        "day": K.DATE,
        "clock": K.TIME,
        "moment": K.DATETIME,
        "aware": K.DATETIME,
        "naive": K.DATETIME,
        "length": K.DURATION,
        "secret": K.SECRET,
        "url": K.URL,
        "web": K.URL,
        "identity": K.TEXT,
        "content": K.FILE,
        "anything": K.JSON,
        "packed": K.JSON,
    }.items(),
)
def test_single_values(name: str, kind: FieldKind) -> None:
    assert SCALARS[name].kind is kind
    assert SCALARS[name].required


@pytest.mark.parametrize(
    ("name", "kind"),
    {
        "numbers": K.LIST,
        "words": K.SET,
        "pair": K.TUPLE,
        "many": K.LIST,
        "named": K.TUPLE,
        "limits": K.MAP,
        "by_number": K.MAP,
        "flags": K.MAP,
        "loose": K.MAP,
        "address": K.OBJECT,
        "maybe": K.OBJECT,
        "addresses": K.LIST,
        "pet": K.UNION,
        "maybe_pet": K.UNION,
        "either": K.UNION,
        "mixed": K.UNION,
        "node": K.OBJECT,
        "secrets": K.LIST,
    }.items(),
)
def test_values_with_parts(name: str, kind: FieldKind) -> None:
    assert CONTAINERS[name].kind is kind


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string", "format": "email"}, K.EMAIL),
        ({"type": "string", "format": "textarea"}, K.MULTILINE),
        ({"type": "string", "multiline": True}, K.MULTILINE),
        ({"type": "string", "widget": "textarea"}, K.MULTILINE),
        ({"type": "string", "contentMediaType": "text/markdown"}, K.MULTILINE),
        ({"type": "string", "contentMediaType": "image/png"}, K.FILE),
        ({"type": "string", "contentEncoding": "base64"}, K.FILE),
        ({"type": "string", "format": "who knows"}, K.TEXT),
        ({"type": ["string", "null"]}, K.TEXT),
        ({"type": ["string", "integer"]}, K.UNION),
        ({"type": ["integer", "null"], "enum": [1, 2, None]}, K.CHOICE),
        ({"const": 5}, K.CHOICE),
        ({"type": "null"}, K.CHOICE),
        ({"anyOf": [{"const": 1, "title": "one"}, {"const": 2}]}, K.CHOICE),
        ({"type": "string", "oneOf": [{"const": "a"}, {"const": "b"}]}, K.CHOICE),
        ({"anyOf": [{"enum": ["a"], "type": "string"}, {"type": "string"}]}, K.CHOICE),
        ({"properties": {"a": {"type": "string"}}}, K.OBJECT),
        ({"items": {"type": "string"}}, K.LIST),
        ({"allOf": [{"type": "integer"}]}, K.INTEGER),
        ({"type": "object"}, K.MAP),
        ({"type": "object", "additionalProperties": False}, K.OBJECT),
        ({"$ref": "#/$defs/nowhere"}, K.JSON),
        ({"$ref": "https://example.com/schema"}, K.JSON),
        ({"anyOf": [{"type": "number"}, {"type": "string"}]}, K.UNION),
        (
            {
                "anyOf": [
                    {"type": "number"},
                    {"type": "string", "pattern": r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"},
                ]
            },
            K.DECIMAL,
        ),
    ],
)
def test_schemas_written_by_hand(schema: dict[str, Any], kind: FieldKind) -> None:
    assert kind_of(schema) is kind


def test_bounds_and_constraints() -> None:
    text, whole, number = SCALARS["text"], SCALARS["whole"], SCALARS["number"]
    assert (text.min_length, text.max_length, text.pattern) == (2, 5, "^[a-z]+$")
    assert (whole.minimum, whole.maximum) == (1, 1000)
    assert (number.exclusive_minimum, number.exclusive_maximum) == (0, 1)
    assert (SCALARS["money"].minimum, SCALARS["money"].decimal_places) == (0, 2)
    assert SCALARS["day"].minimum == "2024-01-01"
    assert SCALARS["length"].maximum == "PT2H"
    numbers = CONTAINERS["numbers"]
    assert (numbers.min_length, numbers.max_length) == (1, 3)
    assert numbers.item is not None
    assert numbers.item.kind is K.INTEGER


def test_labels_help_and_choices() -> None:
    city, zip_code = CONTAINERS["address"].fields
    assert (city.label, city.help) == ("City name", "The town.")
    assert CONTAINERS["address"].label == "Address"
    assert CONTAINERS["address"].help == "Where it goes."
    assert CONTAINERS["maybe_pet"].label == "Maybe Pet"
    assert (zip_code.nullable, zip_code.required, zip_code.has_default) == (True, False, True)
    assert SCALARS["level"].choices == (Choice(1, "1"), Choice(2, "2"))
    named = {"anyOf": [{"const": 1, "title": "one"}, {"const": 2}, {"type": "null"}]}
    field = fields(Form({"type": "object", "properties": {"x": named}})).fields[0]
    assert field.choices == (Choice(1, "one"), Choice(2, "2"))
    assert field.nullable


def test_optional_enum_is_a_choice_that_may_be_null() -> None:
    schema = {"type": ["string", "null"], "enum": ["a", None]}
    field = fields(Form({"type": "object", "properties": {"x": schema}})).fields[0]
    assert field.nullable
    assert [choice.value for choice in field.choices] == ["a"]


def test_an_open_choice() -> None:
    schema = {"anyOf": [{"enum": ["a"], "type": "string"}, {"type": "string"}]}
    field = fields(Form({"type": "object", "properties": {"x": schema}})).fields[0]
    assert field.open_choices


def test_unions_tell_their_arms_and_their_tag() -> None:
    pet = CONTAINERS["maybe_pet"]
    assert pet.nullable
    assert pet.discriminator == "kind"
    assert [arm.label for arm in pet.variants] == ["Cat", "Dog"]
    assert [arm.label for arm in CONTAINERS["mixed"].variants] == ["Whole number", "Address"]


def test_tuples_name_their_positions() -> None:
    named = CONTAINERS["named"]
    assert [(each.label, each.required) for each in named.fields] == [("X", True), ("Y", False)]
    assert [each.label for each in CONTAINERS["pair"].fields] == ["Item 1", "Item 2"]


def test_a_form_that_contains_itself_ends_in_json() -> None:
    children = CONTAINERS["node"].field("children")
    assert children is not None
    assert children.item is not None
    assert children.item.kind is K.JSON
    assert [each.name for each in fields(Form(schema_of(Node))).fields] == [
        "name",
        "token",
        "children",
    ]


@pytest.mark.parametrize(
    "definitions",
    [
        {"a": {"$ref": "#/$defs/a"}},
        {"a": {"allOf": [{"$ref": "#/$defs/a"}]}},
        {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "null"}]}},
        {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "integer"}]}},
        {"a": {"items": {"$ref": "#/$defs/a"}}},
        {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
    ],
)
def test_circles_come_to_an_end(definitions: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"x": {"$ref": "#/$defs/a"}}, "$defs": definitions}
    assert len(fields(Form(schema)).fields) == 1


def test_a_schema_that_grows_without_end_is_cut() -> None:
    level = {
        f"n{depth}": {
            "type": "object",
            "properties": {side: {"$ref": f"#/$defs/n{depth + 1}"} for side in "abcd"},
        }
        for depth in range(40)
    }
    schema = {"$ref": "#/$defs/n0", "$defs": {**level, "n40": {"type": "integer"}}}
    count = 0
    pending = [fields(Form(schema))]
    while pending:
        count += 1
        pending.extend(pending.pop().fields)
    assert 2_000 < count < 2_100


def test_initial_values_stay_apart_from_defaults_and_constraints() -> None:
    form = Form(schema_of(Scalars), initial={"whole": 5000, "unknown": 1, "priority": "high"})
    root = fields(form)
    whole = root.field("whole")
    assert whole is not None
    assert (whole.start, whole.maximum, whole.required) == (5000, 1000, True)
    assert not whole.has_default


def test_initial_values_reach_into_objects_and_tuples() -> None:
    form = Form(schema_of(Containers), initial={"address": {"zip": "1"}, "pair": [3, "c"]})
    root = fields(form)
    address, pair = root.field("address"), root.field("pair")
    assert address is not None
    assert pair is not None
    assert [(each.has_initial, each.start) for each in address.fields] == [
        (False, None),
        (True, "1"),
    ]
    assert [each.start for each in pair.fields] == [3, "c"]
    assert with_start(address, {"city": "Rome"}).fields[0].start == "Rome"


def test_the_default_of_a_secret_is_not_in_the_tree() -> None:
    class Account(BaseModel):
        password: SecretStr = SecretStr("hunter2")

    class Outer(BaseModel):
        account: Account = Account()
        password: SecretStr = SecretStr("hunter2")

    for field in tree(Outer).values():
        assert not field.has_default
        assert not field.required


def test_examples_and_read_only_fields_are_told() -> None:
    class Model(BaseModel):
        a: Annotated[int, Field(examples=[3], json_schema_extra={"readOnly": True})]

    field = tree(Model)["a"]
    assert field.examples == (3,)
    assert field.read_only


def test_the_title_of_the_form_is_the_label_of_its_root() -> None:
    assert fields(Form(schema_of(Node), title="Who?")).label == "Who?"
    assert fields(Form(schema_of(Node))).label == "Node"


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"properties": {}}])
def test_the_root_is_always_an_object(schema: dict[str, Any]) -> None:
    root = fields(Form(schema))
    assert root.fields == ()
    assert root.kind is K.OBJECT
