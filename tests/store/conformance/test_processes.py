"""Processes, leases, and runs that need a process."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from uuid import UUID

import pytest

from signoff.core.ports import Owner
from signoff.model.claims import Scope
from signoff.model.journal import Liveness
from signoff.model.runs import Phase
from signoff.store import statements
from signoff.store.sqlite.store import SqliteStore
from tests.store.samples import ENTRY, MINUTE, World, process

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


# Claiming ----------------------------------------------------------------------------------

HERE = Scope(host=ENTRY.host, user=ENTRY.user)


def test_due_runs_are_those_of_the_scope_without_an_owner(world: World) -> None:
    now, deployment = world.now, world.id()

    def due(phase: Phase = Phase.RESUMING, at: int | None = now, **known: object) -> UUID:
        facts = {"entry_record": ENTRY, **known}
        return world.change(world.start(owner=None, **facts), phase=phase, scheduled=at).id

    second, first = due(at=now + 5), due(Phase.SCHEDULED)
    waiting = due(Phase.RETRYING)
    due(at=now + MINUTE)
    due(Phase.PENDING)
    due(entry_record=None)
    for change in ({"host": "elsewhere"}, {"user": "eve"}, {"refusal": "a lambda"}):
        due(entry_record=replace(ENTRY, **change))
    world.change(world.start(owner="p1", entry_record=ENTRY), phase=Phase.RESUMING)
    served = due(Phase.PENDING, deployment_id=deployment, work_pool="p", work_queue="low")
    called = due(parent_run_id=world.id(), deployment_id=world.id())
    with world.store.read() as tx:
        assert tx.due_runs(HERE, now + 5, 10) == (first, waiting, second)
        assert tx.due_runs(HERE, now + 5, 2) == (first, waiting)
        assert tx.next_due_run(HERE, now) == now + 5
        assert tx.next_due_run(HERE, now + MINUTE) is None
        for scope in (
            Scope(deployments=(world.id(), deployment)),
            Scope(pool="p"),
            Scope(pool="p", queues=("high", "low")),
        ):
            assert tx.due_runs(scope, now, 10) == (served, called)
        for scope in (Scope(pool="q"), Scope(pool="p", queues=("high",))):
            assert tx.due_runs(scope, now, 10) == (called,)


def test_a_run_that_somebody_has_locked_is_not_waited_for(world: World) -> None:
    run = world.start(Phase.RESUMING, owner=None)
    with world.store.write() as tx:
        assert tx.lock_free_run(run.id) == run
        assert tx.lock_free_run(world.id()) is None
        if not isinstance(world.store, SqliteStore):
            with world.store.write() as other:
                assert other.lock_free_run(run.id) is None


def test_a_process_is_forgotten_with_what_it_has(world: World) -> None:
    with world.store.write() as tx:
        tx.put_process(process("p1"), None, world.now)
    mine = world.start(owner="p1")
    world.ask(world.start(owner="p1"))
    world.start(owner="p2")
    with world.store.write() as tx:
        assert tx.owned_by("p1") == (mine.id,)
        assert tx.delete_process("p1")
        assert not tx.delete_process("p1")
        assert tx.process("p1") is None


def test_idle_processes_are_old_without_a_lease_and_without_work(world: World) -> None:
    later = world.now + 100
    with world.store.write() as tx:
        for name, lease, since in (
            ("idle", None, world.now),
            ("waits", None, world.now),
            ("works", None, world.now),
            ("leased", later + 1, world.now),
            ("lapsed", later - 1, world.now),
            ("fresh", None, later),
        ):
            tx.put_process(process(name), lease, since)
    world.start(owner="works")
    world.ask(world.start(owner="waits"))
    with world.store.read() as tx:
        found = {owner.process.id for owner in tx.idle_processes(later, 100)}
        assert found == {"idle", "waits", "lapsed"}
        assert len(tx.idle_processes(later, 2)) == 2


def test_due_runs_are_found_by_an_index(world: World) -> None:
    """A million runs that wait or have ended cost a claimer nothing."""
    if not isinstance(world.store, SqliteStore):
        return  # The planner of PostgreSQL goes by statistics, of which there are none here.
    with closing(sqlite3.connect(world.store.path)) as connection:
        for condition in ("r.pool = 'p'", "r.deployment IN (x'00')"):
            texts = statements.load("sqlite")
            parts = {"scope": condition, "order": "", "has_place": texts["has_place"]}
            text = statements.fill(texts["due_runs"], parts)
            values = {"now": 1, "limit": 1}
            plan = str(connection.execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall())
            assert "INDEX runs_" in plan
            assert "SCAN r " not in plan.replace("SCAN r USING INDEX runs_due", "")
