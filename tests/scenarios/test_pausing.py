"""A flow pauses, a person answers, the flow goes on: keys, several waits at once, slots."""

from __future__ import annotations

import threading
from functools import partial
from operator import contains
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel

from signoff import flow, pause_flow_run, resume_flow_run, task
from signoff.flow_runs import NotPausedError
from signoff.model.errors import AmbiguousWait, MissingContextError, ObjectNotFound
from signoff.model.states import StateType
from signoff.task_runners import ThreadPoolTaskRunner
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")


class Approval(BaseModel):
    approved: bool
    limit: int = 3


@task
def ask(name: str) -> str:
    answer = pause_flow_run(wait_for_input=str, key=name)
    return f"{name}={answer}"


def test_the_answer_reaches_the_next_line() -> None:
    @flow(name="release")
    def release() -> tuple[bool, int]:
        answer = pause_flow_run(wait_for_input=Approval)
        return answer.approved, answer.limit

    call = Call(release)
    item = desk.question()
    run = desk.run(item.run_id)
    assert (run.state_type, run.state_name) == (StateType.PAUSED, "Paused")
    assert item.alive
    assert item.has_form
    assert item.flow_name == "release"
    resume_flow_run(item.run_id, {"approved": True})
    assert call.returned() == (True, 3)
    assert desk.states(item.run_id) == ["Running", "Paused", "Running", "Completed"]
    assert desk.nothing_asked()


def test_the_word_to_go_on_needs_no_form() -> None:
    @flow
    def plain() -> Any:
        return pause_flow_run()

    call = Call(plain)
    item = desk.question()
    assert not item.has_form
    resume_flow_run(item.run_id)
    assert call.returned() is None


def test_plain_types_are_answered_by_value() -> None:
    @flow
    def numbers() -> tuple[int, list[str]]:
        one = pause_flow_run(wait_for_input=int, key="one")
        two = pause_flow_run(wait_for_input=list[str], key="two")
        return one, two

    call = Call(numbers)
    run_id = desk.question().run_id
    resume_flow_run(run_id, {"value": 4})
    wait_until(lambda: desk.question().key == "two", desk.PATIENCE)
    resume_flow_run(run_id, {"value": ["a", "b"]})
    assert call.returned() == (4, ["a", "b"])


def test_the_run_and_its_log_say_what_happened() -> None:
    @flow
    def plain() -> None:
        pause_flow_run(key="go")

    call = Call(plain)
    run_id = desk.question().run_id
    resume_flow_run(run_id)
    call.returned()
    lines = desk.log(run_id)
    assert "Pausing flow, execution will continue when this flow run is resumed." in lines
    assert "Resuming flow run execution!" in lines
    (wait,) = desk.waits(run_id)
    assert wait.answered_by is not None
    assert wait.answered_by.name
    assert [entry.actor.name for entry in desk.history(run_id) if entry.kind == "answer"] == [
        wait.answered_by.name
    ]


# Several at once ---------------------------------------------------------------------------


@flow
def two() -> list[str]:
    waiting = [ask.submit("left"), ask.submit("right")]
    return [each.result() for each in waiting]


def test_two_tasks_pause_at_the_same_time() -> None:
    call = Call(two)
    left, right = desk.asked(2)
    assert (left.key, right.key) == ("left", "right")
    run_id = left.run_id
    with pytest.raises(AmbiguousWait, match=r"left, right|right, left") as refused:
        resume_flow_run(run_id, {"value": "?"})
    assert sorted(refused.value.details["keys"]) == ["left", "right"]

    resume_flow_run(run_id, {"value": "1"}, key="right")
    wait_until(
        lambda: [task.state_name for task in desk.tasks(run_id)].count("Completed") == 1,
        desk.PATIENCE,
    )
    assert desk.run(run_id).state_type is StateType.PAUSED
    # Exactly one is open now, so the key may be left out.
    resume_flow_run(run_id, {"value": "2"})
    assert call.returned() == ["left=2", "right=1"]


def test_a_key_nobody_asked_under_is_refused_with_those_that_are_open() -> None:
    call = Call(two)
    run_id = desk.asked(2)[0].run_id
    with pytest.raises(ObjectNotFound, match=r"no wait 'middle'; open: (left, right|right, left)"):
        resume_flow_run(run_id, {"value": "1"}, key="middle")
    for key in ("left", "right"):
        resume_flow_run(run_id, {"value": key}, key=key)
    assert call.returned() == ["left=left", "right=right"]


