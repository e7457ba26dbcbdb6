"""Many runs at once: none lost and none doubled, though workers and their helpers are killed."""

from __future__ import annotations

import os
import re
import signal
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest

from signoff.engine.entry import os_user
from signoff.gateway.liveness import machine_id
from signoff.model.commands import CreateRun
from signoff.model.ids import uuid7
from signoff.model.journal import EntryRecord, NewRun
from signoff.model.queries import CountRuns, ReadRuns
from signoff.model.runs import Phase
from signoff.runner.warm import is_available
from tests.runner.scripts import ask, worker
from tests.support.processes import Spawner
from tests.support.waiting import wait_until

pytestmark = pytest.mark.faults

FLOW = """
import os
from pathlib import Path
from signoff import flow, task

@task
def mark(number: int) -> None:
    with open(Path(__file__).parent / "marks", "a") as file:
        print(number, os.getpid(), os.getppid(), file=file)

@flow
def marks(number: int) -> None:
    mark(number)
"""
MANY = 40


def test_many_runs_that_are_due_at_once_each_happen_once(
    spawn_python: Spawner, signoff_home: Path, tmp_path: Path
) -> None:
    """One worker is killed when some have run, and what it forks from when some more have."""
    file, marks = tmp_path / "many_flow.py", tmp_path / "marks"
    file.write_text(FLOW)
    marks.touch()
    host, user = machine_id(signoff_home), os_user()
    record = EntryRecord(host, user, "", str(tmp_path), (), str(file), None, "marks", "")
    for number in range(MANY):
        new = NewRun(
            uuid7(number, uuid4().int >> 80),
            "marks",
            f"marks-{number}",
            {"number": number},
            entry_record=record,
        )
        ask(CreateRun(new, Phase.SCHEDULED))

    def lines() -> list[list[str]]:
        return [line.split() for line in marks.read_text().splitlines()]

    first, _ = worker(spawn_python), worker(spawn_python)
    wait_until(lambda: len(lines()) >= MANY // 4)
    first.kill()
    wait_until(lambda: len(lines()) >= MANY // 2)
    parent = int(lines()[-1][2])
    if is_available() and re.search(r"zygote", _command(parent)):
        os.kill(parent, signal.SIGKILL)
    wait_until(
        lambda: {run.state_name for run in ask(ReadRuns(limit=MANY))} == {"Completed"},
        message=lambda: str(Counter(run.state_name for run in ask(ReadRuns(limit=MANY)))),
    )
    assert ask(CountRuns()) == MANY
    assert Counter(number for number, *_ in lines()) == {str(n): 1 for n in range(MANY)}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
