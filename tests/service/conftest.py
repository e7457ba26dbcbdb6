"""One service per test, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.store import open_store
from tests.service.world import World


@pytest.fixture
def world(db_url: str, tmp_path: Path) -> Iterator[World]:
    """A service on a fresh database."""
    store = open_store(db_url)
    yield World(store, tmp_path)
    store.close()
