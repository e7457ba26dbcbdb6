"""Waiting costs nothing: no retry, no attempt, no second of a time limit."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from signoff import apause_flow_run, flow, pause_flow_run, resume_flow_run, task
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")

LIMIT = 0.4


def outlast(seconds: float) -> None:
    """Let so much time pass, by the clock that the limits go by."""
    threading.Event().wait(seconds)


@task(timeout_seconds=LIMIT)
def limited() -> str:
    return pause_flow_run(wait_for_input=str, key="task")


@flow(timeout_seconds=LIMIT)
def limited_flow() -> str:
    return pause_flow_run(wait_for_input=str, key="flow")


@flow(timeout_seconds=LIMIT)
def limited_flow_waits_in_task() -> str:
    return limited()


@flow
def limited_task() -> str:
    return limited()


@flow
def limited_submitted_task() -> str:
    return limited.submit().result()


@flow
def limited_child() -> str:
    return limited_flow()


@flow(timeout_seconds=LIMIT)
def limited_parent_of_limited_child() -> str:
    return limited_flow_waits_in_task()


@task(timeout_seconds=LIMIT)
async def limited_async_task() -> str:
    return await apause_flow_run(wait_for_input=str, key="task")


@flow(timeout_seconds=LIMIT)
async def limited_async() -> str:
    return await limited_async_task()


def in_main_thread_is_not_needed() -> str:
    return asyncio.run(limited_async())


@pytest.mark.parametrize(
    "waiter",
    [
        limited_flow,
        limited_flow_waits_in_task,
        limited_task,
        limited_submitted_task,
        limited_child,
        limited_parent_of_limited_child,
        in_main_thread_is_not_needed,
    ],
    ids=lambda waiter: getattr(waiter, "name", "limited_async"),
)
def test_a_wait_does_not_spend_the_time_limit(waiter: Any) -> None:
    call = Call(waiter)
    item = desk.question()
    outlast(LIMIT * 1.5)
    resume_flow_run(item.run_id, {"value": "yes"})
    assert call.returned() == "yes"


def test_time_worked_before_and_after_a_wait_adds_up() -> None:
    @flow(timeout_seconds=LIMIT)
    def works() -> None:
        outlast(LIMIT * 0.6)
        pause_flow_run(key="middle")
        wait_until(lambda: False, desk.PATIENCE)

    call = Call(works)
    resume_flow_run(desk.question().run_id)
    error = call.raised()
    assert isinstance(error, TimeoutError)
    assert "exceeded timeout of 0.4 second(s)" in str(error)
    run = desk.only_run()
    assert (run.state_type, run.state_name) == (StateType.FAILED, "TimedOut")


def test_a_wait_in_the_main_thread_does_not_spend_the_time_limit() -> None:
    def person() -> None:
        item = desk.question()
        outlast(LIMIT * 1.5)
        resume_flow_run(item.run_id, {"value": "yes"})

    answering = Call(person)
    assert limited_flow() == "yes"
    answering.returned()


def test_a_wait_spends_no_retry_and_no_attempt() -> None:
    calls: list[int] = []

    @task(retries=1)
    def fails_once_later() -> str:
        answer = pause_flow_run(wait_for_input=str, key="task")
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("first")
        return answer

    @flow(retries=1)
    def flow_fails_once() -> str:
        answer = pause_flow_run(wait_for_input=str, key="flow")
        value = fails_once_later()
        calls.append(1)
        if len(calls) == 3:
            raise ValueError("flow")
        return answer + value

    call = Call(flow_fails_once)
    for key, count in (("flow", 1), ("task", 1), ("flow", 2)):
        item = desk.reached_question(key)
        run = desk.run(item.run_id)
        assert (run.run_count, run.entries) == (count, 1)
        resume_flow_run(item.run_id, {"value": key[0]}, key=key)
        wait_until(lambda: desk.nothing_asked() or desk.asked(), desk.PATIENCE)
    assert call.returned() == "ft"
    run = desk.only_run()
    assert (run.run_count, run.entries) == (2, 1)


def test_run_time_leaves_waiting_out() -> None:
    call = Call(limited_flow)
    item = desk.question()
    outlast(0.3)
    resume_flow_run(item.run_id, {"value": "yes"})
    call.returned()
    run = desk.run(item.run_id)
    assert run.start_time is not None
    assert run.end_time is not None
    waited = run.end_time - run.start_time - run.total_run_time
    assert waited.total_seconds() >= 0.3
