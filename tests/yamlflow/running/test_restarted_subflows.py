"""Restarting a run whose subflow failed: the same subflow run again, or a new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from signoff.gateway.connect import get_gateway
from signoff.model.saved_flows import SaveFlow
from signoff.model.states import StateType
from signoff.yamlflow.saving import judge, require
from tests.scenarios import desk
from tests.yamlflow.running.runs import ended, restart

pytestmark = pytest.mark.usefixtures("home")

FLOW = "io.kestra.plugin.core.flow"
SHELL = "io.kestra.plugin.scripts.shell.Commands"


def children() -> list[str]:
    return sorted(str(run.id) for run in desk.runs() if run.flow_name == "company.team.child")


@pytest.mark.parametrize(("behavior", "runs"), [("RETRY_FAILED", 1), ("NEW_EXECUTION", 2)])
def test_a_restart(behavior: str, runs: int, tmp_path: Path) -> None:
    source = f"""
id: child
namespace: company.team
tasks:
  - {{id: first, type: {SHELL}, commands: ["echo first >> {tmp_path}/done"]}}
  - {{id: second, type: {SHELL}, commands: ["test -e {tmp_path}/mended"]}}
"""
    get_gateway().send(SaveFlow(source, require(judge(source))))
    call = f"""
    - id: call
      type: {FLOW}.Subflow
      namespace: company.team
      flowId: child
      restartBehavior: {behavior}
    """
    assert ended(call).is_failed()
    (tmp_path / "mended").touch()
    parent = next(run for run in desk.runs() if run.flow_name == "company.team.demo")
    restart(parent.id)
    desk.reached(parent.id, StateType.COMPLETED)
    assert len(children()) == runs
    assert (tmp_path / "done").read_text() == "first\n" * runs
