"""What the keys of the language become."""

from __future__ import annotations

import hashlib

import pytest

from signoff.yamlflow.document import Concurrency, Input, InputDependency, Output, Retry
from tests.yamlflow.documents import FLOW, LOG, TRIGGER, document, errors, flow, warnings


def test_the_keys_of_a_flow() -> None:
    text = flow("""
        description: About *this*.
        labels: {team: ops, count: 3}
        variables: {x: [1, {y: 2}]}
        disabled: true
        retry: {type: exponential, interval: PT1S, maxInterval: PT1M, maxAttempt: 5}
        concurrency: {limit: 2, behavior: CANCEL}
        outputs:
          - {id: total, type: INT, value: "{{ outputs.hello.value }}", displayName: Total}
        errors: [{id: e, type: io.kestra.plugin.core.log.Log, message: e}]
        finally: [{id: f, type: io.kestra.plugin.core.log.Log, message: f}]
        afterExecution: [{id: g, type: io.kestra.plugin.core.log.Log, message: g}]
        """)
    read = document(text)
    assert (read.namespace, read.id, read.description) == ("company.team", "demo", "About *this*.")
    assert (read.source, read.digest) == (text, hashlib.sha256(text.encode()).hexdigest())
    assert read.labels == {"team": "ops", "count": "3"}
    assert read.variables == {"x": [1, {"y": 2}]}
    assert read.disabled
    assert read.retry == Retry("exponential", interval="PT1S", max_interval="PT1M", max_attempts=5)
    assert read.concurrency == Concurrency(2, "CANCEL")
    (output,) = read.outputs
    assert output == Output("total", "INT", "{{ outputs.hello.value }}", output.mark, "Total")
    assert [each.id for each in read.walk()] == ["hello", "e", "f", "g"]


def test_labels_as_a_list() -> None:
    labels = "[{key: a, value: b}, {key: c, value: 1.10}]"
    assert document(flow(f"labels: {labels}")).labels == {"a": "b", "c": "1.10"}


def test_the_keys_of_a_task() -> None:
    tasks = f"""\
    - id: all
      type: {LOG}
      message: [one, "{{{{ two }}}}", 3]
      description: Words.
      disabled: true
      timeout: PT5M
      retry: {{type: random, minInterval: PT1S, maxInterval: PT2S, warningOnRetry: true}}
      allowFailure: true
      allowWarning: true
      runIf: "{{{{ inputs.x }}}}"
      logLevel: WARN
    """
    (task,) = document(flow(tasks=tasks)).tasks
    assert task.properties == {"message": ["one", "{{ two }}", "3"]}
    assert (task.description, task.disabled, task.timeout) == ("Words.", True, "PT5M")
    assert task.retry == Retry(
        "random", min_interval="PT1S", max_interval="PT2S", warning_on_retry=True
    )
    assert (task.allow_failure, task.allow_warning) == (True, True)
    assert (task.when, task.log_level) == ("{{ inputs.x }}", "WARN")
    assert (task.mark.line, task.mark.column) == (5, 5)


def test_branches_of_flowable_tasks() -> None:
    def log(name: str) -> str:
        return f"{{id: {name}, type: {LOG}, message: x}}"

    tasks = f"""\
    - id: pause
      type: {FLOW}.Pause
      onPause: {log("told")}
      tasks: [{log("after")}]
      errors: [{log("wrong")}]
      finally: []
    - id: if
      type: {FLOW}.If
      condition: "{{{{ x }}}}"
      then: [{log("then")}]
      else: [{log("else")}]
    - id: dag
      type: {FLOW}.Dag
      tasks:
        - task: {log("first")}
        - task: {log("second")}
          dependsOn: [first]
    """
    pause, choice, dag = document(flow(tasks=tasks)).tasks
    assert {name: [each.id for each in tasks] for name, tasks in pause.branches.items()} == {
        "tasks": ["after"],
        "errors": ["wrong"],
        "onPause": ["told"],
    }
    assert [*choice.branches] == ["then", "else"]
    assert dag.depends == {"first": (), "second": ("first",)}
    assert [each.id for each in dag.walk()] == ["dag", "first", "second"]


