"""Suspending from outside: the process really stops, at the next task boundary."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from signoff import flow, pause_flow_run, resume_flow_run, suspend_flow_run
from signoff.exceptions import Pause
from signoff.model.errors import CancelledRun, NotPausedError, ObjectNotFound, TransitionRefused
from signoff.model.states import StateType
from signoff.model.views import FlowRun
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.scenarios.scripts import Script, ended
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.timeout(300),  # several processes start one after the other
]

STEPS = """
@flow
def steps():
    one = gated("one")
    two = gated("two")
    return [one, two]
"""
NESTED = """
@flow
def inner():
    return [gated("one"), gated("two")]

@flow
def steps():
    return inner()
"""
HOT = """
@flow
def inner():
    return [pause_flow_run(wait_for_input=str, key="q"), work("after")]

@flow
def steps():
    return inner()
"""
GUARD = """
if __name__ == "__main__":
    steps()
"""


def named(run_id: UUID, name: str) -> FlowRun:
    """The run, once its state has this name."""
    wait_until(
        lambda: desk.run(run_id).state_name == name,
        desk.PATIENCE,
        lambda: f"{name}: {desk.run(run_id)}",
    )
    return desk.run(run_id)


def top() -> UUID:
    (run,) = [run for run in desk.runs() if run.parent_flow_run_id is None]
    return run.id


@pytest.mark.parametrize("body", [STEPS, NESTED], ids=["flow", "called"])
def test_it_stops_at_the_next_boundary(any_script: Callable[[str], Script], body: str) -> None:
    steps = any_script(body + GUARD)
    process = steps.start()
    steps.has_noted("at one")
    run_id = top()
    said = steps.signoff("flow-run", "suspend", str(run_id))
    assert "is being suspended: its process stops at the next task boundary" in said
    run = desk.run(run_id)
    assert run.state_name == "Suspending"
    assert process.returncode is None
    steps.open("one")
    assert process.wait() == 0
    run = named(run_id, "Suspended")
    assert run.state_type is StateType.PAUSED
    assert "at two" not in steps.noted()
    # What had begun has ended and is on record: it is not done again.
    steps.open("two")
    steps.resume(run_id)
    result = ended(run_id)
    assert result == ["ONE", "TWO"]
    assert steps.worked() == {"one": 1, "two": 1}


def test_nothing_enters_beside_a_process_that_has_not_stopped(
    script: Callable[[str], Script],
) -> None:
    steps = script(STEPS + GUARD)
    process = steps.start()
    steps.has_noted("at one")
    run_id = top()
    suspend_flow_run(flow_run_id=run_id, key="s")
    # Taken back before the process has heard of it, or left and entered again: never both at once.
    steps.resume(run_id, key="s")
    assert desk.run(run_id).entries == 1
    steps.open("one")
    steps.open("two")
    assert ended(run_id) == ["ONE", "TWO"]
    process.wait()
    assert steps.worked() == {"one": 1, "two": 1}


def test_a_question_that_is_open_can_be_answered_later(script: Callable[[str], Script]) -> None:
    """The process that waits ends; first the suspension is lifted, then the question answered."""
    steps = script(HOT + GUARD)
    process = steps.start()
    child = desk.reached_question("q").run_id
    run_id = top()
    suspend_flow_run(flow_run_id=child, key="s")
    assert process.wait() == 0
    named(run_id, "Suspended")
    named(child, "Suspended")
    steps.resume(child, "yes", "q")
    assert desk.run(run_id).entries == 1
    steps.resume(run_id, key="s")
    assert ended(run_id) == ["yes", "AFTER"]
    assert desk.run(run_id).entries == 2


def test_killed_before_it_could_stop(script: Callable[[str], Script]) -> None:
    steps = script(STEPS + GUARD)
    process = steps.start()
    steps.has_noted("at one")
    run_id = top()
    suspend_flow_run(flow_run_id=run_id)
    process.kill()
    steps.open("one")
    steps.open("two")
    steps.resume(run_id)
    assert ended(run_id) == ["ONE", "TWO"]
    assert steps.worked() == {"one": 1, "two": 1}


begun, told = threading.Event(), threading.Event()


@flow
def without_boundary() -> str:
    begun.set()
    assert told.wait(desk.PATIENCE)
    return "done"


def test_a_flow_without_another_boundary_completes() -> None:
    call = Call(without_boundary)
    assert begun.wait(desk.PATIENCE)
    run_id = desk.only_run().id
    suspend_flow_run(flow_run_id=run_id)
    told.set()
    assert call.returned() == "done"
    assert desk.run(run_id).state_name == "Completed"
    assert desk.nothing_asked()


@flow
def suspends_itself_by_id() -> str:
    run_id = desk.only_run().id
    answer: str = suspend_flow_run(wait_for_input=str, flow_run_id=run_id, key="mine")
    return answer


def test_by_its_own_id() -> None:
    with pytest.raises(Pause):
        suspends_itself_by_id()
    assert desk.only_run().state_name == "Suspended"
    (wait,) = desk.waits(desk.only_run().id)
    assert (wait.item.key, wait.item.has_form) == ("mine", True)


@flow
def waits_hot() -> None:
    pause_flow_run(key="q")


def test_cancelled_while_suspended() -> None:
    call = Call(waits_hot)
    run_id = desk.question().run_id
    suspend_flow_run(flow_run_id=run_id)
    assert isinstance(call.raised(), Pause)
    desk.cancel(run_id)
    run = desk.run(run_id)
    assert run.state_type is StateType.CANCELLED
    assert desk.nothing_asked()
    with pytest.raises(NotPausedError):
        resume_flow_run(run_id)


def test_cancelled_while_it_waits_hot() -> None:
    call = Call(waits_hot)
    desk.cancel(desk.question().run_id)
    assert isinstance(call.raised(), CancelledRun)


def test_a_wrong_answer_changes_nothing() -> None:
    call = Call(waits_hot)
    run_id = desk.question().run_id
    suspend_flow_run(wait_for_input=int, flow_run_id=run_id, key="how many")
    assert isinstance(call.raised(), Pause)
    with pytest.raises(RuntimeError, match="Cannot resume this run"):
        resume_flow_run(run_id, {"value": "many"}, key="how many")
    assert desk.run(run_id).state_name == "Suspended"


def test_what_does_not_run_cannot_be_suspended() -> None:
    call = Call(waits_hot)
    run_id = desk.question().run_id
    resume_flow_run(run_id)
    call.returned()
    with pytest.raises(TransitionRefused, match=r"cannot be suspended: .*Completed"):
        suspend_flow_run(flow_run_id=run_id)
    with pytest.raises(ObjectNotFound):
        suspend_flow_run(flow_run_id=uuid4())
