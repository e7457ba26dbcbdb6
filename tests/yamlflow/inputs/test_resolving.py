"""From given values to the values a run has: defaults, expressions, what depends on what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from signoff.core.forms import fields, with_defaults
from signoff.core.forms.checking import check
from signoff.model.errors import InvalidAnswer, InvalidRequest
from signoff.yamlflow.inputs import form_of, rendered, resolve
from tests.yamlflow.documents import EXAMPLES, document
from tests.yamlflow.inputs.asked import asked, never

OUTPUTS = {"earlier": "from before", "n": 7, "list": ["p", "q"], "nothing": None}


def simple(value: Any, inputs: Mapping[str, Any]) -> Any:
    """Renders `{{ outputs.name }}` and `{{ inputs.name }}`, as much as tests of inputs need."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"\{\{ (\w+)\.([\w.]+) \}\}", value)
    if match:
        found: Any = OUTPUTS if match[1] == "outputs" else inputs
        for step in match[2].split("."):
            if step not in found:
                raise InvalidRequest(f"Unable to find {match[2]!r}.")
            found = found[step]
        return found
    return re.sub(r"\{\{ .+? \}\}", lambda part: str(simple(part[0], inputs)), value)


def test_the_example_with_nothing_given() -> None:
    read = document((EXAMPLES / "vacation_approval_process.yaml").read_text())
    assert resolve(read.inputs, {}, render=never) == {
        "request": {
            "name": "Rick Astley",
            "start_date": "2024-07-01",
            "end_date": "2024-07-07",
        },
        "slack_webhook_uri": "https://reqres.in/api/slack",
    }
    pause = read.tasks[1]
    form = form_of(pause.inputs, title="waitForApproval")
    answer = with_defaults(form, {})
    assert check(form, answer) == []
    assert answer == {"approved": True, "reason": "Approved"}
    assert [each.label for each in fields(form).fields] == ["Approved", "Reason"]
    assert [each.help for each in fields(form).fields] == [
        "Approve the request?",
        "Reason for approval or rejection?",
    ]


def test_dotted_names_and_nested_values_are_the_same() -> None:
    inputs = asked("id: a.b, type: INT", "id: a.c, type: INT, required: false")
    for given in ({"a.b": 1}, {"a": {"b": 1}}):
        assert resolve(inputs, given, render=never) == {"a": {"b": 1, "c": None}}
    assert resolve(inputs, {"a": {"b": 1}, "a.c": 2}, render=never) == {"a": {"b": 1, "c": 2}}


def test_every_error_at_once_each_at_its_field() -> None:
    inputs = asked("id: a.b, type: INT", "type: STRING", "type: INT, max: 3", "type: BOOL")
    with pytest.raises(InvalidAnswer) as caught:
        resolve(inputs, {"z": 4, "u": True, "a": {"d": 1}, "yy": 1}, render=never)
    assert {each.dotted: each.message for each in caught.value.errors} == {
        "a.b": "is required",
        "y": "is required",
        "z": "must be at most 3, got 4",
        "a.d": "is not a field of this form: no field is named 'd'; its fields are: b",
        "yy": "is not a field of this form: no field is named 'yy'; did you mean 'y'?",
    }
    assert "z: must be at most 3, got 4" in str(caught.value)


def test_a_group_must_be_a_map() -> None:
    with pytest.raises(InvalidAnswer) as caught:
        resolve(asked("id: a.b, type: INT"), {"a": 5}, render=never)
    assert "must be an object, got 5" in {each.message for each in caught.value.errors}


def test_what_is_not_required_is_null_and_present() -> None:
    inputs = asked("type: STRING, required: false", "type: INT, required: false")
    assert resolve(inputs, {"x": None}, render=never) == {"x": None, "y": None}


def test_a_default_may_be_an_expression() -> None:
    inputs = asked(
        "type: STRING, defaults: '{{ outputs.earlier }}'",
        "type: INT, defaults: '{{ outputs.n }}'",
        "type: STRING, defaults: '{{ inputs.x }}!'",
        "type: INT, defaults: '{{ outputs.n }}0'",
    )
    assert resolve(inputs, {}, render=simple) == {
        "x": "from before",
        "y": 7,
        "z": "from before!",
        "u": 70,
    }
    assert resolve(inputs, {"x": "own"}, render=simple)["z"] == "own!"


def test_a_rendered_default_is_judged_too() -> None:
    with pytest.raises(InvalidAnswer, match="x: must be at most 3, got 7"):
        resolve(asked("type: INT, max: 3, defaults: '{{ outputs.n }}'"), {}, render=simple)
    with pytest.raises(InvalidAnswer, match="x: is required"):
        resolve(asked("type: INT, defaults: '{{ outputs.nothing }}'"), {}, render=simple)


