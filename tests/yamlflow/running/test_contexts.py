"""What the code of a task is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from signoff.model.states import StateType
from tests.scenarios import desk
from tests.support.waiting import wait_until
from tests.yamlflow.running.runs import started

pytestmark = pytest.mark.usefixtures("home")


def script(begun: Path) -> str:
    return (
        "{id: long, type: io.kestra.plugin.scripts.shell.Commands, "
        f'commands: ["touch {begun}", "sleep 600"]}}'
    )


@pytest.mark.parametrize("branch", [False, True])
def test_a_script_ends_when_its_run_is_cancelled(tmp_path: Path, branch: bool) -> None:
    begun = tmp_path / "begun"
    task = script(begun)
    if branch:
        nothing = "{id: beside, type: io.kestra.plugin.core.debug.Return, format: nothing}"
        task = (
            f"{{id: both, type: io.kestra.plugin.core.flow.Parallel, tasks: [{task}, {nothing}]}}"
        )
    call = started(f"- {task}")
    wait_until(begun.exists)
    desk.cancel(desk.only_run().id)
    assert call.returned().type is StateType.CANCELLED
