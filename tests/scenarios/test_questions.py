"""What programs above the engine may say about a question, beyond what `pause_flow_run` offers."""

from __future__ import annotations

import json
import threading
from typing import Any
from uuid import UUID

import pytest

from signoff import flow, resume_flow_run, task
from signoff.engine.announcing import announce
from signoff.engine.arguments import NO_ARGUMENTS
from signoff.engine.drivers import drive_sync
from signoff.engine.frames import current_run, current_task
from signoff.engine.journal import Step
from signoff.engine.pauses import Question, pause
from signoff.engine.promises import Ending
from signoff.engine.specs import Hooks, TaskSpec
from signoff.engine.tasks import TaskCall, run_task
from signoff.exceptions import Pause
from signoff.gateway.connect import get_gateway
from signoff.model.commands import WithdrawWait
from signoff.model.journal import ResultKind
from signoff.model.lookups import ReadResult
from signoff.model.replies import WaitOutcome
from signoff.model.states import StateType
from signoff.model.waits import DeadlineAction, WaitKind, WaitStatus
from tests.scenarios import desk
from tests.scenarios.desk import Call

pytestmark = pytest.mark.usefixtures("home")

notes: list[str] = []


def put(**more: Any) -> Any:
    """Ask, in the run around the line; what came of it."""
    frame = current_run.get()
    assert frame is not None
    facts: dict[str, Any] = {"timeout": None, "hear": lambda outcome: outcome, **more}
    timeout = facts.pop("timeout")
    question = Question(WaitKind.APPROVAL, "Well?", None, "q", "", "", timeout, **facts)
    return drive_sync(pause(frame, current_task.get(), question), frame.gateway)


def test_it_hears_that_it_was_answered_and_by_whom() -> None:
    @flow
    def asks() -> Any:
        heard = put()
        return heard.status, heard.by.name, heard.closed_at is not None

    call = Call(asks)
    resume_flow_run(desk.asked()[0].run_id)
    status, by, closed = call.returned()
    assert (status, bool(by), closed) == (WaitStatus.ANSWERED, True, True)


def test_it_hears_that_nobody_answered() -> None:
    @flow
    def asks() -> Any:
        return put(timeout=0.01, on_deadline=DeadlineAction.CONTINUE).status

    assert asks() is WaitStatus.EXPIRED


def test_it_hears_that_nobody_is_asked_any_more() -> None:
    @flow
    def asks() -> Any:
        frame = current_run.get()
        assert frame is not None

        def withdraw() -> None:
            frame.gateway.send(WithdrawWait(frame.run_id, frame.entry, "q"))

        return put(opened=withdraw).status

    assert asks() is WaitStatus.WITHDRAWN


def test_who_opens_is_called_when_the_question_can_be_answered() -> None:
    @flow
    def asks() -> Any:
        return put(opened=lambda: notes.append(desk.asked()[0].key)).status

    notes.clear()
    call = Call(asks)
    run_id = desk.asked()[0].run_id
    resume_flow_run(run_id)
    assert call.returned() is WaitStatus.ANSWERED
    assert notes == ["q"]


@flow
def leaves() -> Any:
    """Stays until it may leave."""
    return put(stay=0.01, may_leave=may_leave).status


looks = threading.Semaphore(0)
allowed = threading.Event()


def may_leave() -> bool:
    looks.release()
    return allowed.is_set()


def test_the_process_stays_until_it_may_leave() -> None:
    allowed.clear()
    call = Call(leaves)
    for _ in range(2):
        assert looks.acquire(timeout=desk.PATIENCE)
    assert not call.ended
    allowed.set()
    assert isinstance(call.raised(), Pause)
    assert desk.runs()[0].state_name == "Suspended"


def test_a_task_that_waits_is_shown_as_paused() -> None:
    @task
    def asking() -> WaitOutcome:
        announce(current_task.get())
        heard: WaitOutcome = put()
        return heard

    @flow
    def asks() -> None:
        asking()

    call = Call(asks)
    run_id: UUID = desk.asked()[0].run_id
    (waiting,) = desk.tasks(run_id)
    assert waiting.state_type is StateType.PAUSED
    resume_flow_run(run_id)
    call.returned()
    (done,) = desk.tasks(run_id)
    assert done.state_type is StateType.COMPLETED


def test_a_judge_has_the_last_word_on_how_a_task_ended() -> None:
    def judge(task: object, given: object, ending: Ending) -> Ending:
        return Ending(StateType.COMPLETED, str(ending.error), None, "Warning", "so what", 1)

    def fails() -> None:
        raise ValueError("no")

    def spec() -> TaskSpec:
        return TaskSpec(
            *(None, "fails", fails, False, "fails", 1, None, None, None, None, None, None, None),
            Hooks(),
            judge=judge,
        )

    @flow
    def judged() -> Any:
        frame = current_run.get()
        assert frame is not None
        step = Step("", "fails", "", 0, "here#0")
        id = UUID(int=7)
        call = TaskCall(spec(), frame, None, id, "here#0", lambda: NO_ARGUMENTS, (), step)
        return drive_sync(run_task(call), frame.gateway).value

    assert judged() == "no"
    run = desk.runs()[0]
    (record,) = desk.tasks(run.id)
    assert (record.state_name, record.run_count) == ("Warning", 2)


def test_a_flow_may_keep_its_result_as_json() -> None:
    @flow
    def tells() -> Any:
        return {"answer": [1, "two"]}

    tells.spec.json_result = True
    assert tells() == {"answer": [1, "two"]}
    kept = get_gateway().send(ReadResult(desk.runs()[0].id))
    assert kept.kind is ResultKind.JSON
    assert json.loads(kept.body or b"") == {"answer": [1, "two"]}
