"""The examples on a server: saved, run by its worker, answered over HTTP, across a restart."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from signoff import resume_flow_run
from signoff.gateway.connect import get_gateway
from signoff.model.errors import NotPausedError
from signoff.model.saved_flows import SaveFlow
from signoff.model.starting import StartFlow
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.server.serving import Servers
from tests.support.processes import Spawner
from tests.support.waiting import wait_until
from tests.yamlflow.documents import EXAMPLES
from tests.yamlflow.running.foreign import serving
from tests.yamlflow.running.runs import states

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.timeout(300),  # several processes start one after the other
]


def started(name: str) -> UUID:
    """Save an example, and have the server's worker run it."""
    gateway = get_gateway()
    gateway.send(SaveFlow((EXAMPLES / f"{name}.yaml").read_text()))
    return gateway.send(StartFlow("company.team", name)).run_id


def waits_without_a_process(run_id: UUID) -> None:
    wait_until(
        lambda: desk.run(run_id).state_name == "Suspended",
        desk.PATIENCE,
        lambda: repr(desk.run(run_id)),
    )


def test_a_paused_run_survives_a_restart(
    home: Path, spawn_python: Spawner, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = Servers(spawn_python, home)
    server = servers.start(worker=True, SIGNOFF_YAML_STAY_SECONDS="0")
    monkeypatch.setenv("SIGNOFF_API_URL", server.url)
    run_id = started("pause_resume")
    waits_without_a_process(run_id)
    assert states(run_id) == {"pause": "Paused"}
    server.process.kill()
    server.process.wait()
    server = servers.start(server.port, worker=True, SIGNOFF_YAML_STAY_SECONDS="0")
    assert states(run_id) == {"pause": "Paused"}
    resume_flow_run(run_id)
    desk.reached(run_id, StateType.COMPLETED)
    assert states(run_id) == {"pause": "Completed", "after_pause": "Completed"}
    with pytest.raises(NotPausedError):
        resume_flow_run(run_id)


def test_the_approval_example(
    home: Path, spawn_python: Spawner, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as foreign:
        server = Servers(spawn_python, home).start(
            worker=True,
            SIGNOFF_YAML_STAY_SECONDS="0",
            SIGNOFF_YAML_HTTP_ROUTES=foreign.routes,
        )
        monkeypatch.setenv("SIGNOFF_API_URL", server.url)
        run_id = started("vacation_approval_process")
        waits_without_a_process(run_id)
        resume_flow_run(run_id, {"approved": False, "reason": "No cover"})
        desk.reached(run_id, StateType.COMPLETED)
        assert [path for _, path, _, _ in foreign.requests] == ["/api/slack", "/api/products"]
        names = ("sendApprovalRequest", "waitForApproval", "approve", "log")
        assert states(run_id) == dict.fromkeys(names, "Completed")
        wait_until(
            lambda: any("Status is No cover." in line for line in desk.log(run_id)),
            desk.PATIENCE,
            lambda: repr(desk.log(run_id)),
        )
