"""Pause: forms, answers, deadlines, and the branches that go on beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signoff import resume_flow_run
from signoff.model.errors import InvalidAnswer, NotPausedError
from signoff.model.states import StateType
from signoff.model.waits import WaitKind
from tests.scenarios import desk
from tests.yamlflow.running.runs import (
    answer,
    ended,
    has_logged,
    keys,
    lines,
    started,
    states,
)

pytestmark = pytest.mark.usefixtures("home")

SAY = "io.kestra.plugin.core.log.Log"
FAIL = "io.kestra.plugin.core.execution.Fail"
GIVE = "io.kestra.plugin.core.debug.Return"
FLOW = "io.kestra.plugin.core.flow"


def say(id: str, text: str = "hi") -> str:
    return f"""{{id: {id}, type: {SAY}, message: "{text}"}}"""


def pause(id: str = "wait", more: str = "") -> str:
    return f"{{id: {id}, type: {FLOW}.Pause{', ' + more if more else ''}}}"


def test_the_run_waits_and_goes_on() -> None:
    call = started(f"- {pause()}\n- {say('after')}")
    (item,) = desk.asked()
    assert (item.key, item.kind, item.has_form) == ("wait", WaitKind.APPROVAL, False)
    assert desk.run(item.run_id).state_name == "Paused"
    assert states() == {"wait": "Paused"}
    resume_flow_run(item.run_id)
    assert call.returned().is_completed()
    assert states() == {"wait": "Completed", "after": "Completed"}
    with pytest.raises(NotPausedError):
        resume_flow_run(item.run_id)


def test_the_answer_is_an_output_with_who_and_when() -> None:
    form = """
          onResume:
            - {id: approved, type: BOOLEAN, defaults: true}
            - {id: who.name, type: STRING, defaults: "{{ outputs.before.value }}"}
            - {id: days, type: INT, min: 1}
    """
    call = started(
        f"""
        - {{id: before, type: {GIVE}, format: Ada}}
        - id: wait
          type: {FLOW}.Pause
{form}
        - {{id: after, type: {GIVE}, format: "{{{{ outputs.wait }}}}"}}
        """,
        'outputs: [{id: all, type: JSON, value: "{{ outputs.wait }}"}]',
    )
    run_id = desk.asked()[0].run_id
    with pytest.raises(InvalidAnswer) as refused:
        resume_flow_run(run_id, {"days": 0})
    assert "days" in str(refused.value)
    answer("wait", days=3)
    found = call.returned().result()["all"]
    assert found["onResume"] == {"approved": True, "who": {"name": "Ada"}, "days": 3}
    assert found["resumed"]["to"] == "SUCCESS"
    assert found["resumed"]["by"]
    assert found["resumed"]["on"].endswith("+00:00")


@pytest.mark.parametrize(
    ("behavior", "state", "task", "goes_on"),
    [
        ("RESUME", (StateType.COMPLETED, "Completed"), "Completed", True),
        ("WARN", (StateType.COMPLETED, "Warning"), "Warning", True),
        ("FAIL", (StateType.FAILED, "Failed"), "Failed", False),
        ("CANCEL", (StateType.CANCELLED, "Cancelled"), "Cancelled", False),
    ],
)
def test_its_time_may_be_up(
    behavior: str, state: tuple[StateType, str], task: str, goes_on: bool
) -> None:
    end = ended(
        f"- {pause('wait', f'pauseDuration: PT0.01S, behavior: {behavior}')}\n- {say('after')}",
        f"errors: [{say('sorry')}]\nafterExecution: [{say('last')}]",
    )
    assert (end.type, end.name) == state
    expected = {"wait": task, "last": "Completed"}
    if goes_on:
        expected["after"] = "Completed"
    if behavior == "FAIL":
        expected["sorry"] = "Completed"
    assert states() == expected


def test_what_follows_may_come_from_an_expression() -> None:
    def at_the_end(word: str) -> tuple[str | None, str]:
        more = f"""pauseDuration: PT0.01S, behavior: "{{{{ '{word}' }}}}" """
        end = ended(f"- {pause('wait', more)}")
        return end.name, end.message or ""

    assert at_the_end("warn")[0] == "Warning"
    name, message = at_the_end("maybe")
    assert name == "Failed"
    assert "'behavior': there is no 'maybe'; use one of RESUME, WARN, FAIL, CANCEL" in message


def test_the_old_name_of_its_time() -> None:
    assert ended(f"- {pause('wait', 'delay: PT0.01S')}").is_completed()


@pytest.mark.parametrize(("allowed", "name"), [(False, "Failed"), (True, "Warning")])
def test_a_timeout_fails_it(allowed: bool, name: str) -> None:
    end = ended(f"- {pause('wait', f'timeout: PT0.01S, allowFailure: {str(allowed).lower()}')}")
    assert (end.name, states()) == (name, {"wait": name})


def test_people_are_told_once_it_waits() -> None:
    tell = f"onPause: {say('tell', 'come to {{ execution.id }}')}"
    call = started(f"- {pause('wait', tell)}\n- {say('after')}")
    run_id = desk.asked()[0].run_id
    has_logged(f"come to {run_id}")
    answer("wait")
    assert call.returned().is_completed()
    assert states() == {"wait": "Completed", "tell": "Completed", "after": "Completed"}


def test_its_tasks_run_after_the_answer_and_see_it() -> None:
    call = started(
        f"""
        - id: wait
          type: {FLOW}.Pause
          onResume: [{{id: word, type: STRING}}]
          tasks: [{say("inner", "said {{ outputs.wait.onResume.word }}")}]
        - {say("after")}
        """
    )
    answer("wait", word="yes")
    assert call.returned().is_completed()
    assert "said yes" in lines()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"type: {FLOW}.Sequential\n  tasks:", ""),
        (f"type: {FLOW}.Parallel\n  tasks:", ""),
        (f"type: {FLOW}.AllowFailure\n  tasks:", ""),
        (f"type: {FLOW}.If\n  condition: 'true'\n  then:", ""),
        (f"type: {FLOW}.Switch\n  value: a\n  cases:\n   a:", ""),
        (f"type: {FLOW}.Dag\n  tasks:\n  - task:", "dag"),
    ],
    ids=["Sequential", "Parallel", "AllowFailure", "If", "Switch", "Dag"],
)
def test_it_waits_inside_of_groups(before: str, after: str) -> None:
    inner = f" {pause('inner')}" if after else f"\n    - {pause('inner')}"
    call = started(f"- id: group\n  {before}{inner}\n- {say('after')}")
    assert keys() == ["inner"]
    answer("inner")
    assert call.returned().is_completed()
    assert states()["after"] == "Completed"


def test_it_waits_in_the_errors_of_a_flow() -> None:
    call = started(f"- {{id: breaks, type: {FAIL}}}", f"errors: [{pause('ask')}]")
    answer("ask")
    assert call.returned().type is StateType.FAILED
    assert states() == {"breaks": "Failed", "ask": "Completed"}


def test_one_question_after_the_other_in_a_loop() -> None:
    call = started(
        f"""
        - id: each
          type: {FLOW}.ForEach
          values: [a, b]
          tasks:
            - {pause("ask", "onResume: [{id: word, type: STRING}]")}
        - {say("after", "{{ outputs.ask.a.onResume.word }}{{ outputs.ask.b.onResume.word }}")}
        """
    )
    assert keys() == ["ask:0"]
    answer("ask:0", word="x")
    answer("ask:1", word="y")
    assert call.returned().is_completed()
    assert "xy" in lines()


def test_all_questions_of_a_loop_at_once_in_any_order() -> None:
    call = started(
        f"""
        - id: each
          type: {FLOW}.EachParallel
          value: [a, b, c]
          tasks:
            - {pause("ask")}
            - {say("heard", "heard {{ taskrun.value }}")}
        """
    )
    assert keys(3) == ["ask:0", "ask:1", "ask:2"]
    for key, value in (("ask:2", "c"), ("ask:0", "a"), ("ask:1", "b")):
        answer(key)
        has_logged(f"heard {value}")
    assert call.returned().is_completed()


def test_each_branch_goes_on_with_its_own_answer() -> None:
    call = started(
        f"""
        - id: both
          type: {FLOW}.Parallel
          tasks:
            - id: left
              type: {FLOW}.Sequential
              tasks: [{pause("first")}, {say("l", "left went on")}]
            - id: right
              type: {FLOW}.Sequential
              tasks: [{pause("second")}, {say("r", "right went on")}]
            - id: free
              type: {FLOW}.Sequential
              tasks: [{say("f1", "one")}, {say("f2", "two")}]
        """
    )
    run_id = desk.asked(2)[0].run_id
    has_logged("two")
    answer("second")
    has_logged("right went on")
    assert "left went on" not in lines()
    assert desk.run(run_id).state_name == "Paused"
    answer("first")
    assert call.returned().is_completed()
    assert "left went on" in lines()


def test_cancelling_a_run_that_waits_runs_nothing_more() -> None:
    call = started(f"- {pause()}\n- {say('after')}", f"finally: [{say('tidy')}]")
    desk.cancel(desk.asked()[0].run_id)
    assert call.returned().type is StateType.CANCELLED
    assert "after" not in states()
    assert "tidy" not in states()


def test_sleeping() -> None:
    ended(f"- {{id: nap, type: {FLOW}.Sleep, duration: PT0.01S}}\n- {say('after')}")
    assert states() == {"nap": "Completed", "after": "Completed"}


def test_nobody_is_asked_twice_because_something_later_failed(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    command = f"test -e {seen} || (touch {seen}; exit 1)"
    call = started(
        f"""
        - id: wait
          type: {FLOW}.Pause
          onResume: [{{id: word, type: STRING}}]
          tasks:
            - {{id: once, type: io.kestra.plugin.scripts.shell.Commands, commands: ["{command}"]}}
        - {say("after", "{{ outputs.wait.onResume.word }} {{ outputs.wait.resumed.to }}")}
        """,
        "retry: {type: constant, interval: PT0.01S, maxAttempts: 2}",
    )
    answer("wait", word="yes")
    assert call.returned().is_completed()
    assert "yes SUCCESS" in lines()


@pytest.mark.parametrize(
    ("words", "title", "further"),
    [("Look first.", "Look first.", None), ("# Look\nTwice.", "Look", "# Look\nTwice.")],
)
def test_words_are_not_said_twice(words: str, title: str, further: str | None) -> None:
    task = f"""
    - id: ask
      type: io.kestra.plugin.core.flow.Pause
      description: {json.dumps(words)}
      onResume: [{{id: ok, type: BOOL}}]
    """
    call = started(task)
    item = desk.question()
    form = desk.shown(item.run_id, "ask").form
    assert form is not None
    assert (form.title, form.description) == (title, further)
    answer("ask", ok=True)
    assert call.returned().is_completed()
