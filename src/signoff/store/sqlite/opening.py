"""Opening a database file: folder, permissions, write-ahead log, schema.

Owns what happens once per process and file, before the first transaction. Several processes may do
it at the same time on a file that does not exist yet.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from pathlib import Path

from signoff.model.errors import StoreCorrupt, StoreError, StoreNewer, StoreReadOnly
from signoff.store import migrations
from signoff.store.dialects import SQLITE
from signoff.store.sqlite.errors import translate
from signoff.store.sqlite.session import PATIENCE, connect, insist

APPLICATION_ID = 0x5349474E
"""Marks the file as one of Signoff's: the letters SIGN."""
_making = threading.Lock()


def open_writer(path: Path, patience: float = PATIENCE) -> sqlite3.Connection:
    """The connection that writes; the schema is up to date.

    Raises:
        StoreError: the file cannot be used; the class and the message say why.
    """
    _make_folder(path)
    with _making:
        _make_file(path)
    connection: sqlite3.Connection | None = None
    try:
        # It does not wait by itself: `insist` is quicker to notice that a lock is free.
        connection = insist(lambda: connect(path, patience=0), patience)
        _prepare(connection, path, patience)
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise translate(error, path) from error
    except StoreError:
        if connection is not None:
            connection.close()
        raise
    return connection


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreReadOnly(
            f"The folder {path.parent} of the database cannot be made: {error.strerror}. Set "
            "SIGNOFF_HOME to a folder that the user who runs Signoff may write to."
        ) from error


def _make_file(path: Path) -> None:
    """An empty file for its owner only: it will hold parameters, and results that run code when
    they are loaded. SQLite gives its companions the same permissions."""
    with contextlib.suppress(OSError):
        # Closing a file gives up this process's locks on it, so nobody may have connected yet:
        # the file is new, and whoever opens it in this process waits for `_making`.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare(connection: sqlite3.Connection, path: Path, patience: float) -> None:
    # Everything here may meet another process that is doing the same, and is tried again then.
    if insist(lambda: _set_up(connection, path), patience) < migrations.newest(migrations.FOLDER):
        insist(lambda: connection.execute("BEGIN IMMEDIATE"), patience)
        try:
            _upgrade(connection, path)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _set_up(connection: sqlite3.Connection, path: Path) -> int:
    """Make the connection ready; returns the version of the schema."""
    version = _version(connection, path)
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise StoreError(
            f"The database {path} is on a file system without shared memory (a network drive?), "
            "so several processes could not use it safely. Set SIGNOFF_HOME to a local disk."
        )
    # Checkpoints cost milliseconds now and then: they are done outside of commits.
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("PRAGMA synchronous = NORMAL")
    return version


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the schema; 0 for an empty file.

    Raises:
        StoreNewer, StoreCorrupt: the file is not for this version of Signoff.
    """
    number: int = connection.execute("PRAGMA user_version").fetchone()[0]
    marked: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if marked != APPLICATION_ID:
        if connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is not None:
            raise StoreCorrupt(
                f"The file {path} is a database of another program. Set SIGNOFF_HOME, or "
                "SIGNOFF_SERVER_DATABASE_CONNECTION_URL, to a place of Signoff's own."
            )
        return 0
    ours = migrations.newest(migrations.FOLDER)
    if number > ours:
        raise StoreNewer(
            f"The database {path} was written by a newer Signoff (schema {number}; this one knows "
            f"{ours}). Upgrade this installation: `pip install --upgrade signoff`."
        )
    return number


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Apply what is missing. Another process may have done it while we waited for the lock."""
    version = _version(connection, path)
    for migration in migrations.read(SQLITE, migrations.FOLDER):
        if migration.number > version:
            for statement in migration.statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {migration.number}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
