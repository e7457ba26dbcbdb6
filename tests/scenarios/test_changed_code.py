"""A run that is entered again where code or arguments changed: what is recalled or refused."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from uuid import UUID

import pytest

from signoff import flow, pause_flow_run, resume_flow_run
from signoff.model.errors import NotReentrant
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.scripts import Script, ended
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.faults,
    pytest.mark.timeout(300),  # several processes start one after the other
]

BODY = """
@task
def charge(what):
    note("work charge")
    return what

@flow
def main():
    paid = charge((GATES / "when").read_text())
    answer = pause_flow_run(wait_for_input=str, key="go")
    return paid + answer

if __name__ == "__main__":
    main()
"""


def paused_and_killed(script: Callable[[str], Script], body: str) -> tuple[Script, UUID]:
    """A script whose process died while it waited."""
    started = script(body)
    started.write("when", "10:00")
    process = started.start()
    item = desk.question()
    process.kill()
    wait_until(lambda: not desk.question().alive, desk.PATIENCE)
    return started, item.run_id


def changed(script: Callable[[str], Script], new: str) -> tuple[Script, UUID]:
    """The same, and then what its task is called with (like the time) is another."""
    started, run_id = paused_and_killed(script, BODY)
    started.write("when", new)
    return started, run_id


def test_other_arguments_give_back_the_record_with_a_warning(
    script: Callable[[str], Script],
) -> None:
    edited, run_id = changed(script, "10:05")
    edited.resume(run_id, "!", "go")
    assert ended(run_id) == "10:00!"
    assert edited.worked() == {"charge": 1}
    assert any("it gives back what it returned then" in line for line in desk.log(run_id))


def test_they_run_again_when_told_so(
    script: Callable[[str], Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNOFF_JOURNAL_CHANGED", "rerun")
    edited, run_id = changed(script, "10:05")
    edited.resume(run_id, "!", "go")
    assert ended(run_id) == "10:05!"
    assert edited.worked() == {"charge": 2}


def test_they_fail_the_run_when_told_so(
    script: Callable[[str], Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNOFF_JOURNAL_CHANGED", "fail")
    edited, run_id = changed(script, "10:05")
    edited.resume(run_id, "!", "go")
    run = desk.reached(run_id, StateType.FAILED, StateType.COMPLETED)
    assert run.state is not None
    assert "JournalMismatch" in str(run.state.message)
    assert edited.worked() == {"charge": 1}


def test_the_same_arguments_are_no_change(
    script: Callable[[str], Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNOFF_JOURNAL_CHANGED", "fail")
    edited, run_id = changed(script, "10:00")
    edited.resume(run_id, "!", "go")
    assert ended(run_id) == "10:00!"
    assert edited.worked() == {"charge": 1}


ASKING = """
@task
def approve(what):
    begun = work("before")
    return what + begun + suspend_flow_run(wait_for_input=str) + {wait}(wait_for_input=str)

@flow
def main():
    return approve((GATES / "when").read_text())

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("wait", ["suspend_flow_run", "pause_flow_run"])
def test_a_task_that_comes_back_with_other_arguments_asks_nothing_twice(
    script: Callable[[str], Script], wait: str
) -> None:
    asking = script(ASKING.format(wait=wait))
    asking.write("when", "10:00")
    asking.start().wait()
    first = desk.question()
    asking.write("when", "10:05")
    asking.resume(first.run_id, "!")
    second = desk.another_question([first.key])
    asking.resume(first.run_id, "?", second.key)
    assert ended(first.run_id) == "10:05BEFORE!?"
    assert asking.worked() == {"before": 1}
    assert len(desk.waits(first.run_id)) == 2
    assert [task.state_name for task in desk.tasks(first.run_id)] == ["Completed"] * 2
    warning = "'approve' was called here with other arguments before the run was entered again; "
    assert any(warning + "it goes on with what it asked" in line for line in desk.log(first.run_id))


def test_a_script_that_cannot_be_loaded_crashes_the_run_with_the_reason(
    script: Callable[[str], Script],
) -> None:
    _, run_id = paused_and_killed(script, BODY)
    broken = script("raise RuntimeError('mended soon')\n" + BODY)
    broken.resume(run_id, "!", "go")
    run = desk.reached(run_id, StateType.CRASHED)
    assert run.state is not None
    assert "RuntimeError: mended soon" in str(run.state.message)
    mended = script(BODY)
    mended.retry(run_id)
    assert ended(run_id) == "10:00!"
    assert mended.worked() == {"charge": 1}


LOCAL = """
def make():
    @flow
    def hidden():
        return pause_flow_run(wait_for_input=str, key="go")
    return hidden

if __name__ == "__main__":
    make()()
"""


def test_a_flow_in_a_function_cannot_be_entered_again_and_says_why(
    script: Callable[[str], Script],
) -> None:
    hidden, run_id = paused_and_killed(script, LOCAL)
    with pytest.raises(NotReentrant, match="defined inside a function"):
        resume_flow_run(run_id, {"value": "x"}, key="go")
    # The answer stands; only nobody can go on with it here.
    assert desk.wait_status(run_id, "go", "answered")
    with pytest.raises(AssertionError, match="defined inside a function"):
        hidden.signoff("flow-run", "execute", str(run_id))


def test_such_a_flow_is_answered_like_any_other_while_it_lives() -> None:
    @flow
    def here() -> str:
        return pause_flow_run(wait_for_input=str, key="go")

    call = desk.Call(here)
    resume_flow_run(desk.question().run_id, {"value": "x"})
    assert call.returned() == "x"


PRIVATE = """
from pydantic import BaseModel

class Order(BaseModel):
    name: str

@task
def make():
    note("work make")
    return Order(name="tea")

@flow
def main(order: Order):
    made = make()
    assert isinstance(made, Order) and isinstance(order, Order)
    answer = pause_flow_run(wait_for_input=Order, key="go")
    assert isinstance(answer, Order)
    return [order.name, made.name, answer.name]

if __name__ == "__main__":
    main(Order(name="milk"))
"""


def test_classes_of_the_script_are_its_own_again(script: Callable[[str], Script]) -> None:
    own, run_id = paused_and_killed(script, PRIVATE)
    own.signoff("flow-run", "resume", str(run_id), "--key", "go", "--input", "name=rum")
    assert ended(run_id) == ["milk", "tea", "rum"]
    assert own.worked() == {"make": 1}


def test_a_living_process_is_not_entered_beside(script: Callable[[str], Script]) -> None:
    alive = script(BODY)
    alive.write("when", "10:00")
    process = alive.start()
    run_id = desk.question().run_id
    with pytest.raises((AssertionError, subprocess.SubprocessError), match="being worked on"):
        alive.signoff("flow-run", "execute", str(run_id))
    resume_flow_run(run_id, {"value": "!"})
    process.wait_ok(desk.PATIENCE)
    assert desk.run(run_id).entries == 1
