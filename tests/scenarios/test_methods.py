"""Flows and tasks in classes: methods, class and static ones, decorated in either order."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from signoff import flow, task
from signoff.authoring.decorators import FlowDecorator, TaskDecorator
from signoff.authoring.flow import Flow
from signoff.authoring.option_names import CacheOptions, FlowOptions, TaskOptions
from signoff.authoring.task import Task
from tests.scenarios import desk
from tests.scenarios.test_tasks import run_in_flow

pytestmark = pytest.mark.usefixtures("home")


class Shop:
    """What every shop has."""

    name = "corner"

    def __init__(self, rate: int = 2) -> None:
        self.rate = rate

    @task
    def price(self, number: int, of: str = "tea") -> str:
        return f"{of} {number * self.rate}"

    @classmethod
    @task
    def inner_class(cls, number: int) -> str:
        return f"{cls.name} {number}"

    @task
    @classmethod
    def outer_class(cls, number: int) -> str:
        return f"{cls.name} {number}"

    @staticmethod
    @task
    def inner_static(number: int) -> int:
        return number + 1

    @task
    @staticmethod
    def outer_static(number: int) -> int:
        return number + 1

    @flow
    def sells(self, what: str) -> str:
        return f"{self.name} sells {self.price(1, what)}"

    @flow
    @classmethod
    def called(cls) -> str:
        return cls.name

    @flow
    @staticmethod
    def opens(hour: int) -> int:
        return hour


class Branch(Shop):
    name = "branch"


CALLS: dict[str, tuple[Any, Any]] = {
    "method": (lambda: Branch(3).price, ["tea 3", "tea 6"]),
    "inner classmethod": (lambda: Branch.inner_class, ["branch 1", "branch 2"]),
    "outer classmethod": (lambda: Branch.outer_class, ["branch 1", "branch 2"]),
    "outer classmethod of an instance": (lambda: Shop().outer_class, ["corner 1", "corner 2"]),
    "inner staticmethod": (lambda: Shop.inner_static, [2, 3]),
    "outer staticmethod": (lambda: Shop().outer_static, [2, 3]),
}


@pytest.mark.parametrize("case", CALLS)
def test_every_way_to_call_a_task_of_a_class(case: str) -> None:
    take, expected = CALLS[case]
    method = take()

    def calls() -> list[Any]:
        renamed = method.with_options(name="renamed", tags=["x"])
        return [
            [method(1), method(2)],
            [method.submit(1).result(), method.submit(number=2).result()],
            method.map([1, 2]).result(),
            [renamed(1), renamed.submit(2).result()],
            renamed.map([1, 2]).result(),
        ]

    assert run_in_flow(calls) == [expected] * 5
    names = [record.name.rpartition("-")[0] for record in desk.tasks(desk.only_run().id)]
    assert names.count("renamed") == 4


def test_flows_of_a_class() -> None:
    assert Branch(5).sells("milk") == "branch sells milk 5"
    assert Branch.called() == "branch"
    assert Shop().called() == "corner"
    assert Shop.opens(9) == Shop().opens(9) == 9
    assert Branch().sells.with_options(name="sold")("rum") == "branch sells rum 2"
    first, *_, last = desk.runs()
    assert (first.flow_name, last.flow_name) == ("sells", "sold")
    assert first.parameters == {"what": "milk"}


def test_attributes_of_a_bound_task_are_those_of_the_task() -> None:
    bound = Shop().price
    assert (bound.name, bound.retries, bound.isasync) == ("price", 0, False)
    assert repr(bound).startswith("<bound task 'price' of <")
    assert Shop.price.fn(Shop(4), 2) == "tea 8"
    assert Shop.outer_class.isclassmethod
    assert Shop.outer_static.isstaticmethod
    with pytest.raises(AttributeError):
        _ = bound.colour


@pytest.mark.parametrize(
    ("made", "typed", "extra"), [(Flow, FlowOptions, []), (Task, TaskOptions, [CacheOptions])]
)
def test_decorators_are_typed_with_exactly_the_options_there_are(
    made: Any, typed: Any, extra: list[Any]
) -> None:
    taken = [name for name in inspect.signature(made.__init__).parameters if name != "caching"][2:]
    typed_here = {name for each in (typed, *extra) for name in each.__annotations__}
    assert set(taken) <= typed_here
    decorate: FlowDecorator | TaskDecorator = flow(name="x") if made is Flow else task(name="x")
    copy: Any = decorate(Shop.inner_static.fn)
    assert set(copy._options()) == typed_here
    options = {"name": "y", "description": "z", "retries": 2, "log_prints": True}
    changed = copy.with_options(**options)
    assert {name: getattr(changed, name) for name in options} == options
