"""Names of runs: templates, functions, and what happens when they make none."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest

from signoff import flow, task
from signoff.context import FlowRunContext, TaskRunContext
from signoff.engine.clock import new_id
from signoff.gateway.connect import get_gateway
from signoff.model.commands import CreateRun
from signoff.model.errors import NameTemplateError, ParameterTypeError
from signoff.model.journal import NewRun
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.test_tasks import run_in_flow

pytestmark = pytest.mark.usefixtures("home")


def plain() -> str:
    return "by function"


def of_parameters(parameters: dict[str, Any]) -> str:
    return f"of {parameters['day']}"


async def asynchronous() -> str:
    await asyncio.sleep(0)
    return "awaited"


def looks() -> str:
    task, run = TaskRunContext.get(), FlowRunContext.get()
    assert run is not None
    around = task or run
    return f"sees {around.parameters['day']}"


NAMES: list[tuple[Any, str]] = [
    ("on {day}", "on 2027-01-31"),
    (plain, "by function"),
    (of_parameters, "of 2027-01-31"),
    (asynchronous, "awaited"),
    (looks, "sees 2027-01-31"),
]


@pytest.mark.parametrize(("maker", "expected"), NAMES)
@pytest.mark.parametrize("in_loop", [False, True])
def test_every_way_to_name_runs(maker: Any, expected: str, in_loop: bool) -> None:
    @task(task_run_name=maker)
    def works(day: date) -> None:
        return None

    @flow(flow_run_name=maker)
    def named(day: date) -> None:
        works(day)
        works.submit(day).result()

    @flow(flow_run_name=maker)
    async def anamed(day: date) -> None:
        works(day)
        works.submit(day).wait()

    if in_loop:
        asyncio.run(anamed(date(2027, 1, 31)))
    else:
        named(date(2027, 1, 31))
    run = desk.only_run()
    assert run.name == expected
    assert [record.name for record in desk.tasks(run.id)] == [expected] * 2


def test_a_template_gets_validated_parameters() -> None:
    @flow(flow_run_name="{name} in {day:%B}")
    def named(name: str, day: date) -> None:
        return None

    text: Any = "2027-01-31"
    named("report", text)
    assert desk.only_run().name == "report in January"


def raises() -> str:
    raise KeyError("inside")


def number() -> Any:
    return 3


BROKEN: list[tuple[Any, str]] = [
    ("{nope}", r"The template '\{nope\}' .* KeyError: 'nope'. It may use the parameters: day\."),
    ("{day:%Q!}", "cannot be filled in: ValueError"),
    (raises, "raised KeyError: 'inside'. Have it return a text."),
    (number, "returned type int but a string is required"),
]


@pytest.mark.parametrize(("maker", "said"), BROKEN)
def test_a_flow_that_cannot_name_its_run_fails(maker: Any, said: str) -> None:
    @flow(name="nameless", flow_run_name=maker, retries=3)
    def nameless(day: int) -> None:
        raise AssertionError

    with pytest.raises(NameTemplateError, match=said) as refused:
        nameless(1)
    assert "'flow_run_name' of flow 'nameless'" in str(refused.value)
    run = desk.only_run()
    assert (run.state_type, run.run_count) == (StateType.FAILED, 1)


@pytest.mark.parametrize(("maker", "said"), BROKEN)
def test_a_task_that_cannot_name_its_run_fails(maker: Any, said: str) -> None:
    @task(task_run_name=maker, retries=3)
    def nameless(day: int) -> None:
        raise AssertionError

    with pytest.raises(NameTemplateError, match=said) as refused:
        run_in_flow(lambda: nameless(1))
    assert "'task_run_name' of task 'nameless'" in str(refused.value)
    (record,) = desk.tasks(desk.only_run().id)
    assert record.state_type is StateType.FAILED


def test_wrong_parameters_are_told_before_the_name() -> None:
    @flow(flow_run_name="{day.year}")
    def named(day: date) -> None:
        return None

    wrong: Any = "never"
    with pytest.raises(ParameterTypeError, match="day"):
        named(wrong)


def test_a_run_that_was_created_beforehand_is_named_when_it_begins() -> None:
    @flow(flow_run_name="for {day}")
    def later(day: int) -> int:
        return day

    id = new_id()
    new = NewRun(id=id, flow_name="later", name="made-up", parameters={"day": 3})
    get_gateway().send(CreateRun(new))
    assert later.enter(id).result() == 3
    assert desk.only_run().name == "for 3"
