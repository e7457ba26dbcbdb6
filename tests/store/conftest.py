"""Stores under test: the same test on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from signoff.core.ports import Store
from signoff.store import open_store
from tests.store.samples import World
from tests.support.postgres import Cluster

_EMPTY = (
    "DO $$ DECLARE each text; BEGIN"
    " FOR each IN SELECT tablename FROM pg_tables WHERE schemaname = 'signoff'"
    " AND tablename NOT IN ('schema_versions', 'counters') LOOP"
    " EXECUTE format('DELETE FROM signoff.%I', each); END LOOP;"
    " DELETE FROM signoff.counters WHERE name <> 'history_base'; END $$"
)


@pytest.fixture(scope="session")
def pg_shared_url(pg_cluster: Cluster) -> str:
    """The URL of a database that tests use in turn: emptying one is quicker than making one."""
    url = pg_cluster.url(pg_cluster.create_database())
    open_store(url, home=Path("/nowhere")).close()
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, signoff_home: Path) -> str:
    """The URL of a database without runs."""
    if request.param == "sqlite":
        return f"sqlite:///{signoff_home / 'signoff.db'}"
    url: str = request.getfixturevalue("pg_shared_url")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_EMPTY)
    return url


@pytest.fixture
def store(store_url: str, signoff_home: Path) -> Iterator[Store]:
    """A store without runs."""
    opened = open_store(store_url, home=signoff_home)
    yield opened
    opened.close()


@pytest.fixture
def world(store: Store) -> World:
    """A store without runs, with the means to fill it."""
    return World(store)
