"""A SQLite file that cannot be used gives one typed error that says what to do."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from signoff.model.errors import (
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreNewer,
    StoreReadOnly,
)
from signoff.store import open_store
from signoff.store.sqlite.opening import APPLICATION_ID
from signoff.store.sqlite.store import SqliteStore, open_sqlite
from tests.store.samples import World

pytestmark = pytest.mark.store

NOBODY = 65_534


@pytest.fixture
def path(signoff_home: Path) -> Path:
    return signoff_home / "signoff.db"


def opened(path: Path, patience: float = 0.05) -> SqliteStore:
    return open_sqlite(f"sqlite:///{path}", home=path.parent, patience=patience)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Without root's right to write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_locked_file_is_named_and_usable_again_afterwards(path: Path) -> None:
    store = opened(path)
    world = World(store)
    run = world.start()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked, match=str(path)), store.write():
        pass
    with pytest.raises(StoreLocked, match=str(path)):
        store.finish_tasks([world.task(run)], world.now)
    # Who only looks is not in anybody's way.
    assert world.locked(run.id) == run
    other.execute("COMMIT")
    other.close()
    assert store.finish_tasks([world.task(run)], world.now) == ()
    store.close()


def test_a_file_kept_exclusively_is_locked_for_opening_too(path: Path) -> None:
    opened(path).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreLocked, match=str(path)):
        opened(path)
    other.close()
    opened(path).close()


def test_a_second_writing_transaction_in_one_thread_is_a_mistake_not_a_deadlock(path: Path) -> None:
    store = opened(path)
    with store.write(), pytest.raises(RuntimeError, match="already"), store.write():
        pass
    with store.write():
        pass
    store.close()


@pytest.mark.parametrize("file_mode", [0o444, 0o644])
def test_a_file_that_may_not_be_written(path: Path, file_mode: int) -> None:
    opened(path).close()
    path.chmod(file_mode)
    path.parent.chmod(0o555)
    try:
        with unprivileged(), pytest.raises(StoreReadOnly, match=str(path)) as caught:
            store = opened(path)
            with store.write() as tx:
                tx.flow_id("cleanup", 1, World(store).id)
    finally:
        path.parent.chmod(0o755)
    assert "may not be written by this user" in str(caught.value)


def test_a_folder_that_may_not_be_written(path: Path) -> None:
    path.parent.chmod(0o555)
    try:
        with unprivileged(), pytest.raises(StoreReadOnly, match="SIGNOFF_HOME"):
            opened(path)
        with unprivileged(), pytest.raises(StoreReadOnly, match="cannot be made"):
            opened(path.parent / "deeper" / "signoff.db")
    finally:
        path.parent.chmod(0o755)


def test_a_folder_in_place_of_the_file(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreReadOnly, match="is a folder"):
        opened(path)


def test_a_file_in_place_of_the_folder(path: Path) -> None:
    path.write_text("x")
    with pytest.raises(StoreReadOnly, match="cannot be made"):
        opened(path / "signoff.db")


def test_a_full_disk_undoes_the_transaction_and_is_survived(path: Path) -> None:
    store = opened(path)
    world = World(store)
    run = world.start()
    limited(store, 1)
    with pytest.raises(StoreFull, match=str(path)):
        fill(world)
    assert world.locked(run.id) == run
    with store.read() as tx:
        whole = len(tx.events(0, 10_000))
    limited(store, 1_000_000)
    fill(world)
    with store.read() as tx:
        assert len(tx.events(0, 10_000)) == whole + 20
    store.close()


def limited(store: SqliteStore, pages: int) -> None:
    """Let the file have so many pages; never fewer than it has."""
    connection = store.acquire(durable=False)
    connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    store.release()


def fill(world: World) -> None:
    for _ in range(20):
        world.start(parameters={"text": "x" * 20_000})


def test_a_full_disk_in_the_middle_of_a_savepoint(path: Path) -> None:
    store = opened(path)
    world = World(store)
    run = world.start()
    limited(store, 1)
    with pytest.raises(StoreFull), store.write() as tx, tx.savepoint():
        tx.write_logs([world.line(run, "x" * 100_000)])
    with store.write() as tx:
        assert tx.lock_run(run.id) == run
    store.close()


def test_a_file_that_is_no_database(path: Path) -> None:
    content = b"not a database at all, and longer than a header" * 40
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match=str(path)):
        opened(path)
    assert path.read_bytes() == content


def test_a_damaged_file(path: Path) -> None:
    store = opened(path)
    world = World(store)
    run = world.start()
    store.close()
    page = 4096
    whole = path.read_bytes()
    path.write_bytes(whole[:page] + b"\xff" * (len(whole) - page))
    with pytest.raises(StoreCorrupt, match="backup"):
        World(opened(path)).locked(run.id)


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE runs (id INTEGER)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match="another program"):
        opened(path)
    assert path.read_bytes() == before


def test_a_newer_database_is_refused_and_left_alone(path: Path) -> None:
    opened(path).close()
    other = sqlite3.connect(path)
    assert other.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    other.execute("PRAGMA user_version = 999")
    other.close()
    with pytest.raises(StoreNewer, match="999"):
        opened(path)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///", "mysql://x", "signoff.db", "", "sqlite:relative.db"]
)
def test_an_address_that_is_none(url: str, signoff_home: Path) -> None:
    with pytest.raises(StoreError, match="URL"):
        open_store(url, home=signoff_home)


def test_a_closed_store_says_so(path: Path) -> None:
    store = opened(path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"), store.write():
        pass
    with pytest.raises(StoreError, match="closed"), store.read():
        pass


def test_the_file_and_its_folder_are_for_their_owner_only(signoff_home: Path) -> None:
    path = signoff_home / "new" / "signoff.db"
    store = opened(path)
    World(store).start()
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    store.close()
    assert set(modes.values()) == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_path_with_odd_characters(signoff_home: Path) -> None:
    store = opened(signoff_home / "a b#c?d%20é.db")
    run = World(store).start()
    assert World(store).locked(run.id) == run
    store.close()
    assert (signoff_home / "a b#c?d é.db").exists() or (signoff_home / "a b#c?d%20é.db").exists()


def test_opening_starts_no_thread(path: Path) -> None:
    before = threading.active_count()
    store = opened(path)
    World(store).start()
    assert threading.active_count() == before
    store.close()
