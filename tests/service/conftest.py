"""One service per test, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.world import World, open_database


@pytest.fixture
def world(db_url: str, tmp_path: Path) -> Iterator[World]:
    """A service on a fresh database."""
    store = open_database(db_url, tmp_path)
    yield World(store, tmp_path)
    store.close()
