"""SECRET inputs: the flow sees them; neither the database nor any view does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from signoff import resume_flow_run
from signoff.gateway.connect import get_gateway
from signoff.model.errors import InvalidRequest
from signoff.model.saved_flows import SaveFlow
from signoff.model.states import StateType
from signoff.yamlflow.saving import judge, require
from tests.scenarios import desk
from tests.support.waiting import wait_until
from tests.yamlflow.running.runs import answer, ended, started

FLOW = "io.kestra.plugin.core.flow"

PIN = "4711-0815-pin"
INPUTS = """
inputs:
  - {id: user, type: STRING, defaults: Ada}
  - {id: bank.pin, type: SECRET}
"""
# In two parts, because the text of the document is kept as it is.
LOOK = f"""
- id: look
  type: io.kestra.plugin.core.execution.Assert
  conditions: ["{{{{ inputs.bank.pin == '{PIN[:4]}' ~ '{PIN[4:]}' }}}}"]
"""
WAIT = f"- {{id: wait, type: {FLOW}.Pause}}"
SHOWN = {"user": "Ada", "bank": {"pin": "********"}}


def on_disk(home: Path) -> bool:
    """Whether the value stands anywhere below the home in clear."""
    files = [file for file in home.rglob("*") if file.is_file()]
    assert any(file.read_bytes().startswith(b"SQLite format") for file in files)
    return any(PIN.encode() in file.read_bytes() for file in files)


def of_flow(name: str) -> UUID:
    return next(run.id for run in desk.runs() if run.flow_name == f"company.team.{name}")


def test_a_call_keeps_them_unreadable(home: Path) -> None:
    assert ended(LOOK, INPUTS, **{"bank.pin": PIN}).is_completed()
    assert desk.only_run().parameters == SHOWN
    assert not on_disk(home)


def test_a_task_that_logs_them_leaves_them_out(home: Path) -> None:
    say = "- {id: say, type: io.kestra.plugin.core.log.Log, message: 'pin {{ inputs.bank.pin }}'}"
    assert ended(say, INPUTS, **{"bank.pin": PIN}).is_completed()
    run_id = desk.only_run().id
    wait_until(lambda: "pin ********" in desk.log(run_id))
    assert not on_disk(home)


def test_what_no_json_says_is_unreadable_too(home: Path) -> None:
    inputs = INPUTS + "  - {id: table, type: YAML}\n"
    running = started(WAIT + LOOK, inputs, **{"bank.pin": PIN, "table": "1: one"})
    answer("wait")
    assert running.returned().is_completed()
    assert not on_disk(home)


def test_a_file_is_entered_again_with_them(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNOFF_YAML_STAY_SECONDS", "0")
    file = tmp_path / "flow.yaml"
    file.write_text(f"id: bank\nnamespace: company.team{INPUTS}tasks:\n{WAIT}{LOOK}")
    command = [sys.executable, "-m", "signoff", "run", str(file), "-i", f"bank.pin={PIN}"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=desk.PATIENCE,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    run = desk.only_run()
    assert (run.state_name, run.parameters) == ("Suspended", SHOWN)
    resume_flow_run(run.id)
    desk.reached(run.id, StateType.COMPLETED)
    assert not on_disk(home)


@pytest.mark.parametrize("waits", ["true", "false"])
def test_a_subflow_keeps_them_unreadable(home: Path, waits: str) -> None:
    source = f"id: child\nnamespace: company.team{INPUTS}tasks:{LOOK}"
    get_gateway().send(SaveFlow(source, require(judge(source))))
    call = f"""
    - id: call
      type: {FLOW}.Subflow
      namespace: company.team
      flowId: child
      wait: {waits}
      inputs: {{bank.pin: "{{{{ inputs.bank.pin }}}}"}}
    """
    assert ended(call, INPUTS, **{"bank.pin": PIN}).is_completed()
    assert desk.run(of_flow("demo")).parameters == SHOWN
    assert desk.run(of_flow("child")).parameters["bank"] == {"pin": "********"}
    assert not on_disk(home)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("waits", ["true", "false"])
def test_a_plain_input_of_a_subflow_is_warned_of(waits: str) -> None:
    source = (
        "id: child\nnamespace: company.team\ninputs: [{id: word, type: STRING}]\n"
        "tasks: [{id: say, type: io.kestra.plugin.core.log.Log, message: hi}]\n"
    )
    get_gateway().send(SaveFlow(source, require(judge(source))))
    call = f"""
    - id: call
      type: {FLOW}.Subflow
      namespace: company.team
      flowId: child
      wait: {waits}
      inputs: {{word: "{{{{ inputs.bank.pin }}}}"}}
    """
    assert ended(call, INPUTS, **{"bank.pin": PIN}).is_completed()
    told = "Input 'word' of company.team/child is given a secret, and keeps it readable"
    wait_until(lambda: any(told in line for line in desk.log(of_flow("demo"))))


def test_a_run_made_in_place_of_a_failed_one_has_them(home: Path) -> None:
    retry = "{type: constant, interval: PT0S, maxAttempts: 2, behavior: CREATE_NEW_EXECUTION}"
    tasks = f"""{LOOK}
- id: first
  type: {FLOW}.If
  condition: "{{{{ execution.originalId == execution.id }}}}"
  then:
    - {{id: fails, type: io.kestra.plugin.core.execution.Fail}}
"""
    ended(tasks, f"{INPUTS}retry: {retry}\n", **{"bank.pin": PIN})
    wait_until(
        lambda: any(run.state_type is StateType.COMPLETED for run in desk.runs()),
        desk.PATIENCE,
        lambda: repr(desk.runs()),
    )
    assert [run.parameters for run in desk.runs()] == [SHOWN, SHOWN]
    assert not on_disk(home)


@pytest.mark.usefixtures("home")
def test_nobody_hands_in_what_he_cannot_read() -> None:
    with pytest.raises(InvalidRequest, match="must not begin with"):
        ended(LOOK, INPUTS, **{"bank.pin": "x", "user": "signoff:sealed:x"})
    assert desk.runs() == ()
