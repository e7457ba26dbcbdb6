"""Children forked from a process that has their code loaded: warm, fresh, and never unwatched."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from uuid import uuid4

import pytest

from signoff.engine.entry import os_user
from signoff.gateway.connect import close_gateways, get_gateway
from signoff.gateway.liveness import machine_id
from signoff.gateway.settings import current_settings
from signoff.model.claims import ClaimRuns, Scope
from signoff.model.commands import CreateRun
from signoff.model.ids import uuid7
from signoff.model.journal import EntryRecord, NewRun
from signoff.model.runs import Phase
from signoff.runner.jobs import Job, Started, environment
from signoff.runner.warm import Warm, is_available
from tests.runner.scripts import ask, view
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("signoff_home")]

FLOW = """
import os, threading
from pathlib import Path
from signoff import flow

LOADED_BY = os.getpid()
{more}

@flow
def told():
    here = Path(__file__).parent
    with open(here / "marks", "a") as file:
        print({word!r}, LOADED_BY, os.getpid(), os.getppid(), file=file)
    while (here / "stay").exists():
        threading.Event().wait(0.02)
"""


class Place:
    """A flow in a file, and runs of it that are started by hand."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "warm_flow.py"
        self.marks = folder / "marks"
        self.stay = folder / "stay"
        self.marks.touch()
        self.warm = Warm()
        self.ends: SimpleQueue[int | None] = SimpleQueue()
        self.write("first")

    def write(self, word: str, more: str = "") -> None:
        self.file.write_text(FLOW.format(word=word, more=more))

    def start(self) -> tuple[NewRun, Started]:
        """Register a run, claim it, and start its process."""
        settings = current_settings()
        host, user = machine_id(settings.home), os_user()
        record = EntryRecord(
            host=host,
            user=user,
            interpreter="",
            directory=str(self.file.parent),
            path=(str(self.file.parent),),
            file=str(self.file),
            module=None,
            qualname="told",
            source_hash=self.file.read_text()[:20],
        )
        run = NewRun(uuid7(1, uuid4().int >> 80), "told", "told-1", entry_record=record)
        ask(CreateRun(run, Phase.SCHEDULED))
        gateway = get_gateway()
        gateway.register()  # type: ignore[attr-defined]
        ask(ClaimRuns(gateway.process.id, Scope(host=host, user=user), 1))
        log = settings.home / "logs" / f"{run.id}.log"
        log.parent.mkdir(exist_ok=True)
        variables = environment(settings)
        job = Job(run.id, record, uuid4().hex, gateway.process.id, log, variables, settings.home)
        return run, self.warm(job, self.ends.put)

    def said(self, lines: int) -> list[list[str]]:
        """What the flows have written: word, who loaded them, their process, its parent."""
        wait_until(lambda: len(self.marks.read_text().splitlines()) >= lines)
        return [line.split() for line in self.marks.read_text().splitlines()]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.warm.close()
    close_gateways()


needs_fork = pytest.mark.skipif(not is_available(), reason="children are started plainly here")


@needs_fork
def test_code_is_loaded_once_and_each_run_has_a_process_of_its_own(place: Place) -> None:
    runs = [place.start()[0] for _ in range(3)]
    assert [place.ends.get() for _ in runs] == [0, 0, 0]
    said = place.said(3)
    assert len({loader for _, loader, *_ in said}) == 1
    assert len({pid for _, _, pid, _ in said}) == 3
    assert {parent for *_, parent in said} == {said[0][1]}
    assert {view(run.id).state_name for run in runs} == {"Completed"}


@needs_fork
def test_changed_code_is_loaded_again(place: Place) -> None:
    place.start()
    place.ends.get()
    place.write("second, longer")
    place.start()
    place.ends.get()
    said = place.said(2)
    assert [words[0] for words in said] == ["first", "second,"]


@pytest.mark.parametrize(
    "more",
    ["threading.Thread(target=threading.Event().wait, args=(60,), daemon=True).start()"],
)
def test_code_that_starts_threads_is_never_forked(place: Place, more: str) -> None:
    place.write("plain", more)
    for number in (1, 2):
        place.start()
        assert place.ends.get() == 0
        *_, (_, loader, pid, _) = place.said(number)
        assert loader == pid


def test_broken_code_is_reported_by_the_run(place: Place) -> None:
    place.file.write_text("raise RuntimeError('not today')")
    run, _ = place.start()
    assert place.ends.get() == 1
    state = view(run.id).state
    assert state is not None
    assert "not today" in (state.message or "")


def test_an_interpreter_that_is_gone_is_an_error_that_says_so(place: Place) -> None:
    run = NewRun(uuid7(1, 1), "told", "told-1")
    record = EntryRecord("", "", "/no/such/python", "/", (), "/x.py", None, "told", "")
    home = current_settings().home
    job = Job(run.id, record, "p", "c", home / "x.log", dict(os.environ), home)
    with pytest.raises(Exception, match="cannot be started"):
        place.warm(job, place.ends.put)


@needs_fork
def test_a_child_can_be_ended(place: Place) -> None:
    place.stay.touch()
    _, started = place.start()
    place.said(1)
    started.send(signal.SIGKILL)
    assert place.ends.get() == -signal.SIGKILL
    started.send(signal.SIGKILL)  # Nothing happens.


@needs_fork
def test_children_outlive_the_process_they_were_forked_from(place: Place) -> None:
    """kill -9 of the zygote: its children go on, are watched, and the next one gets a new one."""
    place.stay.touch()
    first, _ = place.start()
    loader = int(place.said(1)[0][1])
    os.kill(loader, signal.SIGKILL)
    wait_until(lambda: not _is_there(loader))
    second, _ = place.start()
    assert int(place.said(2)[1][1]) != loader
    place.stay.unlink()
    assert {place.ends.get(), place.ends.get()} == {None, 0}
    assert {view(run.id).state_name for run in (first, second)} == {"Completed"}


def _is_there(pid: int) -> bool:
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(found.stdout.strip()) and not found.stdout.startswith("Z")
