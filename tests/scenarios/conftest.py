"""A fresh home for each scenario, embedded unless it asks for something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from signoff.gateway.connect import close_gateways
from tests.scenarios.scripts import Script
from tests.support.processes import Spawner


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder runs user code."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("engine")


@pytest.fixture
def home(signoff_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh home; nobody is asked at the terminal of the tests."""
    monkeypatch.setenv("SIGNOFF_TERMINAL_PROMPT", "false")
    yield signoff_home
    close_gateways()


@pytest.fixture
def script(home: Path, spawn_python: Spawner, tmp_path: Path) -> Callable[[str], Script]:
    """Makes scripts that run on the home of the test."""
    return lambda body: Script(spawn_python, tmp_path, body)


@pytest.fixture
def any_script(
    db_url: str, script: Callable[[str], Script], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Script]:
    """The same, once on SQLite and once on PostgreSQL."""
    monkeypatch.setenv("SIGNOFF_SERVER_DATABASE_CONNECTION_URL", db_url)
    # How long the death of a process goes unnoticed where there are leases.
    monkeypatch.setenv("SIGNOFF_PROCESS_LEASE_SECONDS", "1")
    return script
