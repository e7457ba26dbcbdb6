"""What ends a wait without an answer is seen by the waiter at once: cancel, fail, delete, time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from signoff import flow, pause_flow_run, resume_flow_run, task
from signoff.flow_runs import FlowPauseTimeout, NotPausedError
from signoff.model.errors import Abort, CancelledRun, FailedRun, ObjectNotFound, RequestRefused
from signoff.model.states import StateType
from signoff.states import State
from tests.scenarios import desk
from tests.scenarios.desk import Call

pytestmark = pytest.mark.usefixtures("home")

LONG = 10 * desk.PATIENCE
"""A time-out and poll interval so long that only a wake-up can end the wait within the test."""


@flow
def waits_in_flow() -> None:
    pause_flow_run(timeout=LONG, poll_interval=LONG)


@task
def waits() -> None:
    pause_flow_run(timeout=LONG, poll_interval=LONG)


@flow
def waits_in_task() -> None:
    waits()


@flow
def waits_in_submitted_task() -> None:
    waits.submit().result()


@flow
def waits_in_forgotten_task() -> None:
    waits.submit()


WAITERS = [waits_in_flow, waits_in_task, waits_in_submitted_task, waits_in_forgotten_task]


def cancel(run_id: UUID) -> None:
    desk.cancel(run_id)


def fail(run_id: UUID) -> None:
    reply = desk.set_state(run_id, StateType.FAILED, force=True, message="No longer wanted.")
    assert reply.status == "ACCEPT"


def reject(run_id: UUID) -> None:
    reply = desk.set_state(run_id, StateType.CANCELLED, message="Not like this.")
    assert reply.status == "ACCEPT"


@pytest.mark.parametrize("waiter", WAITERS, ids=lambda flow: flow.name)
@pytest.mark.parametrize(
    ("end", "error", "state"),
    [
        (cancel, CancelledRun, StateType.CANCELLED),
        (reject, CancelledRun, StateType.CANCELLED),
        (fail, FailedRun, StateType.FAILED),
    ],
)
def test_an_end_from_outside_is_seen_at_once(
    waiter: Any, end: Callable[[UUID], None], error: type[Exception], state: StateType
) -> None:
    call = Call(waiter)
    run_id = desk.question().run_id
    end(run_id)
    assert isinstance(call.raised(), error)
    run = desk.run(run_id)
    assert run.state_type is state
    assert desk.nothing_asked()
    assert desk.states(run_id)[-1] == run.state_name
    with pytest.raises(NotPausedError):
        resume_flow_run(run_id)


@pytest.mark.parametrize("waiter", WAITERS, ids=lambda flow: flow.name)
def test_a_deleted_run_ends_at_once(waiter: Any) -> None:
    call = Call(waiter)
    run_id = desk.question().run_id
    desk.delete(run_id)
    assert isinstance(call.raised(), (Abort, ObjectNotFound, CancelledRun))
    assert not desk.exists(run_id)
    with pytest.raises(ObjectNotFound):
        resume_flow_run(run_id)


def test_user_code_cannot_swallow_the_end() -> None:
    lines: list[str] = []

    @flow
    def stubborn() -> None:
        try:
            pause_flow_run(timeout=LONG)
        except Exception:
            lines.append("swallowed")
        finally:
            lines.append("cleaned up")
        lines.append("went on")

    call = Call(stubborn)
    run_id = desk.question().run_id
    desk.cancel(run_id)
    call.raised()
    assert lines == ["cleaned up"]


def test_the_cancelled_run_ends_with_its_hook_and_state() -> None:
    seen: list[tuple[str, str]] = []

    def note(flow: Any, run: Any, state: State[Any]) -> None:
        seen.append((flow.name, state.type.value))

    @flow(name="hooked", on_cancellation=[note])
    def hooked() -> None:
        pause_flow_run(timeout=LONG)

    call = Call(lambda: hooked(return_state=True))
    desk.cancel(desk.question().run_id)
    state = call.returned()
    assert state.is_cancelled()
    assert seen == [("hooked", "CANCELLED")]


def test_forced_completion_ends_the_waiter_too() -> None:
    call = Call(waits_in_flow)
    run_id = desk.question().run_id
    desk.set_state(run_id, StateType.COMPLETED, force=True)
    call.raised()
    assert desk.run(run_id).state_type is StateType.COMPLETED


# Deadlines ---------------------------------------------------------------------------------


def expiry(run_id: UUID) -> tuple[int, int]:
    """The deadline of the only wait of a run, and when it was recorded as expired."""
    (wait,) = desk.waits(run_id)
    deadline = wait.item.deadline
    (event,) = [entry for entry in desk.history(run_id) if entry.kind == "expire"]
    assert deadline is not None
    return deadline, event.at


@pytest.mark.parametrize("seconds", [0.3, 1])
def test_a_time_out_is_exact_and_fails_the_run(seconds: float) -> None:
    @flow
    def impatient() -> None:
        # Were the poll interval waited for, the test would give up long before.
        pause_flow_run(timeout=seconds, poll_interval=LONG)

    with pytest.raises(FlowPauseTimeout, match="Flow run was paused and never resumed"):
        impatient()
    run = desk.only_run()
    (wait,) = desk.waits(run.id)
    deadline, expired = expiry(run.id)
    assert deadline - wait.item.opened_at == int(seconds * 1_000_000)
    assert expired >= deadline
    assert run.state_type is StateType.FAILED
    assert run.state is not None
    assert run.state.message == "The flow was paused and never resumed."
    assert desk.states(run.id)[-1] == "Failed"
    assert [name for name in desk.states(run.id) if name == "Failed"] == ["Failed"]


def test_a_caught_time_out_lets_the_run_complete() -> None:
    @flow
    def patient() -> str:
        try:
            pause_flow_run(wait_for_input=int, timeout=0.2)
        except FlowPauseTimeout:
            return "without an answer"
        return "answered"

    assert patient() == "without an answer"
    run = desk.only_run()
    assert run.state_type is StateType.COMPLETED
    assert desk.states(run.id) == ["Running", "Paused", "Running", "Completed"]


def test_another_question_after_a_time_out() -> None:
    @flow
    def reminds() -> int:
        for _ in range(2):
            try:
                pause_flow_run(wait_for_input=int, timeout=0.1)
            except FlowPauseTimeout:
                continue
        return pause_flow_run(wait_for_input=int, timeout=LONG, key="last")

    call = Call(reminds)
    run_id = desk.reached_question("last").run_id
    resume_flow_run(run_id, {"value": 5}, key="last")
    assert call.returned() == 5
    statuses = [wait.status.value for wait in desk.waits(run_id)]
    assert statuses == ["expired", "expired", "answered"]


def test_a_time_out_in_one_task_leaves_the_other_question_open() -> None:
    @task
    def impatient() -> str:
        try:
            pause_flow_run(timeout=0.2, key="short")
        except FlowPauseTimeout:
            return "gave up"
        return "answered"

    @task
    def patient() -> int:
        return pause_flow_run(wait_for_input=int, timeout=LONG, key="long")

    @flow
    def both() -> list[Any]:
        first, second = impatient.submit(), patient.submit()
        return [first.result(), second.result()]

    call = Call(both)
    run_id = desk.reached_question("long").run_id
    assert desk.wait_status(run_id, "short", "expired")
    assert desk.run(run_id).state_type is StateType.PAUSED
    resume_flow_run(run_id, {"value": 3})
    assert call.returned() == ["gave up", 3]


def test_a_time_out_is_not_retried() -> None:
    calls: list[int] = []

    @flow(retries=3)
    def impatient() -> None:
        calls.append(1)
        pause_flow_run(timeout=0)

    with pytest.raises(FlowPauseTimeout):
        impatient()
    assert len(calls) == 1


def test_an_answer_after_the_deadline_is_refused() -> None:
    @flow
    def goes_on() -> str:
        try:
            pause_flow_run(timeout=0, key="early")
        except FlowPauseTimeout:
            pause_flow_run(timeout=LONG, key="later")
        return "done"

    call = Call(goes_on)
    run_id = desk.reached_question("later").run_id
    with pytest.raises(FlowPauseTimeout, match="Flow run can no longer be resumed"):
        resume_flow_run(run_id, key="early")
    resume_flow_run(run_id, key="later")
    assert call.returned() == "done"


def test_after_the_time_out_ended_the_run_nothing_is_paused() -> None:
    @flow
    def impatient() -> None:
        pause_flow_run(timeout=0)

    with pytest.raises(FlowPauseTimeout):
        impatient()
    with pytest.raises((NotPausedError, FlowPauseTimeout)) as refused:
        resume_flow_run(desk.only_run().id)
    assert not isinstance(refused.value, RequestRefused) or "paused" in str(refused.value)


def test_no_time_out_means_none() -> None:
    @flow
    def for_ever() -> None:
        pause_flow_run(timeout=None)

    call = Call(for_ever)
    item = desk.question()
    assert item.deadline is None
    resume_flow_run(item.run_id)
    call.returned()


def test_the_default_time_out_is_an_hour() -> None:
    @flow
    def usual() -> None:
        pause_flow_run()

    call = Call(usual)
    item = desk.question()
    assert item.deadline == item.opened_at + 3600 * 1_000_000
    resume_flow_run(item.run_id)
    call.returned()
