"""Laws that hold for every form: random models, random answers."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from signoff.core.forms import (
    InvalidText,
    can_be_empty,
    fields,
    mask_secrets,
    parse_inputs,
    parse_text,
    secret_paths,
    to_text,
    with_defaults,
)
from signoff.core.forms.checking import check, schema_problem
from signoff.core.forms.typed import schema_of
from signoff.model.forms import SCALARS, Field, FieldKind, Form
from tests.forms.types import TEXT, damaged, models, scalars

LAWS = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def accepted_by_pydantic(model: type[BaseModel], answer: Any) -> bool:
    try:
        model.model_validate_json(json.dumps(answer), strict=True)
    except ValidationError:
        return False
    return True


def holds(answer: Any, path: tuple[Any, ...]) -> bool:
    for step in path:
        try:
            answer = answer[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True


@LAWS
@given(st.data())
def test_what_fits_the_model_is_accepted(data: st.DataObject) -> None:
    model, answers = data.draw(models())
    form = Form(schema_of(model))
    answer = data.draw(answers)
    assert schema_problem(form) is None
    assert accepted_by_pydantic(model, answer)
    assert check(form, answer) == []
    assert check(form, with_defaults(form, answer)) == []


@LAWS
@given(st.data())
def test_an_answer_is_refused_exactly_when_the_model_refuses_it(data: st.DataObject) -> None:
    model, answers = data.draw(models())
    form = Form(schema_of(model))
    answer = data.draw(answers.flatmap(damaged))
    errors = check(form, answer)
    assert (errors == []) == accepted_by_pydantic(model, answer), errors
    assert len({error.path for error in errors}) == len(errors)
    for error in errors:
        assert error.message
        assert holds(answer, error.path[:-1]), error
        assert holds(answer, error.path) or error.message == "is required", error


@LAWS
@given(st.data())
def test_secrets_never_leave(data: st.DataObject) -> None:
    model, answers = data.draw(models())
    form = Form(schema_of(model))
    answer = data.draw(answers)
    masked = mask_secrets(form, answer)
    for path in secret_paths(form, answer):
        assert holds(masked, path)
    assert secret_paths(form, masked) == secret_paths(form, answer)


@settings(LAWS, max_examples=100)
@given(st.data())
def test_a_value_survives_being_shown_and_typed(data: st.DataObject) -> None:
    shape = data.draw(scalars())
    value = data.draw(shape.values)
    model = type("One", (BaseModel,), {"__annotations__": {"value": shape.type_}})
    form = Form(schema_of(model))
    field = fields(form).fields[0]
    assert field.kind in SCALARS
    read = parse_text(field, to_text(field, value))
    if field.kind in (FieldKind.TEXT, FieldKind.SECRET, FieldKind.CHOICE, FieldKind.JSON):
        assert read == value
    assert check(form, {"value": read}) == []
    assert accepted_by_pydantic(model, {"value": read})
    assert model.model_validate({"value": read}) == model.model_validate({"value": value})


@settings(LAWS, max_examples=100)
@given(scalars(), TEXT)
def test_text_is_read_or_refused_and_never_crashes(shape: Any, text: str) -> None:
    model = type("One", (BaseModel,), {"__annotations__": {"value": shape.type_}})
    field = fields(Form(schema_of(model))).fields[0]
    refusals: list[InvalidText] = []
    try:
        json.dumps(parse_text(field, text))
    except InvalidText as refused:
        refusals.append(refused)
    assert [each.error.dotted for each in refusals] in ([], ["value"])


def pairs_of(field: Field, value: Any, key: str) -> list[str]:
    """The `key=value` pairs by which a person would give a value."""
    if field.kind is FieldKind.OBJECT and isinstance(value, dict) and value:
        return [
            pair
            for child in field.fields
            if child.name in value
            for pair in pairs_of(child, value[child.name], f"{key}.{child.name}")
        ]
    if field.kind is FieldKind.LIST and isinstance(value, list) and value and field.item:
        return [
            pair
            for index, each in enumerate(value)
            for pair in pairs_of(field.item, each, f"{key}.{index}")
        ]
    if field.kind in SCALARS and value is not None and value != "":
        return [f"{key}={to_text(field, value)}"]
    return [f"{key}:={json.dumps(value)}"]


@LAWS
@given(st.data())
def test_pairs_on_a_command_line_give_the_same_answer(data: st.DataObject) -> None:
    model, answers = data.draw(models())
    answer = data.draw(answers)
    form = Form(schema_of(model))
    pairs = [
        pair
        for field in fields(form).fields
        if field.name in answer
        for pair in pairs_of(field, answer[field.name], field.name)
    ]
    read = parse_inputs(form, pairs)
    assert check(form, read) == []
    assert model.model_validate(read) == model.model_validate(answer)


@LAWS
@given(st.data())
def test_an_empty_answer_is_enough_exactly_when_nothing_is_required(data: st.DataObject) -> None:
    model, _ = data.draw(models())
    form = Form(schema_of(model))
    assert can_be_empty(form) == (check(form, with_defaults(form, {})) == [])
