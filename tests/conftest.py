"""Fixtures every test may use, and the last lines of the output.

`signoff_home` a fresh home · `pg_url` a fresh PostgreSQL database · `db_url` the same test on
SQLite and on PostgreSQL · `spawn_python` real processes.
Waiting for a condition: `tests.support.waiting`.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.support import missing
from tests.support.postgres import Cluster, PostgresUnavailable
from tests.support.processes import Spawner

# No deadline: timing never decides a test. Failing examples print how to run them again.
settings.register_profile("signoff", deadline=None, print_blob=True)
settings.load_profile("signoff")

_MISSING = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Cut the tests off from the developer's own home and settings."""
    for name in [name for name in os.environ if name.startswith("SIGNOFF_")]:
        del os.environ[name]
    # Even a test that forgets `signoff_home` never touches ~/.signoff.
    spare = tempfile.mkdtemp(prefix="signoff-home-")
    os.environ["SIGNOFF_HOME"] = spare
    config.add_cleanup(lambda: shutil.rmtree(spare, ignore_errors=True))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Shells start background jobs so, and every child would inherit it; tests press Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[_MISSING] = {}


@pytest.fixture
def signoff_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh, empty `SIGNOFF_HOME`; child processes inherit it.

    Not below `tmp_path`: a unix socket's path ends at 108 bytes, and pytest's folders are long.
    """
    home = Path(tempfile.mkdtemp(prefix="so-"))
    monkeypatch.setenv("SIGNOFF_HOME", str(home))
    monkeypatch.delenv("SIGNOFF_API_URL", raising=False)
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def pg_cluster() -> Iterator[Cluster]:
    """One PostgreSQL server per test process (each xdist worker has its own)."""
    reason = ""
    try:
        cluster = Cluster()
    except PostgresUnavailable as error:
        reason = str(error)
    if reason:
        missing.unavailable("PostgreSQL", reason)
    yield cluster
    cluster.stop()


@pytest.fixture
def pg_url(pg_cluster: Cluster) -> Iterator[str]:
    """The URL of a fresh, empty PostgreSQL database."""
    name = pg_cluster.create_database()
    yield pg_cluster.url(name)
    pg_cluster.drop_database(name)


@pytest.fixture(params=["sqlite", "postgres"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh, empty database: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("pg_url")
        return url
    return f"sqlite:///{tmp_path / 'signoff.db'}"


@pytest.fixture
def spawn_python(tmp_path: Path) -> Iterator[Spawner]:
    """Start real Python processes; each is killed with its children when the test ends."""
    folder = tmp_path / "processes"
    folder.mkdir()
    spawner = Spawner(folder)
    yield spawner
    spawner.close()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In an xdist worker: hand what is missing to the process that prints."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["missing"] = missing.reported()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """In the process that prints: take what a worker found missing."""
    found: dict[str, str] = getattr(node, "workeroutput", {}).get("missing", {})
    node.config.stash[_MISSING].update(found)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Iterator[None]:
    """Name whatever could not be obtained in the last lines of the output."""
    yield
    found_by_workers: dict[str, str] = config.stash[_MISSING]
    lacking = {**found_by_workers, **missing.reported()}
    if not lacking:
        return
    terminalreporter.section("could not be obtained", sep="=", yellow=True)
    for thing, reason in sorted(lacking.items()):
        terminalreporter.line(f"MISSING {thing}: {reason}")
