"""Tasks called outside of flows: they run like any other, and are on record without a flow run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from signoff import flow, get_run_logger, pause_flow_run, tags, task
from signoff.context import FlowRunContext, TaskRunContext
from signoff.gateway.connect import get_gateway
from signoff.model.commands import DeleteRun
from signoff.model.errors import MissingContextError, ObjectNotFound
from signoff.model.filters import LogFilter, LogFilterTaskRunId
from signoff.model.ids import NO_RUN
from signoff.model.queries import CountRuns, ReadLogs, ReadTaskRuns
from signoff.model.states import State, StateType
from signoff.model.views import TaskRun
from signoff.testing.utilities import signoff_test_harness
from tests.scenarios import desk
from tests.scenarios.scripts import Script
from tests.scenarios.test_tasks import double, failing, fails, spin

pytestmark = pytest.mark.usefixtures("home")


def recorded() -> list[TaskRun]:
    """Every task run, oldest first."""
    return list(get_gateway().send(ReadTaskRuns()))[::-1]


def test_every_way_to_call_one() -> None:
    @task
    async def later(number: int) -> int:
        await asyncio.sleep(0)
        return number

    with tags("night"):
        assert double(2) == 4
    assert double.submit(double.submit(3)).result() == 12
    assert double.map([1, 2]).result() == [2, 4]
    assert asyncio.run(later(5)) == 5
    assert later.submit(6).result() == 6
    state: Any = double(1, return_state=True)
    assert (state.result(), state.state_details.flow_run_id) == (2, None)
    first, *_, last = found = recorded()
    assert (first.tags, last.id) == (["night"], state.state_details.task_run_id)
    assert [each.state_type for each in found] == [StateType.COMPLETED] * 8
    assert {each.flow_run_id for each in found} == {None}


def test_nothing_else_sees_the_run_they_do_not_have() -> None:
    double(2)
    assert desk.runs() == ()
    assert get_gateway().send(CountRuns()) == 0
    assert not desk.exists(NO_RUN)
    with pytest.raises(ObjectNotFound):
        get_gateway().send(DeleteRun(NO_RUN))
    assert len(recorded()) == 1


def test_retries_time_limits_and_hooks_work() -> None:
    seen: list[str] = []

    def note(owner: Any, run: TaskRun, state: State[Any]) -> None:
        seen.append(f"{owner.name} {run.flow_run_id} {state.name}")

    flaky, _ = failing(2, retries=2, on_running=[note], on_completion=[note])
    assert flaky() == 3
    assert seen == ["flaky None Running", "flaky None Completed"]
    with pytest.raises(ValueError, match="no"):
        fails()
    with pytest.raises(TimeoutError, match="exceeded timeout"):
        task(timeout_seconds=0.1)(spin)()
    names = [(each.state_name, each.run_count) for each in recorded()]
    assert names == [("Completed", 3), ("Failed", 1), ("TimedOut", 1)]


def test_tasks_within_a_task_belong_to_no_run_either() -> None:
    seen: list[Any] = []

    @task
    def outer(number: int) -> int:
        seen.append((FlowRunContext.get(), TaskRunContext.get() is not None))
        return double(number) + double.submit(number).result()

    assert outer(1) == 4
    assert seen == [(None, True)]
    assert {each.flow_run_id for each in recorded()} == {None}


def test_a_flow_within_a_task_is_a_run_of_its_own() -> None:
    @flow
    def inner(number: int) -> int:
        return double(number)

    @task
    def outer(number: int) -> int:
        return inner(number) + inner(number + 1)

    assert outer(1) == 6
    assert [run.parent_flow_run_id for run in desk.runs()] == [None, None]
    assert len(desk.tasks(desk.runs()[0].id)) == 1


@pytest.mark.parametrize("call", [pause_flow_run, lambda: pause_flow_run(int)])
def test_a_pause_says_that_there_is_no_flow_run(call: Callable[[], Any]) -> None:
    @task
    def asks() -> None:
        call()

    with pytest.raises(MissingContextError, match="only be paused from within a flow run") as said:
        asks()
    assert "Task 'asks' was called outside of flows" in str(said.value)


def test_their_log_lines_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    @task(log_prints=True)
    def speaks() -> None:
        get_run_logger().warning("by logger")
        print("by print")

    state: Any = speaks.submit(return_state=True)
    id = state.state_details.task_run_id
    get_gateway().settle()
    of = LogFilter(task_run_id=LogFilterTaskRunId(any_=[id]))
    lines = get_gateway().send(ReadLogs(of))
    assert [line.message for line in lines][:2] == ["by logger", "by print"]
    assert {line.flow_run_id for line in lines} == {None}
    assert "by print" not in capsys.readouterr().out


def test_a_forgotten_task_ends_before_its_script_does(script: Callable[[str], Script]) -> None:
    forgets = script("work.submit('forgotten')\nnote('end')\n")
    assert forgets.start().wait() == 0
    assert sorted(forgets.noted()) == ["end", "work forgotten"]
    assert [each.state_type for each in recorded()] == [StateType.COMPLETED]


def test_on_both_databases(any_script: Callable[[str], Script]) -> None:
    calls = any_script("note(work('a'))\nnote(work.submit('b').result())\n")
    assert calls.start().wait() == 0
    assert calls.noted() == ["work a", "A", "work b", "B"]
    assert [each.flow_run_id for each in recorded()] == [None, None]


def test_through_a_server() -> None:
    with signoff_test_harness():
        assert double.submit(double(1)).result() == 4
        assert [each.flow_run_id for each in recorded()] == [None, None]
        assert desk.runs() == ()
