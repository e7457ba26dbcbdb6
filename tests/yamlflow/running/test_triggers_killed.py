"""Flow triggers of a server that is killed: nothing is lost, nothing is started twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from signoff.gateway.connect import get_gateway
from signoff.model.saved_flows import SaveFlow
from signoff.model.starting import ReadTrigger
from signoff.yamlflow.saving import judge, require
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.server.serving import Servers
from tests.support.processes import Spawner
from tests.support.waiting import wait_until
from tests.yamlflow.running.runs import flow

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

SAY = "io.kestra.plugin.core.log.Log"
TELL = f"""
id: tell
namespace: company.team
tasks:
  - {{id: say, type: {SAY}, message: "{{{{ trigger.executionId }}}}"}}
triggers:
  - id: after
    type: io.kestra.plugin.core.trigger.Flow
    states: [SUCCESS]
    dependsOn:
      flows: [{{flowId: company.team.demo}}]
"""
RUNS, KILLS = 25, 3


def told() -> list[str]:
    """The runs that have started another one, once for each that they started."""
    found = []
    for run in desk.runs():
        if run.flow_name == "company.team.tell":
            trigger = get_gateway().send(ReadTrigger(run.id))
            found.append(trigger["executionId"] if trigger else "")
    return sorted(found)


def seen() -> list[str]:
    return sorted(str(run.id) for run in desk.runs() if run.flow_name == "company.team.demo")


def test_every_run_starts_one_whenever_servers_die(home: Path, spawn_python: Spawner) -> None:
    get_gateway().send(SaveFlow(TELL, require(judge(TELL))))
    source = flow(f"- {{id: say, type: {SAY}, message: hi}}")
    servers = Servers(spawn_python, home)
    server = servers.start()
    for kill in range(KILLS):
        busy = Call(lambda: [source() for _ in range(RUNS)])
        # Somewhere among the runs that this server sees.
        wait_until(lambda made=kill * RUNS: len(told()) > made, desk.PATIENCE)
        server.process.kill()
        server.process.wait()
        busy.returned()
        server = servers.start()
        wait_until(lambda made=kill: len(told()) >= (made + 1) * RUNS, desk.PATIENCE)
    source()
    wait_until(lambda: len(told()) > RUNS * KILLS, desk.PATIENCE)
    assert told() == seen()
