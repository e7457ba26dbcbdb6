"""Servers on both databases, and clients that are closed at the end."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from signoff.gateway.http import HttpGateway
from tests.server.serving import Served, Servers, process
from tests.support.postgres import Cluster
from tests.support.processes import Spawner

Connect = Callable[..., HttpGateway]


@pytest.fixture
def servers(spawn_python: Spawner, signoff_home: Path, db_url: str) -> Servers:
    """Starts servers; the test runs on SQLite and on PostgreSQL."""
    return Servers(spawn_python, signoff_home, db_url)


@pytest.fixture
def sqlite_servers(spawn_python: Spawner, signoff_home: Path) -> Servers:
    """Starts servers on SQLite, for tests in which the database plays no part."""
    return Servers(spawn_python, signoff_home)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A running server on SQLite and one on PostgreSQL, shared by the tests of a module."""
    home = Path(tempfile.mkdtemp(prefix="so-"))
    spawn = Spawner(tmp_path_factory.mktemp("served"))
    database = None
    if request.param == "postgres":
        cluster: Cluster = request.getfixturevalue("pg_cluster")
        database = cluster.url(cluster.create_database())
    yield Servers(spawn, home, database).start()
    spawn.close()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes gateways to a URL, each a process of its own."""
    made: list[HttpGateway] = []

    def make(url: str, auth: str | None = None, retries: int = 5) -> HttpGateway:
        made.append(HttpGateway(url, process(), auth, retries=retries))
        return made[-1]

    yield make
    for gateway in made:
        gateway.close()
