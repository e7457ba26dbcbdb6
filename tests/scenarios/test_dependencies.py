"""What calls depend on: nested, mapped and marked arguments, failed ones, and circles."""

from __future__ import annotations

import asyncio
import io
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from pydantic import BaseModel

from signoff import allow_failure, flow, quote, task, unmapped
from signoff.futures import SignoffFuture
from signoff.model.errors import (
    FutureCycleError,
    MappingLengthMismatch,
    MappingMissingIterable,
    UnfinishedRun,
    UpstreamTaskError,
)
from signoff.model.states import StateType
from signoff.states import Failed, Paused, Running
from signoff.utilities.annotations import opaque
from tests.scenarios import desk
from tests.scenarios.test_tasks import double, fails, run_in_flow
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")


@task
def same(value: Any, more: Any = None) -> Any:
    return value


@task
def kind_of(value: Any, other: Any = None) -> str:
    return type(value).__name__


@dataclass
class Row:
    cell: Any


class Pair(NamedTuple):
    left: Any
    right: Any


class Model(BaseModel):
    cell: Any


# Nested ------------------------------------------------------------------------------------

NESTED: list[tuple[Callable[[Any], Any], Any]] = [
    (lambda f: [f, [f, (f, 1)]], [2, [2, (2, 1)]]),
    (lambda f: {"a": {"b": [f]}, f: 3}, {"a": {"b": [2]}, 2: 3}),
    (lambda f: {f}, {2}),
    (lambda f: frozenset([f]), frozenset([2])),
    (lambda f: Row([f]), Row([2])),
    (lambda f: Pair(f, 1), Pair(2, 1)),
    (lambda f: Model(cell=f), Model(cell=2)),
    (lambda f: OrderedDict(x=f), OrderedDict(x=2)),
    (lambda f: defaultdict(list, x=[f]), defaultdict(list, x=[2])),
    (lambda f: double.map([1, 2]), [2, 4]),
    (lambda f: [double(1, return_state=True)], [2]),
]


@pytest.mark.parametrize("case", range(len(NESTED)))
def test_futures_and_states_are_found_wherever_they_are(case: int) -> None:
    make, expected = NESTED[case]
    found = run_in_flow(lambda: same.submit(make(double.submit(1))).result())
    assert found == expected
    assert type(found) is type(expected)


def test_collections_without_futures_are_passed_on_themselves() -> None:
    given = {"rows": [1, 2]}
    itself: list[Any] = [1]
    itself.append(itself)
    assert run_in_flow(lambda: same(given, double.submit(1))) is given
    assert run_in_flow(lambda: same(itself, double.submit(1))) is itself


def test_quoted_and_opaque_values_are_not_looked_through() -> None:
    def calls() -> list[Any]:
        future = double.submit(1)
        return [same(mark([future])) for mark in (quote, opaque)]

    quoted, hidden = run_in_flow(calls)
    assert isinstance(quoted[0], SignoffFuture)
    assert isinstance(hidden[0], SignoffFuture)


# Mapped ------------------------------------------------------------------------------------

MAPPED: dict[str, tuple[Callable[[], Any], list[Any]]] = {
    "quote": (lambda: same.map(quote([1, 2])), [1, 2]),
    "keys of a dict": (lambda: same.map({"a": 1, "b": 2}), ["a", "b"]),
    "range": (lambda: same.map(range(2)), [0, 1]),
    "generator": (lambda: same.map(each for each in "ab"), ["a", "b"]),
    "opaque whole": (lambda: same.map(opaque([1]), [5, 6]), [[1], [1]]),
    "unmapped": (lambda: same.map(unmapped([1, 2]), [5, 6]), [[1, 2], [1, 2]]),
    "text is one value": (lambda: same.map("ab", [5, 6]), ["ab", "ab"]),
    "file is one value": (lambda: kind_of.map(io.StringIO("a"), [5]), ["StringIO"]),
    "future of a list": (lambda: same.map(same.submit([1, 2])), [1, 2]),
    "state of a list": (lambda: same.map(same([1, 2], return_state=True)), [1, 2]),
    "unmapped future": (lambda: same.map(unmapped(double.submit(1)), [5, 6]), [2, 2]),
    "allowed failures": (
        lambda: kind_of.map(allow_failure([fails.submit(), double.submit(1)])),
        ["ValueError", "int"],
    ),
    "unmapped allowed failure": (
        lambda: kind_of.map(unmapped(allow_failure(fails.submit())), [5, 6]),
        ["ValueError", "ValueError"],
    ),
    "allowed unmapped failure": (
        lambda: kind_of.map(allow_failure(unmapped(fails.submit())), [5, 6]),
        ["ValueError", "ValueError"],
    ),
    "allowed failed future": (
        lambda: kind_of.map(allow_failure(fails.submit()), [5]),
        ["ValueError"],
    ),
}


@pytest.mark.parametrize("case", MAPPED)
def test_marks_of_mapped_arguments(case: str) -> None:
    call, expected = MAPPED[case]
    assert run_in_flow(lambda: call().result()) == expected


def test_variadic_arguments_are_mapped_one_by_one() -> None:
    @task
    def add(*numbers: int, **named: int) -> int:
        return sum(numbers) + sum(named.values())

    assert run_in_flow(lambda: add.map([1, 2], [10, 20]).result()) == [11, 22]
    assert run_in_flow(lambda: add.map(1, a=[1, 2], b=unmapped(5)).result()) == [7, 8]
    with pytest.raises(MappingLengthMismatch, match=r"\{'numbers\[0\]': 1, 'a': 2\}"):
        run_in_flow(lambda: add.map([1], a=[1, 2]))


