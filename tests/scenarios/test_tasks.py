"""Tasks: the ways to call one, its names, its retries, its time limit."""

from __future__ import annotations

import asyncio
import threading
import time
from itertools import pairwise
from typing import Any

import pytest

from signoff import flow, tags, task
from signoff.model.errors import (
    ParameterBindError,
)
from signoff.model.states import StateType
from signoff.states import State
from signoff.task_runners import ThreadPoolTaskRunner
from tests.scenarios import desk
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")


def run_in_flow(fn: Any) -> Any:
    """Call a function within a flow."""

    @flow
    def around() -> Any:
        return fn()

    return around()


@task
def double(number: int) -> int:
    return number * 2


@task
def fails(text: str = "no") -> int:
    raise ValueError(text)


# Calls -------------------------------------------------------------------------------------


def test_direct_submitted_and_mapped_calls() -> None:
    assert run_in_flow(lambda: double(2)) == 4
    assert run_in_flow(lambda: double.submit(3).result()) == 6
    assert run_in_flow(lambda: double.map([1, 2, 3]).result()) == [2, 4, 6]
    assert run_in_flow(lambda: double.map(range(0)).result()) == []


def test_wrong_arguments_name_the_function() -> None:
    with pytest.raises(ParameterBindError, match="function 'double'"):
        run_in_flow(lambda: double(1, 2))  # type: ignore[call-overload]
    with pytest.raises(ParameterBindError, match="function 'double'"):
        run_in_flow(lambda: double.submit())


def test_submitted_tasks_run_at_the_same_time() -> None:
    meeting = threading.Barrier(3)

    @task
    def meets(number: int) -> int:
        meeting.wait(desk.PATIENCE)
        return number

    assert run_in_flow(lambda: meets.map([1, 2, 3]).result()) == [1, 2, 3]


def test_a_task_runner_limits_them() -> None:
    now, most = [0], [0]
    lock = threading.Lock()

    @task
    def counts(number: int) -> int:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        with lock:
            now[0] -= 1
        return number

    @flow(task_runner=ThreadPoolTaskRunner(max_workers=2))
    def many() -> Any:
        return counts.map(range(12)).result()

    assert many() == list(range(12))
    assert most[0] <= 2


def test_nested_tasks() -> None:
    @task
    def inner(number: int) -> int:
        return double(number) + 1

    @task
    def outer(number: int) -> int:
        return inner(number) + inner.submit(number).result()

    assert run_in_flow(lambda: outer.submit(1).result()) == 6
    run = desk.only_run()
    names = sorted(record.name.rpartition("-")[0] for record in desk.tasks(run.id))
    assert names == ["double", "double", "inner", "inner", "outer"]


def test_a_forgotten_task_is_waited_for() -> None:
    ended = []

    @task
    def slow() -> None:
        threading.Event().wait(0.05)
        ended.append(1)

    @flow
    def forgets() -> None:
        slow.submit()

    forgets()
    assert ended == [1]
    assert [record.state_type for record in desk.tasks(desk.only_run().id)] == [StateType.COMPLETED]


def test_methods_are_tasks() -> None:
    class Scale:
        def __init__(self, by: int) -> None:
            self.by = by

        @task
        def times(self, number: int) -> int:
            return number * self.by

        @staticmethod
        @task
        def plain(number: int) -> int:
            return number

        @classmethod
        @task
        def named(cls, number: int) -> str:
            return f"{cls.__name__} {number}"

    scale = Scale(3)
    assert run_in_flow(lambda: scale.times(2)) == 6
    assert run_in_flow(lambda: scale.times.submit(2).result()) == 6
    assert run_in_flow(lambda: scale.times.map([1, 2]).result()) == [3, 6]
    assert run_in_flow(lambda: (Scale.plain(4), Scale.named(5))) == (4, "Scale 5")


def test_with_options_makes_a_copy() -> None:
    calls = []

    @task(retries=0)
    def once() -> int:
        calls.append(1)
        if len(calls) < 3:
            raise ValueError("again")
        return len(calls)

    braver = once.with_options(retries=5, name="braver", tags=["x"])
    assert run_in_flow(braver) == 3
    assert (once.name, once.retries, braver.name, braver.retries) == ("once", 0, "braver", 5)
    (record,) = desk.tasks(desk.only_run().id)
    assert record.name.startswith("braver-")
    assert record.tags == ["x"]
    with pytest.raises(TypeError, match="no option 'colour'"):
        once.with_options(colour="red")  # type: ignore[call-arg]


def test_names_and_tags() -> None:
    @task(task_run_name="copy {source} to {target}", tags=["io"])
    def copy(source: str, target: str = "b") -> None:
        return None

    @flow
    def copies() -> None:
        with tags("night"):
            copy("a")
        copy("c", "d")

    copies()
    first, second = desk.tasks(desk.only_run().id)
    assert (first.name, first.tags) == ("copy a to b", ["io", "night"])
    assert (second.name, second.tags) == ("copy c to d", ["io"])


# Retries -----------------------------------------------------------------------------------


def failing(times: int, **options: Any) -> tuple[Any, list[float]]:
    """A task that fails so often before it returns how often it was called; and when it was."""
    calls: list[float] = []

    @task(**options)
    def flaky() -> int:
        calls.append(time.monotonic())
        if len(calls) <= times:
            raise ValueError(f"call {len(calls)}")
        return len(calls)

    return flaky, calls


def test_retries() -> None:
    flaky, calls = failing(2, retries=2)
    assert run_in_flow(flaky) == 3
    (record,) = desk.tasks(desk.only_run().id)
    assert (record.run_count, record.state_type) == (3, StateType.COMPLETED)
    assert len(calls) == 3


