"""Conditions of older versions mean, as expressions, what they meant."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from signoff.core.expressions.ports import Lookups
from signoff.core.expressions.rendering import render_value
from signoff.yamlflow.reading import load_document
from signoff.yamlflow.truth import truthy
from tests.yamlflow.documents import TRIGGER, document, errors, flow, warnings

MONDAY = "2024-07-01T10:00:00+02:00"
LOOKUPS = Lookups(
    now=lambda: datetime(2024, 7, 1, tzinfo=UTC),
    new_id=lambda: "id",
    random=lambda: 0.5,
    secret=lambda name: {}[name],
    key_value=lambda key, namespace: {}[key],
    read_file=lambda uri: {}[uri],
    error_logs=list,
)
SEEN = {
    "date": MONDAY,
    "namespace": "company.team",
    "flowId": "it's",
    "state": "FAILED",
    "outputs": {"n": 3},
}

HOLDS: list[tuple[str, str, bool]] = [
    ("Expression", "expression: '{{ trigger.outputs.n > 2 }}'", True),
    ("Expression", "expression: '{{ trigger.outputs.n > 3 }}'", False),
    ("ExecutionOutputs", "expression: '{{ trigger.outputs.n == 3 }}'", True),
    ("DayWeek", "dayOfWeek: MONDAY", True),
    ("DayWeek", "dayOfWeek: TUESDAY, date: '{{ trigger.date }}'", False),
    ("Weekend", "", False),
    ("Not", "conditions: [{type: io.kestra.plugin.core.condition.Weekend}]", True),
    (
        "Or",
        "conditions: [{type: io.kestra.plugin.core.condition.Weekend}, "
        "{type: io.kestra.plugin.core.condition.DayWeek, dayOfWeek: MONDAY}]",
        True,
    ),
    ("TimeBetween", "after: '09:00:00', before: '11:00:00'", True),
    ("TimeBetween", "after: '10:00:00'", False),
    ("TimeBetween", "after: '07:59:59Z', before: '08:00:01Z'", True),
    ("TimeBetween", "after: '09:00:00Z'", False),
    ("TimeBetween", "after: '12:59:00+05:00', before: '13:01:00+05:00'", True),
    ("DayWeekInMonth", "dayOfWeek: MONDAY, dayInMonth: FIRST", True),
    ("DayWeekInMonth", "dayOfWeek: MONDAY, dayInMonth: LAST, date: '{{ trigger.date }}'", False),
    ("DateTimeBetween", "after: '2024-07-01T07:59:59Z', before: '2024-07-01T08:00:01Z'", True),
    ("DateTimeBetween", "after: '2024-07-01T09:00:00Z'", False),
    ("ExecutionNamespace", "namespace: company, comparison: PREFIX", True),
    ("ExecutionNamespace", "namespace: team, comparison: SUFFIX", True),
    ("ExecutionNamespace", "namespace: company", False),
    ("ExecutionStatus", "notIn: [FAILED, KILLED]", False),
    ("ExecutionStatus", "notIn: [KILLED]", True),
]

FILTERS: list[tuple[str, bool]] = [
    ("{field: FLOW_ID, type: EQUAL_TO, value: it's}", True),
    ("{field: FLOW_ID, type: NOT_EQUAL_TO, value: it's}", False),
    ("{field: NAMESPACE, type: STARTS_WITH, value: company.}", True),
    ("{field: NAMESPACE, type: ENDS_WITH, value: company}", False),
    ("{field: NAMESPACE, type: CONTAINS, value: any}", True),
    ("{field: STATE, type: IN, value: [FAILED, WARNING]}", True),
    ("{field: STATE, type: NOT_IN, values: [FAILED]}", False),
    ("{field: FLOW_ID, type: NOT_STARTS_WITH, value: it}", False),
    ("{field: FLOW_ID, type: NOT_CONTAINS, value: x}", True),
    ("{field: EXPRESSION, expression: '{{ trigger.outputs.n > 2 }}', type: IS_TRUE}", True),
    ("{field: EXPRESSION, expression: '{{ trigger.outputs.n }}', type: IS_NULL}", False),
    ("{field: EXPRESSION, expression: 'n{{ 1 }}', type: EQUAL_TO, value: n1}", True),
]


def holds(text: str) -> bool:
    (trigger,) = document(text).triggers
    assert warnings(text) == []
    return all(truthy(render_value(each, {"trigger": SEEN}, LOOKUPS)) for each in trigger.when)


@pytest.mark.parametrize(("name", "values", "expected"), HOLDS)
def test_a_condition(name: str, values: str, expected: bool) -> None:
    full = f"io.kestra.plugin.core.condition.{name}"
    condition = f"{{type: {full}{', ' if values else ''}{values}}}"
    trigger = f"{{id: t, type: {TRIGGER}.Flow, conditions: [{condition}]}}"
    assert holds(flow(f"triggers: [{trigger}]")) is expected


@pytest.mark.parametrize(("condition", "expected"), FILTERS)
def test_a_filter_of_preconditions(condition: str, expected: bool) -> None:
    where = f"[{{id: w, filters: [{condition}]}}]"
    trigger = f"{{id: t, type: {TRIGGER}.Flow, preconditions: {{id: p, where: {where}}}}}"
    assert holds(flow(f"triggers: [{trigger}]")) is expected


def test_filters_joined_by_or() -> None:
    filters = (
        "[{field: STATE, type: EQUAL_TO, value: SUCCESS}, "
        "{field: STATE, type: EQUAL_TO, value: FAILED}]"
    )
    where = f"[{{id: w, operand: OR, filters: {filters}}}]"
    trigger = f"{{id: t, type: {TRIGGER}.Flow, preconditions: {{id: p, where: {where}}}}}"
    assert holds(flow(f"triggers: [{trigger}]"))


def test_labels_are_those_of_the_run_that_is_seen() -> None:
    named = "io.kestra.plugin.core.condition"
    text = f"""
