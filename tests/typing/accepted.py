"""Code that must type-check. Checked by mypy in `test_typing.py`, never run."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, Literal, assert_type

from pydantic import BaseModel

from signoff import Flow, State, flow, pause_flow_run, resume_flow_run, task, unmapped
from signoff.flow_runs import apause_flow_run, wait_for_flow_run
from signoff.futures import SignoffFuture
from signoff.input import RunInput
from signoff.states import StateType


class Approval(RunInput):
    approved: bool


class Plain(BaseModel):
    name: str


@task
def add(a: int, b: int = 1) -> int:
    return a + b


@task(retries=2, name="shout")
def shout(text: str) -> str:
    return text.upper()


@task
async def fetch(url: str) -> bytes:
    return url.encode()


@task
def numbers(to: int) -> Generator[int, None, None]:
    yield from range(to)


@task
async def letters() -> AsyncGenerator[str, None]:
    yield "a"


def named(parameters: dict[str, Any]) -> str:
    return str(parameters)


@task(task_run_name=named, tags=["a"], retry_delay_seconds=[1, 2])
def labelled(number: int) -> int:
    return number


@flow
def streams() -> Generator[int, None, None]:
    for number in numbers(3):
        assert_type(number, int)
        yield number
    assert_type(numbers.submit(3).result(), list[int])
    assert_type(letters.submit().result(), list[str])
    assert_type(labelled(1, wait_for=[numbers.submit(1)]), int)
    assert_type(labelled.with_options(name="x", retries=3, persist_result=True)(2), int)


for each in streams():
    assert_type(each, int)


class Shop:
    @flow
    @staticmethod
    def opens(hour: int) -> str:
        return str(hour)

    @task
    @classmethod
    def named(cls, name: str) -> str:
        return name


@labelled.on_failure
def on_failure(task: Any, run: Any, state: State[Any]) -> None:
    return None


on_failure(1, 2, State(type=StateType.FAILED))


@flow
def simple(x: int) -> str:
    assert_type(add(x), int)
    assert_type(add(x, b=2), int)
    assert_type(add.submit(x), SignoffFuture[int])
    assert_type(add.submit(x).result(), int)
    assert_type(fetch.submit("u").result(), bytes)
    add.map([1, 2, 3], b=unmapped(2))
    return shout("done")


@flow(name="configured", timeout_seconds=10, log_prints=True)
def configured(day: str, *, force: bool = False) -> list[str]:
    return [day]


@flow
async def asynchronous(n: int) -> float:
    assert_type(await fetch("u"), bytes)
    answer = await apause_flow_run(Approval)
    assert_type(answer, Approval)
    return n / 2


@flow
def asks() -> None:
    assert_type(pause_flow_run(wait_for_input=Approval), Approval)
    assert_type(pause_flow_run(Plain, timeout=60), Plain)
    assert_type(pause_flow_run(wait_for_input=int, key="count"), int)
    pause_flow_run()
    assert_type(pause_flow_run(Approval.with_initial_data(approved=True)), Approval)


assert_type(simple(1), str)
assert_type(configured("monday", force=True), list[str])
assert_type(simple(1, return_state=True), State[str])


async def calls() -> None:
    assert_type(await asynchronous(3), float)
    run = await wait_for_flow_run(flow_run_id=__import__("uuid").uuid4(), timeout=None)
    print(run.state_name)


def passes_on(work: Callable[[int], str]) -> Flow[..., str]:
    """A flow is a function like any other to those who call it."""
    assert_type(work(1), str)
    return simple.with_options(name="other")


passes_on(simple)


Choice = Literal["a", "b"]
_unused: Any = (resume_flow_run, Choice)
