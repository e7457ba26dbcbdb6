"""What the package offers to others: texts, values, conditions, trees, and what a template uses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from signoff.core.expressions.ports import Lookups
from signoff.core.expressions.rendering import (
    deprecated,
    parse_template,
    paths,
    references,
    render_text,
    render_tree,
    render_value,
)
from signoff.model.errors import ExpressionError
from tests.core.expressions.world import LOOKUPS, VARIABLES, text

pytestmark = pytest.mark.rules


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("{{ inputs.count }}", 3),
        ("  {{ inputs.count }}\n", 3),
        ("{{ inputs.list }}", ["a", "b", "c"]),
        ("{{ inputs.none }}", None),
        ("{{ inputs.yes }}", True),
        ("{{- inputs.request -}}", {"name": "Rick Astley", "start_date": "2024-07-01"}),
        ("{# why #}{{ inputs.count }}", 3),
        ("{{ inputs.count }}{{ inputs.count }}", "33"),
        ("n={{ inputs.count }}", "n=3"),
        ("{% if true %}{{ inputs.count }}{% endif %}", "3"),
        ("3", "3"),
        ("", ""),
    ],
)
def test_a_lone_expression_keeps_its_type(template: str, result: object) -> None:
    found = render_value(template, VARIABLES, LOOKUPS)
    assert found == result
    assert type(found) is type(result)


def test_a_moment_keeps_its_type() -> None:
    assert isinstance(render_value("{{ now() }}", {}, LOOKUPS), datetime)


def test_trees() -> None:
    tree = {
        "{{ inputs.name }}": ["{{ inputs.count }}", 7, None, True],
        "map": {"n": "{{ inputs.count }} times"},
        5: "{{ inputs.list }}",
    }
    assert render_tree(tree, VARIABLES, LOOKUPS, typed=True) == {
        "Rick": [3, 7, None, True],
        "map": {"n": "3 times"},
        5: ["a", "b", "c"],
    }
    assert render_tree(tree, VARIABLES, LOOKUPS, typed=False) == {
        "Rick": ["3", 7, None, True],
        "map": {"n": "3 times"},
        5: '["a","b","c"]',
    }


def test_two_keys_must_not_become_one() -> None:
    with pytest.raises(ExpressionError, match="two keys of a map render to `Rick`"):
        render_tree({"{{ inputs.name }}": 1, "Rick": 2}, VARIABLES, LOOKUPS, typed=False)


def test_values_of_variables_are_not_rendered_again() -> None:
    assert text("{{ vars.greeting }}") == "Hello {{ inputs.name }}"
    assert text("{{ render(vars.nested) }}") == "Hello Rick!"
    assert text("{{ render(vars.nested, recursive=false) }}") == "Hello {{ inputs.name }}!"
    assert text("{{ renderOnce(vars.nested) }}") == "Hello {{ inputs.name }}!"
    assert text("{{ render(vars).greeting }}") == "Hello Rick"
    assert text("{% set who = 'x' %}{{ render('{{ who }}') }}") == "x"


def test_rendering_again_and_again_ends() -> None:
    with pytest.raises(ExpressionError, match="more than 10 times"):
        text("{{ render(a) }}", {"a": "{{ a }}x{{ a }}"})


def test_a_template_is_read_once() -> None:
    assert parse_template("{{ a }}") is parse_template("{{ a }}")
    template = parse_template("{{ a }}!")
    assert render_text(template, {"a": 1}, LOOKUPS) == "1!"


@pytest.mark.parametrize(
    ("template", "used", "all_paths"),
    [
        ("plain", set(), set()),
        ("{{ outputs.a.value }}", {"outputs.a"}, {("outputs", "a", "value")}),
        ("{{ outputs['a-b'].value }}", {"outputs.a-b"}, {("outputs", "a-b", "value")}),
        (
            "{{ outputs.a[taskrun.value].x }}",
            {"outputs.a", "taskrun.value"},
            {("outputs", "a"), ("taskrun", "value")},
        ),
        (
            "{{ outputs[inputs.which] }}",
            {"outputs", "inputs.which"},
            {("outputs",), ("inputs", "which")},
        ),
        ("{{ a ?? b | default(c) }}", {"a", "b", "c"}, {("a",), ("b",), ("c",)}),
        (
            "{% for x in inputs.list %}{{ x.y }}{{ loop.index }}{{ z }}{% endfor %}",
            {"inputs.list", "z"},
            {("inputs", "list"), ("z",)},
        ),
        (
            "{% set s = q %}{{ s }}{% if w is defined %}{{ r }}{% endif %}",
            {"q", "w", "r"},
            {("q",), ("w",), ("r",)},
        ),
        ("{% macro m(a=d) %}{{ a }}{% endmacro %}{{ m(e) }}", {"d", "e"}, {("d",), ("e",)}),
        ('{{ "x #{inputs.n}" }}', {"inputs.n"}, {("inputs", "n")}),
        ("{{ inputs.list.size() }}", {"inputs.list"}, {("inputs", "list")}),
        ("{{ (outputs.a | first).b }}", {"outputs.a"}, {("outputs", "a")}),
    ],
)
def test_what_a_template_reads(
    template: str, used: set[str], all_paths: set[tuple[str, ...]]
) -> None:
    assert references(parse_template(template)) == used
    assert paths(parse_template(template)) == all_paths


def test_older_names_are_told() -> None:
    template = parse_template("{{ json('1') | json | upper }}{{ fileEmpty('a') }}{{ now() }}")
    assert deprecated(template) in (
        {"json": "fromJson", "fileEmpty": "isFileEmpty"},
        {"json": "toJson", "fileEmpty": "isFileEmpty"},
    )


def test_look_ups_happen_only_when_asked_for() -> None:
    def never(*_: object) -> str:
        raise AssertionError("looked up")

    lookups = replace(LOOKUPS, secret=never, read_file=never)
    assert render_text("{{ true ? 'a' : secret('x') }}", {}, lookups) == "a"


@pytest.mark.parametrize("error", [OSError("disk"), ValueError("not text"), LookupError("here")])
def test_look_ups_that_fail(error: Exception) -> None:
    def fail(path: str) -> str:
        raise error

    with pytest.raises(ExpressionError, match=f"function `read`: failed: {error}"):
        render_text("{{ read('x') }}", {}, replace(LOOKUPS, read_file=fail))


def test_what_is_not_passed_in_says_so() -> None:
    few = Lookups(
        now=LOOKUPS.now,
        new_id=LOOKUPS.new_id,
        random=LOOKUPS.random,
        secret=LOOKUPS.secret,
        key_value=LOOKUPS.key_value,
        read_file=LOOKUPS.read_file,
        error_logs=LOOKUPS.error_logs,
    )
    assert render_text("{{ fileURI('a/b.txt') }}", {}, few) == "nsfile:///a/b.txt"
    with pytest.raises(ExpressionError, match="cannot be looked up here"):
        render_text("{{ fileSize('a') }}", {}, few)


def test_outputs_of_the_same_turn() -> None:
    variables = {
        "taskrun": {"value": "x"},
        "parents": [{"taskrun": {"value": "b"}}, {"taskrun": {}}, {"taskrun": {"value": "a"}}],
        "outputs": {"t": {"a": {"b": {"x": {"value": "found"}}}}},
    }
    assert text("{{ currentEachOutput(outputs.t).value }}", variables) == "found"


def test_tasks_in_loops_have_states_too() -> None:
    variables = {"tasks": {"t": {"a": {"state": "FAILED"}, "b": {"state": "SUCCESS"}}}}
    assert text("{{ tasksWithState('FAILED') }}", variables) == (
        '[{"taskId":"t","state":"FAILED","value":"a"}]'
    )
