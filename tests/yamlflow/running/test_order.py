"""What runs, in which order, and what a run comes to: branches, ends, skips, retries."""

from __future__ import annotations

import pytest

from signoff import tags
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.yamlflow.running.runs import ended, flow, lines, states

pytestmark = pytest.mark.usefixtures("home")

SAY = "io.kestra.plugin.core.log.Log"
FAIL = "io.kestra.plugin.core.execution.Fail"
GIVE = "io.kestra.plugin.core.debug.Return"
FLOW = "io.kestra.plugin.core.flow"


def test_tasks_run_in_order_and_see_what_came_before() -> None:
    state = ended(
        f"""
        - {{id: one, type: {GIVE}, format: "{{{{ inputs.name }}}}"}}
        - {{id: two, type: {SAY}, message: "Hello {{{{ outputs.one.value }}}}"}}
        """,
        """
        inputs:
          - {id: name, type: STRING}
        outputs:
          - {id: greeted, type: STRING, value: "{{ outputs.one.value }}"}
        """,
        name="Ada",
    )
    assert state.result() == {"greeted": "Ada"}
    assert states() == {"one": "Completed", "two": "Completed"}
    assert "Hello Ada" in lines()


def test_the_run_fails_with_its_task_and_runs_errors_finally_and_after() -> None:
    state = ended(
        f"""
        - {{id: breaks, type: {FAIL}, errorMessage: "out of paper"}}
        - {{id: never, type: {SAY}, message: no}}
        """,
        f"""
        errors:
          - {{id: sorry, type: {SAY}, message: "{{{{ errorLogs()[0].taskId }}}} failed"}}
        finally:
          - {{id: tidy, type: {SAY}, message: "tidy"}}
        afterExecution:
          - {{id: after, type: {SAY}, message: "it was {{{{ execution.state }}}}"}}
        """,
    )
    assert (state.type, state.name) == (StateType.FAILED, "Failed")
    assert "out of paper" in (state.message or "")
    expected = {"breaks": "Failed", "sorry": "Completed", "tidy": "Completed", "after": "Completed"}
    assert states() == expected
    assert {"breaks failed", "tidy", "it was FAILED"} <= set(lines())


def test_a_failure_may_be_allowed() -> None:
    state = ended(
        f"""
        - {{id: breaks, type: {FAIL}, allowFailure: true}}
        - {{id: goes_on, type: {SAY}, message: "{{{{ tasks.breaks.state }}}}"}}
        """,
        f"errors: [{{id: never, type: {SAY}, message: no}}]",
    )
    assert (state.type, state.name) == (StateType.COMPLETED, "Warning")
    assert states() == {"breaks": "Warning", "goes_on": "Completed"}
    assert "WARNING" in lines()


def test_a_warning_may_be_allowed() -> None:
    state = ended(f"- {{id: breaks, type: {FAIL}, allowFailure: true, allowWarning: true}}")
    assert (state.name, states()) == ("Completed", {"breaks": "Completed"})


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("false", "Skipped"),
        ("{{ 0 }}", "Skipped"),
        ("{{ inputs.go }}", "Completed"),
        ("{{ not inputs.go }}", "Skipped"),
        ("{{ nothing }}", "Failed"),
    ],
)
def test_a_condition_decides_whether_a_task_runs(when: str, expected: str) -> None:
    ended(
        f"- {{id: maybe, type: {SAY}, message: hi, runIf: '{when}'}}",
        "inputs: [{id: go, type: BOOL, defaults: true}]",
    )
    assert states() == {"maybe": expected}


def test_a_disabled_task_leaves_no_trace() -> None:
    ended(
        f"""
        - {{id: off, type: {FAIL}, disabled: true}}
        - {{id: on, type: {SAY}, message: hi}}
        """
    )
    assert states() == {"on": "Completed"}