def test_a_default_is_not_mapped_over() -> None:
    @task
    def tagged(number: int, labels: tuple[str, ...] = ("a", "b")) -> tuple[str, ...]:
        return labels

    assert run_in_flow(lambda: tagged.map([1, 2, 3]).result()) == [("a", "b")] * 3
    with pytest.raises(MappingMissingIterable, match="map of task 'tagged'"):
        run_in_flow(lambda: tagged.map(1))


def test_mapping_over_what_failed() -> None:
    with pytest.raises(UpstreamTaskError, match="did not reach a 'COMPLETED' state") as refused:
        run_in_flow(lambda: same.map(fails.submit()))
    assert isinstance(refused.value.__cause__, ValueError)
    states = run_in_flow(lambda: [same.map([fails.submit(), 1], return_state=True)])[0]
    assert [state.name for state in states] == ["NotReady", "Completed"]


# Failed ------------------------------------------------------------------------------------


def test_a_task_that_could_not_begin_is_on_record() -> None:
    @flow
    def around() -> Any:
        future = same.submit([fails.submit()])
        with pytest.raises(UpstreamTaskError):
            future.result()
        assert isinstance(future.result(raise_on_failure=False), UpstreamTaskError)
        with pytest.raises(UnfinishedRun, match="did not reach a 'COMPLETED' state"):
            future.state.result()
        return str(future.task_run_id)

    id = around()
    (record,) = [each for each in desk.tasks(desk.only_run().id) if str(each.id) == id]
    assert (record.state_type, record.state_name) == (StateType.PENDING, "NotReady")
    assert (record.start_time, record.end_time, record.run_count) == (None, None, 0)


@pytest.mark.parametrize("bad", [Failed(message="x"), Running(), Paused()], ids=str)
def test_a_state_that_is_no_result_keeps_a_task_from_beginning(bad: Any) -> None:
    with pytest.raises(UpstreamTaskError):
        run_in_flow(lambda: same(bad))
    with pytest.raises(UpstreamTaskError):
        run_in_flow(lambda: same(1, wait_for=[bad]))


def test_one_future_may_be_waited_for_without_a_list() -> None:
    future_or_list: Any = double
    assert run_in_flow(lambda: same(1, wait_for=future_or_list.submit(1))) == 1


# Flows -------------------------------------------------------------------------------------


@flow
def child(value: Any) -> Any:
    return value


@flow
async def async_child(value: Any) -> Any:
    return value


def test_a_flow_waits_for_what_it_depends_on() -> None:
    @flow
    def parent() -> Any:
        return [child([double.submit(2)]), child(1, wait_for=[double.submit(1)])]

    assert parent() == [[4], 1]
    assert [run.parameters for run in desk.runs()[1:]] == [{"value": [4]}, {"value": 1}]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_flow_whose_upstream_failed_does_not_begin(asynchronous: bool) -> None:
    @flow
    def parent() -> Any:
        for given in (fails.submit(), 1):
            state: Any = child(given, return_state=True, wait_for=[fails.submit()])
            assert (state.type, state.name) == (StateType.PENDING, "NotReady")
        return child(fails.submit())

    @flow
    async def async_parent() -> Any:
        state: Any = await async_child(1, wait_for=[fails.submit()], return_state=True)
        assert state.name == "NotReady"
        return await async_child(fails.submit())

    with pytest.raises(UpstreamTaskError):
        if asynchronous:
            asyncio.run(async_parent())
        else:
            parent()
    assert len(desk.runs()) == 1


# Circles -----------------------------------------------------------------------------------


def test_tasks_that_wait_for_each_other_are_told_so() -> None:
    shared: dict[str, SignoffFuture[Any]] = {}
    ready = threading.Event()

    @task
    def asks(name: str) -> Any:
        ready.wait(desk.PATIENCE)
        return shared[name].result()

    @flow
    def circle() -> list[Any]:
        shared["a"] = asks.submit("b")
        shared["b"] = asks.submit("c")
        shared["c"] = same.submit(shared["a"])
        ready.set()
        return [future.result(raise_on_failure=False) for future in shared.values()]

    found = circle()
    errors = [each for each in found if isinstance(each, FutureCycleError)]
    assert errors, found
    assert "'asks' (task run " in str(errors[0])
    assert " waits for 'same' (task run " in str(errors[0])


def test_a_task_that_waits_for_itself_is_told_so() -> None:
    shared: list[SignoffFuture[Any]] = []
    ready = threading.Event()

    @task
    def asks() -> Any:
        ready.wait(desk.PATIENCE)
        return inner()

    @task
    def inner() -> Any:
        return shared[0].result()

    @flow
    def circle() -> None:
        shared.append(asks.submit())
        ready.set()
        shared[0].result()

    with pytest.raises(FutureCycleError, match=r"in a circle: 'inner' .* waits for 'asks'"):
        circle()


def test_a_callback_that_raises_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Any] = []

    def breaks(future: Any) -> None:
        raise KeyError("callback")

    @flow
    def around() -> int:
        future = double.submit(1)
        future.add_done_callback(breaks)
        future.add_done_callback(heard.append)
        return future.result()

    assert around() == 2
    wait_until(lambda: len(heard) == 1)
