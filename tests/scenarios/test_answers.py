"""Answers are checked before they count: fields, the flow's own validators, repeats, conflicts."""

from __future__ import annotations

import threading
from datetime import date
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from signoff import flow, pause_flow_run, resume_flow_run, task
from signoff.flow_runs import NotPausedError
from signoff.gateway.connect import get_gateway
from signoff.input import RunInput
from signoff.model.commands import AnswerWait
from signoff.model.errors import AnswerConflict, InvalidAnswer
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Address(BaseModel):
    street: str = Field(min_length=3)
    number: int


class Order(BaseModel):
    """Everything a form may hold."""

    name: str = Field(min_length=2)
    count: int = Field(ge=1, le=10)
    colour: Colour
    by: date
    gift: bool
    address: Address
    tags: list[str] = []
    speed: Literal["slow", "fast"] = "slow"
    note: str | None = None


GOOD = {
    "name": "Ada",
    "count": 3,
    "colour": "blue",
    "by": "2027-01-31",
    "gift": True,
    "address": {"street": "Main", "number": 1},
}


@flow
def orders() -> Order:
    return pause_flow_run(wait_for_input=Order, key="order")


def test_an_answer_becomes_typed_values() -> None:
    call = Call(orders)
    resume_flow_run(desk.question().run_id, GOOD)
    order = call.returned()
    assert isinstance(order, Order)
    assert order.colour is Colour.BLUE
    assert order.by == date(2027, 1, 31)
    assert order.address == Address(street="Main", number=1)
    assert (order.tags, order.speed, order.note) == ([], "slow", None)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": "A"}, "name"),
    ({"count": 11}, "count"),
    ({"count": "3"}, "count"),
    ({"colour": "green"}, "colour"),
    ({"by": "31.01.2027"}, "by"),
    ({"gift": "yes"}, "gift"),
    ({"address": {"street": "Ma", "number": 1}}, "address.street"),
    ({"address": {"street": "Main"}}, "address.number"),
    ({"tags": ["a", 1]}, "tags.1"),
    ({"speed": "medium"}, "speed"),
    ({"surprise": 1}, "surprise"),
    ({"name": None}, "name"),
]


def test_a_wrong_answer_is_refused_per_field_and_the_run_stays_paused() -> None:
    call = Call(orders)
    run_id = desk.question().run_id
    before = desk.run(run_id).version
    for change, path in WRONG:
        with pytest.raises(InvalidAnswer) as refused:
            resume_flow_run(run_id, GOOD | change)
        assert [error.dotted for error in refused.value.errors] == [path], change
        assert refused.value.errors[0].message
    with pytest.raises(InvalidAnswer) as refused:
        resume_flow_run(run_id, {"count": 0, "colour": "blue"})
    missing = {"name", "count", "by", "gift", "address"}
    assert {error.dotted for error in refused.value.errors} == missing
    run = desk.run(run_id)
    assert (run.state_type, run.version) == (StateType.PAUSED, before)
    assert isinstance(refused.value, RuntimeError)
    assert str(refused.value).startswith("Cannot resume this run: ")
    resume_flow_run(run_id, GOOD)
    assert call.returned().count == 3


def test_no_answer_at_all_is_refused_when_fields_are_required() -> None:
    call = Call(orders)
    run_id = desk.question().run_id
    with pytest.raises(InvalidAnswer):
        resume_flow_run(run_id)
    resume_flow_run(run_id, GOOD)
    call.returned()


def test_a_form_of_defaults_needs_no_answer() -> None:
    class Settings(RunInput):
        retries: int = 3
        label: str = "x"

    @flow
    def asks() -> Settings:
        return pause_flow_run(wait_for_input=Settings)

    call = Call(asks)
    resume_flow_run(desk.question().run_id)
    assert call.returned() == Settings(retries=3, label="x")


# The flow's own validators -----------------------------------------------------------------


class Even(RunInput):
    number: int

    @field_validator("number")
    @classmethod
    def even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("must be even")
        return value


@flow
def wants_even() -> int:
    return pause_flow_run(wait_for_input=Even, key="even").number


def test_a_refusing_validator_asks_again_with_its_message() -> None:
    call = Call(wants_even)
    run_id = desk.question().run_id
    resume_flow_run(run_id, {"number": 3})
    view = wait_until(
        lambda: v if (v := desk.shown(run_id, "even")).errors else None, desk.PATIENCE
    )
    assert view is not None
    assert view.status.value == "open"
    assert [(error.dotted, error.message) for error in view.errors] == [("number", "must be even")]
    assert desk.run(run_id).state_type is StateType.PAUSED
    assert [response.refused for response in view.responses] == ["number: must be even"]
    # The refused answer is no answer: neither a repeat nor a conflict.
    resume_flow_run(run_id, {"number": 3}, key="even")
    wait_until(lambda: len(desk.shown(run_id, "even").responses) == 2, desk.PATIENCE)
    wait_until(lambda: desk.shown(run_id, "even").errors, desk.PATIENCE)
    resume_flow_run(run_id, {"number": 4}, key="even")
    assert call.returned() == 4
    (wait,) = desk.waits(run_id)
    assert [response.answer for response in wait.responses] == [
        {"number": 3},
        {"number": 3},
        {"number": 4},
    ]
    assert any("must be even" in line for line in desk.log(run_id))


