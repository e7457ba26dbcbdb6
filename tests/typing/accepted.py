"""Code that must type-check. Checked by mypy in `test_typing.py`, never run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, assert_type

from pydantic import BaseModel

from signoff import Flow, State, flow, pause_flow_run, resume_flow_run, task, unmapped
from signoff.flow_runs import apause_flow_run, wait_for_flow_run
from signoff.futures import SignoffFuture
from signoff.input import RunInput


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
