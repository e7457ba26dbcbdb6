"""Key-value pairs: one per key and namespace, gone when their end has come."""

from __future__ import annotations

import pytest

from signoff.model.key_values import KeyValueKind, ReadKeys
from tests.store.samples import World

pytestmark = pytest.mark.store

TEXT = KeyValueKind.STRING


def test_a_pair_is_set_replaced_and_removed(world: World) -> None:
    with world.store.write() as tx:
        assert tx.key_values.put("a", "k", TEXT, '"x"', None, False, world.now)
        assert not tx.key_values.put("a", "k", TEXT, '"y"', None, False, world.now)
        created = world.now
        assert tx.key_values.put("a", "k", KeyValueKind.NUMBER, "5", None, True, world.tick())
        assert tx.key_values.get("b", "k", world.now) is None
    with world.store.read() as tx:
        found = tx.key_values.get("a", "k", world.now)
        assert found is not None
        assert (found.kind, found.value, found.expires) == (KeyValueKind.NUMBER, 5, None)
        assert found.created == created < found.updated
    with world.store.write() as tx:
        assert tx.key_values.remove("a", "k", world.now)
        assert not tx.key_values.remove("a", "k", world.now)


def test_a_pair_whose_end_has_come_is_gone(world: World) -> None:
    end = world.now + 10
    with world.store.write() as tx:
        tx.key_values.put("a", "k", TEXT, '"x"', end, True, world.now)
    with world.store.read() as tx:
        assert tx.key_values.get("a", "k", end - 1) is not None
        assert len(tx.key_values.listed(ReadKeys("a"), end - 1)) == 1
        assert tx.key_values.get("a", "k", end) is None
        assert tx.key_values.listed(ReadKeys("a"), end) == ()
    with world.store.write() as tx:
        assert not tx.key_values.remove("a", "k", end)
        # A key is free again at once.
        assert tx.key_values.put("a", "k", TEXT, '"y"', None, False, end)


def test_keys_are_listed_by_name_from_a_beginning(world: World) -> None:
    with world.store.write() as tx:
        for key in ("b_1", "b%", "a", "b.2"):
            tx.key_values.put("a", key, TEXT, '"x"', None, True, world.now)
        tx.key_values.put("other", "b_9", TEXT, '"x"', None, True, world.now)
    with world.store.read() as tx:
        found = tx.key_values.listed(ReadKeys("a", "b"), world.now)
        assert {each.key for each in found} == {"b_1", "b%", "b.2"}
        assert [each.key for each in tx.key_values.listed(ReadKeys("a", "b_"), world.now)] == [
            "b_1"
        ]
        first = tx.key_values.listed(ReadKeys("a", "", 1, 0), world.now)
        second = tx.key_values.listed(ReadKeys("a", "", 1, 1), world.now)
        assert first != second
