"""One service per test, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from signoff.core.ports import Store
from signoff.store import open_store
from signoff.store.postgres.store import PostgresStore, open_postgres
from tests.service.world import World
from tests.support.postgres import Cluster

_EMPTY = (
    "DO $$ DECLARE each text; BEGIN"
    " FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'signoff'"
    " AND tablename NOT IN ('schema_versions', 'counters') LOOP"
    " EXECUTE format('DELETE FROM signoff.%I', each); END LOOP;"
    " DELETE FROM signoff.counters WHERE name <> 'history_base'; END $$"
)


@pytest.fixture(scope="session")
def pg_store(pg_cluster: Cluster) -> Iterator[PostgresStore]:
    """A store that tests use in turn: emptying one is quicker than making one."""
    store = open_postgres(pg_cluster.url(pg_cluster.create_database()))
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store without runs."""
    if request.param == "sqlite":
        opened = open_store(f"sqlite:///{tmp_path / 'signoff.db'}", home=tmp_path)
        yield opened
        opened.close()
        return
    shared: PostgresStore = request.getfixturevalue("pg_store")
    with psycopg.connect(shared.url, autocommit=True) as connection:
        connection.execute(_EMPTY)
    shared.known.clear()
    yield shared


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    """A service on an empty store."""
    return World(store, tmp_path)
