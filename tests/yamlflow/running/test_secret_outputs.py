"""Secrets in what tasks put out: usable further down, and neither stored nor shown in clear."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent
from uuid import UUID

import pytest

from signoff.client.orchestration import get_client
from signoff.engine.clock import new_id
from signoff.engine.results import decode
from signoff.gateway.connect import close_gateways, get_gateway
from signoff.gateway.settings import current_settings
from signoff.model.errors import MissingResult
from signoff.model.journal import ResultKind
from signoff.model.lookups import ReadEntry
from signoff.model.queries import ReadTaskResult, ReadWait
from signoff.model.replaying import ReplayRun
from signoff.model.saved_flows import SaveFlow
from signoff.model.starting import StartFlow
from signoff.model.states import StateType
from signoff.runner import launch
from tests.scenarios import desk
from tests.server.serving import Servers
from tests.support.processes import Spawner
from tests.support.waiting import wait_until
from tests.yamlflow.running.runs import answer, ended, flow, lines, started, states

FLOW = "io.kestra.plugin.core.flow"
CORE = "io.kestra.plugin.core"
KEY = 'geheim "4711"/0815'
MASK = "********"
INPUTS = "inputs: [{id: key, type: SECRET}]\n"
GIVE = f"""
- {{id: give, type: {CORE}.debug.Return, format: "Bearer {{{{ inputs.key }}}}"}}
"""
# In two parts, because the text of the document is kept as it is.
USE = f"""
- id: use
  type: {CORE}.execution.Assert
  conditions:
    - >-
      {{{{ outputs.give.value == 'Bearer {KEY[:6]}' ~ '{KEY[6:]}' }}}}
"""


def clear_on_disk(home: Path) -> bool:
    """Whether the secret, or its spelling in JSON, stands anywhere below the home in clear."""
    close_gateways()
    files = [file for file in home.rglob("*") if file.is_file()]
    texts = [KEY.encode(), KEY.replace('"', '\\"').encode(), b"geheim%20"]
    return any(text in file.read_bytes() for file in files for text in texts)


def result_of(name: str, run_id: UUID | None = None) -> str | None:
    run_id = run_id or desk.only_run().id
    task = next(each for each in desk.tasks(run_id) if each.name == name)
    found = get_gateway().send(ReadTaskResult(task.id))
    assert found.body is None or KEY.encode() not in found.body
    return found.preview


def test_it_is_used_further_down_and_shown_nowhere(home: Path) -> None:
    assert ended(GIVE + USE, INPUTS, key=KEY).is_completed()
    assert result_of("give") == f'{{"value": "Bearer {MASK}"}}'
    assert not clear_on_disk(home)


@pytest.mark.usefixtures("home")
def test_nobody_else_can_open_it() -> None:
    ended(GIVE, INPUTS, key=KEY)
    (task,) = desk.tasks(desk.only_run().id)
    found = get_gateway().send(ReadTaskResult(task.id))
    assert found.kind is ResultKind.MISSING
    with pytest.raises(MissingResult, match="holds secrets"):
        decode(found)
    with get_client(sync_client=True) as client:
        state = client.read_task_run(task.id).state
    assert state is not None
    assert state.is_completed()


def test_what_has_none_is_kept_as_ever(home: Path) -> None:
    tasks = f"- {{id: plain, type: {CORE}.debug.Return, format: plain text}}"
    ended(tasks, INPUTS, key=KEY)
    (task,) = desk.tasks(desk.only_run().id)
    assert get_gateway().send(ReadTaskResult(task.id)).kind is ResultKind.PICKLE
    assert not clear_on_disk(home)


def test_a_run_entered_again_has_it_and_leaves_it_out_of_logs(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNOFF_YAML_STAY_SECONDS", "0")
    monkeypatch.setenv("SIGNOFF_SECRET_BANK", KEY)
    tasks = f"""
- {{id: give, type: {CORE}.debug.Return, format: "Bearer {{{{ secret('BANK') }}}}"}}
- {{id: wait, type: {FLOW}.Pause}}
{USE}
- {{id: say, type: {CORE}.log.Log, message: "it is {{{{ outputs.give.value }}}}"}}
"""
    running = started(tasks)
    running.raised()
    answer("wait")
    run = desk.reached(desk.only_run().id, StateType.COMPLETED)
    wait_until(lambda: f"it is Bearer {MASK}" in lines(run.id))
    assert not clear_on_disk(home)


def test_groups_loops_and_answers_hide_it_too(home: Path) -> None:
    tasks = f"""
- id: group
  type: {FLOW}.Sequential
  tasks:
    - id: loop
      type: {FLOW}.ForEach
      values: ["{{{{ inputs.key }}}}"]
      tasks:
        - {{id: inner, type: {CORE}.debug.Return, format: "<{{{{ taskrun.value }}}}>"}}
- id: ask
  type: {FLOW}.Pause
  onResume: [{{id: pin, type: SECRET}}]
