"""Connections to PostgreSQL, and a transaction's way through one.

Owns the settings of connections. Must not know what the statements mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg.types.numeric import Int8Dumper

from signoff.store import statements
from signoff.store.dialects import POSTGRES
from signoff.store.postgres.errors import translate
from signoff.store.session import Row, Values

Connection = psycopg.Connection[Row]

SCHEMA = "signoff"
"""Everything is kept in a schema of this name, so that the database may be shared."""
_SETTINGS = (
    f"SET search_path TO {SCHEMA}",
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'",
)
# A process that was stopped in the middle of a transaction loses its locks before those that wait
# for them lose patience; it runs the transaction again when it goes on.
_TIMEOUTS = (
    "SELECT set_config('lock_timeout', %(lock_timeout)s, false),"
    " set_config('idle_in_transaction_session_timeout',"
    " CAST(EXTRACT(epoch FROM CAST(%(lock_timeout)s AS interval)) * 500 AS integer)::text, false)"
)
LOCK_TIMEOUT = "10s"
"""How long a row may be locked by others before that is an error."""
_STATEMENTS_KEPT = 300


def configure(connection: Connection, lock_timeout: str = LOCK_TIMEOUT) -> None:
    """Make a fresh connection ready; it is in autocommit mode."""
    # One type for every number, so that a statement is prepared once and not once per size.
    connection.adapters.register_dumper(int, Int8Dumper)
    connection.prepare_threshold = 0
    connection.prepared_max = _STATEMENTS_KEPT
    for setting in _SETTINGS:
        connection.execute(setting, prepare=False)
    connection.execute(_TIMEOUTS, {"lock_timeout": lock_timeout}, prepare=False)


class PostgresSession:
    """One connection, inside one transaction: see `store.session.Session`."""

    __slots__ = ("_connection", "_statements", "_url", "dialect")

    def __init__(self, connection: Connection, url: str) -> None:
        self.dialect = POSTGRES
        self._connection = connection
        self._url = url
        self._statements = statements.load(POSTGRES.name)

    def one(self, name: str, values: Values) -> Row | None:
        return self._execute(self._statements[name], values).fetchone()

    def all(self, name: str, values: Values) -> list[Row]:
        return self._execute(self._statements[name], values).fetchall()

    def run(self, name: str, values: Values) -> int:
        return self._execute(self._statements[name], values).rowcount

    def run_many(self, name: str, many: Iterable[Values]) -> None:
        try:
            with self._connection.cursor() as cursor:
                cursor.executemany(self._statements[name], list(many))
        except psycopg.Error as error:
            raise translate(error, self._url) from error

    def ask(self, sql: str, values: Values) -> list[Row]:
        return self._execute(sql, values).fetchall()

    def change(self, sql: str, values: Values) -> int:
        return self._execute(sql, values).rowcount

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        self._execute("SAVEPOINT inner_part", {})
        try:
            yield
        except BaseException:
            self._execute("ROLLBACK TO inner_part", {})
            self._execute("RELEASE inner_part", {})
            raise
        self._execute("RELEASE inner_part", {})

    def _execute(self, sql: str, values: Values) -> psycopg.Cursor[Row]:
        try:
            return self._connection.execute(sql, values)
        except psycopg.Error as error:
            raise translate(error, self._url) from error
