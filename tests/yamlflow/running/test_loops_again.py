"""Loops that are entered again: they go on where they were."""

from __future__ import annotations

import pytest

from signoff.gateway.connect import get_gateway
from signoff.model.key_values import SetKeyValue
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.support.waiting import wait_until
from tests.yamlflow.running.runs import answer, ended, lines, started

pytestmark = pytest.mark.usefixtures("home")

FLOW = "io.kestra.plugin.core.flow"
CORE = "io.kestra.plugin.core"


def test_a_turn_that_went_on_is_not_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_YAML_STAY_SECONDS", "0")
    tasks = f"""
    - id: until
      type: {FLOW}.LoopUntil
      condition: "{{{{ kv('go', errorOnMissing=false) == 'yes' }}}}"
      checkFrequency: {{interval: PT0S, maxDuration: P1D}}
      tasks:
        - {{id: ask, type: {FLOW}.Pause}}
        - {{id: say, type: {CORE}.log.Log, message: "began {{{{ parent.taskrun.startDate }}}}"}}
    - {{id: count, type: {CORE}.log.Log, message: "{{{{ outputs.until.iterationCount }}}} turns"}}
    """
    started(tasks).raised()
    run_id = desk.only_run().id
    answer("ask:0")
    # The next question is there, and nobody works on the run: the condition did not hold.
    desk.reached_question("ask:1")
    wait_until(lambda: desk.run(run_id).state_name == "Suspended", desk.PATIENCE)
    get_gateway().send(SetKeyValue("company.team", "go", "yes"))
    answer("ask:1")
    desk.reached(run_id, StateType.COMPLETED)
    wait_until(lambda: "2 turns" in lines(run_id), desk.PATIENCE, lambda: repr(lines(run_id)))
    began = [line for line in lines(run_id) if line.startswith("began")]
    assert (len(began), len(set(began))) == (2, 1)


def test_outputs_and_states_within_loops_within_loops() -> None:
    tasks = f"""
    - id: outer
      type: {FLOW}.ForEach
      values: [a, b]
      tasks:
        - {{id: give, type: {CORE}.debug.Return, format: "{{{{ taskrun.value }}}}"}}
        - id: inner
          type: {FLOW}.ForEach
          values: [1, 2]
          concurrencyLimit: 0
          tasks:
            - id: both
              type: {CORE}.debug.Return
              format: >-
                {{{{ outputs.give[parent.taskrun.value].value }}}}{{{{ taskrun.value }}}}
            - id: say
              type: {CORE}.log.Log
              message: >-
                {{{{ outputs.both[parent.taskrun.value][taskrun.value].value }}}}
                {{{{ tasks.give.state }}}} {{{{ currentEachOutput(outputs.both).value }}}}
    - {{id: end, type: {CORE}.log.Log, message: "{{{{ outputs.both.b['2'].value }}}} at last"}}
    """
    assert ended(tasks).is_completed()
    said = sorted(line for line in lines() if "SUCCESS" in line or "last" in line)
    expected = [f"{each} SUCCESS {each}" for each in ("a1", "a2", "b1", "b2")]
    assert said == sorted([*expected, "b2 at last"])
