"""What happens around commits on SQLite: checkpoints, and what a statement promises."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path

import pytest

from signoff.store import statements
from signoff.store.dialects import POSTGRES, SQLITE
from signoff.store.sqlite.checkpoints import Checkpoints
from signoff.store.sqlite.store import open_sqlite
from tests.store.samples import World

pytestmark = pytest.mark.store


def test_a_grown_log_is_moved_into_the_file_without_anybody_committing(signoff_home: Path) -> None:
    path = signoff_home / "signoff.db"
    store = open_sqlite(f"sqlite:///{path}", home=signoff_home)
    world = World(store)
    for _ in range(3):
        run = world.start(parameters={"text": "x" * 100_000})
    assert os.path.getsize(path) < 100_000
    checkpoints = Checkpoints(path, threading.Lock(), grown=100_000)
    for _ in range(64):
        checkpoints.committed()
    checkpoints.finish()
    assert os.path.getsize(path) > 300_000
    assert world.locked(run.id) == run
    store.close()


def test_a_small_log_is_left_alone(signoff_home: Path) -> None:
    path = signoff_home / "signoff.db"
    store = open_sqlite(f"sqlite:///{path}", home=signoff_home)
    World(store).start(parameters={"text": "x" * 100_000})
    before = os.path.getsize(path)
    checkpoints = Checkpoints(path, threading.Lock())
    for _ in range(200):
        checkpoints.committed()
    checkpoints.finish()
    assert os.path.getsize(path) == before
    store.close()


def test_closing_leaves_one_file(signoff_home: Path) -> None:
    path = signoff_home / "signoff.db"
    store = open_sqlite(f"sqlite:///{path}", home=signoff_home)
    run = World(store).start()
    store.close()
    assert [each.name for each in signoff_home.iterdir() if each.is_file()] == ["signoff.db"]
    store = open_sqlite(f"sqlite:///{path}", home=signoff_home)
    assert World(store).locked(run.id) == run
    store.close()


def test_both_databases_have_the_same_statements_filled_in() -> None:
    sqlite, postgres = statements.load(SQLITE.name), statements.load(POSTGRES.name)
    assert set(sqlite) == set(postgres)
    left_to_the_caller = {
        *("{where}", "{order}", "{runs}", "{ids}", "{names}", "{numbers}", "{scope}", "{value}"),
        "{has_place}",
    }
    for text in (*sqlite.values(), *postgres.values()):
        assert set(re.findall(r"\{\w+\}", text)) <= left_to_the_caller
        assert ";" not in text
        assert "--" not in text


@pytest.mark.parametrize("together", [1, 3])
def test_tasks_that_have_to_be_durable_are_synced(signoff_home: Path, together: int) -> None:
    store = open_sqlite(f"sqlite:///{signoff_home / 'signoff.db'}", home=signoff_home)
    world = World(store)
    run = world.start()

    said: list[str] = []
    connection = store.acquire(False)
    connection.set_trace_callback(said.append)
    store.release()

    def levels(durable: bool) -> list[str]:
        said.clear()
        tasks = [world.task(run) for _ in range(together - 1)]
        assert store.finish_tasks([*tasks, world.task(run, durable=durable)], world.now) == ()
        return [text.split()[-1] for text in said if text.startswith("PRAGMA synchronous")]

    assert [levels(False), levels(True), levels(True), levels(False)] == [
        *([], ["FULL"], [], ["NORMAL"])
    ]
    store.close()
