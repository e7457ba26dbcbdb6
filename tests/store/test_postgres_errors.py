"""A PostgreSQL database that cannot be used gives one typed error that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from signoff.core.ports import TryAgain
from signoff.model.errors import (
    StoreError,
    StoreLocked,
    StoreNewer,
    StoreReadOnly,
    StoreUnreachable,
)
from signoff.store.postgres import open_postgres
from signoff.store.postgres.errors import readable
from signoff.store.postgres.store import PostgresStore
from tests.store.samples import World
from tests.support.waiting import wait_until

pytestmark = pytest.mark.store


@pytest.fixture
def admin(pg_url: str) -> Iterator[psycopg.Connection]:
    """Somebody else's connection to the database of this test."""
    with psycopg.connect(pg_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def store(pg_url: str) -> Iterator[PostgresStore]:
    opened = open_postgres(pg_url)
    yield opened
    opened.close()


def hang_up(admin: psycopg.Connection) -> None:
    """End every other connection, as a restart of the server does."""
    others = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    wait_until(lambda: admin.execute(others).fetchone() == (0,))


def test_a_server_that_does_not_answer(signoff_home: Path) -> None:
    with pytest.raises(StoreUnreachable, match=r"shop at 127\.0\.0\.1:1\b") as caught:
        open_postgres("postgresql://me:hush@127.0.0.1:1/shop", connect_timeout=2)
    assert "hush" not in str(caught.value)
    assert "SIGNOFF_SERVER_DATABASE_CONNECTION_URL" in str(caught.value)


def test_a_database_that_does_not_exist(pg_url: str) -> None:
    with pytest.raises(StoreUnreachable, match="nowhere"):
        open_postgres(pg_url.rpartition("/")[0] + "/nowhere")


def test_the_address_is_shown_without_its_password() -> None:
    assert readable("postgresql://me:hush@db.example.org/shop") == "shop at db.example.org:5432"
    assert "hush" not in readable("postgresql://me:hush@:x:/")


def test_a_server_that_was_restarted_is_found_again(
    store: PostgresStore, admin: psycopg.Connection
) -> None:
    world = World(store)
    with store.read(), store.read(), store.read():
        pass
    hang_up(admin)
    run = world.start()
    hang_up(admin)
    assert store.finish_tasks([world.task(run)], world.now) == ()
    hang_up(admin)
    assert world.locked(run.id) == run


def test_a_connection_lost_in_the_middle_undoes_the_transaction(
    store: PostgresStore, admin: psycopg.Connection
) -> None:
    world = World(store)
    run = world.start()
    with pytest.raises(StoreUnreachable), store.write() as tx:
        tx.delete_run(run.id)
        hang_up(admin)
        tx.flow_id("another", world.now, world.id)
    with pytest.raises(StoreUnreachable), store.write() as tx:
        tx.delete_run(run.id)
        hang_up(admin)
    assert world.locked(run.id) == run


def test_an_ear_whose_connection_is_lost_connects_again(
    store: PostgresStore, admin: psycopg.Connection
) -> None:
    ear = store.ear("p1")
    hang_up(admin)
    # What was said meanwhile is lost, so it says that it does not know.
    wait_until(lambda: ear.wait(1.0) is None)
    World(store).start()
    wait_until(lambda: ear.wait(5.0) is None)
    ear.close()


def test_a_read_only_database(pg_url: str, admin: psycopg.Connection) -> None:
    name = pg_url.rpartition("/")[2]
    open_postgres(pg_url).close()
    admin.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    with pytest.raises(StoreReadOnly, match="primary"):
        store = open_postgres(pg_url)
        World(store).start()


def test_a_row_that_somebody_keeps_locked(store: PostgresStore, pg_url: str) -> None:
    world = World(store)
    run = world.start()
    impatient = open_postgres(pg_url, lock_timeout="10ms")
    with psycopg.connect(pg_url) as other:
        other.execute("SELECT 1 FROM signoff.runs FOR UPDATE")
        with pytest.raises(StoreLocked, match="pg_stat_activity"), impatient.write() as tx:
            tx.lock_run(run.id)
    impatient.close()
    assert world.locked(run.id) == run


def test_a_process_stopped_in_a_transaction_keeps_its_locks_no_longer_than_others_wait(
    store: PostgresStore, pg_url: str
) -> None:
    world = World(store)
    run = world.start()
    stopped = open_postgres(pg_url, lock_timeout="200ms")
    with pytest.raises(TryAgain), stopped.write() as its:
        its.lock_run(run.id)
        # Nothing is heard of it from here on, until another one has got the row.
        with store.write() as tx:
            assert tx.lock_run(run.id) == run
        its.lock_run(run.id)
    # It can be used again at once.
    with stopped.write() as its:
        assert its.lock_run(run.id) == run
    stopped.close()


def test_a_newer_database_is_refused(pg_url: str, admin: psycopg.Connection) -> None:
    open_postgres(pg_url).close()
    admin.execute("INSERT INTO signoff.schema_versions (number) VALUES (999)")
    with pytest.raises(StoreNewer, match="999"):
        open_postgres(pg_url)


def test_events_go_on_after_a_restore_into_another_cluster(
    pg_url: str, admin: psycopg.Connection
) -> None:
    """Transaction numbers of the new cluster may be lower than those in the history."""
    world = World(open_postgres(pg_url))
    world.start()
    world.store.close()
    admin.execute("UPDATE signoff.history SET seq = seq + (1000000::bigint << 20)")
    world.store = open_postgres(pg_url)
    with world.store.read() as tx:
        [old] = tx.events(0, 10)
    run = world.start()
    with world.store.read() as tx:
        assert [event.run_id for event in tx.events(old.seq, 10)] == [run.id]
    world.store.close()


def test_a_closed_store_says_so(pg_url: str) -> None:
    store = open_postgres(pg_url)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"), store.write():
        pass
    with pytest.raises(StoreError, match="closed"), store.read():
        pass