def test_other_branches_keep_starting_tasks_while_one_waits() -> None:
    release = threading.Event()

    @task
    def quick(number: int) -> int:
        return number * 2

    @flow
    def branches() -> list[Any]:
        waiting = ask.submit("one")
        release.wait(desk.PATIENCE)
        quick_ones = [quick(number) for number in range(3)]
        submitted = quick.submit(10).result()
        done.set()
        return [waiting.result(), quick_ones, submitted]

    done = threading.Event()
    call = Call(branches)
    item = desk.question()
    assert desk.run(item.run_id).state_type is StateType.PAUSED
    release.set()
    assert done.wait(desk.PATIENCE)
    assert desk.run(item.run_id).state_type is StateType.PAUSED
    resume_flow_run(item.run_id, {"value": "yes"})
    assert call.returned() == ["one=yes", [0, 2, 4], 20]


def test_a_failing_branch_withdraws_the_questions_of_the_others() -> None:
    go = threading.Event()

    @flow
    def one_fails() -> None:
        waiting = ask.submit("one")
        go.wait(desk.PATIENCE)
        raise ValueError(f"no need to ask {waiting.task_run_id}")

    call = Call(one_fails)
    item = desk.question()
    go.set()
    assert isinstance(call.raised(), ValueError)
    assert desk.nothing_asked()
    assert desk.run(item.run_id).state_type is StateType.FAILED
    assert [wait.status.value for wait in desk.waits(item.run_id)] == ["withdrawn"]
    with pytest.raises(NotPausedError):
        resume_flow_run(item.run_id, {"value": "1"})


def test_four_waiting_tasks_stall_nobody() -> None:
    @task
    def work(number: int) -> int:
        return number

    @flow(task_runner=ThreadPoolTaskRunner(max_workers=4))
    def many() -> tuple[list[str], list[int]]:
        waiting = ask.map(["a", "b", "c", "d"])
        worked = work.map(range(20)).result()
        finished.set()
        return waiting.result(), worked

    finished = threading.Event()
    call = Call(many)
    items = desk.asked(4)
    assert finished.wait(desk.PATIENCE), "four waiting tasks keep the pool's slots"
    for item in items:
        resume_flow_run(item.run_id, {"value": item.key.upper()}, key=item.key)
    assert call.returned() == (["a=A", "b=B", "c=C", "d=D"], list(range(20)))


def test_one_slot_serves_more_waiting_tasks_than_it_has() -> None:
    @flow(task_runner=ThreadPoolTaskRunner(max_workers=1))
    def many() -> Any:
        return ask.map(["a", "b", "c"]).result()

    call = Call(many)
    items = desk.asked(3)
    for item in reversed(items):
        resume_flow_run(item.run_id, {"value": "1"}, key=item.key)
    assert call.returned() == ["a=1", "b=1", "c=1"]


# Keys --------------------------------------------------------------------------------------


def test_the_same_key_twice_gives_the_first_answer() -> None:
    @flow
    def twice() -> list[Any]:
        first = pause_flow_run(wait_for_input=Approval, key="same")
        second = pause_flow_run(wait_for_input=Approval, key="same")
        return [first, second]

    call = Call(twice)
    item = desk.question()
    resume_flow_run(item.run_id, {"approved": True, "limit": 9})
    first, second = call.returned()
    assert first.model_dump() == second.model_dump() == {"approved": True, "limit": 9}
    assert len(desk.waits(item.run_id)) == 1


def test_the_same_key_without_input_goes_on_at_once() -> None:
    @flow
    def twice() -> list[Any]:
        return [pause_flow_run(key="same"), pause_flow_run(key="same")]

    call = Call(twice)
    resume_flow_run(desk.question().run_id)
    assert call.returned() == [None, None]


def test_derived_keys_are_distinct_and_name_where_they_were_asked() -> None:
    @flow
    def loop_and_line() -> list[int]:
        answers = [pause_flow_run(wait_for_input=int) for _ in range(2)]
        answers.append(pause_flow_run(wait_for_input=int))
        return answers

    call = Call(loop_and_line)
    seen: list[str] = []
    for number in range(3):
        item = wait_until(
            lambda: next((i for i in desk.asked() if i.key not in seen), None), desk.PATIENCE
        )
        assert item is not None
        seen.append(item.key)
        resume_flow_run(item.run_id, {"value": number}, key=item.key)
    assert call.returned() == [0, 1, 2]
    assert len(set(seen)) == 3


