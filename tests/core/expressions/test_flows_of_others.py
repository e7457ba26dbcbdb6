"""Expressions as they stand in the documentation that people copy their flows from."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from signoff.core.expressions.rendering import render_text
from tests.core.expressions.world import LOOKUPS, text

pytestmark = pytest.mark.rules

VARIABLES: dict[str, object] = {
    "flow": {"id": "vacation_approval_process", "namespace": "company.team"},
    "execution": {
        "id": "4hTjpZ",
        "state": "SUCCESS",
        "startDate": datetime(2024, 7, 9, 6, 17, 1, tzinfo=UTC),
    },
    "inputs": {
        "date": "2024-02-24T22:00:00.000Z",
        "user": "Rick",
        "message": 'two\nlines of "text"',
        "request": {
            "name": "Rick Astley",
            "start_date": "2024-07-01",
            "end_date": "2024-07-07",
        },
        "payload": {
            "name": "John Doe",
            "score": {"English": 72, "Maths": 88, "French": 95, "Spanish": 85, "Science": 91},
            "address": {"city": "Paris", "country": "France"},
            "graduation_years": [2020, 2021, 2022, 2023],
        },
        "mainString": "a substring",
        "subString": "string",
    },
    "outputs": {
        "waitForApproval": {"onResume": {"approved": True, "reason": "Approved"}},
        "approve": {"body": '{"id": 7}', "code": 200},
        "second-task": {"value": "two"},
        "task1": {"value": 1, "text": "awesome1"},
    },
    "vars": {
        "day_of_week": "{{ trigger.date ?? inputs.date | date('EEEE') }}",
        "full_date": "{{ vars.day_of_week }}, the "
        "{{ trigger.date ?? inputs.date | date('yyyy-MM-dd') }}",
        "full_date_concat": "{{ vars.day_of_week ~ ', the ' ~ "
        "(trigger.date ?? inputs.date | date('yyyy-MM-dd')) }}",
        "greeting_concat": "{{'Hello, ' ~ inputs.user ~ ' on ' ~ vars.full_date }}",
        "greeting_brackets": "Hello, {{ inputs.user }} on {{ vars.full_date }}",
        "yesterday": "{{ trigger.date ?? (execution.startDate | dateAdd(-1, 'DAYS')) }}",
    },
    "taskrun": {"value": '{"name": "bravo", "value": 2}'},
    "users": ["one"],
    "foo": "foo",
}
ROWS = [
    (
        "{{flow.namespace}}/{{flow.id}}/{{execution.id}}",
        "company.team/vacation_approval_process/4hTjpZ",
    ),
    (
        "{{ inputs.request }}",
        '{"name":"Rick Astley","start_date":"2024-07-01","end_date":"2024-07-07"}',
    ),
    (
        "Status is {{ outputs.waitForApproval.onResume.reason }}."
        " Process finished with {{ outputs.approve.body }}",
        'Status is Approved. Process finished with {"id": 7}',
    ),
    ("{{ outputs['second-task'].value }}", "two"),
    ("{{ outputs | jq('.task1.value') | first }}", "1"),
    ("{{ fromJson(outputs.approve.body).id }}", "7"),
    ("{{ execution.state isIn ['SUCCESS', 'KILLED', 'CANCELLED'] }}", "true"),
    ("{{ render(vars.greeting_concat) }}", "Hello, Rick on Saturday, the 2024-02-24"),
    ("{{ render(vars.greeting_brackets) }}", "Hello, Rick on Saturday, the 2024-02-24"),
    ("{{ render(vars.full_date_concat) }}", "Saturday, the 2024-02-24"),
    (
        "{{ render(vars.full_date, recursive=false) }}",
        "{{ trigger.date ?? inputs.date | date('EEEE') }}, the 2024-02-24",
    ),
    ("{{ render(vars.yesterday) }}", "2024-07-08T06:17:01Z"),
    (
        "{{ render('{{ trigger.date ?? execution.startDate | date(\"yyyy-MM-dd\") }}') }}",
        "2024-07-09",
    ),
    (
        '{{ {\n  "user": inputs.user,\n  "message": inputs.message\n} }}',
        '{"user":"Rick","message":"two\\nlines of \\"text\\""}',
    ),
    (
        "{{ inputs.payload.score.English + inputs.payload.score.French"
        " + inputs.payload.score.Spanish }}",
        "252",
    ),
    ("{{ inputs.payload.score | length }}", "5"),
    (
        "{{ inputs.payload.score | values | jq('reduce .[] as $num (0; .+$num)') | first }}",
        "431",
    ),
    (
        "{{ inputs.payload.address.city }}, {{ inputs.payload.address.country | upper }}",
        "Paris, FRANCE",
    ),
    ("{{ inputs.payload.graduation_years | last }}", "2023"),
    ("{{ fromJson(taskrun.value) | jq('.value * 2') | first }}", "4"),
    ("{{ inputs.mainString contains inputs.subString }}", "true"),
    ("{% if users is empty %}no{% elseif users.length == 1 %}one{% else %}many{% endif %}", "one"),
    ("{% if (3 is not even) and (2 is odd or 3 is even) %}a{% else %}b{% endif %}", "b"),
    ("{{ foo == null ? bar : foo }}", "foo"),
    (
        '{{ "When life gives you lemons, make lemonade." | upper | abbreviate(13) }}',
        "WHEN LIFE ...",
    ),
    (
        "{{ \"I like %this% and %that%.\" | replace({'%this%': foo, '%that%': \"bar\"}) }}",
        "I like foo and bar.",
    ),
    (
        '{{ execution.startDate | date("yyyy-MM-dd HH:mm:ss.SSSSSS") }}',
        "2024-07-09 06:17:01.000000",
    ),
    ("{{ 100 + 10l * 2.5 }}", "125.0"),
    ("{{ yaml('foo: [666, 1, 2]').foo[0] }}", "666"),
    ("{% for i in 0..3 %}{{ i }},{% endfor %}", "0,1,2,3,"),
]


@pytest.mark.parametrize(("template", "result"), ROWS)
def test_rendered(template: str, result: str) -> None:
    assert render_text(template, VARIABLES, LOOKUPS) == result


def test_a_payload_keeps_everything_around_its_expressions() -> None:
    """The payload of the vacation example, line breaks, indentation and braces included."""
    payload = '{\n  "channel": "#vacation",\n  "text": "For {{ inputs.name }}. `Resume` {x}"\n}\n'
    assert text(payload) == payload.replace("{{ inputs.name }}", "Rick")
