"""A process may die at any moment: before and after every request it makes.

For each program and each moment: run until death, enter again until the end, with somebody
answering. The result is always the same, no task that had returned runs again, nobody is asked
again for what they answered.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from signoff import flow, pause_flow_run, suspend_flow_run, task, transaction
from signoff.cache_policies import INPUTS, RUN_ID
from signoff.core.ports import Gateway
from signoff.engine import results
from signoff.exceptions import Pause
from signoff.gateway.connect import is_sqlite
from signoff.model.commands import DeleteRun, RerunRun
from signoff.model.errors import Abort
from signoff.model.lookups import ReadJournal, ReadResult
from signoff.model.queries import ReadRun
from signoff.model.states import StateType
from tests.engine.worlds import Answerer, Killed, World
from tests.support.waiting import wait_until

ran: Counter[str] = Counter()
"""How often each task's function was called, over all lives."""
returned: Counter[str] = Counter()
"""How often a value had reached the flow's code when the process died."""


class Choice(BaseModel):
    colour: str


@task
def work(name: str) -> str:
    ran[name] += 1
    return name.upper()


def got(name: str, value: str) -> str:
    """The value is in the hands of the flow."""
    returned[name] += 1
    return value


@flow
def inner(name: str) -> str:
    first = got(f"{name}-1", work(f"{name}-1"))
    answer = pause_flow_run(wait_for_input=int, key="inner")
    return f"{first}{answer}"


@flow
def sequence() -> list[Any]:
    """Tasks, two questions, and a child that asks."""
    a = got("a", work("a"))
    choice = pause_flow_run(wait_for_input=Choice, key="colour")
    b = got("b", work("b"))
    child = inner("child")
    pause_flow_run(key="last")
    return [a, choice.colour, b, child, got("c", work("c"))]


@flow
def cold_inner(name: str) -> str:
    first = got(f"{name}-1", work(f"{name}-1"))
    answer = suspend_flow_run(wait_for_input=int, key="inner")
    return f"{first}{answer}"


@flow
def cold() -> list[Any]:
    """Suspended by itself and by a child: several processes even when none of them is killed."""
    a = got("a", work("a"))
    choice = suspend_flow_run(wait_for_input=Choice, key="colour")
    b = got("b", work("b"))
    child = cold_inner("child")
    pause_flow_run(key="last")
    return [a, choice.colour, b, child, got("c", work("c"))]


@task
def asks(name: str) -> str:
    ran[name] += 1
    answer = pause_flow_run(wait_for_input=str, key=name)
    return f"{name}:{answer}"


@flow
def parallel() -> list[str]:
    """Branches that wait at the same time, and results that others depend on."""
    waiting = asks.map(["one", "two"])
    first = work.submit("x")
    second = work.submit(first)
    return [*waiting.result(), got("X", second.result())]


@flow(retries=1)
def again() -> list[Any]:
    """A failure after an answer: the next attempt asks again and keeps finished tasks."""
    a = got("a", work("a"))
    answer = pause_flow_run(wait_for_input=int, key="number")
    if ran["boom"] == 0:
        ran["boom"] += 1
        raise ValueError("boom")
    return [a, answer]


@task(cache_policy=INPUTS + RUN_ID)
def shared(name: str) -> str:
    ran[name] += 1
    return name.upper()


@task
def booked(name: str) -> str:
    ran[name] += 1
    return name.upper()


@booked.on_rollback
def cancelled(txn: object) -> None:
    """Not called by a process that is dead; the ones here die a little slower than that."""


@booked.on_commit
def confirmed(txn: object) -> None:
    ran["confirmed"] += 1


@flow
def whole() -> list[str]:
    """A result that is reused, and a transaction that waits for somebody."""
    first = got("k", shared("k"))
    second = shared("k")
    with transaction():
        third = got("t", booked("t"))
        pause_flow_run(key="stay")
    return [first, second, third, got("z", work("z"))]


WITHOUT_PROCESS = ("Suspended", "Suspending")

ANSWERS = {
    "colour": {"colour": "blue"},
    "inner": {"value": 7},
    "last": None,
    "one": {"value": "1"},
    "two": {"value": "2"},
    "number": {"value": 3},
    "stay": None,
}

RESULTS: dict[Callable[[], Any], Any] = {
    sequence: ["A", "blue", "B", "CHILD-17", "C"],
    cold: ["A", "blue", "B", "CHILD-17", "C"],
    parallel: ["one:1", "two:2", "X"],
    again: ["A", 3],
    whole: ["K", "K", "T", "Z"],
}


