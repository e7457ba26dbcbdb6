"""Subflow: a saved flow as a task of another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from signoff import resume_flow_run
from signoff.gateway.connect import get_gateway
from signoff.model.saved_flows import SaveFlow
from signoff.model.states import StateType
from signoff.yamlflow.saving import judge, require
from tests.scenarios import desk
from tests.yamlflow.documents import flow, warnings
from tests.yamlflow.running.runs import ended, started, states

pytestmark = pytest.mark.usefixtures("home")

FLOW = "io.kestra.plugin.core.flow"
SAY = "io.kestra.plugin.core.log.Log"
GIVE = "io.kestra.plugin.core.debug.Return"

CHILD = f"""
id: child
namespace: company.team
labels: {{kind: child}}
inputs: [{{id: name, type: STRING}}]
tasks:
  - {{id: hello, type: {GIVE}, format: "Hello {{{{ inputs.name }}}}"}}
  - TASK
outputs:
  - {{id: said, type: STRING, value: "{{{{ outputs.hello.value }}}}"}}
"""
CALL = f"""
- id: call
  type: {FLOW}.Subflow
  namespace: company.team
  flowId: child
  inputs: {{name: "{{{{ inputs.who }}}}"}}
  labels: {{asked: "yes"}}
  MORE
- {{id: after, type: {SAY}, message: hi}}
"""
REST = """
inputs: [{id: who, type: STRING, defaults: Ada}]
labels: {team: ops}
outputs: [{id: all, type: JSON, value: "{{ outputs.call }}"}]
"""


def save(task: str) -> None:
    source = CHILD.replace("TASK", task)
    get_gateway().send(SaveFlow(source, require(judge(source))))


def call(more: str = "") -> str:
    return CALL.replace("  MORE\n", f"  {more}\n" if more else "")


def test_its_outputs_and_labels() -> None:
    save(f"{{id: done, type: {SAY}, message: done}}")
    state = ended(call(), REST)
    child = next(run for run in desk.runs() if run.flow_name.endswith("child"))
    assert state.result()["all"] == {
        "executionId": str(child.id),
        "state": "SUCCESS",
        "outputs": {"said": "Hello Ada"},
    }
    parent = next(run for run in desk.runs() if run.id != child.id)
    assert {"kind:child", "asked:yes", f"system.correlationId:{parent.id}"} <= set(child.tags)
    assert "team:ops" not in child.tags
    assert child.parent_flow_run_id == parent.id


def test_labels_may_be_inherited() -> None:
    save(f"{{id: done, type: {SAY}, message: done}}")
    ended(call("inheritLabels: true"), REST)
    child = next(run for run in desk.runs() if run.flow_name.endswith("child"))
    assert "team:ops" in child.tags


@pytest.mark.parametrize(("transmits", "expected"), [(True, "Failed"), (False, "Completed")])
def test_its_failure_may_be_transmitted(transmits: bool, expected: str) -> None:
    save("{id: breaks, type: io.kestra.plugin.core.execution.Fail}")
    ended(call(f"transmitFailed: {str(transmits).lower()}"), REST)
    parent = next(run for run in desk.runs() if run.flow_name.endswith("demo"))
    assert states(parent.id)["call"] == expected


def test_a_pause_in_it_is_answered_there() -> None:
    save(f"{{id: wait, type: {FLOW}.Pause}}")
    running = started(call(), REST)
    item = desk.reached_question("wait")
    assert item.flow_name == "company.team.child"
    resume_flow_run(item.run_id, key="wait")
    assert running.returned().type is StateType.COMPLETED


def test_a_flow_that_was_not_saved_fails_the_task() -> None:
    state = ended(call(), REST)
    assert "company.team/child" in (state.message or "")


def test_it_may_be_started_without_waiting() -> None:
    save(f"{{id: done, type: {SAY}, message: done}}")
    state = ended(call("wait: false"), REST)
    found = state.result()["all"]
    child = next(run for run in desk.runs() if run.flow_name.endswith("child"))
    assert (found["executionId"], found["state"]) == (str(child.id), "CREATED")
    assert child.state_type is StateType.SCHEDULED


@pytest.mark.parametrize("waits", [True, False])
def test_it_may_begin_later(waits: bool) -> None:
    save(f"{{id: done, type: {SAY}, message: done}}")
    when = datetime.now(UTC) + timedelta(seconds=0.3)
    more = f"wait: {str(waits).lower()}\n  scheduleDate: '{when.isoformat()}'"
    assert ended(call(more), REST).is_completed()
    child = next(run for run in desk.runs() if run.flow_name.endswith("child"))
    begins = child.start_time if waits else child.expected_start_time
    assert begins is not None
    assert begins >= when


def test_a_moment_that_is_none_fails_it() -> None:
    save(f"{{id: done, type: {SAY}, message: done}}")
    more = "wait: false\n  scheduleDate: \"{{ 'tomorrow' }}\""
    state = ended(call(more), REST)
    assert state.is_failed()
    assert "`scheduleDate` must be a date and time such as" in (state.message or "")
    assert len(desk.runs()) == 1


def test_older_outputs_are_made_of_those_of_the_other_flow() -> None:
    save(f"{{id: done, type: {SAY}, message: done}}")
    assert warnings(flow(REST, tasks=call("outputs: {word: '{{ outputs.said }}'}"))) == [
        "flow:14:5: warning: tasks.0.outputs: is deprecated; give the other flow `outputs`."
    ]
    state = ended(call("outputs: {word: '{{ outputs.said }}'}"), REST)
    assert state.result()["all"]["outputs"] == {"word": "Hello Ada"}
    state = ended(call("outputs: {word: '{{ outputs.sad }}'}"), REST)
    assert "property 'outputs': Unable to find `sad`" in (state.message or "")


def test_a_failure_of_the_other_flow_is_told_and_not_its_missing_outputs() -> None:
    save("{id: breaks, type: io.kestra.plugin.core.execution.Fail, errorMessage: out of ink}")
    state = ended(call("outputs: {word: '{{ outputs.said }}'}"), REST)
    assert "out of ink" in (state.message or "")


def test_an_older_revision_may_be_run() -> None:
    save(f"{{id: done, type: {SAY}, message: done}}")
    save("{id: done, type: io.kestra.plugin.core.execution.Fail}")
    assert ended(call(), REST).is_failed()
    assert ended(call("revision: 1"), REST).is_completed()
    state = ended(call("revision: 7"), REST)
    assert "revision 7" in (state.message or "")
