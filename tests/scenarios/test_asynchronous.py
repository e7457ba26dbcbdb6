"""The same waits in asynchronous code: one engine, and the event loop is never blocked."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

from signoff import (
    apause_flow_run,
    aresume_flow_run,
    flow,
    pause_flow_run,
    resume_flow_run,
    task,
)
from signoff.flow_runs import (
    FlowPauseTimeout,
    FlowRunWaitTimeout,
    NotPausedError,
    wait_for_flow_run,
)
from signoff.model.errors import (
    AmbiguousWait,
    AnswerConflict,
    CancelledRun,
    FailedRun,
    InvalidAnswer,
    MissingContextError,
    ObjectNotFound,
)
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")

LONG = 10 * desk.PATIENCE


def called(flow: Any, *args: Any) -> Call:
    """The flow, called on an event loop of its own."""

    def main() -> Any:
        return asyncio.run(flow(*args))

    return Call(main)


@task
async def ask(name: str) -> str:
    answer = await apause_flow_run(wait_for_input=str, key=name, timeout=LONG, poll_interval=LONG)
    return f"{name}={answer}"


@flow
async def waits_in_flow() -> str:
    return await apause_flow_run(wait_for_input=str, key="it", timeout=LONG, poll_interval=LONG)


@flow
async def waits_in_task() -> str:
    return await ask("it")


@flow
async def waits_in_submitted_task() -> str:
    future = ask.submit("it")
    return await asyncio.to_thread(future.result)


@flow
async def waits_in_child() -> str:
    return await waits_in_flow()


WAITERS = [waits_in_flow, waits_in_task, waits_in_submitted_task, waits_in_child]


def test_the_answer_reaches_the_next_line() -> None:
    call = called(waits_in_flow)
    item = desk.question()
    assert desk.run(item.run_id).state_type is StateType.PAUSED
    resume_flow_run(item.run_id, {"value": "yes"})
    assert call.returned() == "yes"
    assert desk.states(item.run_id) == ["Running", "Paused", "Running", "Completed"]


def test_the_plain_names_return_coroutines_in_asynchronous_code() -> None:
    @flow
    async def asks() -> str:
        pausing: Any = pause_flow_run(wait_for_input=str, key="it")
        assert inspect.iscoroutine(pausing)
        answer: str = await pausing
        return answer

    async def main() -> str:
        running = asyncio.create_task(asks())
        item = await asyncio.to_thread(desk.question)
        resuming: Any = resume_flow_run(item.run_id, {"value": "yes"})
        assert inspect.iscoroutine(resuming)
        await resuming
        return await running

    assert Call(lambda: asyncio.run(main())).returned() == "yes"


def test_a_synchronous_flow_inside_an_asynchronous_one_blocks() -> None:
    @flow
    def blocks() -> str:
        return pause_flow_run(wait_for_input=str, key="it")

    @flow
    async def outer() -> str:
        return blocks()

    call = called(outer)
    resume_flow_run(desk.question().run_id, {"value": "yes"})
    assert call.returned() == "yes"


def test_the_dispatch_can_be_overridden() -> None:
    @flow
    async def asks() -> list[Any]:
        first = await pause_flow_run.aio(wait_for_input=int, key="one")  # type: ignore[attr-defined]
        second: Any = pause_flow_run(  # type: ignore[call-overload]
            wait_for_input=int, key="one", _sync=True
        )
        return [first, second]

    call = called(asks)
    resume_flow_run(desk.question().run_id, {"value": 1})
    assert call.returned() == [1, 1]


def test_two_tasks_wait_at_the_same_time() -> None:
    @flow
    async def both() -> list[str]:
        return list(await asyncio.gather(ask("left"), ask("right")))

    call = called(both)
    left, right = desk.asked(2)
    assert (left.key, right.key) == ("left", "right")
    with pytest.raises(AmbiguousWait, match="left, right"):
        resume_flow_run(left.run_id, {"value": "?"})
    resume_flow_run(left.run_id, {"value": "1"}, key="right")
    wait_until(lambda: len(desk.asked()) == 1, desk.PATIENCE)
    assert desk.run(left.run_id).state_type is StateType.PAUSED
    resume_flow_run(left.run_id, {"value": "2"})
    assert call.returned() == ["left=2", "right=1"]


def test_two_pauses_of_one_flow_wait_at_the_same_time() -> None:
    @flow
    async def both() -> list[int]:
        return list(
            await asyncio.gather(
                apause_flow_run(wait_for_input=int, key="a"),
                apause_flow_run(wait_for_input=int, key="b"),
            )
        )

    call = called(both)
    run_id = desk.asked(2)[0].run_id
    resume_flow_run(run_id, {"value": 2}, key="b")
    resume_flow_run(run_id, {"value": 1}, key="a")
    assert call.returned() == [1, 2]


def test_the_loop_goes_on_while_a_flow_waits() -> None:
    ticks: list[int] = []

    async def tick() -> None:
        while True:
            ticks.append(1)
            await asyncio.sleep(0.002)

    @flow
    async def asks() -> list[Any]:
        ticking = asyncio.create_task(tick())
        answers = [await apause_flow_run(wait_for_input=int), await ask("it")]
        ticking.cancel()
        return answers

    call = called(asks)
    for value in (1, "2"):
        item = desk.question()
        before = len(ticks)
        wait_until(lambda b=before: len(ticks) > b + 20, desk.PATIENCE)  # type: ignore[misc]
        resume_flow_run(item.run_id, {"value": value}, key=item.key)
        wait_until(lambda i=item: i not in desk_items(), desk.PATIENCE)  # type: ignore[misc]
    assert call.returned() == [1, "it=2"]


def desk_items() -> list[Any]:
    """What waits for a person now."""
    return [] if desk.nothing_asked() else desk.asked()


def test_the_same_key_twice_gives_the_first_answer() -> None:
    @flow
    async def twice() -> list[Any]:
        first = await apause_flow_run(wait_for_input=int, key="same")
        second = await apause_flow_run(wait_for_input=int, key="same")
        return [first, second]

    call = called(twice)
    resume_flow_run(desk.question().run_id, {"value": 7})
    assert call.returned() == [7, 7]


def test_a_retry_asks_again() -> None:
    tried: list[int] = []

    @flow(retries=1)
    async def fails_once() -> int:
        tried.append(await apause_flow_run(wait_for_input=int, key="number"))
        if len(tried) == 1:
            raise ValueError("first")
        return tried[-1]

    call = called(fails_once)
    run_id = desk.question().run_id
    resume_flow_run(run_id, {"value": 1})
    wait_until(lambda: tried, desk.PATIENCE)
    assert desk.question().key == "number"
    resume_flow_run(run_id, {"value": 2})
    assert call.returned() == 2


@pytest.mark.parametrize("waiter", WAITERS, ids=lambda flow: flow.name)
def test_cancel_is_seen_at_once(waiter: Any) -> None:
    call = called(waiter)
    desk.question()
    (top,) = [run for run in desk.runs() if run.parent_flow_run_id is None]
    desk.cancel(top.id)
    assert isinstance(call.raised(), CancelledRun)
    assert {run.state_type for run in desk.runs()} == {StateType.CANCELLED}


@pytest.mark.parametrize("waiter", WAITERS, ids=lambda flow: flow.name)
def test_a_forced_failure_is_seen_at_once(waiter: Any) -> None:
    call = called(waiter)
    desk.set_state(desk.question().run_id, StateType.FAILED, force=True)
    assert isinstance(call.raised(), FailedRun)


@pytest.mark.parametrize("waiter", WAITERS, ids=lambda flow: flow.name)
def test_deletion_is_seen_at_once(waiter: Any) -> None:
    call = called(waiter)
    item = desk.question()
    desk.delete(item.run_id)
    call.raised()
    assert not desk.exists(item.run_id)


def test_a_time_out_is_exact() -> None:
    @flow
    async def impatient() -> None:
        await apause_flow_run(timeout=0.3, poll_interval=LONG)

    error = called(impatient).raised()
    assert isinstance(error, FlowPauseTimeout)
    run = desk.only_run()
    (wait,) = desk.waits(run.id)
    assert wait.item.deadline == wait.item.opened_at + 300_000
    (expired,) = [entry for entry in desk.history(run.id) if entry.kind == "expire"]
    assert expired.at >= wait.item.deadline
    assert run.state_type is StateType.FAILED


def test_a_caught_time_out_lets_the_run_complete() -> None:
    @flow
    async def patient() -> str:
        try:
            await apause_flow_run(timeout=0)
        except FlowPauseTimeout:
            return "without"
        return "answered"

    assert called(patient).returned() == "without"
    assert desk.only_run().state_type is StateType.COMPLETED


def test_cancelling_the_coroutine_withdraws_the_question() -> None:
    gone = threading.Event()

    @flow
    async def changes_its_mind() -> str:
        asking = asyncio.create_task(apause_flow_run(wait_for_input=str, key="it"))
        await asyncio.to_thread(desk.question)
        asking.cancel()
        try:
            await asking
        except asyncio.CancelledError:
            gone.set()
        return "changed"

    assert called(changes_its_mind).returned() == "changed"
    assert gone.is_set()
    run = desk.only_run()
    assert run.state_type is StateType.COMPLETED
    assert desk.nothing_asked()


# Resuming and waiting for runs -------------------------------------------------------------


def test_the_errors_of_resuming() -> None:
    call = called(waits_in_flow)
    run_id = desk.question().run_id

    async def person() -> None:
        with pytest.raises(InvalidAnswer):
            await aresume_flow_run(run_id, {"value": 1})
        with pytest.raises(ObjectNotFound):
            await aresume_flow_run(run_id, {"value": "x"}, key="other")
        await aresume_flow_run(run_id, {"value": "x"}, key="it")
        await aresume_flow_run(run_id, {"value": "x"}, key="it")
        with pytest.raises(AnswerConflict):
            await aresume_flow_run(run_id, {"value": "y"}, key="it")
        ended = await wait_for_flow_run(run_id)
        assert ended.state is not None
        assert ended.state.result() == "x"
        with pytest.raises(NotPausedError):
            await aresume_flow_run(run_id, {"value": "x"})

    Call(lambda: asyncio.run(person())).returned()
    assert call.returned() == "x"


def test_outside_a_flow_there_is_nothing_to_pause() -> None:
    async def alone() -> None:
        await apause_flow_run()

    with pytest.raises(MissingContextError, match="only be paused from within a flow run"):
        asyncio.run(alone())


def test_waiting_for_a_run_ends_with_the_run() -> None:
    call = called(waits_in_flow)
    run_id = desk.question().run_id

    async def person() -> Any:
        waiting = asyncio.create_task(
            wait_for_flow_run(run_id, timeout=None, poll_interval=LONG, log_states=True)
        )
        await asyncio.sleep(0)
        await aresume_flow_run(run_id, {"value": "x"})
        return await waiting

    run = Call(lambda: asyncio.run(person())).returned()
    assert (run.id, run.state_type) == (run_id, StateType.COMPLETED)
    assert call.returned() == "x"
    again = Call(lambda: asyncio.run(wait_for_flow_run(run_id))).returned()
    assert again.state_type is StateType.COMPLETED


def test_waiting_for_a_run_that_fails_raises_nothing() -> None:
    @flow
    def fails() -> None:
        raise ValueError("no")

    state = fails(return_state=True)
    assert state.is_failed()
    run = asyncio.run(wait_for_flow_run(desk.only_run().id))
    assert run.state_type is StateType.FAILED


def test_waiting_for_a_paused_run_gives_up_in_time() -> None:
    call = called(waits_in_flow)
    run_id = desk.question().run_id
    with pytest.raises(FlowRunWaitTimeout, match=f"{run_id} exceeded watch timeout of 0.1 seconds"):
        asyncio.run(wait_for_flow_run(run_id, timeout=0.1))
    resume_flow_run(run_id, {"value": "x"})
    call.returned()


def test_waiting_for_no_run() -> None:
    from uuid import uuid4

    waiting: Coroutine[Any, Any, Any] = wait_for_flow_run(uuid4())
    with pytest.raises(ObjectNotFound):
        asyncio.run(waiting)
