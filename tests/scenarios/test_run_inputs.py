"""Forms and messages: `RunInput`, `send_input`, `receive_input`."""

from __future__ import annotations

import asyncio
import threading
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, Field

from signoff import flow, pause_flow_run, resume_flow_run, task
from signoff.input import (
    RunInput,
    create_flow_run_input,
    delete_flow_run_input,
    filter_flow_run_input,
    keyset_from_base_key,
    keyset_from_paused_state,
    read_flow_run_input,
    receive_input,
    send_input,
)
from signoff.input.run_input import AutomaticRunInput
from signoff.model.errors import InvalidAnswer, ObjectAlreadyExists, ObjectNotFound
from signoff.model.states import StateType
from signoff.states import Running
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")


class Approval(RunInput):
    approved: bool
    limit: int = Field(default=3, ge=1, le=10)
    reason: str | None = None


class Note(BaseModel):
    text: str
    stars: int = 0


# Forms -------------------------------------------------------------------------------------


def test_initial_data_fills_the_form_and_keeps_its_constraints() -> None:
    @flow
    def asks() -> Any:
        kind = Approval.with_initial_data(description="# Please\n\nlook.", limit=5, approved=True)
        return pause_flow_run(wait_for_input=kind)

    call = Call(asks)
    run_id = desk.question().run_id
    form = desk.shown(run_id).form
    assert form is not None
    assert form.initial == {"limit": 5, "approved": True}
    assert form.description == "# Please\n\nlook."
    assert form.schema["properties"]["limit"]["maximum"] == 10
    assert form.schema["properties"]["limit"]["default"] == 3
    with pytest.raises(InvalidAnswer) as refused:
        resume_flow_run(run_id, {"limit": 11})
    assert [error.dotted for error in refused.value.errors] == ["limit"]
    # What is left out keeps its initial value.
    resume_flow_run(run_id, {"reason": "fine"})
    answer = call.returned()
    assert isinstance(answer, Approval)
    assert (answer.approved, answer.limit, answer.reason) == (True, 5, "fine")


def test_initial_data_may_add_fields() -> None:
    @flow
    def asks() -> Any:
        return pause_flow_run(
            wait_for_input=Approval.with_initial_data(ticket="T-1", approved=False)
        )

    call = Call(asks)
    resume_flow_run(desk.question().run_id, {"ticket": "T-2"})
    assert call.returned().ticket == "T-2"


def test_a_described_form_is_still_the_same_class() -> None:
    kind = Approval.with_initial_data(description="x", approved=True)
    assert issubclass(kind, Approval)
    assert kind.__name__ == "Approval"
    assert Approval.form_description is None
    assert Approval.form_initial == {}


def test_the_documented_inputs_of_a_wait_can_be_read() -> None:
    @flow
    def asks() -> Any:
        kind = Approval.with_initial_data(description="Please look.", approved=True)
        return pause_flow_run(wait_for_input=kind, key="ok")

    call = Call(asks)
    run_id = desk.question().run_id
    state = desk.run(run_id).state
    assert state is not None
    keyset = keyset_from_paused_state(state)
    schema = read_flow_run_input(keyset["schema"], run_id)
    assert set(schema["properties"]) == {"approved", "limit", "reason"}
    assert read_flow_run_input(keyset["description"], run_id) == "Please look."
    with pytest.raises(ObjectNotFound):
        read_flow_run_input(keyset["response"], run_id)
    resume_flow_run(run_id, {"limit": 4})
    call.returned()
    assert read_flow_run_input(keyset["response"], run_id)["limit"] == 4
    assert Approval.load(keyset, run_id).limit == 4


def test_a_state_that_is_not_paused_has_no_keyset() -> None:
    with pytest.raises(RuntimeError, match="'RUNNING' is unsupported"):
        keyset_from_paused_state(Running())


def test_save_and_load() -> None:
    @flow
    def keeps() -> Any:
        keyset = keyset_from_base_key("mine")
        kind = Approval.with_initial_data(description="Saved.", approved=True)
        kind.save(keyset)
        assert read_flow_run_input("mine-description") == "Saved."
        assert "approved" in read_flow_run_input("mine-schema")["properties"]
        create_flow_run_input("mine-response", {"approved": False, "limit": 2})
        loaded = Approval.load(keyset)
        assert loaded.metadata.key == "mine-response"
        return loaded

    answer = keeps()
    assert (answer.approved, answer.limit) == (False, 2)
    assert Approval.keyset_from_type()["schema"] == "approval-schema"


