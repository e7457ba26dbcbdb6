"""Runs of a limited deployment that wait in living processes: the place is lent meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from signoff.deployments import run_deployment
from signoff.gateway.connect import get_gateway
from signoff.model.commands import AnswerWait, CancelRun
from signoff.model.states import StateType
from tests.scenarios.desk import question, reached, run
from tests.scenarios.scripts import Script
from tests.scenarios.test_serving import found
from tests.support.waiting import wait_until

QUEUED = "AwaitingConcurrencySlot"
LIMITED = """
@flow
def called(name):
    return pause_flow_run(wait_for_input=str, key=name)

@flow(timeout_seconds=60)
def asking(name: str, how: str = "flow"):
    if how == "gate":
        gate(name)
    elif how == "task":
        ask.submit(name).result()
    elif how == "called":
        called(name)
    else:
        pause_flow_run(wait_for_input=str, key=name)
    note("on " + name)
    return work(name)

if __name__ == "__main__":
    asking.serve("here", global_limit=1)
"""


@pytest.fixture
def served(script: Callable[[str], Script]) -> Iterator[Script]:
    made = script(LIMITED)
    process = made.start()
    wait_until(lambda: found("asking/here"), 60, "the deployment")
    yield made
    process.kill()


@pytest.mark.parametrize("how", ["flow", "task", "called"])
def test_an_answered_run_goes_on_when_the_other_one_has_ended(served: Script, how: str) -> None:
    one = run_deployment("asking/here", parameters={"name": "a", "how": how}, timeout=0)
    item = question()
    two = run_deployment("asking/here", parameters={"name": "b", "how": "gate"}, timeout=0)
    served.has_noted("at b")
    get_gateway().send(AnswerWait(item.run_id, {"value": "yes"}))
    assert run(one.id).state_name == QUEUED
    served.open("b")
    assert reached(two.id, StateType.COMPLETED, StateType.FAILED).state_name == "Completed"
    ended = reached(one.id, StateType.COMPLETED, StateType.FAILED, StateType.CRASHED)
    assert (ended.state_name, ended.run_count) == ("Completed", 1)
    noted = [line for line in served.noted() if line.startswith("on ")]
    assert noted == ["on b", "on a"]


def test_cancelling_a_run_that_waits_for_a_place_ends_it_at_once(served: Script) -> None:
    one = run_deployment("asking/here", parameters={"name": "a"}, timeout=0)
    item = question()
    two = run_deployment("asking/here", parameters={"name": "b", "how": "gate"}, timeout=0)
    served.has_noted("at b")
    get_gateway().send(AnswerWait(item.run_id, {"value": "yes"}))
    get_gateway().send(CancelRun(one.id))
    assert reached(one.id, StateType.CANCELLED, StateType.FAILED).state_name == "Cancelled"
    assert run(two.id).state_name == "Running"
    assert "on a" not in served.noted()
    served.open("b")
    assert reached(two.id, StateType.COMPLETED, StateType.FAILED).state_name == "Completed"
