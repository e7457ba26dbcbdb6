"""SIGKILL of real processes: the run goes on in another, nothing is asked or done twice."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from uuid import UUID

import pytest

from signoff import resume_flow_run
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.scripts import Script, ended
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.faults,
    pytest.mark.timeout(300),  # several processes start one after the other
]

TOUR = """
@flow
def inner():
    return gated("child") + pause_flow_run(wait_for_input=str, key="in-child")

@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
def pooled():
    return [ask.submit("pool-1").result(), ask.submit("pool-2").result()]

@flow
def tour():
    one = gated("task")
    gate("between")
    two = pause_flow_run(wait_for_input=str, key="in-flow")
    three = ask.submit("in-task").result()
    return [one, two, three, inner(), pooled(), work("last")]
"""
GUARD = """
if __name__ == "__main__":
    tour()
"""
GATES = ("task", "between", "child")
QUESTIONS = ("in-flow", "in-task", "in-child", "pool-1", "pool-2")
ORDER = ("task", "between", "in-flow", "in-task", "child", "in-child", "pool-1", "pool-2")
RESULT = ["TASK", "a", "in-task=a", "CHILDa", ["pool-1=a", "pool-2=a"], "LAST"]


def travel(script: Script, start: str | None, stop: str | None) -> None:
    """Open gates and answer questions after `start`, until the tour stands at `stop`."""
    begin = ORDER.index(start) + 1 if start else 0
    for name in ORDER[begin:]:
        if name in GATES:
            script.has_noted(f"at {name}")
        else:
            desk.reached_question(name)
        if name == stop:
            return
        if name in GATES:
            script.open(name)
        else:
            item = desk.reached_question(name)
            resume_flow_run(item.run_id, {"value": "a"}, key=name)


def top() -> UUID:
    (run,) = [run for run in desk.runs() if run.parent_flow_run_id is None]
    return run.id


MOMENTS = [("sqlite", moment) for moment in ORDER] + [
    ("postgres", moment) for moment in ("between", "in-flow", "in-child", "pool-2")
]


@pytest.mark.parametrize(("db_url", "moment"), MOMENTS, indirect=["db_url"])
def test_at_each_kind_of_step(any_script: Callable[[str], Script], moment: str) -> None:
    script = any_script(TOUR + GUARD)
    process = script.start()
    travel(script, None, moment)
    process.kill()
    run_id = top()
    if moment in GATES:
        script.open(moment)
        script.retry(run_id)
    else:
        # The answer is given first; the command that gives it starts the process that goes on.
        item = desk.reached_question(moment)
        wait_until(lambda: not desk.reached_question(moment).alive, desk.PATIENCE)
        script.resume(item.run_id, "a", moment)
    travel(script, moment, None)
    assert ended(run_id) == RESULT
    worked = ["task", "in-task", "child", "pool-1", "pool-2", "last"]
    assert script.worked() == dict.fromkeys(worked, 1)
    run = desk.run(run_id)
    assert (run.run_count, run.entries) == (1, 2)
    assert len([run for run in desk.runs() if run.parent_flow_run_id is not None]) == 2


def test_a_task_that_was_seen_running_is_not_run_again(script: Callable[[str], Script]) -> None:
    tour = script(TOUR + GUARD)
    process = tour.start()
    tour.has_noted("at task")
    run_id = top()
    # Only a task that takes a while is put on record before it has ended.
    wait_until(lambda: desk.tasks(run_id), desk.PATIENCE, "the task is seen running")
    assert [record.state_type for record in desk.tasks(run_id)] == [StateType.RUNNING]
    for name in GATES:
        tour.open(name)
    desk.reached_question("in-flow")
    process.kill()
    tour.resume(run_id, "a")
    travel(tour, "in-flow", None)
    assert ended(run_id) == RESULT
    assert set(tour.worked().values()) == {1}


def test_a_task_that_was_killed_is_the_one_that_runs_again(
    script: Callable[[str], Script],
) -> None:
    tour = script(TOUR + GUARD)
    process = tour.start()
    tour.has_noted("at task")
    run_id = top()
    wait_until(lambda: desk.tasks(run_id), desk.PATIENCE, "the task is seen running")
    (seen,) = desk.tasks(run_id)
    process.kill()
    for name in GATES:
        tour.open(name)
    tour.retry(run_id)
    desk.reached_question("in-flow")
    (record,) = desk.tasks(run_id)
    assert (record.id, record.state_type) == (seen.id, StateType.COMPLETED)


def test_a_script_without_a_main_guard(script: Callable[[str], Script]) -> None:
    unguarded = script(TOUR + "\ntour()\nnote('after the call')\n")
    process = unguarded.start()
    travel(unguarded, None, "in-flow")
    process.kill()
    run_id = top()
    unguarded.resume(run_id, "a")
    travel(unguarded, "in-flow", None)
    assert ended(run_id) == RESULT
    assert set(unguarded.worked().values()) == {1}
    # The call at the top level is where loading ends: nothing ran a second time.
    assert len(desk.runs()) == 3
    assert "after the call" not in unguarded.noted()


def test_killed_again_and_again(script: Callable[[str], Script]) -> None:
    """Every process of the run is killed at its first question, then the next one goes on."""
    tour = script(TOUR + GUARD)
    for name in GATES:
        tour.open(name)
    process = tour.start()
    desk.reached_question("in-flow")
    process.kill()
    run_id = top()
    for entry, question in enumerate(QUESTIONS, start=2):
        item = desk.reached_question(question)
        said = tour.signoff(
            *("flow-run", "resume", str(item.run_id), "-k", question),
            *("-i", "value=a", "--output", "json"),
        )
        assert '"needs_entry": true' in said
        if question != QUESTIONS[-1]:
            following = QUESTIONS[QUESTIONS.index(question) + 1]
            assert desk.reached_question(following).alive
            kill_newest(said)
            wait_until(lambda f=following: not desk.reached_question(f).alive, desk.PATIENCE)  # type: ignore[misc]
        wait_until(lambda e=entry: desk.run(run_id).entries == e, desk.PATIENCE)  # type: ignore[misc]
    assert ended(run_id) == RESULT
    assert set(tour.worked().values()) == {1}


def kill_newest(said: str) -> None:
    """Kill the process that a command line said it has started."""
    os.kill(json.loads(said)["pid"], signal.SIGKILL)


RETRY = """
@flow(retries=1, retry_delay_seconds=1)
def tour():
    one = work("one")
    if not (GATES / "pass").exists():
        note("fails")
        raise ValueError("first")
    return one
