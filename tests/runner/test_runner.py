"""Runners in real processes: runs whose process is gone go on by themselves."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from signoff.model.commands import CancelRun, RerunRun
from tests.runner import scripts
from tests.runner.scripts import answer, ask, ask_and_die, view, wait_for_state, worker
from tests.support.processes import Spawner
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("signoff_home")]


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    """Where flows write down what they do."""
    path = tmp_path / "marks"
    path.touch()
    return path


def done(marks: Path) -> list[str]:
    return [line.split()[0] for line in marks.read_text().splitlines()]


def test_an_answered_run_goes_on_in_a_process_of_the_worker(
    spawn_python: Spawner, marks: Path
) -> None:
    run_id = ask_and_die(spawn_python, marks)
    worker(spawn_python)
    answer(run_id)
    wait_for_state(run_id, "Completed")
    assert done(marks) == ["work", "end"]


def test_what_is_due_when_the_worker_starts_is_taken(spawn_python: Spawner, marks: Path) -> None:
    run_id = ask_and_die(spawn_python, marks)
    answer(run_id)
    assert view(run_id).state_name == "Resuming"
    worker(spawn_python)
    wait_for_state(run_id, "Completed")


def test_two_workers_take_each_run_once(spawn_python: Spawner, marks: Path) -> None:
    runs = [ask_and_die(spawn_python, marks) for _ in range(4)]
    for _ in range(2):
        worker(spawn_python)
    for run_id in runs:
        answer(run_id)
    for run_id in runs:
        assert wait_for_state(run_id, "Completed").entries == 2
    assert sorted(done(marks)) == ["end"] * 4 + ["work"] * 4


def test_a_child_that_is_killed_is_noticed_at_once(
    spawn_python: Spawner, marks: Path, signoff_home: Path
) -> None:
    """The reason says how it ended; a retry goes on where it was."""
    run_id = ask_and_die(spawn_python, marks, after=_STAY.format(marks=str(marks)))
    worker(spawn_python)
    answer(run_id)
    pid = int(wait_until(lambda: _said(marks, "stays"))[0])
    scripts.wait_until_taken(signoff_home)
    os.kill(pid, signal.SIGKILL)
    crashed = wait_for_state(run_id, "Crashed")
    assert crashed.state is not None
    assert "killed by SIGKILL" in (crashed.state.message or "")
    (marks.parent / "go").touch()
    ask(RerunRun(run_id))
    wait_for_state(run_id, "Completed")
    assert done(marks).count("work") == 1


_STAY = """
    here = Path({marks!r})
    with open(here, "a") as file:
        print("stays", os.getpid(), file=file)
    import threading
    while not (here.parent / "go").exists():
        threading.Event().wait(0.02)
"""


def _said(marks: Path, word: str) -> list[str]:
    return [line.split()[1] for line in marks.read_text().splitlines() if line.startswith(word)]


def test_a_worker_that_is_killed_leaves_its_children_at_work(
    spawn_python: Spawner, marks: Path
) -> None:
    run_id = ask_and_die(spawn_python, marks, after=_STAY.format(marks=str(marks)))
    first = worker(spawn_python)
    answer(run_id)
    pid = wait_until(lambda: _said(marks, "stays"))[0]
    first.kill()
    worker(spawn_python)
    (marks.parent / "go").touch()
    wait_for_state(run_id, "Completed")
    assert _said(marks, "end") == [pid]


def test_broken_code_crashes_the_run_and_keeps_the_answer(
    spawn_python: Spawner, marks: Path, tmp_path: Path
) -> None:
    run_id = ask_and_die(spawn_python, marks)
    (script,) = (tmp_path / "processes").glob("script_*.py")
    text = script.read_text()
    script.write_text("def broken(:\n")
    worker(spawn_python)
    answer(run_id)
    state = wait_for_state(run_id, "Crashed").state
    assert state is not None
    assert "SyntaxError" in (state.message or "")
    assert "signoff flow-run retry" in (state.message or "")
    script.write_text(text)
    ask(RerunRun(run_id))
    wait_for_state(run_id, "Completed")
    assert done(marks) == ["work", "end"]


def test_a_stopped_worker_finishes_what_works(spawn_python: Spawner, marks: Path) -> None:
    run_id = ask_and_die(spawn_python, marks, after=_STAY.format(marks=str(marks)))
    process = worker(spawn_python)
    answer(run_id)
    wait_until(lambda: _said(marks, "stays"))
    process.send_signal(signal.SIGTERM)
    (marks.parent / "go").touch()
    assert process.wait() == 0, process.said()
    assert view(run_id).state_name == "Completed"


def test_a_stopped_worker_lets_go_of_what_only_waits(spawn_python: Spawner, marks: Path) -> None:
    again = "pause_flow_run(wait_for_input=int, timeout=None)"
    run_id = ask_and_die(spawn_python, marks, after=again)
    process = worker(spawn_python)
    answer(run_id)
    wait_until(lambda: any(item.alive for item in scripts.inbox()))
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 0, process.said()
    assert view(run_id).state_name == "Paused"
    worker(spawn_python)
    answer(run_id, 2)
    wait_for_state(run_id, "Completed")


def test_a_cancelled_run_stops_at_its_next_task(spawn_python: Spawner, marks: Path) -> None:
    run_id = ask_and_die(spawn_python, marks, after=_STAY.format(marks=str(marks)) + "    work()")
    worker(spawn_python)
    answer(run_id)
    wait_until(lambda: _said(marks, "stays"))
    ask(CancelRun(run_id))
    assert view(run_id).state_name == "Cancelling"
    (marks.parent / "go").touch()
    wait_for_state(run_id, "Cancelled")
    assert done(marks) == ["work", "stays"]


_IMPATIENT = """
from signoff.gateway.connect import get_gateway
from signoff.gateway.settings import current_settings
from signoff.runner.local import local_scope
from signoff.runner.runner import Runner, stop_on_signals

settings = current_settings()
runner = Runner(get_gateway(), local_scope(settings), settings, grace=0.1)
stop_on_signals(runner)
print("ready", flush=True)
runner.run()
"""


def test_a_cancelled_run_that_does_not_stop_is_ended_after_a_while(
    spawn_python: Spawner, marks: Path
) -> None:
    run_id = ask_and_die(spawn_python, marks, after=_STAY.format(marks=str(marks)))
    spawn_python(_IMPATIENT).wait_for_output("ready")
    answer(run_id)
    wait_until(lambda: _said(marks, "stays"))
    ask(CancelRun(run_id))
    wait_for_state(run_id, "Cancelled")
    assert done(marks) == ["work", "stays"]