triggers:
  - id: t
    type: {TRIGGER}.Flow
    conditions:
      - {{type: {named}.ExecutionFlow, namespace: company.team, flowId: a}}
      - {{type: {named}.ExecutionLabels, labels: [{{key: env, value: prod}}]}}
"""
    (trigger,) = document(flow(text)).triggers
    assert trigger.properties["flows"] == [
        {"namespace": "company.team", "flowId": "a", "labels": {"env": "prod"}}
    ]


def test_several_flows_within_a_window() -> None:
    named = "io.kestra.plugin.core.condition"
    text = f"""
triggers:
  - id: t
    type: {TRIGGER}.Flow
    conditions:
      - {{type: {named}.ExecutionStatus, in: [SUCCESS]}}
      - id: multiple
        type: {named}.MultipleCondition
        window: P1D
        windowAdvance: P0D
        conditions:
          a: {{type: {named}.ExecutionFlow, namespace: company.team, flowId: a}}
          b: {{type: {named}.ExecutionFlow, namespace: company.team, flowId: b}}
"""
    (trigger,) = document(flow(text)).triggers
    assert [each["flowId"] for each in trigger.properties["flows"]] == ["a", "b"]
    assert (trigger.properties["window"], trigger.properties["states"]) == ("P1D", ["SUCCESS"])


@pytest.mark.parametrize(
    ("name", "hint"),
    [("PublicHoliday", r"kv\('holidays'\)"), ("HasRetryAttempt", "trigger.outputs")],
)
def test_conditions_that_are_known_and_not_there(name: str, hint: str) -> None:
    condition = f"{{type: io.kestra.plugin.core.condition.{name}}}"
    trigger = f"{{id: t, type: {TRIGGER}.Flow, conditions: [{condition}]}}"
    (told,) = errors(flow(f"triggers: [{trigger}]"))
    assert re.search(f"The condition '{name}' is not supported; .*{hint}", told)


@pytest.mark.parametrize(
    "keys",
    [
        "conditions: [{type: io.kestra.plugin.core.condition.DayWeek}]",
        "conditions: [5]",
        "conditions: {type: 3}",
        "preconditions: 5",
        "preconditions: {where: [{filters: [{field: X}]}]}",
        "preconditions: {timeWindow: {type: DAILY_TIME_WINDOW}}",
        "preconditions: {flow: []}",
    ],
)
def test_what_cannot_be_said_is_refused(keys: str) -> None:
    loaded: Any = load_document(flow(f"triggers: [{{id: t, type: {TRIGGER}.Flow, {keys}}}]"))
    assert loaded.document is None
    assert any(each.dotted.startswith("triggers.0.") for each in loaded.problems)
