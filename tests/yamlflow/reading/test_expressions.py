"""Expressions are judged when a document is read, and so are defaults."""

from __future__ import annotations

import pytest

from tests.yamlflow.documents import LOG, TRIGGER, document, errors, flow, warnings


def log(message: str) -> str:
    return flow(
        "inputs: [{id: request.name, type: STRING}]\nvariables: {here: 1}",
        tasks=f"- {{id: first, type: {LOG}, message: {message!r}}}\n",
    )


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("{{ }}", "tasks.0.message: The expression cannot be read: "),
        ("{{ a | nofilter }}", "nofilter"),
        ("{{ (a }}", "The expression cannot be read"),
        ("{% if a %}", "The expression cannot be read"),
    ],
)
def test_what_cannot_be_read_is_an_error(expression: str, told: str) -> None:
    (found,) = errors(log(expression))
    assert found.startswith("flow:6:")
    assert told in found


def test_the_line_inside_a_long_text_is_told() -> None:
    text = flow(tasks=f"- id: a\n  type: {LOG}\n  message: |\n    one\n    two {{{{ (a }}}}\n")
    (found,) = errors(text)
    assert found.startswith("flow:7:14: error: tasks.0.message: ")
    assert "(in its line 2, column " in found


def test_all_places_of_expressions_are_looked_at() -> None:
    bad = "'{{ ( }}'"
    text = flow(
        f"""
        inputs: [{{id: a, type: STRING, defaults: {bad}, description: {bad}}}]
        outputs: [{{id: b, value: [{bad}]}}]
        labels: {{c: 1}}
        triggers:
          - {{id: d, type: {TRIGGER}.Webhook, key: k, when: {bad}, inputs: {{e: {bad}}}}}
        pluginDefaults: [{{type: {LOG}, values: {{timeout: {bad}}}}}]
        """,
        tasks=f"""\
        - {{id: f, type: {LOG}, message: [{bad}], runIf: {bad}}}
        - id: g
          type: io.kestra.plugin.core.flow.LoopUntil
          condition: {bad}
          tasks: [{{id: h, type: {LOG}, message: x, level: {bad}}}]
        """,
    )
    paths = {each.split(" error: ")[1].split(": ")[0] for each in errors(text)}
    assert paths == {
        "inputs.0.defaults",
        "inputs.0.description",
        "outputs.0.value.0",
        "triggers.0.when",
        "triggers.0.inputs.e",
        "tasks.0.timeout",
        "tasks.0.message.0",
        "tasks.0.runIf",
        "tasks.1.condition",
        "tasks.1.tasks.0.level",
    }


@pytest.mark.parametrize("text", ["no expression", "${x}", "{ }", "%}", "100 %"])
def test_what_is_no_expression_is_left_alone(text: str) -> None:
    assert document(log(text)).tasks[0].properties["message"] == text


def test_variables_are_not_rendered_and_so_not_judged() -> None:
    assert document(flow("variables: {x: '{{ ( }}'}")).variables == {"x": "{{ ( }}"}


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("{{ outputs.frist.value }}", "There is no task 'frist'; did you mean 'first'?"),
        ("{{ outputs['frist'] ?? 1 }}", "There is no task 'frist'; did you mean 'first'?"),
        ("{{ inputs.request.nam }}", "There is no input 'request.nam'; did you mean"),
        ("{{ inputs.other }}", "There is no input 'other'"),
        ("{{ vars.there }}", "There is no variable 'there'; did you mean 'here'?"),
        ("{{ json('1') }}", "json is the old name of fromJson."),
    ],
)
def test_names_that_lead_nowhere_are_warnings(expression: str, told: str) -> None:
    text = log(expression)
    document(text)
    (found,) = warnings(text)
    assert found.startswith("flow:6:")
    assert told in found


@pytest.mark.parametrize(
    "expression",
    [
        "{{ outputs.first.value }}",
        "{{ outputs['first'] }}",
        "{{ outputs }}",
        "{{ inputs.request }}",
        "{{ inputs.request.name }}",
        "{{ inputs.request.name.length }}",
        "{{ vars.here }}",
        "{{ trigger.outputs.anything }}",
        "{{ outputs[inputs.request.name] }}",
    ],
)
def test_names_that_may_lead_somewhere_are_not_reported(expression: str) -> None:
    assert warnings(log(expression)) == []


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("type: INT, max: 3, defaults: 4", "must be at most 3, got 4."),
        ("type: DATE, defaults: tomorrow", "must be a date such as 2026-03-01, got 'tomorrow'."),
        ("type: SELECT, values: [a, b], defaults: c", "must be one of: a, b, got 'c'."),
        ("type: STRING, validator: '[a-z]+', defaults: A", "must match the pattern"),
        ("type: ARRAY, itemType: INT, defaults: [1, x]", "must be a whole number, got 'x'."),
        ("type: URI, defaults: localhost", "must be a URL"),
        ("type: YAML, defaults: 'a: ['", "must be YAML: "),
        ("type: FILE, defaults: 'nsfile:///a.csv'", "names a namespace file"),
    ],
)
def test_a_default_must_be_an_answer(keys: str, told: str) -> None:
    (found,) = errors(flow(f"inputs: [{{id: x, {keys}}}]"))
    assert "inputs.0.defaults: " in found
    assert told in found


def test_a_default_that_is_worked_out_later_is_not_judged() -> None:
    assert document(flow("inputs: [{id: x, type: INT, max: 3, defaults: '{{ now() }}'}]"))
    assert document(flow("inputs: [{id: x, type: SELECT, expression: '{{ kv(1) }}', defaults: b}]"))