"""


def test_during_the_delay_before_a_retry(script: Callable[[str], Script]) -> None:
    retried = script(RETRY.replace("retry_delay_seconds=1", "retry_delay_seconds=600") + GUARD)
    process = retried.start()
    retried.has_noted("fails")
    run_id = top()
    desk.reached(run_id, StateType.SCHEDULED)
    assert desk.run(run_id).state_name == "AwaitingRetry"
    process.kill()
    retried.open("pass")
    retried.signoff("flow-run", "execute", str(run_id))
    assert ended(run_id) == "ONE"
    assert retried.worked() == {"one": 1}
    assert desk.run(run_id).run_count == 2


MAP = """
@flow
def tour():
    return ask.map(["left", "right"]).result()
"""


def completed(run_id: UUID) -> int:
    """How many tasks of a run have completed on record."""
    return [record.state_type for record in desk.tasks(run_id)].count(StateType.COMPLETED)


def test_mapped_questions_keep_their_own_answers(script: Callable[[str], Script]) -> None:
    mapped = script(MAP + GUARD)
    process = mapped.start()
    left, _ = desk.asked(2)
    resume_flow_run(left.run_id, {"value": "L"}, key="left")
    mapped.has_noted("work left")
    wait_until(lambda: completed(left.run_id) == 1, desk.PATIENCE, "left is on record")
    process.kill()
    mapped.resume(left.run_id, "R", "right")
    assert ended(left.run_id) == ["left=L", "right=R"]
    assert mapped.worked() == {"left": 1, "right": 1}


def test_mapped_questions_answered_after_death(script: Callable[[str], Script]) -> None:
    mapped = script(MAP.replace("key=name", "") + GUARD)
    process = mapped.start()
    left, right = desk.asked(2)
    process.kill()
    mapped.resume(left.run_id, "R", right.key)
    # The run was entered again for the first answer, and waits for the other.
    wait_until(lambda: desk.question().alive, desk.PATIENCE)
    resume_flow_run(left.run_id, {"value": "L"}, key=left.key)
    assert ended(left.run_id) == ["left=L", "right=R"]
    assert mapped.worked() == {"left": 1, "right": 1}


def test_an_answer_given_while_the_process_dies_is_not_lost(
    script: Callable[[str], Script],
) -> None:
    """Answered while it lived, killed before it could go on (here: it was stopped)."""
    mapped = script(MAP + GUARD)
    process = mapped.start()
    left, _ = desk.asked(2)
    process.send_signal(signal.SIGSTOP)
    resume_flow_run(left.run_id, {"value": "L"}, key="left")
    process.kill()
    mapped.resume(left.run_id, "R", "right")
    assert ended(left.run_id) == ["left=L", "right=R"]
    assert mapped.worked() == {"left": 1, "right": 1}


def test_the_deadline_of_a_dead_process_fails_its_run(script: Callable[[str], Script]) -> None:
    impatient = script(
        "@flow\ndef tour():\n    pause_flow_run(timeout=2, key='soon')\n    work('after')\n" + GUARD
    )
    process = impatient.start()
    run_id = desk.reached_question("soon").run_id
    process.kill()
    run = desk.reached(run_id, StateType.FAILED)
    assert run.state is not None
    assert run.state.message == "The flow was paused and never resumed."
    assert impatient.worked() == {}
