"""Flows that run deployments: once each, waited for, linked or not, also after the flow's death."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from signoff import flow, pause_flow_run, tags, task
from signoff.authoring.parameters import parameter_schema
from signoff.deployments import arun_deployment, run_deployment
from signoff.engine.countdowns import Countdown
from signoff.engine.frames import current_run, current_task
from signoff.exceptions import InvalidRequest, ObjectNotFound
from signoff.gateway.connect import get_gateway
from signoff.model.commands import AnswerWait
from signoff.model.deploying import CreateDeployment
from signoff.model.deployments import DeploymentCreate
from signoff.model.filters import FlowRunFilter
from signoff.model.queries import ReadRuns, ReadTaskRuns
from signoff.model.views import FlowRun
from tests.scenarios.desk import Call, cancel, question, runs
from tests.scenarios.scripts import Script, ended
from tests.server.serving import Servers
from tests.support.processes import Spawner
from tests.support.waiting import wait_until


@flow
def doubled(number: int) -> int:
    return 2 * number


@flow
def asking() -> str:
    pause_flow_run(key="sure")
    return "yes"


@pytest.fixture
def over_http(
    home: Path, spawn_python: Spawner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server process with a worker, and everything else talking to it."""
    monkeypatch.setenv("SIGNOFF_PROCESS_LEASE_SECONDS", "1")
    monkeypatch.setenv("DONE", str(tmp_path / "done.txt"))
    server = Servers(spawn_python, home).start(worker=True)
    monkeypatch.setenv("SIGNOFF_API_URL", server.url)


@pytest.fixture
def deployment(home: Path) -> UUID:
    asked = DeploymentCreate(
        name="here",
        flow_name="doubled",
        tags=["own"],
        parameter_openapi_schema=parameter_schema(doubled.fn),
    )
    return get_gateway().send(CreateDeployment(asked)).id


def runs_of(deployment: UUID) -> tuple[FlowRun, ...]:
    only = FlowRunFilter(deployment_id={"any_": [deployment]})  # type: ignore[arg-type]
    return get_gateway().send(ReadRuns(flow_runs=only))


def run_called(flow_name: str) -> FlowRun:
    """The one run of a flow."""
    (run,) = [run for run in runs() if run.flow_name == flow_name]
    return run


@contextmanager
def served(deployment: UUID, fn: Any = doubled) -> Iterator[None]:
    """Starts each run of the deployment in this process, as soon as there is one."""
    stopping = threading.Event()

    def serve() -> None:
        begun: set[UUID] = set()
        while not stopping.wait(0.02):
            for run in runs_of(deployment):
                if run.id not in begun and run.state_type == "SCHEDULED":
                    begun.add(run.id)
                    fn.enter(run.id)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    try:
        yield
    finally:
        stopping.set()
        server.join()


def test_a_run_is_made_and_waited_for(deployment: UUID) -> None:
    with served(deployment):
        run = run_deployment(
            "doubled/here", parameters={"number": 4}, flow_run_name="mine", tags=["a"]
        )
    assert run.state is not None
    assert run.state.result() == 8
    assert (run.name, run.tags, run.deployment_id) == ("mine", ["a", "own"], deployment)
    assert run.parent_flow_run_id is None


def test_timeout_zero_returns_at_once_and_a_short_one_what_there_is(deployment: UUID) -> None:
    first = run_deployment(deployment, parameters={"number": 1}, timeout=0)
    second = run_deployment(str(deployment), parameters={"number": 1}, timeout=0.01)
    assert (first.state_name, second.state_name) == ("Scheduled", "Scheduled")
    later = datetime.now(UTC) + timedelta(days=1)
    third = run_deployment(deployment, parameters={"number": 1}, timeout=0, scheduled_time=later)
    assert third.next_scheduled_start_time == later


def test_the_same_key_is_the_same_run(deployment: UUID) -> None:
    given: dict[str, Any] = {"parameters": {"number": 1}, "timeout": 0, "idempotency_key": "k"}
    assert run_deployment(deployment, **given).id == run_deployment(deployment, **given).id


def test_asynchronous_code_awaits_it(deployment: UUID) -> None:
    async def both() -> list[FlowRun]:
        return [
            await arun_deployment(deployment, parameters={"number": 5}),
            await run_deployment(deployment, parameters={"number": 6}),  # type: ignore[misc]
        ]

    with served(deployment):
        runs = asyncio.run(both())
    assert [run.state.result() for run in runs if run.state] == [10, 12]


def test_inside_a_flow_it_is_a_run_that_the_flow_called(deployment: UUID) -> None:
    @flow
    def calls() -> list[int]:
        with tags("around"):
            first = run_deployment("doubled/here", parameters={"number": 1})
        second = run_deployment("doubled/here", parameters={"number": 1})
        apart = run_deployment("doubled/here", parameters={"number": 2}, as_subflow=False)
        return [run.state.result() for run in (first, second, apart) if run.state]

    with served(deployment):
        assert calls() == [2, 2, 4]
    outer = run_called("calls")
    apart, second, first = runs_of(deployment)
    assert first.id != second.id
    assert (first.parent_flow_run_id, apart.parent_flow_run_id) == (outer.id, None)
    assert first.tags == ["around", "own"]
    steps = get_gateway().send(ReadTaskRuns())
    assert {step.id for step in steps} == {first.parent_task_run_id, second.parent_task_run_id}
    assert {step.child_flow_run_id for step in steps} == {first.id, second.id}
    assert {step.state_name for step in steps} == {"Completed"}


