"""Runs read and written many at a time: only faster, never different."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from signoff.model.events import Kind
from signoff.model.runs import Phase
from tests.store.samples import ANNA, World

pytestmark = pytest.mark.store


def test_what_changes_in_a_batch_is_there_afterwards(world: World) -> None:
    runs = [world.start() for _ in range(3)]
    with world.store.write() as tx:
        ids = [run.id for run in runs]
        with tx.batch(ids):
            for run in runs:
                locked = tx.lock_run(run.id)
                assert locked == run
                after = replace(run, message="all", version=run.version + 1)
                tx.save_run(run, after, world.now)
                tx.append_history(after, Kind.HOLD, ANNA, world.now)
    with world.store.read() as tx:
        assert [tx.lock_run(run.id).message for run in runs] == ["all"] * 3  # type: ignore[union-attr]
        assert [len(tx.history(run.id)) for run in runs] == [2, 2, 2]


def test_a_batch_sees_its_own_changes(world: World) -> None:
    run, other = world.start(), world.start()
    with world.store.write() as tx, tx.batch([run.id, other.id, uuid4()]):
        first = replace(run, message="first", version=run.version + 1)
        tx.save_run(run, first, world.now)
        assert tx.lock_run(run.id) == first
        second = replace(first, message="second", version=first.version + 1)
        tx.save_run(first, second, world.now)
        assert tx.lock_run(run.id) == second
        assert tx.lock_run(other.id) == other
        assert tx.unfinished_children(run.id) == ()
    with world.store.read() as tx:
        assert tx.lock_run(run.id) == second


def test_a_batch_that_raises_leaves_nothing_behind(world: World) -> None:
    run = world.start()
    with pytest.raises(KeyError), world.store.write() as tx:
        with pytest.raises(ZeroDivisionError), tx.savepoint(), tx.batch([run.id]):
            tx.save_run(run, replace(run, message="no", version=run.version + 1), world.now)
            raise ZeroDivisionError
        assert tx.lock_run(run.id) == run
        with tx.batch([run.id]):
            ended = replace(run, phase=Phase.CANCELLED, version=run.version + 1)
            tx.save_run(run, ended, world.now)
        assert tx.lock_run(run.id) == ended
        raise KeyError
    with world.store.read() as tx:
        assert tx.lock_run(run.id) == run


def test_a_look_has_no_batch(world: World) -> None:
    run = world.start()
    with world.store.read() as tx, tx.batch([run.id]):
        assert tx.lock_run(run.id) == run