def test_the_keys_of_inputs() -> None:
    text = flow("""
        inputs:
          - {id: a, type: INT, min: 1, max: 3, defaults: 2}
          - {id: b, type: DATE, after: 2024-01-01, before: 2024-12-31, required: false}
          - {id: c, type: STRING, validator: "[a-z]+", displayName: C, description: See.}
          - {id: d, type: SELECT, values: [yes, no, 3], allowCustomValue: true, isRadio: true}
          - {id: e, type: MULTISELECT, expression: "{{ x }}", itemType: STRING}
          - {id: f, type: ARRAY, itemType: INT, defaults: [1, 2]}
          - {id: g.h, type: STRING, defaults: 1.10, prefill: 0o17}
          - id: i
            type: BOOL
            dependsOn: {inputs: [a, b], condition: "{{ inputs.a > 1 }}"}
        """)
    a, b, c, d, e, f, g, i = document(text).inputs
    assert (a.minimum, a.maximum, a.defaults, a.has_defaults) == (1, 3, 2, True)
    assert (b.minimum, b.maximum, b.required, b.has_defaults) == (
        "2024-01-01",
        "2024-12-31",
        False,
        False,
    )
    assert (c.validator, c.display_name, c.description) == ("[a-z]+", "C", "See.")
    assert d.values == ("yes", "no", "3")
    assert d.options == {"allowCustomValue": True, "isRadio": True}
    assert (e.expression, e.item_type) == ("{{ x }}", "STRING")
    assert (f.defaults, f.item_type) == ([1, 2], "INT")
    assert (g.defaults, g.prefill) == ("1.10", "0o17")
    assert i.depends_on == InputDependency(("a", "b"), "{{ inputs.a > 1 }}")
    assert isinstance(i, Input)


OLD = [
    ("id: p\n  type: io.kestra.core.tasks.flows.Pause", "is the old name of"),
    (f"id: p\n  type: {FLOW}.Pause\n  delay: PT1H", "tasks.0.delay: is the old name of `pause"),
    (
        f"id: p\n  type: {FLOW}.EachSequential\n  value: [1]\n  tasks: [{{id: x, type: {LOG}, "
        "message: x}]",
        "EachSequential is an old type.",
    ),
    (
        f"id: p\n  type: {FLOW}.Pause\n  tasks: [{{id: x, type: {LOG}, message: x}}]",
        "tasks.0.tasks: is deprecated; put them after the Pause.",
    ),
    (f"id: p\n  type: {LOG}\n  message: x\n  logToFile: true", "logToFile: has no effect: logs"),
    (
        "id: p\n  type: io.kestra.plugin.scripts.python.Script\n  script: x\n"
        "  containerImage: python",
        "tasks.0.containerImage: has no effect: it runs in a process",
    ),
    (
        "id: p\n  type: io.kestra.plugin.scripts.python.Script\n  script: x\n"
        "  taskRunner: {type: io.kestra.plugin.scripts.runner.docker.Docker}",
        "tasks.0.taskRunner: has no effect: it runs in a process",
    ),
]


@pytest.mark.parametrize(("task", "told"), OLD)
def test_what_is_old_or_without_effect_is_told(task: str, told: str) -> None:
    text = flow(tasks=f"- {task}\n")
    document(text)
    assert any(told in each for each in warnings(text))


def test_a_process_runner_is_what_one_gets_anyway() -> None:
    text = flow(
        tasks="""\
        - id: p
          type: io.kestra.plugin.scripts.shell.Commands
          commands: [ls]
          taskRunner: {type: io.kestra.plugin.core.runner.Process}
        """
    )
    assert warnings(text) == []


def test_old_names_become_new_ones() -> None:
    tasks = f"""\
    - id: each
      type: {FLOW}.EachParallel
      value: '["a", "b"]'
      concurrent: 2
      tasks: [{{id: x, type: {LOG}, message: x}}]
    """
    text = flow("inputs: [{name: kind, type: ENUM, values: [a]}]", tasks=tasks)
    read = document(text)
    assert read.tasks[0].properties == {"values": '["a", "b"]', "concurrencyLimit": 2}
    assert (read.inputs[0].id, read.inputs[0].type) == ("kind", "SELECT")
    assert len(warnings(text)) == 5


DEFAULTS = """
pluginDefaults:
  - type: io.kestra.plugin.core.log.Log
    values: {level: WARN, message: default}
  - type: io.kestra.plugin.core.log
    forced: true
    values: {allowFailure: true, containerImage: nothing}
  - type: io.kestra.plugin.core.http.Request
    values: {options: {readTimeout: PT1M, allowFailed: true}, headers: {a: b}}
"""


def test_plugin_defaults_are_merged() -> None:
    tasks = f"""\
    - {{id: a, type: {LOG}}}
    - {{id: b, type: {LOG}, message: own, level: ERROR, allowFailure: false}}
    - id: c
      type: io.kestra.plugin.core.http.Request
      uri: http://localhost
      options: {{allowFailed: false}}
      headers: {{c: d}}
    """
    a, b, c = document(flow(DEFAULTS, tasks=tasks)).tasks
    assert (a.properties, a.allow_failure) == ({"level": "WARN", "message": "default"}, True)
    assert (b.properties, b.allow_failure) == ({"level": "ERROR", "message": "own"}, True)
    assert c.properties["options"] == {"readTimeout": "PT1M", "allowFailed": False}
    assert c.properties["headers"] == {"a": "b", "c": "d"}


def test_wrong_plugin_defaults_are_told_where_they_stand() -> None:
    text = flow("""
        taskDefaults:
          - {type: io.kestra.plugin.core.log.Log, values: {levl: WARN, level: LOUD}}
          - {type: com.example, values: {}}
          - {values: 3}
        """)
    told = "\n".join(errors(text))
    assert "flow:4:52: error: pluginDefaults.levl: There is no property 'levl'" in told
    assert "LOUD" in told
    assert "`values` must be a map of properties" in told
    assert any("no type is named 'com.example'" in each for each in warnings(text))