def live(world: World, flow: Any, dies_at: int | None, after: bool) -> tuple[list[str], Any]:
    """The lives of a flow from its first call, up to the one that dies; what they asked for, and
    its result if it got there."""
    requests: list[str] = []
    call = flow
    while True:
        left = None if dies_at is None else dies_at - len(requests)
        with world.life(left, after) as life, contextlib.suppress(Pause):
            value = call()
            return requests + life.requests, value
        requests += life.requests
        if life.dead:
            return requests, None
        call = partial(enter_answered, world, flow)


def enter_answered(world: World, flow: Any) -> Any:
    """Enter the suspended run once somebody has answered; what it returns."""
    state = flow.enter(answered(world))
    if not state.is_final():
        raise Pause(state=state)
    return state.result()


def answered(world: World) -> UUID:
    """The run, as soon as it does not wait without a process any more."""
    gateway = world.gateway()
    (run,) = world.runs(gateway)
    wait_until(lambda: gateway.send(ReadRun(run.id)).state_name not in WITHOUT_PROCESS, 60)
    gateway.close()
    return run.id


def finish(world: World, flow: Any) -> Any:
    """Enter the run again until it has ended; the final state."""
    gateway = world.gateway()
    try:
        (run,) = world.runs(gateway)
        for _ in range(9):
            answered(world)
            state = gateway.send(ReadRun(run.id)).state_type
            if state in (StateType.COMPLETED, StateType.FAILED):
                break
            if state is StateType.CRASHED:
                gateway.send(RerunRun(run.id))
            # A machine that stands still for as long as the lease makes this process dead, too.
            with world.life(), contextlib.suppress(Abort):
                flow.enter(run.id)
        return gateway.send(ReadRun(run.id))
    finally:
        gateway.close()


def moments(world: World, flow: Any) -> int:
    """How many requests an undisturbed life makes."""
    person = Answerer(world.gateway(), ANSWERS)
    person.start()
    requests, result = live(world, flow, None, False)
    person.stop()
    assert result == RESULTS[flow]
    return len(requests)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("flow", RESULTS, ids=lambda flow: flow.name)
def test_any_moment(any_world: World, flow: Any, after: bool) -> None:
    total = moments(any_world, flow)
    assert total > 5
    # Opening PostgreSQL anew for every life takes its time: every third moment has to do there.
    step = 1 if is_sqlite(any_world.settings) else 3
    for moment in range(1, total + 1, step):
        forget(any_world)
        ran.clear()
        returned.clear()
        person = Answerer(any_world.gateway(), ANSWERS)
        person.start()
        live(any_world, flow, moment, after)
        seen = Counter(returned)
        before = Counter(ran)
        gateway = any_world.gateway()
        created = any_world.runs(gateway)
        if created:
            run = finish(any_world, flow)
            assert run.state_type is StateType.COMPLETED, (moment, run.state)
            assert results.decode(gateway.send(ReadResult(run.id))) == RESULTS[flow], moment
            for name in seen:
                assert ran[name] == before[name], f"{name} ran again after death at {moment}"
            assert flow is not whole or ran["confirmed"] >= 1, moment
            steps = recorded(any_world, gateway)
            assert len(steps) == len(set(steps)), moment
        person.stop()
        asked = Counter(key for _, key in person.given)
        attempts = 2 if flow is again and created else 1
        assert all(count <= attempts for count in asked.values()), (moment, asked)


def recorded(world: World, gateway: Gateway) -> list[tuple[object, ...]]:
    """What every record says was done. Names do not tell: they are short, and random."""
    return [
        (run.id, record.attempt, record.scope, record.task_key, record.inputs, record.occurrence)
        for run in world.runs(gateway, top=False)
        for record in gateway.send(ReadJournal(run.id))
    ]


def forget(world: World) -> None:
    """Delete every run."""
    gateway = world.gateway()
    for run in world.runs(gateway, top=False):
        gateway.send(DeleteRun(run.id))
    gateway.close()


def test_death_is_noticed_inside_the_flow(world: World) -> None:
    with world.life(dies_at=2) as life:
        work_alone()
    assert life.dead


@flow
def work_alone() -> None:
    try:
        work("a")
    except Exception:  # what a flow does about failures must not hide its death
        raise AssertionError("death is no Exception") from None
    except Killed:
        raise
