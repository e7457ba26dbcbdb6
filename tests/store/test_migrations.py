"""Databases are upgraded when they are opened, wholly or not at all, and never downgraded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from signoff.model.errors import StoreError, StoreNewer
from signoff.store import migrations, open_store
from signoff.store.dialects import POSTGRES, SQLITE
from tests.store.samples import World

pytestmark = pytest.mark.store

ADD = "ALTER TABLE runs ADD COLUMN later TEXT; CREATE TABLE later (no {identity});"
BREAK = "CREATE TABLE half (no {identity}); INSERT INTO nowhere VALUES (1);"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations, to add to."""
    copy = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, copy)
    monkeypatch.setattr(migrations, "FOLDER", copy)
    return copy


def add(folder: Path, text: str) -> None:
    (folder / f"{migrations.newest(folder) + 1:04}_later.sql").write_text(text)


def test_an_older_database_is_upgraded_with_what_is_in_it(
    db_url: str, signoff_home: Path, folder: Path
) -> None:
    store = open_store(db_url, home=signoff_home)
    run = World(store).start()
    store.close()
    add(folder, ADD)
    add(folder, "INSERT INTO later DEFAULT VALUES;")
    for _ in range(2):
        store = open_store(db_url, home=signoff_home)
        assert World(store).locked(run.id) == run
        store.close()
    for path in sorted(folder.glob("*.sql"))[-2:]:
        path.unlink()
    with pytest.raises(StoreNewer, match="pip install --upgrade"):
        open_store(db_url, home=signoff_home)


def test_a_migration_that_fails_changes_nothing(
    db_url: str, signoff_home: Path, folder: Path
) -> None:
    store = open_store(db_url, home=signoff_home)
    run = World(store).start()
    store.close()
    add(folder, ADD)
    add(folder, BREAK)
    with pytest.raises(StoreError, match="nowhere"):
        open_store(db_url, home=signoff_home)
    for path in sorted(folder.glob("*.sql"))[-2:]:
        path.unlink()
    store = open_store(db_url, home=signoff_home)
    assert World(store).locked(run.id) == run
    store.close()
    add(folder, ADD)
    open_store(db_url, home=signoff_home).close()


def test_a_gap_in_the_numbers_is_a_mistake(folder: Path) -> None:
    name = f"{migrations.newest() + 2:04}_gap.sql"
    (folder / name).write_text(ADD)
    with pytest.raises(ValueError, match=name):
        migrations.read(SQLITE, folder)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES])
def test_every_fragment_is_known(dialect: object) -> None:
    assert isinstance(dialect, type(SQLITE))
    for migration in migrations.read(dialect):
        for statement in migration.statements:
            assert "{" not in statement