def test_loading_without_a_response_gives_the_defaults() -> None:
    class Defaults(RunInput):
        size: int = 1

    @flow
    def keeps() -> int:
        size: int = Defaults.load(keyset_from_base_key("none")).size
        return size

    assert keeps() == 1


def test_stored_inputs_by_key() -> None:
    @flow
    def keeps() -> list[Any]:
        create_flow_run_input("a-1", {"n": 1})
        create_flow_run_input("a-2", [2])
        create_flow_run_input("b-1", "three")
        with pytest.raises(ObjectAlreadyExists):
            create_flow_run_input("a-1", 0)
        first = [found.key for found in filter_flow_run_input("a-", limit=10)]
        rest = [found.key for found in filter_flow_run_input("a", 10, {"a-1"})]
        delete_flow_run_input("b-1")
        with pytest.raises(ObjectNotFound):
            read_flow_run_input("b-1")
        with pytest.raises(ObjectNotFound):
            delete_flow_run_input("b-1")
        return [first, rest, read_flow_run_input("a-2")]

    assert keeps() == [["a-1", "a-2"], ["a-2"], [2]]


def test_outside_a_run_an_id_is_needed() -> None:
    text = "Must either provide a flow run ID or be within a flow run"
    with pytest.raises(RuntimeError, match=text):
        create_flow_run_input("a", 1)
    with pytest.raises(RuntimeError, match=text):
        receive_input(int)
    with pytest.raises(RuntimeError, match=text):
        Approval.save(keyset_from_base_key("a"))
    with pytest.raises(ObjectNotFound):
        create_flow_run_input("a", 1, UUID(int=1))


# Messages ----------------------------------------------------------------------------------


class Received:
    """A flow that receives until it is told to stop."""

    def __init__(self, kind: Any, count: int, **options: Any) -> None:
        self.values: list[Any] = []
        self.listening = threading.Event()

        @flow(name="receiver")
        def receiver() -> None:
            handler = receive_input(kind, timeout=desk.PATIENCE, **options)
            self.listening.set()
            for _ in range(count):
                self.values.append(handler.next())

        self.call = Call(receiver)
        assert self.listening.wait(desk.PATIENCE)
        self.run_id = next(run.id for run in desk.runs() if run.flow_name == "receiver")

    def all(self) -> list[Any]:
        self.call.returned()
        return self.values


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (int, [1, 2]),
        (str, ["a", "b"]),
        (list[int], [[1, 2], [3]]),
        (dict[str, int], [{"a": 1}, {}]),
        (int | None, [None, 4]),
    ],
    ids=str,
)
def test_plain_values(kind: Any, values: list[Any]) -> None:
    received = Received(kind, len(values), key_prefix="mine")
    for value in values:
        send_input(value, received.run_id, key_prefix="mine")
    assert received.all() == values


@pytest.mark.parametrize("value", [1, "text", [1, 2], {"a": 1}, True, 2.5])
def test_plain_values_find_their_receiver_by_their_type(value: Any) -> None:
    received = Received(type(value), 1)
    send_input(value, received.run_id)
    assert received.all() == [value]


def test_models_and_forms() -> None:
    received = Received(Note, 2)
    send_input(Note(text="hello"), received.run_id)
    send_input(Note(text="world", stars=2), received.run_id)
    first, second = received.all()
    assert isinstance(first, Note)
    assert (first.text, second.text, second.stars) == ("hello", "world", 2)


def test_a_form_sends_itself() -> None:
    received = Received(Approval, 1)
    Approval(approved=True).send_to(received.run_id)
    (got,) = received.all()
    assert got.model_dump() == {"approved": True, "limit": 3, "reason": None}


def test_with_metadata_and_respond() -> None:
    @flow(name="asker")
    def asker(to: UUID) -> int:
        send_input(20, to)
        answer: int = receive_input(int, timeout=desk.PATIENCE).next()
        return answer + 1

    @flow(name="answerer")
    def answerer() -> str:
        ready.set()
        got = receive_input(int, timeout=desk.PATIENCE, with_metadata=True).next()
        assert isinstance(got, AutomaticRunInput)
        got.respond(got.value * 2)
        return str(got.metadata.sender)

    ready = threading.Event()
    answering = Call(answerer)
    assert ready.wait(desk.PATIENCE)
    asking = Call(asker, desk.only_run().id)
    assert asking.returned() == 41
    asked = next(run.id for run in desk.runs() if run.flow_name == "asker")
    assert answering.returned() == f"signoff.flow-run.{asked}"


