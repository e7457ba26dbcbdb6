"""Reaching the service within the process: registration, writing behind, forks, the end."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from signoff.gateway.connect import begin_child, close_gateways, get_gateway
from signoff.gateway.liveness import Liveness
from signoff.gateway.local import LocalGateway
from signoff.model import journal
from signoff.model.actors import Via
from signoff.model.commands import (
    AnswerWait,
    CancelRun,
    CreateInput,
    EnterRun,
    FinishRun,
    FinishTasks,
    HoldRun,
    OpenWait,
    StartRun,
    StartTasks,
    WriteLogs,
)
from signoff.model.errors import StaleEntry, StoreLocked, TransitionRefused
from signoff.model.journal import LogLine, Process, TaskRecord, TaskStart
from signoff.model.lookups import ReadEntry, ReadJournal
from signoff.model.queries import (
    FilterInputs,
    ReadHistory,
    ReadLogs,
    ReadRun,
    ReadRuns,
    ReadTaskRuns,
)
from signoff.model.replies import RunHandle, RunSignal
from signoff.model.runs import Phase
from signoff.model.waits import WaitKind, WaitStatus
from signoff.store.sqlite.store import open_sqlite
from tests.service.world import FLOW, KEPT, World
from tests.support.processes import Spawner
from tests.support.waiting import wait_until

pytestmark = pytest.mark.service

HOST = "host"


class Member:
    """One process of an embedded installation: here several share the process of the test."""

    def __init__(
        self, home: Path, name: str, kind: journal.Liveness, patience: float, number: int
    ) -> None:
        self.home = home
        self.liveness = Liveness(home / "run", HOST)
        self.store = open_sqlite(f"sqlite:///{home / 'signoff.db'}", home=home, patience=patience)
        self.world = World(self.store, home, delivers=True, lives=self.liveness)
        # Members make identifiers of their own.
        self.world.now += number * 1_000
        process = Process(name, HOST, 1, "ann", kind, None)
        self.gateway = LocalGateway(self.world.service, self.store, process, FLOW, self.liveness)

    def start(self) -> RunHandle:
        return self.gateway.send(StartRun(self.world.new(), self.gateway.process.id))

    def open(self, run: RunHandle) -> None:
        address = self.gateway.process.address
        self.gateway.send(
            OpenWait(run.run_id, run.entry, "go", WaitKind.APPROVAL, "?", address=address)
        )

    def journal(self, run: RunHandle) -> tuple[TaskRecord, ...]:
        """What is on record, as another process would see it."""
        return self.world.ask(ReadJournal(run.run_id))

    def line(self, run: RunHandle, text: str) -> WriteLogs:
        now = self.world.now
        return WriteLogs((LogLine(self.world.new_id(), run.run_id, None, 20, "f", text, now),))


Join = Callable[..., Member]


@pytest.fixture
def join(signoff_home: Path) -> Iterator[Join]:
    """Bring another process into the installation."""
    members: list[Member] = []

    def make(
        name: str, kind: journal.Liveness = journal.Liveness.LOCK, patience: float = 10.0
    ) -> Member:
        members.append(Member(signoff_home, name, kind, patience, len(members)))
        return members[-1]

    yield make
    for member in members:
        member.gateway.close()


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.signals: list[RunSignal | None] = []

    def __call__(self, signal: RunSignal | None) -> None:
        self.signals.append(signal)

    def phases(self) -> list[Phase]:
        return [signal.phase for signal in self.signals if signal is not None]


def threads() -> set[str]:
    return {each.name for each in threading.enumerate() if each.name.startswith("signoff-")}


def test_looking_around_registers_starts_and_holds_nothing(join: Join, signoff_home: Path) -> None:
    member = join("p1")
    # Threads that live as long as the process may be left from tests before this one.
    before = threads()
    assert member.gateway.send(ReadRuns()) == ()
    assert threads() <= before
    assert not (signoff_home / "run").exists()


def test_the_first_run_registers_its_process(join: Join, signoff_home: Path) -> None:
    member = join("p1")
    run = member.start()
    with member.store.read() as tx:
        owner = tx.process("p1")
    assert owner is not None
    assert owner.process.address == member.gateway.process.address
    assert (signoff_home / "run" / "p1.lock").exists()
    assert member.gateway.send(ReadRun(run.run_id)).state_name == "Running"


def test_a_refused_first_request_still_registers(join: Join) -> None:
    first, second = join("p1"), join("p2")
    run = first.start()
    with pytest.raises(TransitionRefused, match="p1"):
        second.gateway.send(EnterRun(run.run_id, "p2"))
    second.start()


def test_whoever_opens_the_store_settles_what_was_due(join: Join) -> None:
    first = join("p1")
    run = first.start()
    first.liveness.release()
    second = join("p2")
    assert second.gateway.send(ReadRun(run.run_id)).state_name == "Crashed"


def test_a_process_that_was_started_for_a_run_leaves_that_to_who_started_it(join: Join) -> None:
    """A crowd of them would look at each other, over and over."""
    member = join("p1")
    run = member.start()
    overdue = OpenWait(run.run_id, run.entry, "go", WaitKind.APPROVAL, "?", timeout=1)
    member.gateway.send(overdue)
    paused = [Phase.PAUSED]
    begin_child("child", "claimer")
    try:
        child = get_gateway()
        assert isinstance(child, LocalGateway)
        child.send(ReadEntry(run.run_id))
        assert [signal.phase for signal in member.world.service.signals([run.run_id])] == paused
        child.sweep()
        assert [signal.phase for signal in member.world.service.signals([run.run_id])] != paused
    finally:
        close_gateways()


def test_what_was_posted_is_on_record_after_settling(join: Join) -> None:
    member = join("p1")
    run = member.start()
    tasks = [member.world.task(run) for _ in range(50)]
    for task in tasks:
        member.gateway.post(FinishTasks((task,)))
    member.gateway.settle()
    assert set(member.journal(run)) == set(tasks)
    member.gateway.settle()


def test_everything_posted_gets_there_by_itself(join: Join) -> None:
    member, other = join("p1"), join("p2")
    run = member.start()
    task = member.world.task(run)
    begun = TaskStart(task.id, run.run_id, 1, "", "add", "add-0", member.world.now, 1)
    member.gateway.post(StartTasks((begun,)))
    member.gateway.post(member.line(run, "hello"))
    member.gateway.post(CreateInput(run.run_id, "k", "1"))
    wait_until(lambda: [line.message for line in other.world.ask(ReadLogs())] == ["hello"])
    assert [each.state_name for each in other.world.ask(ReadTaskRuns())] == ["Running"]
    wait_until(lambda: other.world.ask(FilterInputs(run.run_id, "k")))
    member.gateway.post(FinishTasks((task,)))
    wait_until(lambda: other.journal(run))


def test_a_process_reads_what_it_has_written(join: Join) -> None:
    member = join("p1")
    run = member.start()
    for number in range(300):
        member.gateway.post(member.line(run, str(number)))
    assert len(member.gateway.send(ReadLogs(limit=1000))) == 300


def test_many_threads_share_commits(join: Join) -> None:
    member = join("p1")
    run = member.start()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                task = member.world.task(run)
                member.gateway.post(FinishTasks((task,)))
                member.gateway.settle()
                assert task in member.journal(run)
        except BaseException as error:
            failed.append(error)

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    assert len(member.journal(run)) == 160


def fenced_run(join: Join) -> tuple[Member, RunHandle]:
    """A run that another process has entered because its own seemed dead."""
    first, second = join("p1"), join("p2")
    run = first.start()
    # Opened before, so that opening does not settle what the death left behind.
    second.start()
    first.liveness.release()
    second.gateway.send(EnterRun(run.run_id, second.gateway.process.id))
    return first, run


def test_a_fenced_run_is_told_through_its_listener(join: Join) -> None:
    member, run = fenced_run(join)
    heard = Heard()
    member.gateway.listen(run.run_id, heard)
    member.gateway.post(FinishTasks((member.world.task(run),)))
    member.gateway.settle()
    wait_until(lambda: heard.signals)
    assert [each.entry for each in heard.signals if each] == [2] * len(heard.signals)
    assert member.journal(run) == ()


def test_a_fenced_run_holds_nothing_else_back(join: Join) -> None:
    member, run = fenced_run(join)
    mine = member.start()
    task = member.world.task(mine)
    member.gateway.post(FinishTasks((task,)))
    with pytest.raises(StaleEntry, match=str(run.run_id)):
        member.gateway.send(FinishTasks((member.world.task(run),)))
    member.gateway.settle()
    assert member.journal(mine) == (task,)


def test_what_cannot_be_written_is_kept_for_the_next_time(
    join: Join, caplog: pytest.LogCaptureFixture
) -> None:
    member = join("p1", patience=0.05)
    run = member.start()
    task = member.world.task(run)
    blocker = sqlite3.connect(member.home / "signoff.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    member.gateway.post(member.line(run, "hello"))
    member.gateway.post(FinishTasks((task,)))
    with pytest.raises(StoreLocked):
        member.gateway.settle()
    blocker.execute("ROLLBACK")
    blocker.close()
    member.gateway.settle()
    assert member.journal(run) == (task,)
    assert [line.message for line in member.gateway.send(ReadLogs())] == ["hello"]


def test_an_answer_from_another_process_is_heard(join: Join) -> None:
    member, other = join("p1"), join("p2")
    run = member.start()
    heard = Heard()
    stop = member.gateway.listen(run.run_id, heard)
    member.open(run)
    other.gateway.send(AnswerWait(run.run_id))
    wait_until(lambda: Phase.RUNNING in heard.phases())
    other.gateway.send(CancelRun(run.run_id))
    wait_until(lambda: Phase.CANCELLING in heard.phases())
    stop()


def test_the_end_of_a_run_is_news_for_others_in_its_process(join: Join) -> None:
    member = join("p1")
    run = member.start()
    heard = Heard()
    member.gateway.listen(run.run_id, heard)
    member.gateway.send(FinishRun(run.run_id, run.entry, Phase.COMPLETED, None, None, KEPT))
    assert None in heard.signals


def test_who_acts_through_which_face_is_on_record(join: Join) -> None:
    member = join("p1")
    run = member.start()
    member.gateway.send(HoldRun(run.run_id), Via.TERMINAL)
    lines = member.gateway.send(ReadHistory(run.run_id))
    assert [line.actor.via for line in lines] == [Via.PYTHON, Via.TERMINAL]


def test_a_leased_process_holds_no_lock(join: Join, signoff_home: Path) -> None:
    member = join("p1", journal.Liveness.LEASE)
    run = member.start()
    assert not (signoff_home / "run" / "p1.lock").exists()
    assert "signoff-lease" in threads()
    with member.store.read() as tx:
        owner = tx.process("p1")
    assert owner is not None
    assert owner.lease_until == member.world.now + member.world.service.lease
    assert member.gateway.send(ReadRun(run.run_id)).state_name == "Running"


def test_closing_puts_everything_on_record_and_leaves_nothing_behind(
    join: Join, signoff_home: Path
) -> None:
    # Other tests of this process may have left gateways of theirs open.
    before = set(threading.enumerate())
    member, other = join("p1"), join("p2")
    run = member.start()
    member.gateway.listen(run.run_id, Heard())
    member.gateway.post(member.line(run, "last words"))
    member.gateway.close()
    member.gateway.close()
    begun = {each.name for each in set(threading.enumerate()) - before}
    assert [line.message for line in other.world.ask(ReadLogs())] == ["last words"]
    assert [each.name for each in (signoff_home / "run").iterdir()] == []
    assert not begun & {"signoff-watcher", "signoff-behind"}


def test_an_answered_pause_is_entered_by_another_after_the_death(join: Join) -> None:
    first, second = join("p1"), join("p2")
    run = first.start()
    first.open(run)
    first.liveness.release()
    reply = second.gateway.send(AnswerWait(run.run_id))
    assert (reply.needs_entry, reply.enter) == (True, run.run_id)
    entered = second.gateway.send(EnterRun(run.run_id, second.gateway.process.id))
    outcome = second.gateway.send(
        OpenWait(run.run_id, entered.handle.entry, "go", WaitKind.APPROVAL, "?")
    )
    assert outcome.status is WaitStatus.ANSWERED


SCRIPT = """
import itertools, os, sys, time
from pathlib import Path
from tests.gateway.test_local import Member
from signoff.model import journal
from signoff.model.queries import ReadRun
home = Path(sys.argv[1])
member = Member(home, "parent", journal.Liveness.LOCK, 10.0, 7)
run = member.start()
member.gateway.listen(run.run_id, print)
member.gateway.post(member.line(run, "from the parent"))
"""

FORK = (
    SCRIPT
    + """