def test_retries_used_up() -> None:
    flaky, _ = failing(5, retries=2)
    with pytest.raises(ValueError, match="call 3"):
        run_in_flow(flaky)
    (record,) = desk.tasks(desk.only_run().id)
    assert (record.run_count, record.state_type) == (3, StateType.FAILED)
    assert record.state is not None
    assert record.state.message == "Task run encountered an exception ValueError: call 3"


@pytest.mark.parametrize("submitted", [False, True])
@pytest.mark.parametrize(
    ("delay", "least"),
    [(0.05, [0.05, 0.05]), ([0.02, 0.06], [0.02, 0.06]), (lambda n: [0.03] * n, [0.03, 0.03])],
    ids=["number", "list", "function"],
)
def test_retry_delays(delay: Any, least: list[float], submitted: bool) -> None:
    flaky, calls = failing(2, retries=2, retry_delay_seconds=delay)
    run_in_flow(flaky.submit if submitted else flaky)
    wait_until(lambda: len(calls) == 3, desk.PATIENCE)
    waited = [after - before for before, after in pairwise(calls)]
    assert all(w >= wanted for w, wanted in zip(waited, least, strict=True)), waited


def test_settings_say_what_tasks_and_flows_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_TASKS_DEFAULT_RETRIES", "1")
    monkeypatch.setenv("SIGNOFF_TASK_DEFAULT_RETRY_DELAY_SECONDS", "0.03")
    monkeypatch.setenv("SIGNOFF_FLOWS_DEFAULT_RETRIES", "1")
    monkeypatch.setenv("SIGNOFF_FLOWS_DEFAULT_RETRY_DELAY_SECONDS", "[0.05, 9]")
    flaky, calls = failing(3)
    assert run_in_flow(flaky) == 4
    waited = [after - before for before, after in pairwise(calls)]
    assert all(w >= least for w, least in zip(waited, [0.03, 0.05, 0.03], strict=True)), waited
    says_so, _ = failing(9, retries=0)
    with pytest.raises(ValueError, match="call 2"):
        run_in_flow(says_so)


def test_jitter_only_lengthens() -> None:
    flaky, calls = failing(3, retries=3, retry_delay_seconds=0.02, retry_jitter_factor=0.5)
    assert run_in_flow(flaky) == 4
    waited = [after - before for before, after in pairwise(calls)]
    assert all(each >= 0.02 for each in waited), waited
    with pytest.raises(ValueError, match="`retry_jitter_factor` must be >= 0"):
        task(retry_jitter_factor=-1)(spin)


def test_a_condition_may_veto_the_retry() -> None:
    seen: list[tuple[str, str, str]] = []

    def only_first(task: Any, run: Any, state: State[Any]) -> bool:
        seen.append((task.name, str(state.type.value), str(state.result(raise_on_failure=False))))
        return len(seen) < 2

    flaky, calls = failing(9, retries=9, retry_condition_fn=only_first)
    with pytest.raises(ValueError, match="call 2"):
        run_in_flow(flaky)
    assert len(calls) == 2
    assert seen == [("flaky", "FAILED", "call 1"), ("flaky", "FAILED", "call 2")]


def test_a_condition_that_raises_vetoes_and_is_logged() -> None:
    def broken(task: Any, run: Any, state: Any) -> bool:
        raise KeyError("condition")

    flaky, calls = failing(9, retries=9, retry_condition_fn=broken)
    with pytest.raises(ValueError, match="call 1"):
        run_in_flow(flaky)
    assert len(calls) == 1
    assert any("retry condition" in line for line in desk.log(desk.only_run().id))


# Time limits -------------------------------------------------------------------------------


def spin() -> None:
    """Work for longer than any limit, in Python."""
    until = time.monotonic() + desk.PATIENCE
    while time.monotonic() < until:
        pass


@pytest.mark.parametrize("submitted", [False, True])
def test_a_synchronous_task_is_interrupted(submitted: bool) -> None:
    limited = task(timeout_seconds=0.1)(spin)

    def call() -> None:
        if submitted:
            limited.submit().result()
        limited()

    with pytest.raises(TimeoutError, match=r"exceeded timeout of 0.1 second\(s\)"):
        run_in_flow(call)
    (record,) = desk.tasks(desk.only_run().id)
    assert (record.state_type, record.state_name) == (StateType.FAILED, "TimedOut")


def test_a_sleeping_task_in_the_main_thread_is_interrupted() -> None:
    limited = task(timeout_seconds=0.1)(lambda: threading.Event().wait(desk.PATIENCE))
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        run_in_flow(limited)
    assert time.monotonic() - started < desk.PATIENCE / 2


@pytest.mark.parametrize("submitted", [False, True])
def test_an_asynchronous_task_is_interrupted(submitted: bool) -> None:
    @task(timeout_seconds=0.1)
    async def limited() -> None:
        await asyncio.sleep(desk.PATIENCE)

    @flow
    async def around() -> None:
        if submitted:
            await asyncio.to_thread(limited.submit().result)
        else:
            await limited()

    with pytest.raises(TimeoutError, match="exceeded timeout"):
        asyncio.run(around())
    (record,) = desk.tasks(desk.only_run().id)
    assert record.state_name == "TimedOut"


def test_a_time_limit_is_for_each_attempt() -> None:
    calls = []

    @task(timeout_seconds=0.2, retries=2)
    def slow_first() -> int:
        calls.append(1)
        if len(calls) < 3:
            spin()
        return len(calls)

    assert run_in_flow(slow_first) == 3