def test_only_what_a_run_sent_can_be_responded_to() -> None:
    received = Received(Approval, 1)
    send_input(Approval(approved=True), received.run_id, sender="somebody")
    (got,) = received.all()
    assert got.metadata.sender == "somebody"
    assert got.metadata.receiver == received.run_id
    text = "Cannot respond to an input that was not sent by a flow run"
    with pytest.raises(RuntimeError, match=text):
        got.respond(Approval(approved=False))
    with pytest.raises(RuntimeError, match=text):
        Approval(approved=True).respond(Approval(approved=False))


def test_a_run_input_class_receives_its_own() -> None:
    @flow
    def receives() -> list[bool]:
        ready.set()
        got = []
        for each in Approval.receive(timeout=desk.PATIENCE, poll_interval=desk.PATIENCE):
            got.append(each.approved)
            if len(got) == 3:
                break
        return got

    ready = threading.Event()
    call = Call(receives)
    assert ready.wait(desk.PATIENCE)
    run_id = desk.only_run().id
    for approved in (True, False, True):
        Approval(approved=approved).send_to(run_id)
    assert call.returned() == [True, False, True]


def test_what_was_dealt_with_can_be_left_out() -> None:
    @flow
    def receives() -> list[list[int]]:
        for number in range(3):
            send_input(number, desk.only_run().id)
        first = receive_input(int, timeout=0)
        two = [first.next(), first.next()]
        again = list(receive_input(int, timeout=0))
        rest = list(receive_input(int, timeout=0, exclude_keys=first.exclude_keys))
        return [two, again, rest]

    assert receives() == [[0, 1], [0, 1, 2], [2]]


def test_receiving_gives_up_in_time() -> None:
    @flow
    def receives() -> list[Any]:
        handler = receive_input(int, timeout=0.05, poll_interval=desk.PATIENCE)
        with pytest.raises(TimeoutError, match=r"No input was sent to flow run .* in 0.05 s"):
            handler.next()
        silent = list(receive_input(int, timeout=0))
        with pytest.raises(TimeoutError):
            list(receive_input(int, timeout=0, raise_timeout_error=True))
        return silent

    assert receives() == []


def test_asynchronous_flows_send_and_receive() -> None:
    @flow(name="receiver")
    async def receives() -> list[Any]:
        ready.set()
        got: list[Any] = []
        async for each in receive_input(int, timeout=desk.PATIENCE):
            got.append(each)
            if len(got) == 2:
                break
        got.append(await receive_input(str, timeout=desk.PATIENCE).anext())
        got += [each async for each in receive_input(float, timeout=0)]
        with pytest.raises(TimeoutError):
            await receive_input(float, timeout=0).anext()
        return got

    async def sender(run_id: UUID) -> None:
        sending: Any = send_input(1, run_id)
        await sending
        for value in (2, "three"):
            other: Any = send_input(value, run_id)
            await other

    ready = threading.Event()
    call = Call(lambda: asyncio.run(receives()))
    assert ready.wait(desk.PATIENCE)
    asyncio.run(sender(desk.only_run().id))
    assert call.returned() == [1, 2, "three"]


def test_receiving_ends_with_the_run() -> None:
    received = Received(int, 1, poll_interval=desk.PATIENCE * 10)
    desk.cancel(received.run_id)
    received.call.raised()
    assert desk.run(received.run_id).state_type is StateType.CANCELLED


def test_receiving_in_a_task_serves_the_run_and_lends_its_slot() -> None:
    @task
    def receives() -> int:
        ready.set()
        got: int = receive_input(int, timeout=desk.PATIENCE).next()
        return got

    @flow
    def outer() -> int:
        return receives.submit().result()

    ready = threading.Event()
    call = Call(outer)
    assert ready.wait(desk.PATIENCE)
    send_input(9, desk.only_run().id)
    assert call.returned() == 9


def test_a_message_does_not_pause_the_run() -> None:
    received = Received(int, 1)
    wait_until(lambda: desk.run(received.run_id).state_type is StateType.RUNNING, desk.PATIENCE)
    assert desk.nothing_asked()
    send_input(1, received.run_id)
    assert received.all() == [1]
