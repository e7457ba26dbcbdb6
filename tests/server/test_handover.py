"""Runs whose process died: settled by the server, and taken by the worker it brings along."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from signoff.model.commands import AnswerWait
from signoff.model.queries import ReadInbox, ReadRun
from signoff.server.services import Services
from tests.server.conftest import Connect
from tests.server.serving import Flow, Served, Servers
from tests.server.streams import events, stream
from tests.support.processes import Spawner
from tests.support.waiting import wait_until

pytestmark = pytest.mark.server


@dataclass
class Sweep:
    """What a sweep found."""

    next_due: int | None = None


def test_the_loop_sweeps_when_something_is_due() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        sweeps: list[int] = []

        def sweep() -> Sweep:
            sweeps.append(len(sweeps))
            return Sweep()

        async def run(work: object) -> int | None:
            return work()  # type: ignore[operator, no-any-return]

        swept = asyncio.Event()
        services = Services(sweep, run, lambda: int(loop.time() * 1_000_000), swept.set)
        working = asyncio.ensure_future(services.work())
        await swept.wait()
        for number in (2, 3):
            swept.clear()
            services.due(int(loop.time() * 1_000_000))
            await swept.wait()
            assert len(sweeps) == number
        working.cancel()

    asyncio.run(main())


def test_a_deadline_fires_though_nobody_asks(served: Served, connect: Connect) -> None:
    """The process is gone and nobody reads the run: its deadline is told by the event stream."""
    worker, person = connect(served.url), connect(served.url)
    flow = Flow(worker)
    flow.ask(timeout=200_000)
    with stream(served, f"?after=0&run_id={flow.id}") as live:
        kinds = [event["kind"] for event in events(live, 3)]
    assert kinds == ["start", "open", "expire"]
    assert flow.id not in {item.run_id for item in person.send(ReadInbox(200))}


_FLOW = """
import os, sys
from signoff import flow, pause_flow_run, task

@task
def work():
    with open({marks!r}, "a") as file:
        print(os.getpid(), file=file)
    return 41

@flow
def deploy():
    value = work()
    print("waits", flush=True)
    answer = pause_flow_run(wait_for_input=int)
    return value + answer

if __name__ == "__main__":
    deploy()
"""


@pytest.mark.faults
def test_a_killed_flow_is_started_again_by_the_server_that_takes_the_answer(
    sqlite_servers: Servers, connect: Connect, spawn_python: Spawner, tmp_path: object
) -> None:
    """kill -9 of the paused process, then the answer: the server's machine enters the run."""
    marks = f"{tmp_path}/marks"
    served = sqlite_servers.start(worker=True, SIGNOFF_PROCESS_LEASE_SECONDS="1")
    settings = {"SIGNOFF_API_URL": served.url, "SIGNOFF_PROCESS_LEASE_SECONDS": "1"}
    process = spawn_python(_FLOW.format(marks=marks), env=settings)
    process.wait_for_output("waits")
    person = connect(served.url)
    item = wait_until(lambda: person.send(ReadInbox()))[0]
    process.kill()
    # Once its lease has run out, the server knows that nobody waits any more.
    wait_until(lambda: not person.send(ReadInbox())[0].alive)
    accepted = person.send(AnswerWait(item.run_id, {"value": 1}))
    assert not accepted.needs_entry  # The server has seen to it.
    wait_until(lambda: person.send(ReadRun(item.run_id)).state_name == "Completed")
    with open(marks) as file:
        assert file.read().split() == [str(process.pid)]
