"""States made by hand, judged together, and turned into exceptions and back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from signoff import flow, get_client, task
from signoff.model.errors import (
    CancelledRun,
    CrashedRun,
    FailedRun,
    MissingResult,
    PausedRun,
    TerminationSignal,
    UnfinishedRun,
)
from signoff.states import (
    AwaitingConcurrencySlot,
    AwaitingRetry,
    Cancelled,
    Cancelling,
    Completed,
    Crashed,
    Failed,
    InfrastructurePending,
    Late,
    Paused,
    Pending,
    Retrying,
    Running,
    Scheduled,
    State,
    StateGroup,
    StateType,
    Submitting,
    Suspended,
    exception_to_crashed_state,
    exception_to_failed_state,
    format_exception,
    get_state_exception,
    is_state_iterable,
    raise_state_exception,
    return_value_to_state,
)
from tests.scenarios import desk
from tests.scenarios.test_tasks import double, fails, run_in_flow

MADE: list[tuple[Callable[[], State[Any]], str, str]] = [
    (Scheduled, "SCHEDULED", "Scheduled"),
    (Pending, "PENDING", "Pending"),
    (Running, "RUNNING", "Running"),
    (Completed, "COMPLETED", "Completed"),
    (Failed, "FAILED", "Failed"),
    (Cancelled, "CANCELLED", "Cancelled"),
    (Cancelling, "CANCELLING", "Cancelling"),
    (Crashed, "CRASHED", "Crashed"),
    (Paused, "PAUSED", "Paused"),
    (Suspended, "PAUSED", "Suspended"),
    (AwaitingRetry, "SCHEDULED", "AwaitingRetry"),
    (AwaitingConcurrencySlot, "SCHEDULED", "AwaitingConcurrencySlot"),
    (Late, "SCHEDULED", "Late"),
    (Retrying, "RUNNING", "Retrying"),
    (Submitting, "PENDING", "Submitting"),
    (InfrastructurePending, "PENDING", "InfrastructurePending"),
]


@pytest.mark.parametrize(("make", "kind", "name"), MADE)
def test_constructors(make: Callable[[], State[Any]], kind: str, name: str) -> None:
    state = make()
    assert (state.type.value, state.name) == (kind, name)
    predicates = [each for each in dir(state) if each.startswith("is_") and each != "is_final"]
    assert [each for each in predicates if getattr(state, each)()] == [f"is_{kind.lower()}"]
    assert state.is_final() == (kind in ("COMPLETED", "FAILED", "CANCELLED", "CRASHED"))
    assert (state.state_details.scheduled_time is not None) == (kind == "SCHEDULED")
    assert state.state_details.pause_reschedule == (name == "Suspended")


def test_suspended_states_have_deadlines_and_keys() -> None:
    state = Suspended(timeout_seconds=60, pause_key="k")
    assert state.state_details.pause_timeout is not None
    assert state.state_details.pause_key == "k"
    with pytest.raises(ValueError, match="Cannot supply both"):
        Suspended(timeout_seconds=60, pause_expiration_time=state.timestamp)


@pytest.mark.parametrize(
    ("state", "error", "said"),
    [
        (Running(), UnfinishedRun, "Run is in RUNNING state, its result is not available."),
        (Scheduled(), UnfinishedRun, "Run is in SCHEDULED state"),
        (Paused(), PausedRun, "Run is paused, its result is not available."),
        (Suspended(), PausedRun, "Run is paused"),
        (Failed(), FailedRun, "Run failed."),
        (Failed(message="text"), FailedRun, "text"),
        (Failed(data="data"), FailedRun, "data"),
        (Failed(data=ValueError("own")), ValueError, "own"),
        (Failed(data=[Completed(), Crashed(message="of a part")]), CrashedRun, "of a part"),
        (Failed(data=Failed(message="inner")), FailedRun, "inner"),
        (Crashed(), CrashedRun, "Run crashed."),
        (Cancelled(), CancelledRun, "Run cancelled."),
    ],
    ids=str,
)
def test_results_that_are_none(state: State[Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        state.result()
    if state.is_final():
        assert type(state.result(raise_on_failure=False)) is error
        assert str(get_state_exception(state)) == str(state.result(raise_on_failure=False))
        with pytest.raises(error, match=said):
            raise_state_exception(state)
    else:
        raise_state_exception(state)
        with pytest.raises(ValueError, match="Expected failed or crashed state got"):
            get_state_exception(state)


GROUPS: list[tuple[list[State[Any]], StateType, str, str]] = [
    (
        [Completed(), Completed()],
        StateType.COMPLETED,
        "All states completed.",
        "total=2, 'COMPLETED'=2",
    ),
    (
        [Paused(), Cancelled()],
        StateType.CANCELLED,
        "1/2 states cancelled.",
        "total=2, not_final=1, 'PAUSED'=1, 'CANCELLED'=1",
    ),
    (
        [Completed(), Paused()],
        StateType.PAUSED,
        "1/2 states paused.",
        "total=2, not_final=1, 'COMPLETED'=1, 'PAUSED'=1",
    ),
    (
        [Completed(), Failed(), Crashed()],
        StateType.FAILED,
        "2/3 states failed.",
        "total=3, 'COMPLETED'=1, 'FAILED'=1, 'CRASHED'=1",
    ),
    (
        [Completed(), Running()],
        StateType.FAILED,
        "1/2 states are not final.",
        "total=2, not_final=1, 'COMPLETED'=1, 'RUNNING'=1",
    ),
]


@pytest.mark.parametrize("states", GROUPS, ids=lambda case: case[2])
@pytest.mark.usefixtures("home")
def test_several_states_are_judged_together(
    states: tuple[list[State[Any]], StateType, str, str],
) -> None:
    given, kind, message, counts = states
    assert StateGroup(given).counts_message() == counts
    judged = asyncio.run(return_value_to_state(given))
    assert (judged.type, judged.message, judged.data) == (kind, message, given)

    @flow
    def returns() -> Any:
        return given

    state: Any = returns(return_state=True)
    if kind is StateType.PAUSED:
        # A run that waits has to wait for something.
        assert "A flow cannot end in state 'Paused'" in state.message
        return
    assert (state.type, state.message) == (kind, message)
    assert desk.only_run().state_type is kind


def test_values_and_exceptions_as_states() -> None:
    async def made() -> list[State[Any]]:
        by_hand = Failed(message="bad")
        assert await return_value_to_state(by_hand) is by_hand
        try:
            raise KeyError("active")
        except KeyError:
            active = await exception_to_failed_state()
        return [
            await return_value_to_state(5),
            active,
            await exception_to_failed_state(ValueError("no"), message="Task run"),
            await exception_to_crashed_state(KeyboardInterrupt()),
            await exception_to_crashed_state(SystemExit(3)),
            await exception_to_crashed_state(TerminationSignal(15)),
            await exception_to_crashed_state(asyncio.CancelledError()),
            await exception_to_crashed_state(ValueError("x")),
        ]

    assert [str(state) for state in asyncio.run(made())] == [
        "Completed()",
        "Failed(\"KeyError: 'active'\")",
        "Failed('Task run ValueError: no')",
        "Crashed('Execution was aborted by an interrupt signal.')",
        "Crashed('Execution was aborted by Python system exit call.')",
        "Crashed('Execution was aborted by a termination signal.')",
        "Crashed('Execution was cancelled by the runtime environment.')",
        "Crashed('Execution was interrupted by an unexpected exception: ValueError: x')",
    ]
    with pytest.raises(ValueError, match="no active exception could be found"):
        asyncio.run(exception_to_failed_state())
    assert format_exception(ValueError("no")).strip() == "ValueError: no"
    assert repr(Completed(data=4)) == "Completed(message=None, type=COMPLETED, result=4)"


def test_what_counts_as_several_states() -> None:
    assert is_state_iterable([Completed()])
    assert is_state_iterable((Completed(), Failed()))
    for other in ([], [Completed(), 1], {1: Completed()}, Completed(), 5):
        assert not is_state_iterable(other)


@pytest.mark.usefixtures("home")
def test_states_say_which_runs_they_belong_to() -> None:
    own = Completed(message="by hand")

    @task
    def by_hand() -> Any:
        return own

    @flow
    def around() -> list[Any]:
        future = double.submit(2)
        future.wait()
        pending = future.state
        assert pending.state_details.task_run_id == future.task_run_id
        return [
            [double(1, return_state=True), fails(return_state=True), by_hand(return_state=True)],
            [double.submit(2, return_state=True), future.state],
        ]

    whole: Any = around(return_state=True)
    run = desk.only_run()
    assert (whole.state_details.flow_run_id, whole.state_details.task_run_id) == (run.id, None)
    states = [state for part in whole.result() for state in part]
    assert {state.state_details.flow_run_id for state in states} == {run.id}
    known = {record.id for record in desk.tasks(run.id)}
    assert len(known) == 5
    assert {state.state_details.task_run_id for state in states} == known
    assert own.state_details.task_run_id is None


@pytest.mark.usefixtures("home")
def test_a_result_that_was_not_kept_is_missing_later() -> None:
    @task(persist_result=False)
    def forgets() -> int:
        return 3

    assert run_in_flow(forgets) == 3

    with get_client(sync_client=True) as client:
        (record,) = desk.tasks(desk.only_run().id)
        state = client.read_task_run(record.id).state
        assert state is not None
        with pytest.raises(MissingResult):
            state.result()


def test_a_crash_that_is_returned_is_a_state_like_others() -> None:
    @task
    def part() -> Any:
        return Crashed(message="the machine")

    @flow
    def whole() -> Any:
        return part(return_state=True)

    state = whole(return_state=True)
    assert (state.type, state.name, state.message) == (StateType.CRASHED, "Crashed", "the machine")
    with pytest.raises(CrashedRun, match="the machine"):
        whole()
