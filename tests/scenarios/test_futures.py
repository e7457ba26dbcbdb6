"""What tasks leave behind: states, failures, dependencies, futures, results."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from signoff import allow_failure, flow, quote, task, unmapped
from signoff.futures import as_completed, wait
from signoff.model.errors import MappingLengthMismatch, MappingMissingIterable, UnfinishedRun
from signoff.model.states import StateType
from signoff.states import Completed, Failed
from tests.scenarios import desk
from tests.scenarios.test_tasks import double, fails, run_in_flow
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")


# States and failures -----------------------------------------------------------------------


def test_return_state() -> None:
    def both() -> list[Any]:
        return [
            double(1, return_state=True),
            double.submit(2, return_state=True),
            *double.map([3], return_state=True),
            fails(return_state=True),
        ]

    @flow
    def around() -> list[str]:
        states = both()
        assert [state.result() for state in states[:3]] == [2, 4, 6]
        with pytest.raises(ValueError, match="no"):
            states[3].result()
        assert isinstance(states[3].result(raise_on_failure=False), ValueError)
        return [state.name for state in states]

    assert around() == ["Completed"] * 3 + ["Failed"]


def test_a_task_may_return_a_state() -> None:
    @task
    def decides(well: bool) -> Any:
        return Completed(data=1) if well else Failed(message="by hand")

    @flow
    def around() -> Any:
        assert decides(True) == 1
        state: Any = decides(False, return_state=True)
        return state.message

    assert around() == "by hand"


def test_failures_of_futures() -> None:
    @flow
    def around() -> list[Any]:
        future = fails.submit("broken")
        with pytest.raises(ValueError, match="broken"):
            future.result()
        failure: Any = future.result(raise_on_failure=False)
        assert isinstance(failure, ValueError)
        assert future.state.is_failed()
        return ["went on"]

    assert around() == ["went on"]


# Dependencies ------------------------------------------------------------------------------


def test_futures_in_arguments_are_dependencies() -> None:
    @task
    def total(numbers: list[int], more: dict[str, int]) -> int:
        return sum(numbers) + sum(more.values())

    def calls() -> int:
        first, second = double.submit(1), double.submit(2)
        return total.submit([first, 10], {"x": second}).result()

    assert run_in_flow(calls) == 2 + 10 + 4


def test_states_in_arguments_become_their_results() -> None:
    def calls() -> int:
        state: Any = double(2, return_state=True)
        return double(state)

    assert run_in_flow(calls) == 8


def test_a_failed_upstream_keeps_the_task_from_beginning() -> None:
    begun = []

    @task
    def after(number: int) -> int:
        begun.append(number)
        return number

    @flow
    def around() -> Any:
        state = after.submit(fails.submit(), return_state=True)
        assert (state.type, state.name) == (StateType.PENDING, "NotReady")
        assert "did not reach a 'COMPLETED' state" in str(state.message)
        waiting = after.submit(1, wait_for=[fails.submit()], return_state=True)
        assert waiting.name == "NotReady"
        future = after.submit(fails.submit())
        with pytest.raises(UnfinishedRun):
            future.result()
        return 1

    assert around() == 1
    assert begun == []


def test_a_failure_may_be_allowed() -> None:
    @task
    def kind_of(value: Any) -> str:
        return type(value).__name__

    def calls() -> list[str]:
        return [
            kind_of.submit(allow_failure(fails.submit())).result(),
            kind_of.submit(allow_failure(double.submit(1))).result(),
            kind_of.submit(1, wait_for=[allow_failure(fails.submit())]).result(),
        ]

    assert run_in_flow(calls) == ["ValueError", "int", "int"]


def test_wait_for_orders_tasks() -> None:
    order: list[str] = []

    @task
    def note(name: str, pause: float) -> None:
        threading.Event().wait(pause)
        order.append(name)

    @flow
    def around() -> None:
        first = note.submit("first", 0.05)
        note.submit("second", 0, wait_for=[first]).wait()
        slow = note.submit("third", 0.05)
        last: Any = note("fourth", 0, wait_for=[slow], return_state=True)
        assert last.is_completed()

    around()
    assert order == ["first", "second", "third", "fourth"]


def test_quoted_arguments_are_left_alone() -> None:
    @task
    def same(value: Any) -> Any:
        return value

    assert run_in_flow(lambda: same(quote({"a": [1, 2]}))) == {"a": [1, 2]}


# Mapping -----------------------------------------------------------------------------------


def test_map() -> None:
    @task
    def add(one: int, two: int, rest: Any = 0) -> int:
        return one + two + (rest if isinstance(rest, int) else sum(rest))

    assert run_in_flow(lambda: add.map([1, 2], [10, 20]).result()) == [11, 22]
    assert run_in_flow(lambda: add.map([1, 2], 5).result()) == [6, 7]
    assert run_in_flow(lambda: add.map([1, 2], 0, unmapped([1, 1])).result()) == [3, 4]
    chained = run_in_flow(lambda: double.map(double.map([1, 2])).result())
    assert chained == [4, 8]
    with pytest.raises(MappingLengthMismatch, match=r"\{'one': 2, 'two': 3\}"):
        run_in_flow(lambda: add.map([1, 2], [1, 2, 3]))
    with pytest.raises(MappingMissingIterable, match="map of task 'add'"):
        run_in_flow(lambda: add.map(1, 2))


def test_map_with_failures() -> None:
    @task
    def odd(number: int) -> int:
        if number % 2 == 0:
            raise ValueError(f"{number} is even")
        return number

    @flow
    def around() -> list[Any]:
        futures = odd.map([1, 2, 3])
        with pytest.raises(ValueError, match="2 is even"):
            futures.result()
        allowed = double.map(odd.map([1, 3])).result()
        return [
            [str(each) for each in futures.result(raise_on_failure=False)],
            [future.state.is_failed() for future in futures],
            allowed,
        ]

    assert around() == [["1", "2 is even", "3"], [False, True, False], [2, 6]]


# Futures -----------------------------------------------------------------------------------


def test_futures_can_be_waited_for() -> None:
    gate = threading.Event()

    @task
    def gated(number: int) -> int:
        gate.wait(desk.PATIENCE)
        return number

    @flow
    def around() -> list[int]:
        done_first: list[Any] = []
        quick, slow = double.submit(1), gated.submit(5)
        quick.wait()
        slow.add_done_callback(done_first.append)
        assert slow.state.is_pending()
        with pytest.raises(TimeoutError, match="it still runs"):
            slow.result(timeout=0)
        done, not_done = wait([quick, slow], timeout=0)
        assert (done, not_done) == ({quick}, {slow})
        with pytest.raises(TimeoutError, match=r"1 \(of 2\) futures unfinished"):
            list(as_completed([quick, slow], timeout=0.01))
        gate.set()
        assert {future.result() for future in as_completed([quick, slow])} == {2, 5}
        slow.wait()
        wait_until(lambda: done_first, desk.PATIENCE)
        return [quick.result(), slow.result()]

    assert around() == [2, 5]


# Results -----------------------------------------------------------------------------------


def test_a_result_that_cannot_be_kept_is_warned_about_when_the_task_finishes() -> None:
    @task
    def opens() -> Any:
        return threading.Lock()

    @flow
    def around() -> None:
        assert opens() is not None

    around()
    lines = desk.log(desk.only_run().id)
    assert any("The result of task 'opens' cannot be kept" in line for line in lines), lines


def test_a_large_result_spills_to_a_file(home: Path) -> None:
    @task
    def large() -> bytes:
        return b"x" * 2_000_000

    assert run_in_flow(lambda: len(large())) == 2_000_000
    assert [path.suffix for path in (home / "storage").iterdir()] == [".pickle"]
    assert (home / "signoff.db").stat().st_size < 2_000_000
