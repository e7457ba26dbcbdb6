"""A process that was stopped past its lease never acts beside the one that took over its run."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from signoff import resume_flow_run
from signoff.gateway.connect import close_gateways
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.scripts import Script, ended
from tests.server.serving import Servers
from tests.support.processes import Spawner
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.faults,
    pytest.mark.timeout(300),  # several processes start one after the other
]

BODY = """
import sys

@flow
def main():
    one = work("one")
    answer = pause_flow_run(wait_for_input=str, key="go")
    two = work("two")
    gate("last")
    return [one, answer, two, work("three")]

if __name__ == "__main__":
    main()
"""


@pytest.fixture(params=["http", "postgres"])
def leased(
    request: pytest.FixtureRequest,
    script: Callable[[str], Script],
    spawn_python: Spawner,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[str], Script]]:
    """Scripts whose processes count as alive by a lease of a second."""
    monkeypatch.setenv("SIGNOFF_PROCESS_LEASE_SECONDS", "1")
    if request.param == "postgres":
        url = request.getfixturevalue("pg_url")
        monkeypatch.setenv("SIGNOFF_SERVER_DATABASE_CONNECTION_URL", url)
    else:
        # The server may be the one that starts the process which goes on.
        monkeypatch.setenv("DONE", str(tmp_path / "done.txt"))
        monkeypatch.setenv("SIGNOFF_API_URL", Servers(spawn_python, home).start().url)
    yield script
    close_gateways()


def test_a_process_that_slept_while_it_waited(leased: Callable[[str], Script]) -> None:
    slept = leased(BODY)
    process = slept.start()
    run_id = desk.reached_question("go").run_id
    process.send_signal(signal.SIGSTOP)
    wait_until(lambda: not desk.reached_question("go").alive, desk.PATIENCE, "the lease ends")
    slept.resume(run_id, "yes", "go")
    slept.has_noted("at last")
    wait_until(lambda: desk.run(run_id).entries == 2, desk.PATIENCE)
    process.send_signal(signal.SIGCONT)
    assert process.wait(desk.PATIENCE) != 0
    assert desk.run(run_id).state_type is StateType.RUNNING
    slept.open("last")
    assert ended(run_id) == ["ONE", "yes", "TWO", "THREE"]
    assert slept.worked() == {"one": 1, "two": 1, "three": 1}
    assert slept.noted().count("at last") == 1


def test_what_it_ends_with_later_does_not_count(leased: Callable[[str], Script]) -> None:
    """Stopped between tasks; its run is crashed, then entered elsewhere, and then it goes on."""
    slept = leased(BODY)
    process = slept.start()
    run_id = desk.reached_question("go").run_id
    resume_flow_run(run_id, {"value": "yes"}, key="go")
    slept.has_noted("at last")
    process.send_signal(signal.SIGSTOP)
    slept.take_over(run_id)
    wait_until(lambda: slept.noted().count("at last") == 2, desk.PATIENCE)
    slept.open("last")
    assert ended(run_id) == ["ONE", "yes", "TWO", "THREE"]
    version = desk.run(run_id).version
    process.send_signal(signal.SIGCONT)
    assert process.wait(desk.PATIENCE) != 0
    run = desk.run(run_id)
    assert (run.state_type, run.version, run.entries) == (StateType.COMPLETED, version, 2)
    assert len(desk.tasks(run_id)) == 3
    assert slept.worked() == {"one": 1, "two": 1, "three": 1}