def test_a_default_that_cannot_be_rendered_is_an_error_of_its_field() -> None:
    inputs = asked("type: INT, defaults: '{{ outputs.typo }}'", "type: INT, max: 1")
    with pytest.raises(InvalidAnswer) as caught:
        resolve(inputs, {"y": 2}, render=simple)
    assert {each.dotted: each.message for each in caught.value.errors} == {
        "x": "cannot be worked out: Unable to find 'typo'.",
        "y": "must be at most 1, got 2",
    }


def test_what_an_expression_gave_is_not_rendered_again() -> None:
    def render(value: Any, inputs: Mapping[str, Any]) -> Any:
        return "{{ secret('x') }}" if value == "{{ a }}" else never(value, inputs)

    inputs = asked("type: STRING, defaults: '{{ a }}'")
    assert resolve(inputs, {}, render=render) == {"x": "{{ secret('x') }}"}


def test_a_moment_that_an_expression_gave_becomes_text() -> None:
    inputs = asked("type: DATETIME, defaults: '{{ now() }}'")
    moment = datetime(2024, 7, 1, 10, tzinfo=UTC)
    values = resolve(inputs, {}, render=lambda value, inputs: moment)
    assert values == {"x": "2024-07-01T10:00:00Z"}


def test_inputs_that_depend_on_others() -> None:
    inputs = asked(
        "type: STRING, dependsOn: {inputs: [y], condition: '{{ inputs.y }}'}",
        "type: BOOLEAN, required: false",
        "type: INT, dependsOn: {inputs: [x]}",
    )
    nothing = {"x": None, "y": None, "z": None}
    assert resolve(inputs, {}, render=simple) == nothing
    assert resolve(inputs, {"y": False, "x": "hidden", "z": 1}, render=simple) == {
        **nothing,
        "y": False,
    }
    with pytest.raises(InvalidAnswer, match="x: is required") as caught:
        resolve(inputs, {"y": True}, render=simple)
    assert [each.dotted for each in caught.value.errors] == ["x"]
    shown = {"y": True, "x": "a", "z": 2}
    assert resolve(inputs, shown, render=simple) == shown
    form = form_of(inputs)
    assert check(form, {"y": None}) == []
    assert form.schema["properties"]["x"]["x-depends-on"] == {
        "inputs": ["y"],
        "condition": "{{ inputs.y }}",
        "required": True,
    }


def test_choices_from_an_expression() -> None:
    inputs = asked("type: SELECT, expression: '{{ outputs.list }}'")
    assert resolve(inputs, {"x": "q"}, render=simple) == {"x": "q"}
    with pytest.raises(InvalidAnswer, match="must be one of: p, q"):
        resolve(inputs, {"x": "r"}, render=simple)
    (field,) = fields(form_of(rendered(inputs, simple))).fields
    assert [each.value for each in field.choices] == ["p", "q"]


def test_a_form_shows_what_earlier_tasks_gave() -> None:
    inputs = asked(
        "type: STRING, defaults: '{{ outputs.earlier }}', description: 'Was {{ outputs.n }}.'",
        "type: INT, defaults: '{{ inputs.x }}'",
    )
    form = form_of(rendered(inputs, simple))
    x, y = fields(form).fields
    assert (x.start, x.help) == ("from before", "Was 7.")
    assert not y.is_prefilled
    assert with_defaults(form, {}) == {"x": "from before"}


def test_an_input_may_start_with_the_runs_input_of_the_same_name() -> None:
    def render(value: Any, inputs: Mapping[str, Any]) -> Any:
        return simple(value, {"x": "of the run", **inputs})

    inputs = asked("type: STRING, defaults: '{{ inputs.x }}'")
    (field,) = fields(form_of(rendered(inputs, render))).fields
    assert field.start == "of the run"
    assert resolve(inputs, {}, render=render) == {"x": "of the run"}


@pytest.mark.parametrize(
    ("expression", "waits"),
    [
        ("{{ inputs.a.b }}", True),
        ("{{ inputs.a }}", True),
        ("{{ inputs }}", True),
        ("{{ inputs['a'].b.c }}", True),
        ("{{ inputs.ab }}", False),
        ("{{ outputs.a.b }}", False),
    ],
)
def test_what_has_to_wait_for_another_input(expression: str, waits: bool) -> None:
    inputs = asked("id: a.b, type: STRING", f"type: STRING, defaults: {expression!r}")
    _, y = rendered(inputs, lambda value, known: "rendered")
    assert (y.defaults == expression) is waits


def test_an_initial_value_is_taken_a_prefill_is_only_shown() -> None:
    inputs = asked("type: INT, required: false", "type: INT, required: false, prefill: 5")
    form = form_of(inputs, title="T", description="D", initial={"x": 3})
    x, y = fields(form).fields
    assert (x.start, y.start, y.suggested) == (3, 5, True)
    assert with_defaults(form, {}) == {"x": 3}
    assert (form.title, form.description) == ("T", "D")
