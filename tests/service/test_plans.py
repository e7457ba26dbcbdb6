"""With a million waiting runs, looking and answering touch a few rows: no statement reads a table.

The statements are those that the service really carries out; each is explained afterwards by the
database it was meant for.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest

from signoff.model.commands import AnswerWait, LeaveRun
from signoff.model.lookups import ReadHandle
from signoff.model.queries import CountInbox, ReadHistory, ReadInbox, ReadRun, ReadSettled, ReadWait
from signoff.model.replies import RunHandle
from signoff.model.waits import WaitStatus
from signoff.store import statements
from signoff.store.postgres.session import PostgresSession
from signoff.store.postgres.store import PostgresStore
from signoff.store.sqlite.session import SqliteSession
from signoff.store.sqlite.store import SqliteStore
from tests.service.world import FLOW, YES_NO, World

pytestmark = pytest.mark.service

GROWS = ("runs", "waits", "history", "responses", "logs", "task_runs", "parameters")
"""Tables with rows for every run."""

Carried = dict[str, Any]
"""Statements that were carried out, with the values of the last time."""


@contextmanager
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Carried]:
    """What is carried out inside."""
    found: Carried = {}

    def note(kind: Any, method: str, sql: Callable[[Any, str], str]) -> None:
        real = getattr(kind, method)

        def noting(self: Any, text: str, values: Any) -> Any:
            found[sql(self, text)] = values
            return real(self, text, values)

        patch.setattr(kind, method, noting)

    with monkeypatch.context() as patch:
        note(PostgresSession, "_execute", lambda session, text: text)
        for method in ("one", "all", "run"):
            note(SqliteSession, method, lambda session, name: statements.load("sqlite")[name])
        note(SqliteSession, "ask", lambda session, text: text)
        note(SqliteSession, "change", lambda session, text: text)
        yield found


def read_whole(world: World, carried: Carried) -> list[str]:
    """Statements that would read the whole of a table that grows."""
    store = world.store
    if isinstance(store, SqliteStore):
        with closing(sqlite3.connect(store.path)) as file:
            return [text for text in carried if _scans(file, text, carried[text])]
    assert isinstance(store, PostgresStore)
    with psycopg.connect(store.url, autocommit=True) as connection:
        connection.execute("SET search_path TO signoff")
        # Whether an index would do, however few rows there are here.
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET enable_bitmapscan = off")
        return [text for text in carried if _reads(connection, text, carried[text])]


def _scans(file: sqlite3.Connection, text: str, values: Any) -> bool:
    if text.startswith("SAVEPOINT"):
        return False
    steps = [row[3] for row in file.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    names = {*GROWS, "r", "w", "h"}
    return any(
        step.startswith("SCAN") and step.split()[1] in names and "INDEX waits_" not in step
        for step in steps
    )


def _reads(connection: psycopg.Connection[Any], text: str, values: Any) -> bool:
    plan = connection.execute(f"EXPLAIN {text}".encode(), values).fetchall()
    return any(f"Seq Scan on {table}" in row[0] for row in plan for table in GROWS)


def suspended(world: World) -> RunHandle:
    """A run that waits without a process."""
    run = world.start()
    world.open(run, form=YES_NO, address=None, leaving=True, timeout=3600)
    world.ask(LeaveRun(run.run_id, run.entry), FLOW)
    return run


def test_looking_and_answering_read_no_table(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run, other = suspended(world), suspended(world)
    world.answer(other, {"approved": True})
    with recorded(monkeypatch) as carried:
        assert [item.run_id for item in world.ask(ReadInbox(limit=51))] == [run.run_id]
        assert len(world.ask(ReadSettled(WaitStatus.ANSWERED, limit=51))) == 1
        assert world.ask(CountInbox()) == 1
        world.ask(ReadRun(run.run_id))
        world.ask(ReadHandle(run.run_id))
        world.ask(ReadWait(run.run_id, "go"))
        world.ask(ReadHistory(run.run_id))
        world.ask(AnswerWait(run.run_id, {"approved": True}))
        world.service.sweep()
    assert len(carried) > 15
    assert read_whole(world, carried) == []


def test_what_reads_a_table_would_be_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    named = ":name" if isinstance(world.store, SqliteStore) else "%(name)s"
    text = f"SELECT r.id FROM runs r WHERE r.name = {named}"
    assert read_whole(world, {text: {"name": "x"}}) == [text]