def test_a_model_validator_refuses_the_form_as_a_whole() -> None:
    class Range(RunInput):
        low: int
        high: int

        @model_validator(mode="after")
        def ordered(self) -> Range:
            if self.low > self.high:
                raise ValueError("low must not exceed high")
            return self

    @flow
    def asks() -> int:
        answer = pause_flow_run(wait_for_input=Range, key="range")
        return answer.high - answer.low

    call = Call(asks)
    run_id = desk.question().run_id
    resume_flow_run(run_id, {"low": 5, "high": 1})
    wait_until(lambda: desk.shown(run_id, "range").errors, desk.PATIENCE)
    (error,) = desk.shown(run_id, "range").errors
    assert (error.path, error.message) == ((), "low must not exceed high")
    resume_flow_run(run_id, {"low": 1, "high": 5})
    assert call.returned() == 4


def test_a_refused_answer_in_a_task_spends_no_retry() -> None:
    calls: list[int] = []

    @task(retries=2)
    def asks() -> int:
        calls.append(1)
        return pause_flow_run(wait_for_input=Even, key="even").number

    @flow
    def outer() -> int:
        return asks.submit().result()

    call = Call(outer)
    run_id = desk.question().run_id
    resume_flow_run(run_id, {"number": 1})
    wait_until(lambda: desk.shown(run_id, "even").errors, desk.PATIENCE)
    resume_flow_run(run_id, {"number": 2})
    assert call.returned() == 2
    assert len(calls) == 1


# Twice -------------------------------------------------------------------------------------


@flow
def two_questions() -> list[int]:
    return [
        pause_flow_run(wait_for_input=int, key="first"),
        pause_flow_run(wait_for_input=int, key="second"),
    ]


def test_the_same_answer_twice_is_success_a_different_one_a_conflict() -> None:
    call = Call(two_questions)
    run_id = desk.reached_question("first").run_id
    resume_flow_run(run_id, {"value": 1}, key="first")
    desk.reached_question("second")
    version = desk.run(run_id).version
    resume_flow_run(run_id, {"value": 1}, key="first")
    assert desk.run(run_id).version == version
    with pytest.raises(AnswerConflict) as conflict:
        resume_flow_run(run_id, {"value": 2}, key="first")
    (wait, _) = desk.waits(run_id)
    assert wait.answered_by is not None
    assert wait.answered_by.name in str(conflict.value)
    details = conflict.value.details
    assert details["answered_by"] == wait.answered_by.name
    assert details["answered_at"] == wait.closed_at
    assert details["answer"] == {"value": 1}
    resume_flow_run(run_id, {"value": 5}, key="second")
    assert call.returned() == [1, 5]
    # After the end as well.
    resume_flow_run(run_id, {"value": 1}, key="first")
    with pytest.raises(AnswerConflict):
        resume_flow_run(run_id, {"value": 2}, key="first")
    with pytest.raises(NotPausedError):
        resume_flow_run(run_id, {"value": 1})


def test_a_repeated_request_is_the_same_answer() -> None:
    call = Call(two_questions)
    run_id = desk.reached_question("first").run_id
    request = AnswerWait(run_id, {"value": 1}, None, UUID(int=7))
    first = get_gateway().send(request)
    desk.reached_question("second")
    # Without a key it would answer the second question, were it not the same request.
    again = get_gateway().send(request)
    assert (first.key, again.key) == ("first", "first")
    assert (first.answered_by, first.answered_at) == (again.answered_by, again.answered_at)
    resume_flow_run(run_id, {"value": 5})
    assert call.returned() == [1, 5]


def test_of_many_who_answer_at_once_one_is_accepted() -> None:
    call = Call(two_questions)
    run_id = desk.reached_question("first").run_id
    begin = threading.Barrier(8)

    def answer(number: int) -> str:
        begin.wait(desk.PATIENCE)
        try:
            resume_flow_run(run_id, {"value": number}, key="first")
        except AnswerConflict:
            return "conflict"
        return f"accepted {number}"

    people = [Call(answer, number) for number in range(8)]
    said = [person.returned() for person in people]
    accepted = [text for text in said if text != "conflict"]
    assert len(accepted) == 1
    desk.reached_question("second")
    resume_flow_run(run_id, {"value": 0}, key="second")
    assert call.returned() == [int(accepted[0].split()[1]), 0]


# Secrets -----------------------------------------------------------------------------------


def test_a_secret_reaches_the_flow_and_nobody_else() -> None:
    class Login(RunInput):
        user: str
        password: SecretStr

    @flow
    def logs_in() -> str:
        login = pause_flow_run(wait_for_input=Login, key="login")
        return f"{login.user} {len(login.password.get_secret_value())} {login.password}"

    call = Call(logs_in)
    run_id = desk.question().run_id
    resume_flow_run(run_id, {"user": "ada", "password": "s3cr3t-w0rd"})
    assert call.returned() == "ada 11 **********"
    seen = repr((desk.waits(run_id), desk.history(run_id), desk.log(run_id), desk.run(run_id)))
    assert "s3cr3t-w0rd" not in seen
    assert "ada" in seen
