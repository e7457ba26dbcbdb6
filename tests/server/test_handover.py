"""Runs whose process died: started here when they can be, with patience, and not twice at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from signoff.model.commands import AnswerWait
from signoff.model.journal import EntryRecord
from signoff.model.queries import ReadInbox, ReadRun
from signoff.server.handover import ENTERING, FIRST_DELAY, LONGEST_DELAY, Child, Handover
from signoff.server.services import Services
from tests.server.conftest import Connect
from tests.server.serving import Flow, Served, Servers, record
from tests.server.streams import events, stream
from tests.support.processes import Spawner
from tests.support.waiting import wait_until

pytestmark = pytest.mark.server

RUN = UUID(int=1)
MINE = record(host="here", user="me")


@dataclass
class Started:
    """A child as the server sees it."""

    code: int | None = None

    def poll(self) -> int | None:
        return self.code


@dataclass
class Machine:
    """Where children are started; its clock stands still."""

    now: int = 0
    children: list[Started] = field(default_factory=list)
    broken: bool = False

    def launch(self, run_id: UUID, entry_record: EntryRecord) -> Child:
        if self.broken:
            raise OSError("no more processes")
        self.children.append(Started())
        return self.children[-1]

    def handover(self) -> Handover:
        return Handover(self.launch, "here", "me", lambda: self.now)


@pytest.mark.parametrize(
    ("entry_record", "taken"),
    [
        (MINE, True),
        (record(host="there", user="me"), False),
        (record(host="here", user="you"), False),
        (record(host="here", user="me", refusal="defined in a function"), False),
        (None, False),
    ],
)
def test_only_runs_of_this_host_and_user_are_taken(
    entry_record: EntryRecord | None, taken: bool
) -> None:
    assert Machine().handover().takes(entry_record) is taken
    assert not Handover(None, "here", "me", lambda: 0).takes(entry_record)


def test_a_run_is_not_started_again_while_its_child_is_on_its_way() -> None:
    machine = Machine()
    handover = machine.handover()
    assert handover.start(RUN, MINE)
    machine.now += ENTERING - 1
    assert handover.start(RUN, MINE)
    assert len(machine.children) == 1
    machine.now += 1
    assert handover.start(RUN, MINE)
    assert len(machine.children) == 2


def test_children_that_die_are_started_again_with_more_and_more_patience() -> None:
    machine = Machine()
    handover = machine.handover()
    for tries in range(8):
        assert handover.start(RUN, MINE)
        machine.children[-1].code = 1
        assert len(machine.children) == tries + 1
        again = handover.next_try()
        assert again is not None
        assert again - machine.now == min(FIRST_DELAY * 4**tries, LONGEST_DELAY)
        machine.now = again - 1
        handover.start(RUN, MINE)
        assert len(machine.children) == tries + 1
        machine.now = again


def test_a_machine_that_cannot_start_anything_is_asked_again_later() -> None:
    machine = Machine(broken=True)
    handover = machine.handover()
    assert not handover.start(RUN, MINE)
    machine.broken = False
    assert not handover.start(RUN, MINE)
    machine.now = FIRST_DELAY
    assert handover.start(RUN, MINE)


def test_a_run_that_went_well_is_forgotten() -> None:
    machine = Machine()
    handover = machine.handover()
    handover.start(RUN, MINE)
    machine.children[-1].code = 0
    machine.now = LONGEST_DELAY * 3
    handover.start(UUID(int=2), MINE)
    assert handover.next_try() == machine.now + ENTERING


@dataclass
class Sweep:
    """What a sweep found."""

    next_due: int | None = None
    to_enter: tuple[Waiting, ...] = ()


@dataclass
class Waiting:
    """A run that waits for a process."""

    run_id: UUID
    entry_record: EntryRecord | None


def test_the_loop_sweeps_when_something_is_due_and_starts_what_waits() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        machine = Machine()
        sweeps: list[int] = []

        def sweep() -> Sweep:
            sweeps.append(len(sweeps))
            waiting = (Waiting(RUN, MINE), Waiting(RUN, None)) if len(sweeps) == 2 else ()
            return Sweep(None, waiting)

        async def run(work: object) -> int | None:
            return work()  # type: ignore[operator, no-any-return]

        swept = asyncio.Event()
        services = Services(
            sweep, machine.handover(), run, lambda: int(loop.time() * 1_000_000), swept.set
        )
        working = asyncio.ensure_future(services.work())
        await swept.wait()
        for number in (2, 3):
            swept.clear()
            services.due(int(loop.time() * 1_000_000))
            await swept.wait()
            assert len(sweeps) == number
        assert len(machine.children) == 1
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
    served = sqlite_servers.start(SIGNOFF_PROCESS_LEASE_SECONDS="1")
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
