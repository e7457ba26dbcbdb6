"""The tasks that direct others."""

from __future__ import annotations

import json

import pytest

from signoff.gateway.connect import get_gateway
from signoff.model.lookups import ReadJournal
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.yamlflow.running.runs import ended, lines, states

pytestmark = pytest.mark.usefixtures("home")

SAY = "io.kestra.plugin.core.log.Log"
FAIL = "io.kestra.plugin.core.execution.Fail"
GIVE = "io.kestra.plugin.core.debug.Return"
FLOW = "io.kestra.plugin.core.flow"
SHELL = "io.kestra.plugin.scripts.shell.Commands"


def give(id: str, text: str = "x") -> str:
    return f"""{{id: {id}, type: {GIVE}, format: "{text}"}}"""


def say(id: str, text: str = "hi") -> str:
    return f"""{{id: {id}, type: {SAY}, message: "{text}"}}"""


def fail(id: str) -> str:
    return f"{{id: {id}, type: {FAIL}}}"


@pytest.mark.parametrize("kind", ["Sequential", "Parallel"])
def test_a_group_ends_with_its_tasks(kind: str) -> None:
    ended(
        f"""
        - id: group
          type: {FLOW}.{kind}
          tasks:
            - {give("left", "{{ parent.taskrun.id == taskrun.parentId }}")}
            - {give("right")}
        - {say("after", "{{ outputs.left.value }} {{ outputs.right.value }}")}
        """
    )
    names = ("group", "left", "right", "after")
    assert states() == dict.fromkeys(names, "Completed")
    assert "true x" in lines()


def test_what_fails_in_a_group_fails_it_after_its_errors_and_finally() -> None:
    ended(
        f"""
        - id: group
          type: {FLOW}.Sequential
          tasks: [{fail("breaks")}, {say("never")}]
          errors: [{say("sorry")}]
          finally: [{say("tidy")}]
        - {say("after")}
        """
    )
    expected = {"breaks": "Failed", "sorry": "Completed", "tidy": "Completed", "group": "Failed"}
    assert states() == expected


def test_a_group_may_fail_without_failing_the_run() -> None:
    state = ended(
        f"""
        - {{id: group, type: {FLOW}.AllowFailure, tasks: [{fail("breaks")}]}}
        - {say("after")}
        """
    )
    assert state.name == "Warning"
    assert states() == {"breaks": "Failed", "group": "Warning", "after": "Completed"}


def test_a_group_is_tried_again_with_its_tasks() -> None:
    ended(
        f"""
        - id: group
          type: {FLOW}.Sequential
          retry: {{type: constant, interval: PT0.01S, maxAttempts: 2}}
          tasks:
            - {give("first")}
            - id: breaks
              type: {FAIL}
              condition: "{{{{ parent.taskrun.attemptsCount == 0 }}}}"
        """
    )
    assert states() == {"first": "Completed, Completed", "breaks": "Failed, Completed"} | {
        "group": "Completed"
    }


@pytest.mark.parametrize(
    ("condition", "ran"),
    [("true", "yes"), ("false", "no"), ("0", "no"), ("-0", "no"), ("", "no"), ("text", "yes")],
)
def test_if_runs_one_of_two_branches(condition: str, ran: str) -> None:
    ended(
        f"""
        - id: choice
          type: {FLOW}.If
          condition: "{{{{ inputs.word }}}}"
          then: [{say("yes")}]
          else: [{say("no")}]
        """,
        "inputs: [{id: word, type: STRING, required: false}]",
        word=condition or None,
    )
    assert states() == {ran: "Completed", "choice": "Completed"}


def test_if_without_else_is_content() -> None:
    ended(f"- {{id: choice, type: {FLOW}.If, condition: 'false', then: [{say('yes')}]}}")
    assert states() == {"choice": "Completed"}


@pytest.mark.parametrize(("value", "ran"), [("a", "one"), ("1", "two"), ("true", "three")])
def test_switch_runs_the_case_that_is_named(value: str, ran: str) -> None:
    ended(
        f"""
        - id: choice
          type: {FLOW}.Switch
          value: "{value}"
          cases:
            a: [{say("one")}]
            1: [{say("two")}]
            true: [{say("three")}]
          defaults: [{say("other")}]
        - {say("after", "{{ outputs.choice.value }} {{ outputs.choice.defaults }}")}
        """
    )
    assert states() == {ran: "Completed", "choice": "Completed", "after": "Completed"}
    assert f"{value} false" in lines()


def test_switch_falls_back_to_its_defaults() -> None:
    ended(
        f"""
        - id: choice
          type: {FLOW}.Switch
          value: z
          cases: {{a: [{say("one")}]}}
          defaults: [{say("other")}]
        """
    )
    assert states() == {"other": "Completed", "choice": "Completed"}


def test_switch_without_a_match_fails() -> None:
    state = ended(f"- {{id: choice, type: {FLOW}.Switch, value: z, cases: {{a: [{say('one')}]}}}}")
    assert "No case for 'z'" in (state.message or "")


@pytest.mark.parametrize("limit", [1, 2, 0])
def test_for_each_runs_its_tasks_for_each_value(limit: int) -> None:
    ended(
        f"""
        - id: each
          type: {FLOW}.ForEach
          values: ["a", 1, {{k: v}}]
          concurrencyLimit: {limit}
          tasks:
            - {give("item", "{{ taskrun.value }}/{{ taskrun.iteration }}")}
        - {give("all", "{{ outputs.item | keys | sort }}")}
        - {say("after", "{{ outputs.item['a'].value }} {{ outputs.item['1'].value }}")}
        """
    )
    assert states()["item"] == "Completed, Completed, Completed"
    assert "a/0 1/1" in lines()


