"""Databases of waiting runs: a million of them in seconds, and how large they are.

Owns copying rows inside SQLite, table by table, with ids and moments of their own: what a waiting
run consists of is what one run, made as users make it, has left there. Knows the tables only by
their names and columns.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from bench.processes import Broken
from tests.support.postgres import Cluster, PostgresUnavailable

_TABLES = ("runs", "parameters", "waits", "history", "logs")
_COPIES = "WITH RECURSIVE copies (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < :n)"
_MOMENTS = frozenset({"since", "created", "started", "opened_at", "deadline", "at"})


def fill(database: Path, count: int, shown: int) -> Sequence[str]:
    """Copy the newest run `count` times.

    Returns:
        Ids of `shown` of the copies, spread over all of them.
    """
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.create_function("copy_id", 2, _copy_id, deterministic=True)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN IMMEDIATE")
        number = connection.execute("SELECT max(no) FROM runs").fetchone()[0]
        for table in _TABLES:
            _copy(connection, table, number, count)
        asked = {"n": count}
        connection.execute("UPDATE counters SET value = value + :n WHERE name = 'inbox'", asked)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        apart = count // shown
        wanted = [number + apart * place for place in range(1, shown + 1)]
        marks = ", ".join("?" * shown)
        rows = connection.execute(f"SELECT id FROM runs WHERE no IN ({marks})", wanted).fetchall()
    return [str(uuid.UUID(bytes=row[0])) for row in rows]


def _copy(connection: sqlite3.Connection, table: str, number: int, count: int) -> None:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(_value(each) for each in columns)
    owner = "no" if table == "runs" else "run"
    connection.execute(
        f"{_COPIES} INSERT INTO {table} ({', '.join(columns)}) SELECT {values} "
        f"FROM copies CROSS JOIN {table} WHERE {owner} = :number",
        {"n": count, "number": number},
    )


def _value(column: str) -> str:
    if column in ("no", "run"):
        return f"{column} + n"
    if column == "seq":
        return "NULL"
    if column == "id":
        return "copy_id(id, n)"
    if column == "entry_record":
        # Without a flow to load, an answer starts no process on this machine.
        return "NULL"
    return f"{column} + n" if column in _MOMENTS else column


def _copy_id(original: bytes, n: int) -> bytes:
    """Ids rise with time, as those that are made one after another do."""
    moment = int.from_bytes(original[:6], "big") + n
    return moment.to_bytes(6, "big") + original[6:10] + uuid.uuid4().bytes[:6]


def size_after_vacuum(database: Path) -> int:
    """Bytes of the database, its log included, after everything unused was given back."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return sum(path.stat().st_size for path in database.parent.glob(f"{database.name}*"))


@contextmanager
def postgres() -> Iterator[str]:
    """An empty PostgreSQL database on loopback: its URL.

    Raises:
        Broken: no PostgreSQL can be had here.
    """
    try:
        cluster = Cluster()
    except PostgresUnavailable as error:
        raise Broken(str(error)) from error
    try:
        yield cluster.url(cluster.create_database())
    finally:
        cluster.stop()


def size_on_postgres(url: str) -> int:
    """Bytes of the tables and indexes after everything unused was given back."""
    asked = (
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = 'signoff'::regnamespace"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM FULL")
        row = connection.execute(asked).fetchone()
    return int(row[0]) if row is not None else 0
