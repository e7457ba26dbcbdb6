"""Stores under test: the same test on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.core.ports import Store
from signoff.store import open_store
from tests.store.samples import World
from tests.support.postgres import Cluster


@pytest.fixture(scope="session")
def pg_template(pg_cluster: Cluster) -> str:
    """The name of a database that has the schema already: copying it is quicker than making it."""
    name = pg_cluster.create_database()
    open_store(pg_cluster.url(name), home=Path("/nowhere")).close()
    return name


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, signoff_home: Path) -> Iterator[str]:
    """The URL of a database without runs."""
    if request.param == "sqlite":
        yield f"sqlite:///{signoff_home / 'signoff.db'}"
        return
    cluster: Cluster = request.getfixturevalue("pg_cluster")
    name = cluster.create_database(request.getfixturevalue("pg_template"))
    yield cluster.url(name)
    cluster.drop_database(name)


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