def test_a_wrong_expression_names_task_property_and_place() -> None:
    state = ended(f'- {{id: wrong, type: {SAY}, message: "{{{{ outputs.nothing.value }}}}"}}')
    message = state.message or ""
    for part in ("'wrong'", "flow:5:5", "'message'", "nothing"):
        assert part in message, message


def test_a_task_is_tried_again() -> None:
    state = ended(
        f"""
        - id: third_time
          type: {FAIL}
          condition: "{{{{ taskrun.attemptsCount < 2 }}}}"
          retry: {{type: constant, interval: PT0.01S, maxAttempts: 3}}
        """
    )
    assert state.is_completed()
    (task,) = desk.tasks(desk.only_run().id)
    assert task.run_count == 3


def test_a_success_after_a_retry_may_warn() -> None:
    state = ended(
        f"""
        - id: second_time
          type: {FAIL}
          condition: "{{{{ taskrun.attemptsCount < 1 }}}}"
          retry: {{type: constant, interval: PT0.01S, maxAttempts: 3, warningOnRetry: true}}
        """
    )
    assert state.name == "Warning"


def test_retries_end_with_their_time() -> None:
    ended(
        f"""
        - id: never
          type: {FAIL}
          retry: {{type: constant, interval: PT0.01S, maxDuration: PT0.05S}}
        """
    )
    assert states() == {"never": "Failed"}


def test_a_flow_is_tried_again_within_its_time() -> None:
    state = ended(
        f"""
        - id: never
          type: {FAIL}
        """,
        "retry: {type: constant, interval: PT0S, maxAttempts: 3, maxDuration: PT24H}",
    )
    assert state.type is StateType.FAILED
    assert desk.only_run().run_count == 3


@pytest.mark.parametrize("limit", ["PT0S", "PT0.2S"])
def test_retries_of_a_flow_end_with_its_time(limit: str) -> None:
    state = ended(
        f"""
        - id: never
          type: {FAIL}
        """,
        f"""
        retry: {{type: constant, interval: PT0.01S, maxDuration: {limit}}}
        errors:
          - {{id: told, type: {SAY}, message: no more}}
        """,
    )
    assert state.type is StateType.FAILED
    # Only the last attempt is followed by what the document says of failures.
    assert lines().count("no more") == 1
    if limit == "PT0S":
        assert desk.only_run().run_count == 1


def test_no_run_is_made_in_place_of_one_that_failed_too_late() -> None:
    rest = """
    retry:
      type: constant
      interval: PT0S
      maxDuration: LIMIT
      behavior: CREATE_NEW_EXECUTION
    """
    fails = f"- {{id: never, type: {FAIL}}}"
    assert ended(fails, rest.replace("LIMIT", "PT0S")).name == "Failed"
    with tags("system.attempt:7", "system.retryUntil:1000000"):
        # Counted from the first of them, which this one knows of.
        assert ended(fails, rest.replace("LIMIT", "PT24H")).name == "Failed"
    assert len(desk.runs()) == 2


def test_a_time_limit_ends_an_attempt() -> None:
    state = ended(
        """
        - id: slow
          type: io.kestra.plugin.scripts.shell.Commands
          commands: ["sleep 60"]
          timeout: PT0.2S
        """
    )
    assert state.type is StateType.FAILED
    assert states() == {"slow": "TimedOut"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("SUCCESS", (StateType.COMPLETED, "Completed")),
        ("WARNING", (StateType.COMPLETED, "Warning")),
        ("FAILED", (StateType.FAILED, "Failed")),
        ("KILLED", (StateType.CANCELLED, "Killed")),
        ("CANCELLED", (StateType.CANCELLED, "Cancelled")),
    ],
)
def test_a_task_ends_the_run(word: str, expected: tuple[StateType, str]) -> None:
    state = ended(
        f"""
        - id: group
          type: {FLOW}.Sequential
          tasks:
            - {{id: out, type: io.kestra.plugin.core.execution.Exit, state: {word}}}
            - {{id: inner, type: {SAY}, message: no}}
        - {{id: outer, type: {SAY}, message: no}}
        """
    )
    assert (state.type, state.name) == expected
    assert "inner" not in states()
    assert "outer" not in states()


