"""Answers as `key=value` on a command line."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from signoff.core.forms import InvalidText, parse_inputs
from signoff.core.forms.typed import schema_of
from signoff.model.forms import Form
from tests.forms.models import Containers, Scalars

SCALARS = Form(schema_of(Scalars))
CONTAINERS = Form(schema_of(Containers))


@pytest.mark.parametrize(
    ("pairs", "answer"),
    [
        ("whole=5 yes=no", {"whole": 5, "yes": False}),
        ("text=a=b", {"text": "a=b"}),
        ('anything:={"a":1}', {"anything": {"a": 1}}),
        ('whole:="5"', {"whole": "5"}),
        ("text=", {"text": ""}),
        ("numbers=1 numbers=2", {"numbers": [1, 2]}),
        ("numbers=1", {"numbers": [1]}),
        ("numbers=", {"numbers": []}),
        ("numbers:=[1,2]", {"numbers": [1, 2]}),
        ("numbers:=1 numbers:=2", {"numbers": [1, 2]}),
        ("numbers.1=2 numbers.0=1", {"numbers": [1, 2]}),
        ("numbers[0]=1 numbers[1]=2", {"numbers": [1, 2]}),
        ("words=[a", {"words": ["[a"]}),
        ("pair=1 pair=b", {"pair": [1, "b"]}),
        ("pair.0=1 pair.1=b", {"pair": [1, "b"]}),
        ("many=1 many=2 many=3", {"many": [1, 2, 3]}),
        ("limits.cpu=1 limits.mem.max=2", {"limits": {"cpu": 1, "mem.max": 2}}),
        ('limits:={"a.b":1}', {"limits": {"a.b": 1}}),
        ("loose.a.b=1", {"loose": {"a.b": 1}}),
        ("address.city=Paris address.zip=", {"address": {"city": "Paris", "zip": None}}),
        ('address:={"city":"Rome"}', {"address": {"city": "Rome"}}),
        ("maybe=", {"maybe": None}),
        ("maybe.city=Rome", {"maybe": {"city": "Rome"}}),
        ("addresses.0.city=Rome", {"addresses": [{"city": "Rome"}]}),
        (
            "addresses[0].city=Rome addresses[1].city=Pisa addresses[0].zip=1",
            {"addresses": [{"city": "Rome", "zip": "1"}, {"city": "Pisa"}]},
        ),
        ("pet.kind=dog pet.name=Rex", {"pet": {"kind": "dog", "name": "Rex"}}),
        ("maybe_pet.kind=cat maybe_pet.lives=9", {"maybe_pet": {"kind": "cat", "lives": 9}}),
        ("either=5", {"either": 5}),
        ('either:="5"', {"either": "5"}),
        ("mixed.city=Rome", {"mixed": {"city": "Rome"}}),
        ("node.name=a node.children.0.name=1", {"node": {"name": "a", "children": [{"name": 1}]}}),
        ("", {}),
    ],
)
def test_reads(pairs: str, answer: dict[str, Any]) -> None:
    form = SCALARS if set(answer) <= set(Scalars.model_fields) else CONTAINERS
    assert parse_inputs(form, pairs.split()) == answer


@pytest.mark.parametrize(
    ("pairs", "errors"),
    [
        (
            "hole=5",
            ["hole: is not a field of this form: no field is named 'hole'; did you mean 'whole'?"],
        ),
        (
            "address.town=x",
            [
                "address.town: is not a field of this form: no field is named 'town';"
                " its fields are: city, zip"
            ],
        ),
        ("whole", ["must be written as key=value"]),
        ("=5", ["must be written as key=value"]),
        (
            "whole=x yes=y day=z",
            [
                "whole: must be a whole number, got 'x'",
                "day: must be a date such as 2026-03-01, got 'z'",
            ],
        ),
        ("whole=1 whole=2", ["whole: is given 2 times"]),
        ("whole.x=1", ["whole: has no parts, so there is no 'x' in it"]),
        ("whole:=x", ["whole: must be JSON after :=, got 'x'"]),
        ("address:={} address.city=x", ["address: is given both as a whole and in parts"]),
        ("numbers.0=1 numbers.2=3", ["numbers: must have positions 0, 1, 2 ... without a gap"]),
        ("numbers.a=1", ["numbers: is a list: 'a' is no position such as 0, 1, 2"]),
        ("numbers=1 numbers=x", ["numbers.1: must be a whole number, got 'x'"]),
        ("pair=1 pair=a pair=b", ["pair.2: is one entry too many"]),
        ("pair.0=1 pair.1=a pair.2=b", ["pair.2: is one entry too many"]),
        ("pet.name=Rex", ["pet.kind: is required to know which of the shapes is meant"]),
        (
            "pet.kind=dog pet.lives=1",
            [
                "pet.lives: is not a field of this form: no field is named 'lives';"
                " its fields are: kind, name"
            ],
        ),
        ("pet.kind=cow pet.name=x", ["pet.kind: must be one of: cat, dog, got 'cow'"]),
        ("secrets:=hunter2", ["secrets: must be JSON after :="]),
    ],
)
def test_refuses(pairs: str, errors: list[str]) -> None:
    known = set(Scalars.model_fields) | {"hole"}
    form = SCALARS if pairs.split("=")[0].rstrip(":").split(".")[0] in known else CONTAINERS
    if not pairs.split("=")[0]:
        form = SCALARS
    with pytest.raises(InvalidText) as refused:
        parse_inputs(form, pairs.split())
    assert [str(error) for error in refused.value.errors] == errors


@pytest.mark.parametrize(
    ("type_", "pairs", "value"),
    [
        (int, ["5"], 5),
        (int, ["value=5"], 5),
        (int, ["value:=5"], 5),
        (str, ["a=b"], "a=b"),
        (str, ["valued=b"], "valued=b"),
        (list[str], ["a", "b"], ["a", "b"]),
        (list[int], ["value.0=1"], [1]),
        (dict[str, int], ["value.cpu=1"], {"cpu": 1}),
        (bool, ["yes"], True),
    ],
)
def test_a_plain_type_may_be_given_bare(type_: Any, pairs: list[str], value: Any) -> None:
    model = type("Wrapped", (BaseModel,), {"__annotations__": {"value": type_}})
    assert parse_inputs(Form(schema_of(model)), pairs) == {"value": value}


def test_names_may_contain_dots() -> None:
    text = {"type": "string"}
    form = Form(
        {
            "type": "object",
            "properties": {"a.b": text, "a": {"type": "object", "properties": {"c": text}}},
        }
    )
    assert parse_inputs(form, ["a.b=1", "a.c=2"]) == {"a.b": "1", "a": {"c": "2"}}


def test_further_properties_are_taken_where_the_form_allows_them() -> None:
    form = Form(
        {
            "type": "object",
            "properties": {"a": {"type": "string"}},
            "additionalProperties": {"type": "integer"},
        }
    )
    assert parse_inputs(form, ["a=1", "b=2"]) == {"a": "1", "b": 2}


def test_a_file_is_read_by_whoever_calls() -> None:
    files = {"note.txt": b"hello"}

    def read(name: str) -> bytes:
        try:
            return files[name]
        except KeyError:
            raise FileNotFoundError(2, "No such file or directory") from None

    assert parse_inputs(SCALARS, ["content=@note.txt"], read) == {"content": "hello"}
    assert parse_inputs(SCALARS, ["content=@note.txt"]) == {"content": "@note.txt"}
    assert parse_inputs(SCALARS, ["text=@note.txt"], read) == {"text": "@note.txt"}
    with pytest.raises(InvalidText, match="cannot be read from x: No such file"):
        parse_inputs(SCALARS, ["content=@x"], read)


def test_a_pair_that_is_none_is_shown_unless_it_may_be_a_secret() -> None:
    form = Form({"type": "object", "properties": {"a": {"type": "integer"}}})
    with pytest.raises(InvalidText, match="must be written as key=value, got 'a:5'"):
        parse_inputs(form, ["a:5"])


def test_every_error_is_told_at_once() -> None:
    with pytest.raises(InvalidText) as refused:
        parse_inputs(CONTAINERS, ["numbers=x", "nowhere=1", "address.cities=y", "bare"])
    assert [error.dotted for error in refused.value.errors] == [
        "",
        "numbers.0",
        "nowhere",
        "address.cities",
    ]
