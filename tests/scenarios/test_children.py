"""Flows that call flows: the parent shows that a child waits, and ends with what ends it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from signoff import flow, pause_flow_run, resume_flow_run, task
from signoff.model.errors import AmbiguousWait, CancelledRun, FailedRun
from signoff.model.states import StateType
from signoff.model.views import FlowRun
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")


@flow
def child(name: str) -> str:
    answer = pause_flow_run(wait_for_input=str, key=name)
    return f"{name}={answer}"


@flow
def parent() -> str:
    return child("child")


@flow
def grandparent() -> str:
    return parent()


@task
def calls_child(name: str) -> str:
    return child(name)


@flow
def two_children() -> list[str]:
    return [future.result() for future in calls_child.map(["left", "right"])]


def family(*names: str) -> list[FlowRun]:
    """The runs of the flows with these names."""
    by_name = {run.flow_name: run for run in desk.runs()}
    return [by_name[name] for name in names]


def test_the_parent_shows_that_its_child_waits() -> None:
    call = Call(grandparent)
    item = desk.question()
    top, middle, low = family("grandparent", "parent", "child")
    assert item.run_id == low.id
    assert [run.state_type for run in (top, middle, low)] == [StateType.PAUSED] * 3
    assert (low.parent_flow_run_id, middle.parent_flow_run_id) == (middle.id, top.id)
    (wait,) = desk.waits(top.id)
    assert wait.item.kind.value == "child"
    resume_flow_run(low.id, {"value": "yes"})
    assert call.returned() == "child=yes"
    assert [run.state_type for run in desk.runs()] == [StateType.COMPLETED] * 3
    assert desk.states(top.id) == ["Running", "Paused", "Running", "Completed"]


def test_resuming_the_parent_names_the_child() -> None:
    call = Call(parent)
    desk.question()
    top, low = family("parent", "child")
    with pytest.raises(AmbiguousWait, match=str(low.id)) as refused:
        resume_flow_run(top.id, {"value": "yes"})
    assert refused.value.details["children"] == [str(low.id)]
    resume_flow_run(low.id, {"value": "yes"})
    assert call.returned() == "child=yes"


def test_the_parent_stays_paused_until_both_children_are_answered() -> None:
    call = Call(two_children)
    left, right = desk.asked(2)
    (top,) = [run for run in desk.runs() if run.flow_name == "two-children"]
    resume_flow_run(left.run_id, {"value": "1"})
    desk.reached(left.run_id, StateType.COMPLETED)
    assert desk.run(top.id).state_type is StateType.PAUSED
    resume_flow_run(right.run_id, {"value": "2"})
    assert call.returned() == ["left=1", "right=2"]


@pytest.mark.parametrize("parent_flow", [parent, grandparent, two_children], ids=lambda f: f.name)
def test_cancelling_the_parent_cancels_its_children(parent_flow: Any) -> None:
    call = Call(parent_flow)
    desk.asked(2 if parent_flow is two_children else 1)
    (top,) = [run for run in desk.runs() if run.parent_flow_run_id is None]
    desk.cancel(top.id)
    assert isinstance(call.raised(), CancelledRun)
    assert {run.state_type for run in desk.runs()} == {StateType.CANCELLED}
    assert desk.nothing_asked()


def test_cancelling_the_child_is_a_failure_the_parent_may_handle() -> None:
    @flow
    def handles() -> str:
        try:
            return child("child")
        except CancelledRun:
            return "without"

    call = Call(handles)
    desk.cancel(desk.question().run_id)
    assert call.returned() == "without"
    top, low = family("handles", "child")
    assert (top.state_type, low.state_type) == (StateType.COMPLETED, StateType.CANCELLED)


def test_failing_the_child_from_outside_fails_the_parent() -> None:
    call = Call(parent)
    desk.set_state(desk.question().run_id, StateType.FAILED, force=True, message="No.")
    assert isinstance(call.raised(), FailedRun)
    top, low = family("parent", "child")
    assert (top.state_type, low.state_type) == (StateType.FAILED, StateType.FAILED)


def test_deleting_the_parent_ends_the_child() -> None:
    call = Call(parent)
    desk.question()
    top, low = family("parent", "child")
    desk.delete(top.id)
    call.raised()
    assert not desk.exists(top.id)
    assert desk.nothing_asked()
    if desk.exists(low.id):
        assert desk.run(low.id).state_type is StateType.CANCELLED


def test_the_parent_of_an_expired_child_may_go_on() -> None:
    @flow
    def impatient() -> None:
        pause_flow_run(timeout=0.1)

    @flow
    def goes_on() -> str:
        state = impatient(return_state=True)
        assert state.is_failed()
        return pause_flow_run(wait_for_input=str, key="after")

    call = Call(goes_on)
    item = desk.reached_question("after")
    assert [wait.item.kind.value for wait in desk.waits(item.run_id)] == ["child", "input"]
    resume_flow_run(item.run_id, {"value": "yes"})
    assert call.returned() == "yes"


def test_a_parent_that_asks_while_its_child_asks() -> None:
    @flow
    def both() -> list[str]:
        waiting = calls_child.submit("child")
        mine = pause_flow_run(wait_for_input=str, key="mine")
        return [waiting.result(), mine]

    call = Call(both)
    desk.asked(2)
    top, low = family("both", "child")
    # Exactly one open wait of the parent can be answered.
    resume_flow_run(top.id, {"value": "a"})
    wait_until(lambda: len(desk.asked(1)) == 1, desk.PATIENCE)
    assert desk.run(top.id).state_type is StateType.PAUSED
    resume_flow_run(low.id, {"value": "b"})
    assert call.returned() == ["child=b", "a"]


def test_a_pause_from_outside_stops_the_parent_at_the_childs_call() -> None:
    first, second = threading.Event(), threading.Event()

    @task
    def step() -> None:
        first.set()
        second.wait(desk.PATIENCE)

    @flow
    def quick() -> int:
        return 7

    @flow
    def calls() -> int:
        step()
        return quick()

    call = Call(calls)
    assert first.wait(desk.PATIENCE)
    (top,) = desk.runs()
    desk.hold(top.id)
    second.set()
    assert desk.question().kind.value == "hold"
    assert len(desk.runs()) == 1
    resume_flow_run(top.id)
    assert call.returned() == 7


def test_a_flow_calls_itself() -> None:
    @flow
    def countdown(number: int) -> int:
        return number if number == 0 else countdown(number - 1) + 1

    assert countdown(3) == 3
    assert len(desk.runs()) == 4
