"""Pausing a run from outside: it stops at its next task boundary, and goes on when told."""

from __future__ import annotations

import asyncio
import threading
from typing import Any
from uuid import UUID

import pytest

from signoff import flow, pause_flow_run, resume_flow_run, task
from signoff.core.standing import Standing
from signoff.engine.frames import RunFrame, current_run
from signoff.flow_runs import NotPausedError
from signoff.model.errors import CancelledRun, TransitionRefused
from signoff.model.replies import RunHandle
from signoff.model.states import StateType
from signoff.model.views import FlowRun
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")


class Steps:
    """A flow of steps that each wait for the test, and what they did."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self._gates = [threading.Event() for _ in range(4)]
        self._frames: list[RunFrame] = []

    def step(self, number: int) -> int:
        frame = current_run.get()
        assert frame is not None
        self._frames.append(frame)
        self.begun.append(number)
        assert self._gates[number].wait(desk.PATIENCE)
        return number

    def open(self, *numbers: int) -> None:
        """Let these steps end."""
        for number in numbers:
            self._gates[number].set()

    def reached(self, number: int) -> FlowRun:
        """The run, once this step has begun."""
        wait_until(lambda: number in self.begun, desk.PATIENCE, f"step {number} begins")
        return desk.only_run()

    def hold(self, run_id: UUID) -> RunHandle:
        """Pause the run; its process has heard of it when this returns."""
        handle = desk.hold(run_id)
        signals = self._frames[-1].signals
        wait_until(lambda: signals.standing is Standing.HOLD, desk.PATIENCE)
        return handle


def held(run_id: UUID) -> None:
    """Wait until the run stands still because it was told to."""
    item = desk.question()
    assert (item.run_id, item.kind.value) == (run_id, "hold")
    assert desk.run(run_id).state_type is StateType.PAUSED


def test_it_stops_at_the_next_boundary_and_goes_on() -> None:
    steps = Steps()
    step = task(steps.step)

    @flow
    def three() -> list[int]:
        return [step(number) for number in range(3)]

    call = Call(three)
    run_id = steps.reached(0).id
    handle = steps.hold(run_id)
    assert handle.state_name == "Pausing"
    assert desk.run(run_id).state_type is StateType.RUNNING
    assert desk.nothing_asked()
    steps.open(0, 1, 2)
    held(run_id)
    assert steps.begun == [0]
    resume_flow_run(run_id)
    assert call.returned() == [0, 1, 2]
    assert desk.states(run_id) == ["Running", "Pausing", "Paused", "Running", "Completed"]


def test_a_pause_is_taken_back_before_the_boundary() -> None:
    steps = Steps()
    step = task(steps.step)

    @flow
    def two() -> list[int]:
        return [step(number) for number in range(2)]

    call = Call(two)
    run_id = steps.reached(0).id
    steps.hold(run_id)
    resume_flow_run(run_id)
    assert desk.run(run_id).state_name == "Running"
    steps.open(0, 1)
    assert call.returned() == [0, 1]
    assert desk.waits(run_id) == ()
    with pytest.raises(NotPausedError):
        resume_flow_run(run_id)


def test_pausing_twice_is_pausing_once() -> None:
    steps = Steps()
    step = task(steps.step)

    @flow
    def two() -> list[int]:
        return [step(number) for number in range(2)]

    call = Call(two)
    run_id = steps.reached(0).id
    steps.hold(run_id)
    desk.hold(run_id)
    steps.open(0, 1)
    held(run_id)
    desk.hold(run_id)
    resume_flow_run(run_id)
    assert call.returned() == [0, 1]


def test_it_can_be_paused_again_and_again() -> None:
    steps = Steps()
    step = task(steps.step)

    @flow
    def four() -> list[int]:
        return [step(number) for number in range(4)]

    call = Call(four)
    for number in range(3):
        run_id = steps.reached(number).id
        steps.hold(run_id)
        steps.open(number)
        held(run_id)
        assert steps.begun == list(range(number + 1))
        resume_flow_run(run_id)
    steps.open(3)
    assert call.returned() == [0, 1, 2, 3]
    assert len(desk.waits(run_id)) == 3


def test_running_tasks_finish_and_waiting_ones_do_not_begin() -> None:
    steps = Steps()
    step = task(steps.step)

    @flow
    def fan() -> list[int]:
        first = [step.submit(number) for number in range(2)]
        gate.wait(desk.PATIENCE)
        second = [step.submit(number) for number in range(2, 4)]
        return [future.result() for future in (*first, *second)]

    gate = threading.Event()
    call = Call(fan)
    steps.reached(0)
    run_id = steps.reached(1).id
    steps.hold(run_id)
    gate.set()
    held(run_id)
    steps.open(0, 1, 2, 3)
    wait_until(lambda: len(desk.tasks(run_id)) == 2, desk.PATIENCE)
    assert sorted(steps.begun) == [0, 1]
    # Branches that come to the boundary one after the other share one hold.
    assert len(desk.waits(run_id)) == 1
    resume_flow_run(run_id)
    assert call.returned() == [0, 1, 2, 3]


def test_a_hold_beside_a_question() -> None:
    steps = Steps()
    step = task(steps.step)

    @flow
    def asks() -> Any:
        answer = pause_flow_run(wait_for_input=int, key="number")
        return answer, step(0)

    call = Call(asks)
    run_id = desk.question().run_id
    desk.hold(run_id)
    steps.open(0)
    resume_flow_run(run_id, {"value": 4}, key="number")
    held(run_id)
    assert steps.begun == []
    resume_flow_run(run_id)
    assert call.returned() == (4, 0)


def test_a_held_run_can_be_cancelled() -> None:
    steps = Steps()
    step = task(steps.step)

    @flow
    def two() -> list[int]:
        return [step(number) for number in range(2)]

    call = Call(two)
    run_id = steps.reached(0).id
    steps.hold(run_id)
    steps.open(0, 1)
    held(run_id)
    desk.cancel(run_id)
    assert isinstance(call.raised(), CancelledRun)
    assert steps.begun == [0]


def test_a_held_asynchronous_flow_leaves_the_loop_free() -> None:
    steps = Steps()
    ticks: list[int] = []

    @task
    async def step(number: int) -> int:
        return await asyncio.to_thread(steps.step, number)

    @flow
    async def three() -> list[int]:
        return [await step(number) for number in range(3)]

    async def tick() -> None:
        while True:
            ticks.append(1)
            await asyncio.sleep(0.005)

    async def main() -> list[int]:
        ticking = asyncio.create_task(tick())
        try:
            return await three()
        finally:
            ticking.cancel()

    call = Call(lambda: asyncio.run(main()))
    run_id = steps.reached(0).id
    steps.hold(run_id)
    steps.open(0, 1, 2)
    held(run_id)
    seen = len(ticks)
    wait_until(lambda: len(ticks) > seen + 3, desk.PATIENCE, "the loop goes on")
    assert steps.begun == [0]
    resume_flow_run(run_id)
    assert call.returned() == [0, 1, 2]


def test_setting_the_state_to_paused_is_a_pause_from_outside() -> None:
    steps = Steps()
    step = task(steps.step)

    @flow
    def two() -> list[int]:
        return [step(number) for number in range(2)]

    call = Call(two)
    steps.reached(0)
    run_id = desk.only_run().id
    assert desk.set_state(run_id, StateType.PAUSED).status == "ACCEPT"
    steps.hold(run_id)
    steps.open(0, 1)
    held(run_id)
    assert desk.set_state(run_id, StateType.RUNNING).status == "ACCEPT"
    assert call.returned() == [0, 1]


def test_a_run_that_has_ended_cannot_be_paused() -> None:
    @flow
    def quick() -> None:
        return None

    quick()
    with pytest.raises(TransitionRefused, match="already in terminal state Completed"):
        desk.hold(desk.only_run().id)
