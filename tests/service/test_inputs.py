"""Inputs: those that are stored, and those that a wait stands for."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from signoff.model.commands import CreateInput, DeleteInput
from signoff.model.errors import InvalidRequest, ObjectAlreadyExists, ObjectNotFound
from signoff.model.queries import FilterInputs, ReadInput
from tests.service.world import YES_NO, World

pytestmark = pytest.mark.service


def test_inputs_are_stored_and_read_oldest_first(world: World) -> None:
    run = world.start()
    world.told()
    for number in range(3):
        world.later(1)
        world.ask(CreateInput(run.run_id, f"chat-{number}", f'"{number}"', "someone"))
    assert world.told() == {("poll:p1", run.run_id)}
    found = world.ask(FilterInputs(run.run_id, "chat-", 2, ("chat-0",)))
    assert [each.key for each in found] == ["chat-1", "chat-2"]
    assert found[0].decoded_value == "1"
    assert found[0].sender == "someone"
    assert world.ask(ReadInput(run.run_id, "chat-2")).value == '"2"'


def test_a_key_is_used_once_until_it_is_deleted(world: World) -> None:
    run = world.start()
    world.ask(CreateInput(run.run_id, "k", "1"))
    with pytest.raises(ObjectAlreadyExists, match="'k'"):
        world.ask(CreateInput(run.run_id, "k", "2"))
    world.ask(DeleteInput(run.run_id, "k"))
    with pytest.raises(ObjectNotFound):
        world.ask(DeleteInput(run.run_id, "k"))
    world.ask(CreateInput(run.run_id, "k", "2"))
    with pytest.raises(InvalidRequest, match="must not be empty"):
        world.ask(CreateInput(run.run_id, "", "2"))


def test_a_wait_shows_under_its_documented_names(world: World) -> None:
    run = world.start()
    world.open(run, form=replace(YES_NO, initial={"approved": True}))
    schema = world.ask(ReadInput(run.run_id, "paused-1-schema")).decoded_value
    assert schema["properties"]["approved"] == {"type": "boolean", "default": True}
    # As documented: what is prefilled need not be given.
    assert "required" not in schema
    text = world.ask(ReadInput(run.run_id, "paused-1-description"))
    assert text.decoded_value == "Please *decide*."
    with pytest.raises(ObjectNotFound):
        world.ask(ReadInput(run.run_id, "paused-1-response"))
    world.answer(run, {"approved": False})
    response = world.ask(ReadInput(run.run_id, "paused-1-response"))
    assert response.decoded_value == {"approved": False, "reason": "none given"}
    keys = [each.key for each in world.ask(FilterInputs(run.run_id, "paused-1", 10))]
    assert keys == ["paused-1-schema", "paused-1-description", "paused-1-response"]
    assert world.ask(FilterInputs(run.run_id, "paused-2", 10)) == ()


def test_a_wait_shows_under_its_own_key_too(world: World) -> None:
    run = world.start()
    world.open(run, "legal-team", form=YES_NO)
    assert world.ask(ReadInput(run.run_id, "paused-legal-team-schema")).decoded_value


def test_stored_and_derived_inputs_come_in_one_order(world: World) -> None:
    run = world.start()
    world.ask(CreateInput(run.run_id, "a", "1"))
    world.later(1)
    world.open(run, form=replace(YES_NO, description=None))
    world.later(1)
    world.ask(CreateInput(run.run_id, "z", "1"))
    keys = [each.key for each in world.ask(FilterInputs(run.run_id, "", 10))]
    assert keys == ["a", "paused-1-schema", "z"]
    assert [each.key for each in world.ask(FilterInputs(run.run_id, "", 1))] == ["a"]
    left = world.ask(FilterInputs(run.run_id, "", 1, ("a",)))
    assert [each.key for each in left] == ["paused-1-schema"]


def test_an_answer_cannot_be_slipped_in_beside_its_wait(world: World) -> None:
    run = world.start()
    world.open(run, "legal", form=YES_NO)
    for key in ("paused-1-response", "paused-9-schema", "paused-legal-response"):
        with pytest.raises(InvalidRequest, match="resume the run"):
            world.ask(CreateInput(run.run_id, key, "{}"))
    world.ask(CreateInput(run.run_id, "paused-my-own-response", "1"))


def test_inputs_of_unknown_runs(world: World) -> None:
    id = uuid4()
    with pytest.raises(ObjectNotFound, match=str(id)):
        world.ask(CreateInput(id, "k", "1"))
    with pytest.raises(ObjectNotFound, match=str(id)):
        world.ask(FilterInputs(id, "k"))
    for key in ("k", "paused-1-schema"):
        with pytest.raises(ObjectNotFound, match=str(id)):
            world.ask(ReadInput(id, key))
    run = world.start()
    for key in ("k", "paused-1-schema"):
        with pytest.raises(ObjectNotFound, match="no input"):
            world.ask(ReadInput(run.run_id, key))
