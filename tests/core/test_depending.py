"""Fields that are asked for only when others have a value."""

from __future__ import annotations

from typing import Any

import pytest

from signoff.core.depending import as_asked, missing_dependents
from signoff.core.forms import fields
from signoff.model.forms import Form

pytestmark = pytest.mark.rules

CASES: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({"inputs": ["a"]}, {}, False),
    ({"inputs": ["a"]}, {"a": None}, False),
    ({"inputs": ["a"]}, {"a": False}, True),
    ({"inputs": ["a.b"]}, {"a": {"b": 1}}, True),
    ({"inputs": ["a.b"]}, {"a": 1}, False),
    ({"inputs": [], "condition": "{{ inputs.a > 3 }}"}, {"a": 4}, True),
    ({"inputs": [], "condition": "{{ inputs.a > 3 }}"}, {"a": 3}, False),
    ({"inputs": [], "condition": "false"}, {}, False),
    ({"inputs": ["a"], "condition": "{{ outputs.elsewhere }}"}, {"a": 1}, True),
    ({"inputs": ["a"], "condition": "{{ secret('x') }}"}, {"a": 1}, True),
    ({"inputs": ["a"], "condition": "{{ now() }}"}, {"a": 1}, True),
    ({"inputs": ["a"], "condition": "{{ ( }}"}, {"a": 1}, True),
]


@pytest.mark.parametrize(("depends", "answer", "expected"), CASES)
@pytest.mark.parametrize("required", [True, False])
def test_a_field_that_depends_on_others(
    depends: dict[str, Any], answer: dict[str, Any], expected: bool, required: bool
) -> None:
    node = {"type": "string", "x-depends-on": {**depends, "required": required}}
    (field,) = fields(Form({"type": "object", "properties": {"x": node}})).fields
    asked = as_asked(field, answer)
    assert (asked is not None) is expected
    if asked is not None:
        assert asked.required is required


def test_other_fields_are_asked_for_as_they_are() -> None:
    (field,) = fields(Form({"type": "object", "properties": {"x": {"type": "string"}}})).fields
    assert as_asked(field, {}) is field


NESTED = Form(
    {
        "type": "object",
        "properties": {
            "ask": {"type": "boolean"},
            "in": {
                "type": "object",
                "properties": {
                    "why": {
                        "type": "string",
                        "x-depends-on": {
                            "inputs": ["ask"],
                            "condition": "{{ inputs.ask }}",
                            "required": True,
                        },
                    },
                    "more": {"type": "string", "x-depends-on": {"inputs": ["in.why"]}},
                },
            },
        },
    }
)


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ({}, []),
        ({"ask": False}, []),
        ({"ask": True}, ["in.why"]),
        ({"ask": True, "in": {}}, ["in.why"]),
        ({"ask": True, "in": {"why": "because"}}, []),
    ],
)
def test_what_must_be_answered_because_of_other_answers(
    answer: dict[str, Any], missing: list[str]
) -> None:
    found = missing_dependents(NESTED, answer)
    assert [each.dotted for each in found] == missing
    assert all(each.message == "is required" for each in found)
