"""Flows: parameters, retries, time limits, hooks, logs, what a flow may return."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel

from signoff import flow, get_run_logger, pause_flow_run, resume_flow_run, tags, task
from signoff.model.errors import (
    FailedRun,
    FlowPauseTimeout,
    MissingContextError,
    ParameterBindError,
    ParameterTypeError,
)
from signoff.model.states import StateType
from signoff.states import Cancelled, Completed, Failed, Running, State
from tests.scenarios import desk
from tests.scenarios.desk import Call

pytestmark = pytest.mark.usefixtures("home")


@task
def double(number: int) -> int:
    return number * 2


@task
def fails() -> int:
    raise ValueError("no")


# Parameters --------------------------------------------------------------------------------


class Order(BaseModel):
    name: str
    count: int = 1


@flow
def ordered(order: Order, by: date, times: int = 2) -> list[Any]:
    return [order, by, times]


def test_parameters_are_validated_and_coerced() -> None:
    given: Any = {"name": "x", "count": "3"}
    due: Any = "2027-01-31"
    order, by, times = ordered(given, by=due)
    assert (order, by, times) == (Order(name="x", count=3), date(2027, 1, 31), 2)
    assert desk.only_run().parameters["by"] == "2027-01-31"


def test_wrong_parameters_fail_the_run_with_a_line_each() -> None:
    wrong: Any = {"count": "many"}
    with pytest.raises(ParameterTypeError, match=r"order\.name") as refused:
        ordered(wrong, by=date(2027, 1, 31), times=1)
    assert "order.count" in str(refused.value)
    assert desk.only_run().state_type is StateType.FAILED
    with pytest.raises(ParameterBindError, match="signature"):
        ordered(1, 2, 3, 4)  # type: ignore[call-overload]


# Attempts ----------------------------------------------------------------------------------


def test_retries_keep_finished_tasks_and_count_attempts() -> None:
    calls: list[str] = []

    @task
    def once() -> str:
        calls.append("task")
        return "kept"

    @flow(retries=2, retry_delay_seconds=0.01)
    def flaky() -> str:
        value = once()
        calls.append("flow")
        if calls.count("flow") < 3:
            raise ValueError("again")
        return value

    assert flaky() == "kept"
    assert calls == ["task", "flow", "flow", "flow"]
    run = desk.only_run()
    assert (run.run_count, run.entries) == (3, 1)
    assert "AwaitingRetry" in desk.states(run.id)


def test_a_failed_flow_says_what_it_raised() -> None:
    @flow
    def broken() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        broken()
    run = desk.only_run()
    assert run.state is not None
    assert run.state.message == "Flow run encountered an exception: KeyError: 'x'"
    assert any("Traceback" in line for line in desk.log(run.id))


def test_the_log_of_a_failure_shows_only_lines_of_the_user() -> None:
    @task
    def fails() -> None:
        raise ValueError("why")

    @flow
    def broken(number: int = 1) -> None:
        fails()

    @flow
    def expires() -> None:
        pause_flow_run(timeout=0)

    with pytest.raises(ValueError, match="why"):
        broken()
    with pytest.raises(FlowPauseTimeout):
        expires()
    for run in desk.runs():
        traced = [line for line in desk.log(run.id) if "Traceback" in line]
        assert traced
        assert not [line for line in traced if f"{os.sep}signoff{os.sep}authoring" in line]
        assert not [line for line in traced if f"{os.sep}signoff{os.sep}engine" in line]


def test_a_message_that_says_it_all_needs_no_traceback() -> None:
    @flow
    def wanted(number: int) -> None:
        """Never called."""

    with pytest.raises(ParameterTypeError):
        wanted("x")
    log = desk.log(desk.only_run().id)
    assert any("number: Input should be a valid integer" in line for line in log)
    assert not any("Traceback" in line for line in log)


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_synchronous_flow_is_interrupted(in_thread: bool) -> None:
    @flow(timeout_seconds=0.1)
    def slow() -> None:
        until = time.monotonic() + desk.PATIENCE
        while time.monotonic() < until:
            pass

    with pytest.raises(TimeoutError, match=r"exceeded timeout of 0.1 second\(s\)"):
        if in_thread:
            Call(slow).returned()
        slow()
    assert {run.state_name for run in desk.runs()} == {"TimedOut"}


def test_an_asynchronous_flow_is_interrupted() -> None:
    @flow(timeout_seconds=0.1)
    async def slow() -> None:
        await asyncio.sleep(desk.PATIENCE)

    with pytest.raises(TimeoutError, match="exceeded timeout"):
        asyncio.run(slow())
    assert desk.only_run().state_name == "TimedOut"


# What a flow returns -----------------------------------------------------------------------

RETURNS: list[tuple[Callable[[], Any], StateType]] = [
    (lambda: Completed(message="well"), StateType.COMPLETED),
    (lambda: Failed(message="badly"), StateType.FAILED),
    (lambda: Cancelled(), StateType.CANCELLED),
    (lambda: double.submit(1), StateType.COMPLETED),
    (lambda: fails.submit(), StateType.FAILED),
    (lambda: [double.submit(1), double(2, return_state=True)], StateType.COMPLETED),
    (lambda: (double.submit(1), fails.submit()), StateType.FAILED),
    (lambda: {"a": double.submit(1), "b": Failed()}, StateType.FAILED),
    (lambda: [Completed(), Cancelled(), Failed()], StateType.CANCELLED),
    (lambda: [1, Failed()], StateType.COMPLETED),
    (list, StateType.COMPLETED),
]


@pytest.mark.parametrize(("make", "kind"), RETURNS)
def test_returned_states_and_futures_decide(make: Callable[[], Any], kind: StateType) -> None:
    @flow
    def returns() -> Any:
        return make()

    state: Any = returns(return_state=True)
    assert state.type is kind
    assert desk.only_run().state_type is kind


def test_a_returned_future_stands_for_its_value() -> None:
    @flow
    def returns() -> Any:
        return double.submit(4)

    assert returns() == 8


def test_a_state_that_is_not_final_cannot_end_a_flow() -> None:
    @flow
    def returns() -> Any:
        return Running()

    with pytest.raises(ValueError, match="A flow cannot end in state 'Running'"):
        returns()


def test_a_failed_state_without_exception_raises_its_message() -> None:
    @flow
    def returns() -> Any:
        return Failed(message="by hand")

    with pytest.raises(FailedRun, match="by hand"):
        returns()


# Names, options, methods -------------------------------------------------------------------


def test_names_tags_and_options() -> None:
    @flow(name="big release", flow_run_name="release {name}")
    def release(name: str) -> str:
        return name

    with tags("a", "b"):
        release("x")
    run = desk.only_run()
    assert (run.flow_name, run.name) == ("big release", "release x")
    assert sorted(run.tags) == ["a", "b"]
    other = release.with_options(name="other", retries=3)
    assert (other.name, other.retries, release.retries) == ("other", 3, 0)
    assert other("y") == "y"
    with pytest.raises(TypeError, match="no option 'size'"):
        release.with_options(size=3)  # type: ignore[call-arg]


def test_methods_are_flows() -> None:
    class Shop:
        name = "corner"

        @flow
        def sells(self, what: str) -> str:
            return f"{self.name} sells {what}"

        @staticmethod
        @flow
        def opens() -> str:
            return "open"

        @classmethod
        @flow
        def called(cls) -> str:
            return cls.__name__

    shop = Shop()
    assert shop.sells("tea") == "corner sells tea"
    assert (Shop.opens(), Shop.called()) == ("open", "Shop")


# Hooks -------------------------------------------------------------------------------------


def test_hooks_are_called_in_order_and_their_errors_only_logged() -> None:
    seen: list[str] = []

    def hook(name: str) -> Callable[..., None]:
        def call(owner: Any, run: Any, state: State[Any]) -> None:
            seen.append(f"{name} {owner.name} {state.type.value}")
            if name == "breaks":
                raise RuntimeError("hook")

        return call

    @flow(
        name="hooked",
        on_running=[hook("first")],
        on_completion=[hook("breaks"), hook("second")],
        on_failure=[hook("never")],
    )
    def hooked() -> int:
        return 1

    @hooked.on_completion
    def third(owner: Any, run: Any, state: State[Any]) -> None:
        seen.append(f"third {run.name == desk.only_run().name}")

    assert hooked() == 1
    assert seen == [
        "first hooked RUNNING",
        "breaks hooked COMPLETED",
        "second hooked COMPLETED",
        "third True",
    ]
    run = desk.only_run()
    assert run.state_type is StateType.COMPLETED
    assert any("while running hook 'call'" in line for line in desk.log(run.id))


def test_hooks_of_tasks_and_failures() -> None:
    seen: list[str] = []

    def note(owner: Any, run: Any, state: State[Any]) -> None:
        seen.append(f"{owner.name} {state.name}")

    async def anote(owner: Any, run: Any, state: State[Any]) -> None:
        seen.append(f"async {owner.name} {state.name}")

    @task(on_running=[note], on_failure=[note, anote], on_completion=[note])
    def breaks() -> None:
        raise ValueError("no")

    @flow(on_failure=[note, anote], on_completion=[anote])
    def hooked() -> None:
        breaks()

    with pytest.raises(ValueError, match="no"):
        hooked()
    assert seen == [
        "breaks Running",
        "breaks Failed",
        "async breaks Failed",
        "hooked Failed",
        "async hooked Failed",
    ]


def test_hooks_must_be_lists() -> None:
    with pytest.raises(TypeError, match="Expected iterable for 'on_failure'"):
        flow(on_failure=print)(double.fn)  # type: ignore[call-overload]


# Logs --------------------------------------------------------------------------------------


def test_lines_of_the_logger_and_of_print_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    @task
    def speaks() -> None:
        get_run_logger().warning("task says %s", "hello")
        print("printed in a task")

    @task(log_prints=False)
    def silent() -> None:
        print("only on the screen")

    @flow(log_prints=True)
    def logged() -> None:
        get_run_logger().info("flow says hello")
        print("printed", 1, 2, sep="-")
        speaks()
        speaks.submit().result()
        silent()

    logged()
    lines = desk.log(desk.only_run().id)
    assert lines.count("task says hello") == 2
    assert lines.count("printed in a task") == 2
    assert "printed-1-2" in lines
    assert "flow says hello" in lines
    assert lines.index("flow says hello") < lines.index("printed-1-2")
    assert "only on the screen" not in lines
    assert "only on the screen" in capsys.readouterr().out


def test_outside_runs_there_is_no_run_logger() -> None:
    with pytest.raises(MissingContextError, match="no active flow or task run context"):
        get_run_logger()


# Journal -----------------------------------------------------------------------------------


def test_a_changed_branch_does_not_shift_answers() -> None:
    """The second attempt asks other questions first; each answer stays with its own."""
    asked: list[dict[str, int]] = []

    @flow(retries=1)
    def branches() -> dict[str, int]:
        found: dict[str, int] = {}
        if asked:
            found["extra"] = pause_flow_run(wait_for_input=int, timeout=600)
        found["always"] = pause_flow_run(wait_for_input=int, timeout=500)
        asked.append(found)
        if len(asked) == 1:
            raise ValueError("again")
        return found

    call = Call(branches)
    first = desk.question()
    resume_flow_run(first.run_id, {"value": 1}, key=first.key)
    keys = [first.key]
    for value in (2, 3):
        item = desk.another_question(keys[-1:] if value == 3 else [])
        keys.append(item.key)
        resume_flow_run(item.run_id, {"value": value}, key=item.key)
    assert call.returned() == {"extra": 2, "always": 3}
    assert keys[2] == keys[0]
    assert keys[1] != keys[0]
