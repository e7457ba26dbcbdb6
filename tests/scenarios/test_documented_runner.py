"""The documented `Runner` and `TaskRunWaiter`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from signoff import flow, task
from signoff.runner import Runner
from signoff.task_runs import TaskRunWaiter
from tests.scenarios import desk
from tests.scenarios.scripts import Script

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.timeout(300)]

SERVED = """
@flow
def served(name="x"):
    return work(name)

if __name__ == "__main__":
    import asyncio
    from signoff.deployments import run_deployment
    from signoff.runner import Runner

    runner = Runner(name="here", pause_on_shutdown=False)
    runner.add_flow(served, name="by-name", parameters={"name": "a"})
    runner.add_deployment(served.to_deployment("another", parameters={"name": "b"}))
    for name in ("by-name", "another"):
        run_deployment("served/" + name, timeout=0)
    asyncio.run(runner.start(run_once=True))
    note("stopped")
"""


def test_what_is_due_is_run_once(script: Callable[[str], Script]) -> None:
    made = script(SERVED)
    made.start().wait_ok(desk.PATIENCE)
    assert made.worked() == {"a": 1, "b": 1}
    assert "stopped" in made.noted()
    assert {run.state_name for run in desk.runs()} == {"Completed"}


def test_what_a_runner_lacks_is_said() -> None:
    with pytest.raises(ValueError, match="webserver"):
        Runner(webserver=True)
    with pytest.raises(ValueError, match="add_flow"):
        asyncio.run(Runner().start())


@task
def add(number: int) -> int:
    return number + 1


@flow
def adding() -> Any:
    return add.submit(1).task_run_id


def test_a_task_run_is_waited_for() -> None:
    task_run_id = adding()
    called: list[str] = []

    async def wait() -> None:
        await TaskRunWaiter.wait_for_task_run(str(task_run_id), timeout=60)
        done = asyncio.Event()
        TaskRunWaiter.add_done_callback(task_run_id, lambda: (called.append("done"), done.set()))
        await done.wait()
        # Nobody knows it: the time limit ends the wait.
        await TaskRunWaiter.wait_for_task_run(uuid4(), timeout=0.01)

    asyncio.run(wait())
    assert called == ["done"]