def test_a_task_may_run_deployments_too(deployment: UUID) -> None:
    @task
    def one(number: int) -> int:
        run = run_deployment("doubled/here", parameters={"number": number})
        assert run.state is not None
        return int(run.state.result())

    @flow
    def many() -> list[int]:
        return [future.result() for future in one.map([1, 2, 3])]

    with served(deployment):
        assert many() == [2, 4, 6]
    assert len(runs_of(deployment)) == 3


def test_while_its_run_waits_for_somebody_the_flow_does_too(home: Path) -> None:
    asked = DeploymentCreate(name="here", flow_name="asking")
    made = get_gateway().send(CreateDeployment(asked)).id

    @flow
    def calls() -> str:
        run = run_deployment("asking/here")
        assert run.state is not None
        return str(run.state.result())

    with served(made, asking):
        call = Call(calls)
        item = question()
        assert run_called("calls").state_name == "Paused"
        get_gateway().send(AnswerWait(item.run_id))
        assert call.returned() == "yes"
    assert run_called("calls").state_name == "Completed"


@pytest.mark.parametrize("inside", ["flow", "task"])
def test_its_time_limit_stands_still_while_its_run_waits_for_somebody(
    home: Path, inside: str
) -> None:
    asked = DeploymentCreate(name="here", flow_name="asking")
    made = get_gateway().send(CreateDeployment(asked)).id
    clocks: list[Countdown | None] = []

    def called(clock: Countdown | None) -> tuple[str, bool]:
        clocks.append(clock)
        run = run_deployment("asking/here")
        assert run.state is not None
        return str(run.state.result()), all(each is not None and each.ticks for each in clocks)

    @task(timeout_seconds=600)
    def asks() -> tuple[str, bool]:
        frame = current_task.get()
        assert frame is not None
        return called(frame.countdown)

    @flow(timeout_seconds=600)
    def calls() -> tuple[str, bool]:
        frame = current_run.get()
        assert frame is not None
        if inside == "flow":
            return called(frame.countdown)
        clocks.append(frame.countdown)
        return asks.submit().result()

    with served(made, asking):
        call = Call(calls)
        item = question()
        stopped = 2 if inside == "task" else 1
        wait_until(lambda: sum(c is not None and not c.ticks for c in clocks) == stopped, 60)
        get_gateway().send(AnswerWait(item.run_id))
        assert call.returned() == ("yes", True)


def test_a_cancelled_flow_takes_its_run_along(deployment: UUID) -> None:
    @flow
    def calls() -> None:
        run_deployment("doubled/here", parameters={"number": 1})

    call = Call(calls)
    wait_until(lambda: runs_of(deployment), 60, "the run of the deployment")
    cancel(run_called("calls").id)
    call.raised()
    (run,) = runs_of(deployment)
    assert run.state_name == "Cancelled"


def test_bad_calls_say_what_is_wrong(deployment: UUID) -> None:
    with pytest.raises(ValueError, match="`timeout` cannot be negative"):
        run_deployment(deployment, timeout=-1)
    with pytest.raises(ValueError, match="'here' names no deployment"):
        run_deployment("here")
    with pytest.raises(ObjectNotFound, match="there are: doubled/here"):
        run_deployment("doubled/there")
    with pytest.raises(ObjectNotFound, match="no deployment"):
        run_deployment(uuid4())
    with pytest.raises(InvalidRequest, match="number"):
        run_deployment(deployment, parameters={"number": "x"})
    with pytest.raises(InvalidRequest, match="number"):
        run_deployment(deployment)
    assert not runs_of(deployment)


CALLING = """
from signoff.deployments import run_deployment

@flow
def calls():
    first = run_deployment("doubled/here", parameters={"number": 1})
    note("first")
    second = run_deployment("doubled/here", parameters={"number": 1})
    return [run.state.result() for run in (first, second)]

if __name__ == "__main__":
    calls()
"""


@pytest.mark.faults
@pytest.mark.usefixtures("over_http")
def test_a_flow_that_died_finds_its_run_again_at_a_server(
    request: pytest.FixtureRequest, script: Callable[[str], Script]
) -> None:
    deployment: UUID = request.getfixturevalue("deployment")
    calling = script(CALLING)
    process = calling.start()
    wait_until(lambda: runs_of(deployment), 60, "the first run")
    process.kill()
    outer = run_called("calls")
    calling.retry(outer.id)
    with served(deployment):
        assert ended(outer.id) == [2, 2]
    assert len(runs_of(deployment)) == 2
    assert run_called("calls").entries == 2


@pytest.mark.faults
@pytest.mark.parametrize("stop", [1, 2])
def test_a_flow_that_died_finds_its_runs_again(
    deployment: UUID, script: Callable[[str], Script], stop: int
) -> None:
    calling = script(CALLING)
    process = calling.start()
    if stop == 1:
        wait_until(lambda: runs_of(deployment), 60, "the first run")
    else:
        with served(deployment):
            calling.has_noted("first")
            wait_until(lambda: len(runs_of(deployment)) == 2, 60, "the second run")
    process.kill()
    outer = run_called("calls")
    calling.retry(outer.id)
    with served(deployment):
        assert ended(outer.id) == [2, 2]
    assert len(runs_of(deployment)) == 2
    assert {run.parent_flow_run_id for run in runs_of(deployment)} == {outer.id}
