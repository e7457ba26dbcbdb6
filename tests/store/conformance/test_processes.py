"""Processes, leases, and runs that need a process."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signoff.core.ports import Owner
from signoff.model.journal import Liveness
from signoff.model.runs import Phase
from tests.store.samples import MINUTE, World, process

pytestmark = pytest.mark.store


def test_a_process_comes_back_as_it_went_in(world: World) -> None:
    locked = process("p1", "unix:/tmp/p1.sock")
    leased = replace(process("p2"), liveness=Liveness.LEASE)
    with world.store.write() as tx:
        tx.put_process(locked, None, world.now)
        tx.put_process(leased, world.now + MINUTE, world.now)
    with world.store.read() as tx:
        assert tx.process("p1") == Owner(locked, None, ())
        assert tx.process("p2") == Owner(leased, world.now + MINUTE, ())
        assert tx.process("p3") is None


def test_a_process_may_register_again_with_another_address(world: World) -> None:
    with world.store.write() as tx:
        tx.put_process(process("p1"), None, world.now)
        tx.put_process(process("p1", "udp:4"), None, world.now)
        assert tx.process("p1") == Owner(process("p1", "udp:4"), None, ())


def test_a_lease_is_renewed_only_for_a_known_process(world: World) -> None:
    leased = replace(process("p1"), liveness=Liveness.LEASE)
    with world.store.write() as tx:
        tx.put_process(leased, world.now, world.now)
        assert tx.renew_lease("p1", world.now + MINUTE)
        assert not tx.renew_lease("p2", world.now + MINUTE)
        assert tx.process("p1") == Owner(leased, world.now + MINUTE, ())


def test_owners_have_runs_that_are_neither_finished_nor_waiting(world: World) -> None:
    with world.store.write() as tx:
        for name in ("p1", "p2", "p3"):
            tx.put_process(process(name), None, world.now)
    working = [world.start(owner="p1"), world.start(owner="p1")]
    retrying = world.start(Phase.RETRYING, owner="p2")
    world.ask(world.start(owner="p3"))
    world.change(world.start(owner="p3"), phase=Phase.COMPLETED, owner=None)
    world.start(owner="nobody knows")
    with world.store.read() as tx:
        assert tx.owners() == (
            Owner(process("p1"), None, (working[0].id, working[1].id)),
            Owner(process("p2"), None, (retrying.id,)),
        )


def test_owners_of_some_runs_are_found_in_one_look(world: World) -> None:
    with world.store.write() as tx:
        tx.put_process(process("p1"), None, world.now)
    owned = world.ask(world.start(owner="p1"))
    free = world.start(Phase.RESUMING, owner=None)
    unknown = world.start(owner="p9")
    with world.store.read() as tx:
        found = tx.owners_of([owned.id, free.id, unknown.id, world.id()])
        assert tx.owners_of([]) == {}
    assert found == {owned.id: Owner(process("p1"), None, ())}


def test_runs_to_enter_are_resuming_due_and_without_an_owner(world: World) -> None:
    now = world.now

    def resuming(at: int | None, owner: str | None = None) -> object:
        run = world.start(Phase.PENDING, owner=None)
        return world.change(run, phase=Phase.RESUMING, scheduled=at, owner=owner).id

    second, first = resuming(now + 5), resuming(now)
    forced = resuming(None)
    resuming(now + MINUTE)
    resuming(now, owner="p1")
    world.start(Phase.PENDING, owner=None)
    with world.store.read() as tx:
        assert tx.to_enter(now + 5, 10) == (forced, first, second)
        assert tx.to_enter(now + 5, 2) == (forced, first)
        assert tx.to_enter(now - 1, 10) == (forced,)
