"""Connections to a SQLite file, and a transaction's way through one.

Owns opening connections and their settings. Must not know what the statements mean.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from signoff.store import statements
from signoff.store.dialects import SQLITE
from signoff.store.session import Row, Values
from signoff.store.sqlite.errors import is_busy, translate
from signoff.store.statements import positional

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds to wait for another process's transaction before the database counts as locked."""
_FIRST_PAUSE = 0.0001
_LONGEST_PAUSE = 0.001
WAY = 0.001
"""Seconds in which whoever waits for the database has looked at least once."""
# Every statement stays prepared, those of list filters included.
_STATEMENTS_KEPT = 300


def connect(path: Path, patience: float) -> sqlite3.Connection:
    """Open the file; created when it is missing.

    Args:
        path: the file.
        patience: seconds that SQLite itself waits for locks.
    """
    connection = sqlite3.connect(
        f"file:{quote(str(path))}",
        uri=True,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=_STATEMENTS_KEPT,
    )
    try:
        connection.execute("PRAGMA cache_size = -8000")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def insist(action: Callable[[], T], patience: float = PATIENCE) -> T:
    """Do something that another process may be in the way of.

    SQLite's own patience sleeps for a millisecond at least; other transactions take a tenth of it.

    Raises:
        sqlite3.OperationalError: it was in the way for `patience` seconds.
    """
    give_up = 0.0
    pause = _FIRST_PAUSE
    while True:
        try:
            return action()
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            now = time.monotonic()
            give_up = give_up or now + patience
            if now >= give_up:
                raise
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)


class SqliteSession:
    """One connection, inside one transaction: see `store.session.Session`."""

    __slots__ = ("_connection", "_path", "_statements", "dialect")

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.dialect = SQLITE
        self._connection = connection
        self._path = path
        self._statements = statements.load(SQLITE.name)

    def one(self, name: str, values: Values) -> Row | None:
        statement = positional(self._statements[name])
        try:
            cursor = self._connection.execute(statement.text, statement.pick(values))
            row: Row | None = cursor.fetchone()
        except sqlite3.Error as error:
            raise translate(error, self._path) from error
        return row

    def all(self, name: str, values: Values) -> list[Row]:
        statement = positional(self._statements[name])
        try:
            return self._connection.execute(statement.text, statement.pick(values)).fetchall()
        except sqlite3.Error as error:
            raise translate(error, self._path) from error

    def run(self, name: str, values: Values) -> int:
        statement = positional(self._statements[name])
        try:
            return self._connection.execute(statement.text, statement.pick(values)).rowcount
        except sqlite3.Error as error:
            raise translate(error, self._path) from error

    def run_many(self, name: str, many: Iterable[Values]) -> None:
        statement = positional(self._statements[name])
        try:
            self._connection.executemany(statement.text, map(statement.pick, many))
        except sqlite3.Error as error:
            raise translate(error, self._path) from error

    def ask(self, sql: str, values: Values) -> list[Row]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise translate(error, self._path) from error

    def change(self, sql: str, values: Values) -> int:
        try:
            return self._connection.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise translate(error, self._path) from error

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        self._do("SAVEPOINT inner_part")
        try:
            yield
        except BaseException:
            # A full disk may have ended the whole transaction, and the savepoint with it.
            if self._connection.in_transaction:
                self._do("ROLLBACK TO inner_part")
                self._do("RELEASE inner_part")
            raise
        self._do("RELEASE inner_part")

    def _do(self, sql: str) -> None:
        try:
            self._connection.execute(sql)
        except sqlite3.Error as error:
            raise translate(error, self._path) from error