child = os.fork()
if child == 0:
    member.world._ids = itertools.count(1_000)
    own = member.start()
    assert member.gateway.process.id != "parent", member.gateway.process
    assert member.gateway.process.pid == os.getpid()
    member.gateway.listen(own.run_id, lambda signal: None)
    member.gateway.post(member.line(own, "from the child"))
    assert len(list((home / "run").glob("*.lock"))) == 2
    member.gateway.close()
    os._exit(0)
_, status = os.waitpid(child, 0)
assert status == 0, status
assert (home / "run" / "parent.lock").exists()
assert member.gateway.send(ReadRun(run.run_id)).state_name == "Running"
print("done")
"""
)


def test_a_forked_child_is_a_process_of_its_own(
    join: Join, signoff_home: Path, spawn_python: Spawner
) -> None:
    repository = Path(__file__).resolve().parent.parent.parent
    ended = spawn_python(FORK, str(signoff_home), env={"PYTHONPATH": str(repository)})
    assert "done" in ended.wait_ok()
    lines = join("p1").world.ask(ReadLogs())
    assert sorted(line.message for line in lines) == ["from the child", "from the parent"]


def test_leaving_without_closing_loses_nothing(
    join: Join, signoff_home: Path, spawn_python: Spawner
) -> None:
    repository = Path(__file__).resolve().parent.parent.parent
    spawn_python(SCRIPT, str(signoff_home), env={"PYTHONPATH": str(repository)}).wait_ok()
    lines = join("p1").world.ask(ReadLogs())
    assert [line.message for line in lines] == ["from the parent"]
