"""Limits, the holds of their slots, and those who wait for them."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from signoff.core.ports import Tx
from signoff.core.shared.ports import Limit
from signoff.model.shared.limits import LimitKind
from tests.store.samples import World

pytestmark = pytest.mark.store


def add(world: World, tx: Tx, name: str, kind: LimitKind = LimitKind.GLOBAL) -> Limit:
    assert tx.limits.add(world.id(), kind, name, 2, True, 0.5, world.now)
    found = tx.limits.find(kind, None, name)
    assert found is not None
    return found


def test_a_name_is_taken_once_in_each_kind(world: World) -> None:
    with world.store.write() as tx:
        limit = add(world, tx, "a")
        assert (limit.slots, limit.active, limit.decay, limit.used) == (2, True, 0.5, 0.0)
        assert not tx.limits.add(world.id(), LimitKind.GLOBAL, "a", 1, True, 0.0, world.now)
        tag = add(world, tx, "a", LimitKind.TAG)
        assert tx.limits.find(LimitKind.TAG, tag.id, None) == tag
        assert tx.limits.find(LimitKind.GLOBAL, tag.id, None) is None
        tx.limits.remove(limit.no)
        assert tx.limits.find(LimitKind.GLOBAL, None, "a") is None
        assert tx.limits.find(LimitKind.TAG, None, "a") == tag


def test_a_limit_is_changed_and_its_use_counted(world: World) -> None:
    with world.store.write() as tx:
        limit = add(world, tx, "a")
        tx.limits.change(replace(limit, name="b", slots=7, active=False, decay=2.0), world.tick())
        tx.limits.use(limit.no, 1.5, world.tick())
    with world.store.read() as tx:
        found = tx.limits.look(LimitKind.GLOBAL, limit.id, None)
        assert found is not None
        assert (found.name, found.slots, found.active, found.decay) == ("b", 7, False, 2.0)
        assert (found.used, found.used_at) == (1.5, world.now)
        assert tx.limits.names(LimitKind.GLOBAL) == ()


def test_limits_are_found_by_name_and_listed(world: World) -> None:
    with world.store.write() as tx:
        b, a = add(world, tx, "b"), add(world, tx, "a")
        add(world, tx, "c", LimitKind.TAG)
        assert [each.no for each in tx.limits.named(LimitKind.GLOBAL, ["a", "b", "x"])] == [
            b.no,
            a.no,
        ]
        assert tx.limits.named(LimitKind.GLOBAL, []) == ()
        assert [each.no for each in tx.limits.numbered([a.no, b.no])] == [b.no, a.no]
        assert [each.name for each in tx.limits.listed(LimitKind.GLOBAL, 10, 0)] == ["a", "b"]
        assert [each.name for each in tx.limits.listed(LimitKind.GLOBAL, 1, 1)] == ["b"]
        assert tx.limits.names(LimitKind.TAG) == ("c",)


def test_slots_are_held_under_a_lease(world: World) -> None:
    lease, other, run = world.id(), world.id(), world.id()
    with world.store.write() as tx:
        a, b = add(world, tx, "a"), add(world, tx, "b")
        for _ in range(2):  # a repeat holds nothing more
            tx.limits.hold(a.no, lease, 1, world.now, world.now + 10, "p", run)
        tx.limits.hold(b.no, lease, 1, world.now, world.now + 10, "p", run)
        tx.limits.hold(a.no, other, 3, world.tick(), world.now + 10, None, None)
        assert (tx.limits.held(a.no), tx.limits.held(b.no)) == (4, 1)
        mine, theirs = tx.limits.holds(a.no)
        assert (mine.lease, mine.slots, mine.process, mine.holder) == (lease, 1, "p", run)
        assert (theirs.lease, theirs.process, theirs.holder) == (other, None, None)
        assert sorted(tx.limits.of_lease(lease)) == sorted([a.no, b.no])
        assert tx.limits.renew(lease, world.now + 99)
        assert {hold.ends for hold in tx.limits.holds(b.no)} == {world.now + 99}
        tx.limits.drop(lease, a.no)
        assert tx.limits.is_held(lease)
        assert tx.limits.held(a.no) == 3
        tx.limits.drop(lease)
        assert not tx.limits.is_held(lease)
        assert not tx.limits.renew(lease, world.now)
        tx.limits.drop_all(a.no)
        assert tx.limits.held(a.no) == 0


def test_who_waits_keeps_its_place(world: World) -> None:
    first, second = world.id(), world.id()
    with world.store.write() as tx:
        a, b = add(world, tx, "a"), add(world, tx, "b")

        def order() -> list[UUID]:
            return [each.lease for each in tx.limits.waiters(a.no)]

        tx.limits.wait(a.no, first, 10, "p", "x")
        tx.limits.wait(b.no, first, 10, "p", "x")
        tx.limits.wait(a.no, second, 10, None, "y")
        tx.limits.wait(a.no, first, 20, "p", "z")
        assert order() == [first, second]
        waiter = tx.limits.waiters(a.no)[0]
        assert (waiter.ends, waiter.process, waiter.address) == (20, "p", "z")
        assert sorted(tx.limits.of_lease(first)) == sorted([a.no, b.no])
        tx.limits.leave(first)
        assert order() == [second]
        assert tx.limits.of_lease(first) == ()
        tx.limits.remove(a.no)
        assert order() == []
