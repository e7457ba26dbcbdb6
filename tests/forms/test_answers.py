"""What is filled in for a person, what stays secret, and what is still missing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, Field, Json, SecretStr

from signoff.core.forms import (
    MASK,
    can_be_empty,
    fields,
    mask_secrets,
    missing,
    secret_paths,
    with_defaults,
)
from signoff.core.forms.typed import schema_of
from signoff.model.forms import Form
from tests.forms.models import Address, Containers, Node


class Order(BaseModel):
    count: int = 5
    city: str
    note: str | None = None
    tags: list[str] = Field(default_factory=list)
    token: SecretStr = SecretStr("hunter2")
    address: Address | None = None


def test_initial_values_go_before_defaults_and_what_was_given_before_both() -> None:
    form = Form(schema_of(Order), initial={"count": 7, "city": "Rome", "unknown": 1})
    assert with_defaults(form, {}) == {"count": 7, "city": "Rome", "note": None, "address": None}
    assert with_defaults(form, {"count": 1, "note": "x"})["count"] == 1
    assert with_defaults(Form(schema_of(Order)), {})["count"] == 5


def test_objects_given_in_part_are_filled() -> None:
    form = Form(schema_of(Containers), initial={"address": {"city": "Rome"}})
    assert with_defaults(form, {"address": {}})["address"] == {"city": "Rome", "zip": None}
    assert with_defaults(form, {})["address"] == {"city": "Rome", "zip": None}
    assert with_defaults(form, {"address": {"city": "Pisa"}})["address"]["city"] == "Pisa"


def test_a_default_that_is_replaced_in_part_is_not_mixed_in() -> None:
    class Outer(BaseModel):
        address: Address = Address(city="Rome", zip="00100")

    form = Form(schema_of(Outer))
    assert with_defaults(form, {})["address"] == {"city": "Rome", "zip": "00100"}
    assert with_defaults(form, {"address": {"city": "Pisa"}})["address"]["zip"] is None


def test_the_masked_default_of_a_secret_is_never_filled_in() -> None:
    class Outer(BaseModel):
        order: Order = Order(city="Rome")

    assert "token" not in with_defaults(Form(schema_of(Order)), {})
    assert "order" not in with_defaults(Form(schema_of(Outer)), {})


def test_given_values_are_left_as_they_are() -> None:
    answer = {"address": {"city": "x"}, "count": "wrong type", "extra": 1}
    filled = with_defaults(Form(schema_of(Order)), answer)
    assert filled["count"] == "wrong type"
    assert filled["extra"] == 1
    assert answer == {"address": {"city": "x"}, "count": "wrong type", "extra": 1}


def test_tells_what_is_missing() -> None:
    form = Form(schema_of(Order))
    assert missing(form, {}) == [("city",)]
    assert missing(form, {"address": {}}) == [("city",), ("address", "city")]
    assert not can_be_empty(form)
    assert can_be_empty(Form(schema_of(Order), initial={"city": "Rome"}))
    assert can_be_empty(Form({}))


class Arms(BaseModel):
    packed: Json[list[Node]] | None = None
    open_pack: Json[list[int]] | None = None
    key: int | SecretStr | None = None
    keys: dict[str, SecretStr] = {}
    pair: tuple[str, SecretStr] | None = None
    node: Node | None = None


@pytest.mark.parametrize(
    ("answer", "paths"),
    [
        ({"key": "a"}, [("key",)]),
        ({"key": 5}, [("key",)]),
        ({"key": None}, []),
        ({"keys": {"a": "x", "b": "y"}}, [("keys", "a"), ("keys", "b")]),
        ({"pair": ["open", "x"]}, [("pair", 1)]),
        ({"node": {"name": "n", "token": "x"}}, [("node", "token")]),
        (
            {"node": {"name": "n", "children": [{"name": "m", "children": [{"token": "x"}]}]}},
            [("node", "children", 0, "children", 0, "token")],
        ),
        ({"key": {"odd": "shape"}}, [("key",)]),
        ({"unknown": "x"}, []),
        ({"packed": '[{"name": "n", "token": "x"}]', "open_pack": "[1]"}, [("packed",)]),
    ],
)
def test_finds_and_masks_secrets(answer: dict[str, Any], paths: list[tuple[Any, ...]]) -> None:
    form = Form(schema_of(Arms))
    assert secret_paths(form, answer) == paths
    masked = mask_secrets(form, answer)
    for path in paths:
        value: Any = masked
        for step in path:
            value = value[step]
        assert value == MASK
    assert (masked == answer) is (not paths)


def test_masking_leaves_the_answer_itself_alone() -> None:
    answer = {"keys": {"a": "x"}}
    mask_secrets(Form(schema_of(Arms)), answer)
    assert answer == {"keys": {"a": "x"}}


@pytest.mark.parametrize(
    "definitions",
    [
        {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"writeOnly": True}]}},
        {"a": {"allOf": [{"$ref": "#/$defs/a"}], "writeOnly": True}},
        {"a": {"if": {"$ref": "#/$defs/a"}, "then": {"writeOnly": True}}},
        {"a": {"patternProperties": {"(": {"writeOnly": True}}}},
    ],
)
def test_odd_schemas_hide_rather_than_show(definitions: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"x": {"$ref": "#/$defs/a"}}, "$defs": definitions}
    masked = mask_secrets(Form(schema), {"x": {"y": "hunter2"}})
    assert "hunter2" not in str(masked)


def test_a_suggestion_is_shown_but_not_taken() -> None:
    schema = {
        "type": "object",
        "properties": {"count": {"type": "integer", "x-prefill": 3}},
        "required": ["count"],
    }
    form = Form(schema)
    (field,) = fields(form).fields
    assert (field.start, field.suggested) == (3, True)
    assert with_defaults(form, {}) == {}
    assert not can_be_empty(form)
    assert with_defaults(Form(schema, initial={"count": 4}), {}) == {"count": 4}
