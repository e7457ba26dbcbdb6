"""`signoff worker start` in real processes."""

from __future__ import annotations

import signal
from pathlib import Path
from uuid import uuid4

import pytest

from signoff.model.commands import CreateRun
from signoff.model.ids import uuid7
from signoff.model.journal import EntryRecord, NewRun
from signoff.model.runs import Phase
from signoff.model.shared.work_pools import CreateWorkPool, ReadWorkers, WorkerStatus
from tests.runner.scripts import ask, view, wait_for_state
from tests.support.processes import PythonProcess, Spawner
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("signoff_home")]

FLOW = """
import threading
from pathlib import Path
from signoff import flow

@flow
def hello(name: str) -> str:
    while (Path(__file__).parent / "stay").exists():
        threading.Event().wait(0.02)
    return f"hello {name}"
"""


def record(folder: Path, name: str = "hello") -> EntryRecord:
    file = folder / "pooled_flow.py"
    file.write_text(FLOW)
    return EntryRecord("", "", "", str(folder), (), str(file), None, name, "")


def run_of(entry: EntryRecord, queue: str | None = None) -> NewRun:
    new = NewRun(
        id=uuid7(1, uuid4().int >> 80),
        flow_name="hello",
        name="hello-1",
        parameters={"name": "ada"},
        entry_record=entry,
        deployment_id=uuid4(),
        work_pool="p",
        work_queue=queue,
    )
    ask(CreateRun(new, Phase.SCHEDULED))
    return new


def worker(spawn: Spawner, *words: str) -> PythonProcess:
    return spawn(["-m", "signoff", "worker", "start", "--pool", "p", *words])


def test_a_worker_runs_what_is_scheduled_in_its_pool(spawn_python: Spawner, tmp_path: Path) -> None:
    early = run_of(record(tmp_path))
    process = worker(spawn_python, "--type", "process", "--name", "ada")
    wait_for_state(early.id, "Completed")
    (found,) = ask(ReadWorkers("p"))
    assert (found.name, found.status) == ("ada", WorkerStatus.ONLINE)
    later = run_of(record(tmp_path))
    wait_for_state(later.id, "Completed")
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 0, process.said()
    assert ask(ReadWorkers("p")) == ()


def test_a_worker_ends_when_nothing_is_due(spawn_python: Spawner, tmp_path: Path) -> None:
    ask(CreateWorkPool("p"))
    runs = [run_of(record(tmp_path)) for _ in range(3)]
    assert worker(spawn_python, "--run-once").wait() == 0
    assert {view(run.id).state_name for run in runs} == {"Completed"}


def test_a_worker_of_an_unknown_pool_or_queue_says_what_there_is(spawn_python: Spawner) -> None:
    said = worker(spawn_python)
    assert said.wait() == 1
    assert "There is no work pool 'p'" in said.stderr
    assert "signoff work-pool create p" in said.stderr
    ask(CreateWorkPool("p"))
    said = worker(spawn_python, "--work-queue", "night")
    assert said.wait() == 1
    assert "there are: default" in said.stderr


def test_a_limit_is_kept_and_a_second_signal_ends_what_works(
    spawn_python: Spawner, tmp_path: Path
) -> None:
    (tmp_path / "stay").touch()
    ask(CreateWorkPool("p"))
    first, second = run_of(record(tmp_path)), run_of(record(tmp_path))
    process = worker(spawn_python, "--limit", "1")
    wait_for_state(first.id, "Running")
    assert view(second.id).state_name in ("Scheduled", "Late")
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)

    def ended() -> bool:
        process.send_signal(signal.SIGTERM)
        return process.returncode is not None

    wait_until(ended)
    assert view(first.id).state_name in ("Crashed", "Resuming")
    assert view(second.id).state_name in ("Scheduled", "Late")


def test_flow_code_that_is_gone_crashes_the_run_with_the_way_back(
    spawn_python: Spawner, tmp_path: Path
) -> None:
    run = run_of(record(tmp_path, "goodbye"))
    worker(spawn_python, "--type", "process")
    state = wait_for_state(run.id, "Crashed").state
    assert state is not None
    assert "has no 'goodbye' any more" in (state.message or "")
    assert "signoff flow-run retry" in (state.message or "")
