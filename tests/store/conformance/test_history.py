"""The history is the event log of the whole store."""

from __future__ import annotations

from uuid import UUID

import pytest

from signoff.model.events import HistoryEntry, Kind
from signoff.model.journal import Reentry
from signoff.model.runs import Phase
from signoff.store.sqlite.store import SqliteStore
from tests.store.samples import ANNA, BEN, World, changed, fresh

pytestmark = pytest.mark.store


def test_a_line_says_what_happened_by_whom_and_what_followed(world: World) -> None:
    run = world.start()
    paused = changed(run, world.tick(), phase=Phase.PAUSED, message="waits", name="Napping")
    with world.store.write() as tx:
        tx.append_history(paused, Kind.OPEN, BEN, world.now, "key-1", world.id())
    with world.store.read() as tx:
        first, second = tx.history(run.id)
    assert (first.kind, first.actor, first.name) == (Kind.START, ANNA, "Running")
    assert second == HistoryEntry(
        seq=second.seq,
        run_id=run.id,
        version=2,
        kind=Kind.OPEN,
        at=world.now,
        actor=BEN,
        phase=Phase.PAUSED,
        name="Napping",
        message="waits",
        key="key-1",
    )
    assert second.seq > first.seq


def test_every_kind_is_kept(world: World) -> None:
    run = world.start()
    with world.store.write() as tx:
        for kind in Kind:
            tx.append_history(run, kind, ANNA, world.now)
    with world.store.read() as tx:
        assert [entry.kind for entry in tx.history(run.id)[1:]] == list(Kind)


def test_events_of_all_runs_follow_each_other(world: World) -> None:
    runs = [world.start() for _ in range(5)]
    with world.store.read() as tx:
        events = tx.events(0, 100)
        assert [event.run_id for event in events] == [run.id for run in runs]
        assert [event.seq for event in events] == sorted({event.seq for event in events})
        assert tx.events(events[1].seq, 2) == events[2:4]
        assert tx.events(events[-1].seq, 10) == ()


def test_a_place_in_the_history_is_never_given_twice(world: World) -> None:
    world.start()
    last = world.start()
    with world.store.read() as tx:
        cursor = tx.events(0, 10)[-1].seq
    with world.store.write() as tx:
        tx.delete_run(last.id)
    follower = world.start()
    with world.store.read() as tx:
        assert [event.run_id for event in tx.events(cursor, 10)] == [follower.id]


def test_a_reader_misses_no_event_of_a_transaction_that_ends_later(world: World) -> None:
    """A place is taken before the commit, so a later place may be visible before an earlier one."""
    if isinstance(world.store, SqliteStore):
        # One transaction writes at a time there.
        return
    world.start()
    slow, quick = world.new(), world.new()
    seen: list[UUID] = []
    cursor = 0

    def look() -> None:
        nonlocal cursor
        with world.store.read() as tx:
            for event in tx.events(cursor, 10):
                cursor = event.seq
                seen.append(event.run_id)

    look()
    with world.store.write() as tx:
        world.insert(tx, slow, fresh(slow, Phase.RUNNING, None, world.now))
        with world.store.write() as other:
            world.insert(other, quick, fresh(quick, Phase.RUNNING, None, world.now))
        look()
    look()
    assert set(seen[1:]) == {slow.id, quick.id}
    assert len(seen) == 3


def test_what_became_of_earlier_work_is_told_with_its_entry(world: World) -> None:
    run = world.start()
    first, second = Reentry(1, 2, 3, 4, ("pay (shop.py:7)",)), Reentry(replayed=9)
    entered = world.change(run, entry=2)
    with world.store.write() as tx:
        tx.append_history(entered, Kind.ENTER, ANNA, world.tick())
        tx.note_reentry(run.id, 2, first)
        tx.note_reentry(run.id, 9, first)
        tx.note_reentry(world.id(), 1, first)
    with world.store.read() as tx:
        assert [line.reentry for line in tx.history(run.id)] == [None, first]
        assert tx.flow_run(run.id).reentry == first  # type: ignore[union-attr]
    again = world.change(entered, entry=3)
    with world.store.write() as tx:
        tx.append_history(again, Kind.ENTER, ANNA, world.tick())
        assert tx.flow_run(run.id).reentry is None  # type: ignore[union-attr]
        tx.note_reentry(run.id, 3, first)
        tx.note_reentry(run.id, 3, second)
    with world.store.read() as tx:
        assert [line.reentry for line in tx.history(run.id)] == [None, first, second]
        assert tx.flow_run(run.id).reentry == second  # type: ignore[union-attr]
    with world.store.write() as tx:
        assert tx.delete_run(run.id)
