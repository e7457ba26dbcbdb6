"""Pausing: answers, defaults, refusals, time-outs."""

import threading
import time
from typing import Literal, Optional

from pydantic import BaseModel

from signoff import flow, get_client, pause_flow_run, resume_flow_run
from signoff.exceptions import FlowPauseTimeout, NotPausedError
from signoff.input import RunInput
from signoff.runtime import flow_run


class Approval(RunInput):
    approved: bool
    reason: str = "none"


class Person(BaseModel):
    name: str
    age: int = 30


def answer(run_ids, inputs):
    """Answers the pauses of a run, one after another."""
    while not run_ids:
        time.sleep(0.05)
    answered = set()
    with get_client(sync_client=True) as client:
        for given in inputs:
            while True:
                state = client.read_flow_run(run_ids[0]).state
                key = state.state_details.pause_key
                if state.is_paused() and key not in answered:
                    try:
                        resume_flow_run(run_ids[0], run_input=given)
                        answered.add(key)
                        break
                    except RuntimeError as refusal:
                        if "approved" in str(refusal):
                            print("refused")
                            break
                time.sleep(0.05)


def with_answers(function, *inputs):
    ids = []
    person = threading.Thread(target=answer, args=(ids, inputs))
    person.start()
    function(ids)
    person.join()


@flow
def main(ids):
    ids.append(flow_run.id)
    print(pause_flow_run(poll_interval=1, timeout=60))
    decision = pause_flow_run(
        wait_for_input=Approval.with_initial_data(description="**Sure?**", reason="why not"),
        poll_interval=1,
        timeout=60,
    )
    print(type(decision).__name__, decision.approved, decision.reason)
    decision = pause_flow_run(wait_for_input=Approval, poll_interval=1, timeout=60)
    print(decision.approved, decision.reason)
    print(pause_flow_run(wait_for_input=int, poll_interval=1, timeout=60))
    print(pause_flow_run(wait_for_input=Literal["a", "b"], poll_interval=1, timeout=60))
    print(pause_flow_run(wait_for_input=Optional[str], poll_interval=1, timeout=60))
    person = pause_flow_run(wait_for_input=Person, poll_interval=1, timeout=60)
    print(person.name, person.age)


with_answers(
    main,
    None,
    {"approved": True},
    {"approved": "what"},
    {"approved": False, "reason": "no"},
    {"value": 3},
    {"value": "b"},
    {"value": None},
    {"name": "Ann"},
)


@flow
def nobody():
    pause_flow_run(timeout=1, poll_interval=1)


try:
    nobody()
except FlowPauseTimeout as error:
    print("FlowPauseTimeout", error)


@flow
def finished():
    return flow_run.id


try:
    resume_flow_run(finished())
except NotPausedError as error:
    print("NotPausedError", error)
try:
    pause_flow_run()
except RuntimeError as error:
    print(error)