def test_an_output_that_does_not_render_fails_the_run() -> None:
    state = ended(
        f"- {{id: one, type: {SAY}, message: hi}}",
        'outputs: [{id: total, type: INT, value: "{{ outputs.one.nothing }}"}]',
    )
    assert state.type is StateType.FAILED
    assert "'total'" in (state.message or "")


def test_outputs_have_their_types() -> None:
    state = ended(
        f"- {{id: one, type: {GIVE}, format: '41'}}",
        """
        outputs:
          - {id: number, type: INT, value: "{{ outputs.one.value }}"}
          - {id: list, type: JSON, value: "{{ [1, outputs.one.value] }}"}
          - {id: text, type: STRING, value: "{{ outputs.one.value }}!"}
        """,
    )
    assert state.result() == {"number": 41, "list": [1, "41"], "text": "41!"}


def test_the_whole_flow_is_tried_again_and_keeps_what_was_finished() -> None:
    state = ended(
        f"""
        - {{id: once, type: {SAY}, message: "once"}}
        - {{id: breaks, type: {FAIL}}}
        """,
        f"""
        retry: {{type: constant, interval: PT0.01S, maxAttempts: 2}}
        errors: [{{id: sorry, type: {SAY}, message: "sorry"}}]
        """,
    )
    assert state.type is StateType.FAILED
    assert states() == {"once": "Completed", "breaks": "Failed, Failed", "sorry": "Completed"}


def test_variables_are_rendered_on_demand() -> None:
    ended(
        f"- {{id: one, type: {SAY}, message: '{{{{ render(vars.greeting) }}}}'}}",
        'variables: {greeting: "Hi {{ flow.id }}"}',
    )
    assert "Hi demo" in lines()


def test_labels_are_those_of_the_document() -> None:
    ended(f"- {{id: one, type: {SAY}, message: '{{{{ labels.team }}}}'}}", "labels: {team: ops}")
    assert "ops" in lines()
    assert "team:ops" in desk.only_run().tags


def test_a_task_adds_labels() -> None:
    ended(
        f"""
        - {{id: mark, type: io.kestra.plugin.core.execution.Labels, labels: {{stage: late}}}}
        - {{id: one, type: {SAY}, message: "{{{{ labels.stage }}}} {{{{ labels.team }}}}"}}
        """,
        "labels: {team: ops}",
    )
    assert "late ops" in lines()
    assert set(desk.only_run().tags) == {"team:ops", "stage:late"}


def test_only_severe_lines_are_recorded_when_the_task_says_so() -> None:
    ended(f"- {{id: one, type: {SAY}, message: quiet, level: INFO, logLevel: WARN}}")
    assert "quiet" not in lines()


def test_secrets_never_reach_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_SECRET_TOKEN", "hunter2")
    ended(f"""- {{id: one, type: {SAY}, message: "key {{{{ secret('TOKEN') }}}}"}}""")
    assert "key ********" in lines()


def test_a_disabled_flow_does_not_start() -> None:
    disabled = flow(f"- {{id: one, type: {SAY}, message: hi}}", "disabled: true")
    with pytest.raises(RuntimeError, match="is disabled"):
        disabled()
    assert desk.runs() == ()


def test_wrong_inputs_start_nothing() -> None:
    asks = flow(
        f"- {{id: one, type: {SAY}, message: hi}}",
        "inputs: [{id: age, type: INT, min: 18}, {id: name, type: STRING}]",
    )
    with pytest.raises(RuntimeError) as refused:
        asks(age=3)
    assert "age" in str(refused.value)
    assert "name" in str(refused.value)
    assert desk.runs() == ()
