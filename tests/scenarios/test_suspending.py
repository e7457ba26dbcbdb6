"""Suspending from inside: the process ends, the answer starts another one that goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from signoff import (
    asuspend_flow_run,
    flow,
    pause_flow_run,
    resume_flow_run,
    suspend_flow_run,
    task,
)
from signoff.exceptions import Pause
from signoff.flow_runs import FlowPauseTimeout
from signoff.input import read_flow_run_input
from signoff.model.errors import MissingContextError, TransitionRefused
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.scenarios.scripts import Script, ended
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.timeout(300),  # several processes start one after the other
]

APPROVE = """
@flow
def approve():
    first = work("first")
    answer = suspend_flow_run(wait_for_input=str, key="q")
    return [first, answer, work("last")]
"""
FAMILY = """
@flow
def inner(name):
    begun = work("before-" + name)
    return begun + suspend_flow_run(wait_for_input=str, key="in-child") + work("after-" + name)

@flow
def family():
    asked = suspend_flow_run(wait_for_input=str, key="in-flow")
    return [asked, inner("x"), work("last")]
"""
GUARD = """
if __name__ == "__main__":
    {call}
    note("not reached")
"""


def suspended(run_id: UUID) -> None:
    """Wait until no process works on the run any more."""
    wait_until(
        lambda: desk.run(run_id).state_name == "Suspended",
        desk.PATIENCE,
        lambda: f"suspended: {desk.run(run_id)}",
    )


def test_a_script_ends_well_and_goes_on_when_answered(any_script: Callable[[str], Script]) -> None:
    approve = any_script(APPROVE + GUARD.format(call="approve()"))
    process = approve.start()
    assert process.wait() == 0
    run = desk.only_run()
    assert (run.state_type, run.state_name) == (StateType.PAUSED, "Suspended")
    assert run.state is not None
    assert run.state.state_details.pause_reschedule
    assert run.state.state_details.run_input_keyset == {
        part: f"suspended-1-{part}" for part in ("description", "response", "schema")
    }
    last = process.stderr.strip().splitlines()[-1]
    assert f"`signoff flow-run resume {run.id}`" in last
    assert "Traceback" not in process.stderr
    approve.resume(run.id, "yes")
    assert ended(run.id) == ["FIRST", "yes", "LAST"]
    assert approve.worked() == {"first": 1, "last": 1}
    assert "not reached" not in approve.noted()
    after = desk.run(run.id)
    assert (after.run_count, after.entries) == (1, 2)
    states = desk.states(run.id)
    assert states == ["Running", "Suspending", "Suspended", "Resuming", "Running", "Completed"]
    assert read_flow_run_input("suspended-1-response", flow_run_id=run.id) == {"value": "yes"}


def test_the_whole_family_leaves_and_comes_back(any_script: Callable[[str], Script]) -> None:
    family = any_script(FAMILY + GUARD.format(call="family()"))
    assert family.start().wait() == 0
    top = desk.only_run()
    family.resume(top.id, "one", "in-flow")
    child = desk.reached_question("in-child").run_id
    suspended(child)
    suspended(top.id)
    (wait,) = [wait for wait in desk.waits(top.id) if wait.status.value == "open"]
    assert wait.item.kind.value == "child"
    family.resume(child, "two", "in-child")
    assert ended(top.id) == ["one", "BEFORE-XtwoAFTER-X", "LAST"]
    assert set(family.worked().values()) == {1}
    assert len(desk.runs()) == 2
    assert desk.run(top.id).entries == 3


SIDE_BY_SIDE = """
@task
def decide(name):
    answer = suspend_flow_run(wait_for_input=str, key=name)
    note("work " + name)
    return name + "=" + answer

@flow
def both():
    futures = [decide.submit("a"), decide.submit("b"), gated.submit("slow")]
    return [future.result() for future in futures]
"""


def test_what_has_begun_ends_first(script: Callable[[str], Script]) -> None:
    """Both questions can be answered while a task still runs; then the process ends."""
    both = script(SIDE_BY_SIDE + GUARD.format(call="both()"))
    process = both.start()
    both.has_noted("at slow")
    desk.reached_question("a")
    run_id = desk.only_run().id
    wait_until(lambda: desk.run(run_id).state_name == "Suspending", desk.PATIENCE)
    assert process.returncode is None
    both.open("slow")
    assert process.wait() == 0
    suspended(run_id)
    assert both.worked() == {"slow": 1}
    both.resume(run_id, "1", "a")
    desk.reached_question("b")
    both.resume(run_id, "1", "b")
    assert ended(run_id) == ["a=1", "b=1", "SLOW"]
    assert set(both.worked().values()) == {1}


@flow
def cannot_be_loaded_here() -> None:
    suspend_flow_run()


def test_the_caller_gets_the_documented_signal() -> None:
    with pytest.raises(Pause) as caught:
        cannot_be_loaded_here()
    state = caught.value.state
    assert (state.type, state.name) == (StateType.PAUSED, "Suspended")
    assert state.state_details.flow_run_id == desk.only_run().id


def test_what_cannot_come_back_is_refused_before_anything_changes() -> None:
    seen: list[str] = []

    @flow
    def local() -> str:
        with pytest.raises(RuntimeError, match=r"cannot be suspended: .*inside a function") as no:
            suspend_flow_run(key="q")
        seen.append(type(no.value).__name__)
        with pytest.raises(TransitionRefused, match="inside a function"):
            pause_flow_run(suspend_after=60)
        return "went on"

    assert local() == "went on"
    assert seen == ["TransitionRefused"]
    assert not desk.waits(desk.only_run().id)


@flow
def stubborn() -> str:
    try:
        suspend_flow_run(key="q")
    except BaseException:
        return "swallowed"
    return "answered"


def test_code_that_swallows_the_signal_is_suspended_all_the_same() -> None:
    with pytest.raises(Pause):
        stubborn()
    assert desk.only_run().state_name == "Suspended"
    assert desk.question().key == "q"


@task
async def double(number: int) -> int:
    return number * 2


@flow
async def concurrent() -> list[int]:
    async def branch(name: str) -> int:
        return await double(await asuspend_flow_run(wait_for_input=int, key=name))

    return list(await asyncio.gather(branch("x"), branch("y")))


def test_asynchronous_branches(script: Callable[[str], Script]) -> None:
    with pytest.raises(Pause):
        asyncio.run(concurrent())
    assert desk.only_run().state_name == "Suspended"


ENDS = """
@flow
def sleeper():
    try:
        answer = suspend_flow_run({how})
    except BaseException as error:
        note(type(error).__name__)
        raise
    note("went on with " + repr(answer))
    return answer
