"""Inputs: values under keys of a run."""

from __future__ import annotations

import pytest

from tests.store.samples import World

pytestmark = pytest.mark.store


def test_a_key_is_taken_once_until_it_is_deleted(world: World) -> None:
    run, other = world.start(), world.start()
    with world.store.write() as tx:
        assert tx.put_input(run.id, "k", '"v"', "anna", world.now)
        assert not tx.put_input(run.id, "k", '"w"', None, world.now)
        assert tx.put_input(other.id, "k", '"x"', None, world.now)
        found = tx.input(run.id, "k")
        assert found is not None
        assert (found.value, found.sender, found.decoded_value) == ('"v"', "anna", "v")
        assert tx.delete_input(run.id, "k")
        assert not tx.delete_input(run.id, "k")
        assert tx.input(run.id, "k") is None
        assert tx.input(other.id, "k") is not None
        assert tx.put_input(run.id, "k", '"w"', None, world.now)


def test_a_run_that_is_gone_takes_no_input(world: World) -> None:
    with world.store.write() as tx:
        assert not tx.put_input(world.id(), "k", "1", None, world.now)
        assert not tx.delete_input(world.id(), "k")


def test_inputs_are_found_by_the_beginning_of_their_key_oldest_first(world: World) -> None:
    run = world.start()
    keys = ["str-input-b", "str-input-a", "str_input-c", "int-input-a", "STR-input-d", "ü%-1"]
    with world.store.write() as tx:
        for key in keys:
            tx.put_input(run.id, key, "1", None, world.tick())

        def found(prefix: str, limit: int = 10, *exclude: str) -> list[str]:
            return [each.key for each in tx.inputs(run.id, prefix, limit, exclude)]

        assert found("") == keys
        assert found("str-") == ["str-input-b", "str-input-a"]
        assert found("str-", 1) == ["str-input-b"]
        assert found("str-", 1, "str-input-b") == ["str-input-a"]
        assert found("str_") == ["str_input-c"]
        assert found("ü%") == ["ü%-1"]
        assert found("nothing") == []
