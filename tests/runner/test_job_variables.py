"""What job variables do to the processes of runs, in real workers."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from signoff.model.commands import CreateRun
from signoff.model.ids import uuid7
from signoff.model.journal import EntryRecord, NewRun
from signoff.model.runs import Phase
from signoff.model.shared.work_pools import CreateWorkPool
from tests.runner.scripts import ask, wait_for_state
from tests.support.processes import Spawner

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("signoff_home")]

FLOW = """
import json, os
from pathlib import Path
from signoff import flow

AT_LOAD = os.environ.get("COLOUR")

@flow
def told(name: str) -> None:
    print("printed by", name, flush=True)
    facts = [AT_LOAD, os.environ.get("COLOUR"), os.getcwd(), "GONE" in os.environ]
    (Path(__file__).parent / name).write_text(json.dumps(facts))
"""


class Place:
    """A flow in a file, its runs in the pool `p`, and what they saw."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "told_flow.py"
        self.file.write_text(FLOW)
        ask(CreateWorkPool("p"))

    def run(self, name: str, **variables: Any) -> NewRun:
        record = EntryRecord("", "", "", str(self.folder), (), str(self.file), None, "told", "")
        new = NewRun(
            id=uuid7(1, uuid4().int >> 80),
            flow_name="told",
            name=name,
            parameters={"name": name},
            entry_record=record,
            deployment_id=uuid4(),
            work_pool="p",
            job_variables=variables or None,
        )
        ask(CreateRun(new, Phase.SCHEDULED))
        return new

    def saw(self, name: str) -> list[Any]:
        found: list[Any] = json.loads((self.folder / name).read_text())
        return found


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_run_has_its_variables_from_the_first_line_on(
    place: Place, spawn_python: Spawner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether its process is warm or cold; no run sees those of another one."""
    monkeypatch.setenv("GONE", "not yet")
    elsewhere = place.folder / "elsewhere"
    elsewhere.mkdir()
    spawn_python(["-m", "signoff", "worker", "start", "--pool", "p"])
    here = str(place.folder)
    cases: list[tuple[str, dict[str, Any], list[Any]]] = [
        ("plain", {}, [None, None, here, True]),
        ("red", {"env": {"COLOUR": "red", "GONE": None}}, ["red", "red", here, False]),
        ("red-again", {"env": {"COLOUR": "red", "GONE": None}}, ["red", "red", here, False]),
        ("red-warm", {"env": {"COLOUR": "red", "GONE": None}}, ["red", "red", here, False]),
        ("blue", {"env": {"COLOUR": "blue"}}, ["blue", "blue", here, True]),
        ("plain-again", {}, [None, None, here, True]),
        ("moved", {"working_dir": "elsewhere"}, [None, None, str(elsewhere), True]),
    ]
    for name, variables, seen in cases:
        wait_for_state(place.run(name, **variables).id, "Completed")
        assert place.saw(name) == seen, name


@pytest.mark.parametrize(
    "command",
    ["python -m signoff.runner.child", "python -m signoff flow-run execute"],
)
def test_a_command_of_its_own_finds_the_run_and_may_be_seen_at_the_worker(
    place: Place, spawn_python: Spawner, command: str
) -> None:
    run = place.run("own", command=command.replace("python", sys.executable))
    worker = spawn_python(["-m", "signoff", "worker", "start", "--pool", "p"])
    wait_for_state(run.id, "Completed")
    worker.wait_for_output("printed by own")
    assert place.saw("own")[2] == str(place.folder)


def test_what_a_run_prints_is_seen_at_the_worker_unless_that_is_not_wanted(
    place: Place, spawn_python: Spawner
) -> None:
    worker = spawn_python(["-m", "signoff", "worker", "start", "--pool", "p"])
    for name, variables in (("silent", {"stream_output": False}), ("warm", {})):
        wait_for_state(place.run(name, **variables).id, "Completed")
    worker.wait_for_output("printed by warm")
    worker.send_signal(signal.SIGTERM)
    worker.wait()
    assert "printed by silent" not in worker.stdout


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"working_dir": "nowhere"}, "working_dir is 'nowhere', which is no folder"),
        ({"command": "no-such-program --now"}, "no-such-program"),
        ({"command": "an 'open quotation"}, "No closing quotation"),
    ],
)
def test_what_cannot_be_started_crashes_the_run_with_the_reason(
    place: Place, spawn_python: Spawner, variables: dict[str, Any], said: str
) -> None:
    run = place.run("never", **variables)
    worker = spawn_python(["-m", "signoff", "worker", "start", "--pool", "p"])
    state = wait_for_state(run.id, "Crashed").state
    assert state is not None
    assert said in (state.message or "")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait() == 0
    assert not os.path.exists(place.folder / "never")
