"""One flow answers what another one waits for."""

from __future__ import annotations

import pytest

from signoff.model.states import State
from tests.scenarios import desk
from tests.yamlflow.running.runs import ended, started

pytestmark = pytest.mark.usefixtures("home")

FLOW = "io.kestra.plugin.core.flow"
WAIT = f"""
- id: ask
  type: {FLOW}.Pause
  onResume:
    - {{id: count, type: INT, min: 1}}
    - {{id: word, type: STRING, defaults: fine}}
"""
OUT = 'outputs: [{id: all, type: JSON, value: "{{ outputs.ask.onResume }}"}]'


def resumed(run_id: object, inputs: str, **more: str) -> State[object]:
    """How a flow ended that answers a run."""
    named = "".join(f", {key}: {value}" for key, value in more.items())
    task = f"""
    - id: resume
      type: io.kestra.plugin.core.execution.Resume
      executionId: "{run_id}"
      inputs: {inputs}
    """
    return ended(task.rstrip() + named)


def test_with_values_and_defaults() -> None:
    running = started(WAIT, OUT)
    run_id = desk.reached_question("ask").run_id
    assert resumed(run_id, "{count: '{{ 1 + 1 }}'}").is_completed()
    assert running.returned().result() == {"all": {"count": 2, "word": "fine"}}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [("{}", "count: is required"), ("{count: 0}", "count: must be at least 1"), ("{x: 1}", "x")],
)
def test_what_does_not_fit_fails_the_task_and_the_other_waits_on(inputs: str, said: str) -> None:
    running = started(WAIT, OUT)
    run_id = desk.reached_question("ask").run_id
    state = resumed(run_id, inputs)
    assert state.is_failed()
    assert said in (state.message or "")
    assert desk.reached_question("ask").run_id == run_id
    desk.cancel(run_id)
    running.returned()


def test_a_run_that_waits_for_nothing_is_told() -> None:
    done = ended("- {id: say, type: io.kestra.plugin.core.log.Log, message: hi}")
    assert done.is_completed()
    state = resumed(done.state_details.flow_run_id, "{}")
    assert state.is_failed()
    assert "isn't paused" in (state.message or "")
