"""A world on SQLite or PostgreSQL for the tests of the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.worlds import World


@pytest.fixture
def world(signoff_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world on SQLite."""
    yield from _world(monkeypatch, None)


@pytest.fixture
def any_world(db_url: str, signoff_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world on either database."""
    yield from _world(monkeypatch, db_url)


def _world(monkeypatch: pytest.MonkeyPatch, url: str | None) -> Iterator[World]:
    monkeypatch.setenv("SIGNOFF_TERMINAL_PROMPT", "false")
    # A lease that a dead process of the test leaves behind must not keep others waiting.
    monkeypatch.setenv("SIGNOFF_PROCESS_LEASE_SECONDS", "1")
    if url is not None:
        monkeypatch.setenv("SIGNOFF_SERVER_DATABASE_CONNECTION_URL", url)
    world = World()
    yield world
    world.close()