"""


@pytest.mark.parametrize(
    ("how", "state", "answer"),
    [
        ("timeout=0", "Failed", None),
        ("wait_for_input=int, timeout=0, on_timeout='continue'", "Completed", None),
        ("wait_for_input=int, timeout=0, on_timeout={'value': 7}", "Completed", 7),
        ("timeout=0, on_timeout='cancel'", "Cancelled", None),
        ("until=__import__('datetime').timedelta(0)", "Completed", None),
    ],
)
def test_what_a_deadline_does(
    script: Callable[[str], Script], how: str, state: str, answer: Any
) -> None:
    script(ENDS.format(how=how) + GUARD.format(call="sleeper()")).start().wait()
    run = desk.only_run()
    wait_until(lambda: desk.run(run.id).state_name == state, desk.PATIENCE)
    if state == "Completed":
        assert ended(run.id) == answer


@flow
def until_a_moment(moment: datetime) -> str:
    pause_flow_run(until=moment)
    return "went on"


def test_a_timer_asks_nobody_and_can_be_cut_short() -> None:
    call = Call(until_a_moment, datetime.now(UTC) + timedelta(days=3))
    wait_until(lambda: desk.runs() and desk.only_run().state_name == "Paused", desk.PATIENCE)
    run_id = desk.only_run().id
    assert desk.nothing_asked()
    (wait,) = desk.waits(run_id)
    assert wait.item.kind.value == "timer"
    resume_flow_run(run_id)
    assert call.returned() == "went on"


def test_a_moment_that_has_passed() -> None:
    assert until_a_moment(datetime.now(UTC) - timedelta(days=1)) == "went on"


@flow
def hot_then_cold() -> str:
    return pause_flow_run(wait_for_input=str, key="q", suspend_after=0.01)


def test_hot_then_cold() -> None:
    with pytest.raises(Pause):
        hot_then_cold()
    run_id = desk.only_run().id
    assert desk.states(run_id) == ["Running", "Paused", "Suspending", "Suspended"]
    assert desk.question().key == "q"


@flow
def hot_enough() -> str:
    return pause_flow_run(wait_for_input=str, key="q", suspend_after=desk.PATIENCE)


def test_answered_while_it_is_hot() -> None:
    call = Call(hot_enough)
    resume_flow_run(desk.question().run_id, {"value": "quick"})
    assert call.returned() == "quick"


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        (
            {"until": datetime.fromisoformat("2030-01-01T09:00")},
            ValueError,
            "until has no time zone",
        ),
        ({"until": 3}, TypeError, "until must be a datetime or a timedelta"),
        ({"until": timedelta(-1)}, ValueError, "until must not be negative"),
        ({"timeout": -1}, ValueError, "timeout must not be negative"),
        ({"timeout": "1"}, TypeError, "timeout must be a number"),
        ({"on_timeout": "explode"}, ValueError, "on_timeout must be 'fail'"),
        ({"on_timeout": {"value": 1}}, ValueError, "nothing is asked for"),
        ({"key": " "}, ValueError, "key must not be empty"),
        ({"key": 3}, ValueError, "key must not be empty, and must be text; got 3"),
    ],
)
def test_bad_input(given: dict[str, Any], error: type[Exception], text: str) -> None:
    @flow
    def asks() -> None:
        with pytest.raises(error, match=text):
            suspend_flow_run(**given)
        with pytest.raises(error, match=text):
            pause_flow_run(**given)

    asks()
    assert not desk.waits(desk.only_run().id)


def test_outside_a_flow() -> None:
    with pytest.raises(MissingContextError, match="can only be suspended from within a flow run"):
        suspend_flow_run()


def test_a_time_out_can_be_caught_while_the_process_is_there() -> None:
    @flow
    def patient() -> str:
        try:
            pause_flow_run(timeout=0)
        except FlowPauseTimeout:
            return "late"
        return "in time"

    assert patient() == "late"