@pytest.mark.parametrize("key", ["step_1", "Äpfel & Birnen", "UPPER", "a/b c"])
def test_any_text_may_be_a_key(key: str) -> None:
    @flow
    def asks() -> int:
        return pause_flow_run(wait_for_input=int, key=key)

    call = Call(asks)
    item = desk.question()
    assert item.key == key
    resume_flow_run(item.run_id, {"value": 1}, key=key)
    assert call.returned() == 1


def test_a_wait_is_also_known_by_its_documented_name() -> None:
    call = Call(two)
    run_id = desk.asked(2)[0].run_id
    names = {wait.item.key: f"paused-{wait.item.number}" for wait in desk.waits(run_id)}
    for key, alias in names.items():
        resume_flow_run(run_id, {"value": key}, key=alias)
    assert call.returned() == ["left=left", "right=right"]


# Where it cannot be done -------------------------------------------------------------------


def test_outside_a_flow_there_is_nothing_to_pause() -> None:
    text = "Flow runs can only be paused from within a flow run"
    with pytest.raises(MissingContextError, match=text):
        pause_flow_run()
    with pytest.raises(RuntimeError, match=text):
        pause_flow_run(wait_for_input=int)


def test_a_run_that_waits_for_nothing_cannot_be_resumed() -> None:
    @flow
    def quick() -> int:
        return 1

    quick()
    run_id = desk.only_run().id
    with pytest.raises(NotPausedError, match="Cannot resume a run that isn't paused!"):
        resume_flow_run(run_id)


def test_an_unknown_run_is_not_found() -> None:
    with pytest.raises(ObjectNotFound, match="no flow run"):
        resume_flow_run(uuid4())


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"timeout": -1}, ValueError, "timeout must not be negative, got -1"),
        ({"key": "  "}, ValueError, "key must not be empty"),
        ({"key": 3}, ValueError, "key must not be empty, and must be text; got 3"),
        ({"poll_interval": "x"}, TypeError, "poll_interval must be a number of seconds"),
        ({"wait_for_input": 3}, TypeError, "wait_for_input=3 is not a type .* such as str"),
        ({"wait_for_input": "Name"}, TypeError, "wait_for_input='Name' is not a type"),
        ({"wait_for_input": threading.Lock}, TypeError, "not a type a form can be made of"),
    ],
)
def test_a_pause_that_makes_no_sense_is_refused_before_the_run_pauses(
    options: dict[str, Any], error: type[Exception], text: str
) -> None:
    @flow
    def wrong() -> None:
        pause_flow_run(**options)

    with pytest.raises(error, match=text):
        wrong()
    assert "Paused" not in desk.states(desk.only_run().id)


# Retries -----------------------------------------------------------------------------------


def test_a_retry_after_an_answer_asks_again() -> None:
    failed: list[int] = []

    @flow(retries=1)
    def fails_once() -> int:
        answer = pause_flow_run(wait_for_input=int, key="number")
        if not failed:
            failed.append(answer)
            raise ValueError("first")
        return answer

    call = Call(fails_once)
    run_id = desk.question().run_id
    resume_flow_run(run_id, {"value": 1})
    wait_until(lambda: failed, desk.PATIENCE)
    assert desk.question().key == "number"
    resume_flow_run(run_id, {"value": 2})
    assert call.returned() == 2
    assert failed == [1]
    assert [wait.answer for wait in desk.waits(run_id)] == [{"value": 1}, {"value": 2}]
    assert desk.run(run_id).run_count == 2


@pytest.mark.parametrize(("key", "answers"), [(None, [1, 2]), ("number", [1])])
def test_a_retried_task_asks_again_unless_it_names_the_key(
    key: str | None, answers: list[int]
) -> None:
    tried: list[int] = []

    @task(retries=1)
    def fails_once() -> int:
        answer = pause_flow_run(wait_for_input=int, key=key)
        tried.append(answer)
        if len(tried) == 1:
            raise ValueError("first")
        return answer

    @flow
    def outer() -> int:
        return fails_once()

    call = Call(outer)
    for answer in answers:
        resume_flow_run(desk.question().run_id, {"value": answer})
        wait_until(partial(contains, tried, answer), desk.PATIENCE)
    assert call.returned() == answers[-1]
    assert tried == [1, answers[-1]]