def test_triggers() -> None:
    text = flow(f"""
        triggers:
          - id: daily
            type: {TRIGGER}.Schedule
            cron: "@daily"
            timezone: Europe/Berlin
            inputs: {{n: 3}}
            lateMaximumDelay: PT1H
            recoverMissedSchedules: NONE
          - id: seconds
            type: {TRIGGER}.Schedule
            cron: "*/5 * * * * *"
            withSeconds: true
          - {{id: hook, type: {TRIGGER}.Webhook, key: abc, when: "{{{{ trigger.body.x }}}}"}}
          - id: other
            type: {TRIGGER}.Flow
            disabled: true
            states: [PAUSED]
            preconditions:
              id: both
              flows: [{{namespace: a, flowId: b, states: [SUCCESS]}}, {{namespace: a, flowId: c}}]
              timeWindow: {{type: DURATION_WINDOW, window: PT1H}}
              resetOnSuccess: false
        """)
    daily, seconds, hook, other = document(text).triggers
    assert (daily.kind, daily.inputs) == ("schedule", {"n": 3})
    assert daily.properties == {
        "cron": "@daily",
        "withSeconds": False,
        "timezone": "Europe/Berlin",
        "lateMaximumDelay": "PT1H",
        "recoverMissedSchedules": "NONE",
    }
    assert seconds.properties["withSeconds"] is True
    assert (hook.kind, hook.when, hook.properties) == (
        "webhook",
        ("{{ trigger.body.x }}",),
        {"key": "abc"},
    )
    assert (other.kind, other.disabled, other.properties) == (
        "flow",
        True,
        {
            "states": ["PAUSED"],
            "flows": [
                {"namespace": "a", "flowId": "b", "states": ["SUCCESS"]},
                {"namespace": "a", "flowId": "c"},
            ],
            "window": "PT1H",
            "resetOnSuccess": False,
        },
    )


CONDITIONS = [
    ("Expression", "expression: '{{ x == 1 }}'", "{{ (x == 1) }}"),
    ("DayWeek", "dayOfWeek: MONDAY", "{{ ((trigger.date | date('EEEE')) | upper) == 'MONDAY' }}"),
    (
        "ExecutionNamespace",
        "namespace: a, comparison: PREFIX",
        "{{ (trigger.namespace | startsWith('a')) }}",
    ),
    (
        "Not",
        "conditions: [{type: io.kestra.plugin.core.condition.Expression, expression: '{{ a }}'}]",
        "{{ not (((a))) }}",
    ),
    ("ExecutionStatus", "notIn: [FAILED]", "{{ not (['FAILED'] contains trigger.state) }}"),
    (
        "TimeBetween",
        "after: '09:00:00'",
        "{{ ((trigger.date | date('HH:mm:ss')) > '09:00:00') }}",
    ),
]


@pytest.mark.parametrize(("name", "values", "when"), CONDITIONS)
@pytest.mark.parametrize(
    "full",
    ["io.kestra.plugin.core.condition.{}", "io.kestra.core.models.conditions.types.{}Condition"],
)
def test_older_conditions_become_expressions(name: str, values: str, when: str, full: str) -> None:
    text = flow(f"""
        triggers:
          - id: t
            type: {TRIGGER}.Flow
            conditions: [{{type: {full.format(name)}, {values}}}]
        """)
    assert document(text).triggers[0].when == (when,)


def test_older_conditions_name_flows_and_states() -> None:
    old = "io.kestra.core.models.conditions.types"
    text = flow(f"""
        triggers:
          - id: t
            type: io.kestra.core.models.triggers.types.Flow
            conditions:
              - {{type: {old}.ExecutionFlowCondition, namespace: a, flowId: b}}
              - {{type: {old}.ExecutionStatusCondition, in: [SUCCESS]}}
        """)
    properties = document(text).triggers[0].properties
    assert properties["flows"] == [{"namespace": "a", "flowId": "b"}]
    assert properties["states"] == ["SUCCESS"]


def test_a_condition_that_is_not_read_is_refused() -> None:
    text = flow(f"""
        triggers:
          - id: t
            type: {TRIGGER}.Schedule
            cron: "@daily"
            conditions: [{{type: io.kestra.plugin.core.condition.FullMoon}}]
        """)
    (told,) = errors(text)
    assert "'FullMoon'" in told
    assert "Say it with `when` instead." in told


def test_a_loop_over_nothing_is_a_loop() -> None:
    loop = f"""
        - id: loop
          type: {FLOW}.ForEach
          values: []
          tasks: [{{id: one, type: {LOG}, message: hi}}]
        """
    assert document(flow(tasks=loop)).tasks[0].properties["values"] == []
    assert "must not be empty" in str(errors(flow(tasks=loop.replace("values: []", "values:"))))