- {{id: give, type: {CORE}.debug.Return, format: "Bearer {{{{ outputs.ask.onResume.pin }}}}"}}
{USE}
"""
    running = started(tasks, INPUTS, key=KEY)
    answer("ask", pin=KEY)
    assert running.returned().is_completed()
    assert set(states().values()) == {"Completed"}
    assert not clear_on_disk(home)


def test_failures_tell_without_it(home: Path) -> None:
    tasks = f"""
- id: fails
  type: {CORE}.execution.Fail
  errorMessage: "no {{{{ inputs.key }}}}"
  allowFailure: true
- id: shell
  type: io.kestra.plugin.scripts.shell.Commands
  taskRunner: {{type: io.kestra.plugin.core.runner.Process}}
  commands: ["echo '{{{{ inputs.key }}}}'; exit 7"]
  retry: {{type: constant, interval: PT0S, maxAttempts: 2}}
  allowFailure: true
- id: expression
  type: {CORE}.debug.Return
  format: "{{{{ inputs.key | number }}}}"
"""
    state = ended(tasks, INPUTS, key=KEY)
    assert state.is_failed()
    assert KEY not in (state.message or "")
    told = {task.name: task.state.message for task in desk.tasks(desk.only_run().id) if task.state}
    assert told["fails"] == f"no {MASK}"
    assert KEY not in str(told)
    assert not clear_on_disk(home)


def test_outputs_of_the_flow_and_labels_are_for_everybody(home: Path) -> None:
    tasks = f"""
- {{id: label, type: {CORE}.execution.Labels, labels: {{key: "{{{{ inputs.key }}}}"}}}}
"""
    outputs = 'outputs: [{id: all, type: JSON, value: "{{ inputs }}"}]\n'
    assert flow(tasks, INPUTS + outputs)(key=KEY) == {"all": {"key": MASK}}
    assert f"key:{MASK}" in desk.only_run().tags
    assert not clear_on_disk(home)


def test_a_form_takes_it_and_does_not_show_it(home: Path) -> None:
    tasks = f"""
- id: ask
  type: {FLOW}.Pause
  onResume:
    - {{id: pin, type: SECRET, defaults: "{{{{ inputs.key }}}}"}}
    - {{id: word, type: STRING, defaults: "{{{{ inputs.key }}}}", prefill: "{{{{ inputs.key }}}}"}}
    - {{id: why, type: STRING, required: false, description: "Is {{{{ inputs.key }}}} right?"}}
- id: use
  type: {CORE}.execution.Assert
  conditions:
    - "{{{{ outputs.ask.onResume.pin == inputs.key }}}}"
    - "{{{{ outputs.ask.onResume.word == inputs.key }}}}"
"""
    running = started(tasks, INPUTS, key=KEY)
    item = desk.reached_question("ask")
    form = get_gateway().send(ReadWait(item.run_id, "ask")).form
    assert form is not None
    fields = form.schema["properties"]
    assert fields["why"]["description"] == f"Is {MASK} right?"
    assert not any({"default", "x-prefill"} & set(fields[name]) for name in ("pin", "word"))
    answer("ask")
    assert running.returned().is_completed()
    assert not clear_on_disk(home)


def test_a_run_that_keeps_what_another_had_done_has_it(home: Path) -> None:
    tasks = f"""
{GIVE}
- id: once
  type: {FLOW}.If
  condition: "{{{{ execution.originalId == execution.id }}}}"
  then: [{{id: fails, type: {CORE}.execution.Fail}}]
{USE}
"""
    retry = "{type: constant, interval: PT0S, maxAttempts: 1}"
    ended(tasks, f"{INPUTS}retry: {retry}\n", key=KEY)
    first = desk.only_run()
    again = get_gateway().send(ReplayRun(first.id, new_id(), "once"))
    record = get_gateway().send(ReadEntry(again.run_id))
    assert record is not None
    launch(again.run_id, record, current_settings())
    desk.reached(again.run_id, StateType.COMPLETED)
    assert not clear_on_disk(home)


def test_over_http_and_in_another_process(
    home: Path, spawn_python: Spawner, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Servers(spawn_python, home).start(worker=True, SIGNOFF_YAML_STAY_SECONDS="0")
    monkeypatch.setenv("SIGNOFF_API_URL", server.url)
    tasks = indent(f"{GIVE}- {{id: wait, type: {FLOW}.Pause}}{USE}", "  ")
    source = f"id: sealed\nnamespace: company.team\n{INPUTS}tasks:{tasks}"
    get_gateway().send(SaveFlow(source))
    run_id = get_gateway().send(StartFlow("company.team", "sealed", inputs={"key": KEY})).run_id
    wait_until(lambda: desk.run(run_id).state_name == "Suspended", desk.PATIENCE)
    assert result_of("give", run_id) == f'{{"value": "Bearer {MASK}"}}'
    answer("wait")
    desk.reached(run_id, StateType.COMPLETED)
    assert not clear_on_disk(home)