def test_for_each_takes_json_text_and_nothing() -> None:
    ended(
        f"""
        - id: each
          type: {FLOW}.EachSequential
          value: '["a", "b"]'
          tasks: [{say("item", "got {{ taskrun.value }}")}]
        - {{id: none, type: {FLOW}.ForEach, values: '{{{{ [] }}}}', tasks: [{say("never")}]}}
        """
    )
    assert {"got a", "got b"} <= set(lines())
    assert states()["none"] == "Completed"


def test_for_each_refuses_a_null() -> None:
    state = ended(
        f"- {{id: each, type: {FLOW}.ForEach, values: [1, null], tasks: [{say('item')}]}}"
    )
    assert "position 1 is null" in (state.message or "")


def test_loops_nest_and_their_outputs_are_found_by_both_values() -> None:
    ended(
        f"""
        - id: outer
          type: {FLOW}.EachParallel
          value: ["a", "b"]
          tasks:
            - id: inner
              type: {FLOW}.ForEach
              values: [1, 2]
              tasks:
                - {give("item", "{{ parent.taskrun.value }}{{ taskrun.value }}")}
                - {give("same", "{{ outputs.item[parent.taskrun.value][taskrun.value].value }}")}
        - {say("after", "{{ outputs.same.b['2'].value }}")}
        """
    )
    assert "b2" in lines()


def test_a_thousand_turns() -> None:
    state = ended(
        f"""
        - id: each
          type: {FLOW}.ForEach
          values: "{{{{ range(1, 1000) }}}}"
          tasks: [{give("item", "{{ taskrun.value }}")}]
        - {say("after", "{{ outputs.item | length }}")}
        """
    )
    assert state.is_completed()
    assert "1000" in lines()


def test_loop_gathers_outputs_of_its_turns() -> None:
    state = ended(
        f"""
        - id: round
          type: {FLOW}.Loop
          values: {{one: 1, two: 2}}
          outputs:
            - {{id: text, type: STRING, value: "{{{{ outputs.item[item.key].value }}}}"}}
          tasks: [{give("item", "{{ item.key }}={{ item.value }} at {{ item.index }}")}]
        """,
        'outputs: [{id: all, type: JSON, value: "{{ outputs.round.values }}"}]',
    )
    assert state.result() == {"all": [{"text": "one=1 at 0"}, {"text": "two=2 at 1"}]}


def test_a_dag_runs_in_the_order_of_its_dependencies() -> None:
    ended(
        f"""
        - id: graph
          type: {FLOW}.Dag
          concurrent: 2
          tasks:
            - task: {give("last", "{{ outputs.left.value }}{{ outputs.right.value }}")}
              dependsOn: [left, right]
            - task: {give("left", "{{ outputs.first.value }}l")}
              dependsOn: [first]
            - task: {give("right", "{{ outputs.first.value }}r")}
              dependsOn: [first]
            - task: {give("first", "f")}
        - {say("after", "{{ outputs.last.value }}")}
        """
    )
    assert "flfr" in lines()


def test_a_dag_stops_where_a_task_fails() -> None:
    ended(
        f"""
        - id: graph
          type: {FLOW}.Dag
          tasks:
            - task: {fail("first")}
            - task: {say("second")}
              dependsOn: [first]
        """
    )
    assert states() == {"first": "Failed", "graph": "Failed"}


def test_loop_until_its_condition_holds() -> None:
    ended(
        f"""
        - id: wait
          type: {FLOW}.LoopUntil
          condition: "{{{{ outputs.count.value == '2' }}}}"
          checkFrequency: {{interval: PT0.01S}}
          tasks: [{give("count", "{{ taskrun.iteration }}")}]
        - {say("after", "{{ outputs.wait.iterationCount }}")}
        """
    )
    assert "3" in lines()


@pytest.mark.parametrize(("fails", "expected"), [(True, "Failed"), (False, "Completed")])
def test_loop_until_a_limit(fails: bool, expected: str) -> None:
    ended(
        f"""
        - id: wait
          type: {FLOW}.WaitFor
          condition: "false"
          failOnMaxReached: {str(fails).lower()}
          checkFrequency: {{interval: PT0.01S, maxIterations: 2}}
          tasks: [{give("count")}]
        """
    )
    assert states() == {"count": "Completed, Completed", "wait": expected}


def test_tasks_share_a_working_directory() -> None:
    state = ended(
        f"""
        - id: folder
          type: {FLOW}.WorkingDirectory
          inputFiles: {{in.txt: "hello"}}
          outputFiles: ["out.*"]
          tasks:
            - {{id: writes, type: {SHELL}, commands: ["tr a-z A-Z < in.txt > out.txt"]}}
            - {{id: reads, type: {SHELL}, commands: ["cat out.txt"]}}
        """,
        'outputs: [{id: kept, type: JSON, value: "{{ outputs.folder.outputFiles | keys }}"}]',
    )
    assert "HELLO" in lines()
    assert state.result() == {"kept": ["out.txt"]}


def test_a_failing_branch_ends_those_beside_it() -> None:
    state = ended(
        f"""
        - id: both
          type: {FLOW}.Parallel
          tasks:
            - id: slow
              type: {FLOW}.Sequential
              tasks:
                - {{id: asks, type: {FLOW}.Pause}}
                - {say("never")}
            - {fail("breaks")}
        """
    )
    assert state.type is StateType.FAILED
    found = states()
    assert found["breaks"] == "Failed"
    assert found["both"] == "Failed"
    assert "never" not in found
    assert desk.nothing_asked()


def test_what_groups_did_is_shown_as_json() -> None:
    ended(f"- {give('one', 'x')}")
    (record,) = get_gateway().send(ReadJournal(desk.only_run().id))
    assert json.loads(record.result.preview or "") == {"value": "x"}
