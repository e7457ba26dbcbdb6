"""Opening a PostgreSQL database: the schema and its version.

Owns what happens once per process, before the first transaction. Several processes may do it at
the same time on an empty database.
"""

from __future__ import annotations

import psycopg

from signoff.model.errors import StoreNewer
from signoff.store import migrations
from signoff.store.dialects import POSTGRES
from signoff.store.postgres.errors import readable, translate
from signoff.store.postgres.session import SCHEMA, Connection, configure

_LOCK = 0x5349474E
"""Number of the advisory lock under which the schema changes."""

# Asked of the catalogue itself: to_regclass may answer from a cache that is older than the lock.
_EXISTS = (
    "SELECT 1 FROM pg_catalog.pg_tables"
    f" WHERE schemaname = '{SCHEMA}' AND tablename = 'schema_versions'"
)
_CREATE = (
    f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
    f"CREATE TABLE {SCHEMA}.schema_versions ("
    "number INTEGER PRIMARY KEY, applied TIMESTAMPTZ NOT NULL DEFAULT now())",
)
# After a restore into another cluster transaction numbers start low again; the order of events
# must go on from where it was.
_KEEP_ORDER = """
UPDATE counters SET value = top.number + 1 - pg_current_xact_id()::text::bigint
FROM (SELECT COALESCE(MAX(seq) >> 20, 0) AS number FROM history) AS top
WHERE counters.name = 'history_base' AND counters.shard = 0
    AND top.number > pg_current_xact_id()::text::bigint + counters.value
"""


def prepare(url: str, connect_timeout: int) -> None:
    """Bring the schema up to date.

    Raises:
        StoreError: the database cannot be used; the class and the message say why.
    """
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=connect_timeout) as connection:
            configure(connection)
            if _version(connection, url) < migrations.newest(migrations.FOLDER):
                with connection.transaction():
                    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                    _upgrade(connection, url)
            connection.execute(_KEEP_ORDER)
    except psycopg.Error as error:
        raise translate(error, url) from error


def _version(connection: Connection, url: str) -> int:
    if connection.execute(_EXISTS).fetchone() is None:
        return 0
    row = connection.execute(f"SELECT MAX(number) FROM {SCHEMA}.schema_versions").fetchone()
    number: int = row[0] if row is not None and row[0] is not None else 0
    ours = migrations.newest(migrations.FOLDER)
    if number > ours:
        raise StoreNewer(
            f"The PostgreSQL database {readable(url)} was written by a newer Signoff (schema "
            f"{number}; this one knows {ours}). Upgrade this installation: "
            "`pip install --upgrade signoff`."
        )
    return number


def _upgrade(connection: Connection, url: str) -> None:
    """Apply what is missing. Another process may have done it while we waited for the lock."""
    version = _version(connection, url)
    if version == 0:
        for statement in _CREATE:
            connection.execute(statement)
    for migration in migrations.read(POSTGRES, migrations.FOLDER):
        if migration.number > version:
            for statement in migration.statements:
                connection.execute(statement)
            connection.execute(
                f"INSERT INTO {SCHEMA}.schema_versions (number) VALUES (%s)", (migration.number,)
            )
