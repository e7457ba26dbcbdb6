"""The store on SQLite: one file, one writing connection per process, any number of readers.

Owns transactions, and what must happen around them: one writer at a time in this process, full
sync only where it is asked for, and a new connection after a fork. Must not know columns.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from signoff.core.ports import Ear, Hears, Poke
from signoff.model.errors import StoreError, StoreLocked
from signoff.model.journal import TaskRecord
from signoff.store import statements
from signoff.store.datagrams import Sender
from signoff.store.dialects import SQLITE
from signoff.store.known import Known
from signoff.store.repository.tasks import finished
from signoff.store.repository.transaction import Transaction
from signoff.store.sqlite.checkpoints import Checkpoints
from signoff.store.sqlite.ear import SqliteEar
from signoff.store.sqlite.errors import is_busy, translate
from signoff.store.sqlite.opening import open_writer
from signoff.store.sqlite.session import PATIENCE, WAY, SqliteSession, connect, insist

_PREFIX = "sqlite:///"
_NO_VALUES = ()


def open_sqlite(url: str, *, home: Path, patience: float = PATIENCE) -> SqliteStore:
    """Open a database file; made when it is missing, upgraded when it is older.

    Args:
        url: `sqlite:///relative/path` or `sqlite:////absolute/path`.
        home: SIGNOFF_HOME: the sockets of processes are in its folder `run`.
        patience: seconds to wait for other processes before the database counts as locked.

    Raises:
        StoreError: the database cannot be used; the class and the message say why.
    """
    if not url.startswith(_PREFIX) or len(url) == len(_PREFIX):
        raise StoreError(
            f"{url!r} is not the URL of a SQLite file; write sqlite:////absolute/path/signoff.db."
        )
    path = Path(unquote(url[len(_PREFIX) :])).absolute()
    return SqliteStore(path, home, patience)


class SqliteStore:
    """A database file: see `core.ports.Store` for what each method promises.

    Args:
        path: the file.
        home: SIGNOFF_HOME.
        patience: seconds to wait for other processes.

    Raises:
        StoreError: the database cannot be used.
    """

    def __init__(self, path: Path, home: Path, patience: float = PATIENCE) -> None:
        self.path = path
        self._home = home
        self._patience = patience
        self.known = Known()
        self._finish = statements.positional(statements.load(SQLITE.name)["finish_task"])
        self._sender = Sender(home / "run")
        self._closed = False
        self._start_over()
        self._connect()
        _stores.add(self)

    def _start_over(self) -> None:
        """No connection, no thread, nobody at work: as in a new process."""
        self._lock = threading.Lock()
        self._holder = 0
        self._hasty = 0
        self._writer: sqlite3.Connection | None = None
        self._session: SqliteSession | None = None
        self._full_sync = False
        self._readers: list[sqlite3.Connection] = []
        self._checkpoints = Checkpoints(self.path, self._lock)

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreError(f"The database {self.path} was closed by this process.")
        self._writer = open_writer(self.path, self._patience)
        self._session = SqliteSession(self._writer, self.path)
        self._full_sync = False
        return self._writer

    def after_fork(self) -> None:
        """Give up what belongs to the parent process, without closing it: that would undo its
        locks, or tidy away the log that it still writes."""
        _of_parents.append((self._writer, self._session, self._readers))
        self._start_over()

    # Transactions -------------------------------------------------------------------------

    def write(self, durable: bool = True) -> _Writing:
        return _Writing(self, durable)

    def read(self) -> _Reading:
        return _Reading(self)

    @contextmanager
    def without_waiting(self) -> Iterator[None]:
        """What this thread writes inside waits for no other writer; see `core.ports.Store`."""
        self._hasty = threading.get_ident()
        try:
            yield
        finally:
            self._hasty = 0

    def give_way(self) -> None:
        # Other processes do not queue, they look again and again.
        time.sleep(WAY)

    def acquire(self, durable: bool) -> sqlite3.Connection:
        """The writing connection, for this thread alone until `release`.

        Raises:
            StoreLocked: another thread of this process has been writing for too long.
        """
        thread = threading.get_ident()
        if self._holder == thread:
            raise RuntimeError("this thread writes to the store already; use the same transaction")
        if not self._lock.acquire(blocking=False):
            self._queue()
        self._holder = thread
        try:
            connection = self._writer or self._connect()
            if connection.in_transaction:
                # An interrupt (Ctrl-C) came between the end of the last one and its commit.
                connection.execute("ROLLBACK")
            if durable is not self._full_sync:
                connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                self._full_sync = durable
        except BaseException as error:
            self.release()
            raise self.named(error) from error
        return connection

    def _queue(self) -> None:
        """Wait until no other thread of this process writes."""
        hasty = self._hasty == threading.get_ident()
        if hasty or not self._lock.acquire(timeout=max(self._patience, 1.0) * 3):
            raise StoreLocked(
                f"The database {self.path} is locked: another thread of this process has been "
                "writing to it for too long."
            )

    def _execute(
        self, connection: sqlite3.Connection, sql: str, values: Sequence[Any]
    ) -> sqlite3.Cursor:
        """Execute what another process may be in the way of; mostly none is."""
        try:
            return connection.execute(sql, values)
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
        patience = 0.0 if self._hasty == threading.get_ident() else self._patience
        return insist(lambda: connection.execute(sql, values), patience)

    def release(self) -> None:
        """Let other threads write."""
        self._holder = 0
        self._lock.release()

    def begin(self, durable: bool) -> Transaction:
        """Begin the only writing transaction of this process."""
        connection = self.acquire(durable)
        try:
            self._execute(connection, "BEGIN IMMEDIATE", _NO_VALUES)
            assert self._session is not None
            return Transaction(self._session, self.known, writing=True)
        except BaseException as error:
            self.release()
            raise self.named(error) from error

    def commit(self, transaction: Transaction) -> None:
        """End the transaction; everything in it happened."""
        connection = self._writer
        assert connection is not None
        try:
            transaction.before_commit()
            connection.execute("COMMIT")
            transaction.after_commit()
            self._checkpoints.committed()
        except BaseException as error:
            self._undo()
            raise self.named(error) from error
        finally:
            self.release()

    def roll_back(self) -> None:
        """End the transaction; nothing in it happened."""
        try:
            self._undo()
        finally:
            self.release()

    def _undo(self) -> None:
        connection = self._writer
        if connection is not None and connection.in_transaction:
            try:
                connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise translate(error, self.path) from error

    def named(self, error: BaseException) -> BaseException:
        """The typed error for what sqlite3 raised; any other is left alone."""
        return translate(error, self.path) if isinstance(error, sqlite3.Error) else error

    def take_reader(self) -> sqlite3.Connection:
        """A connection that only reads, inside a transaction."""
        if self._closed:
            raise StoreError(f"The database {self.path} was closed by this process.")
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._new_reader()
        try:
            connection.execute("BEGIN")
        except sqlite3.Error as error:
            raise translate(error, self.path) from error
        return connection

    def _new_reader(self) -> sqlite3.Connection:
        try:
            connection = connect(self.path, self._patience)
            connection.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            raise translate(error, self.path) from error
        return connection

    def give_back_reader(self, connection: sqlite3.Connection) -> None:
        """End a reading transaction."""
        try:
            connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise translate(error, self.path) from error
        if self._closed:
            connection.close()
        else:
            self._readers.append(connection)

    # Tasks --------------------------------------------------------------------------------

    def finish_tasks(self, tasks: Sequence[TaskRecord], now: int) -> tuple[UUID, ...]:
        if len(tasks) == 1:
            return () if self._finish_one(tasks[0]) else (tasks[0].run_id,)
        stale: dict[UUID, None] = {}
        with _Writing(self, durable=any(task.durable for task in tasks)) as transaction:
            for task in tasks:
                if not transaction.finish_task(task):
                    stale[task.run_id] = None
        return tuple(stale)

    def _finish_one(self, task: TaskRecord) -> bool:
        """One statement, which is its own transaction; False when the run was entered anew."""
        values = self._finish.pick(finished(task))
        connection = self.acquire(task.durable)
        try:
            cursor = self._execute(connection, self._finish.text, values)
            self._checkpoints.committed()
        except sqlite3.Error as error:
            raise translate(error, self.path) from error
        finally:
            self.release()
        return cursor.rowcount == 1

    # Telling and hearing ------------------------------------------------------------------

    def wake(self, pokes: Iterable[Poke]) -> None:
        self._sender.send(pokes)

    def ear(self, process_id: str, hears: Hears = Hears.OWN) -> Ear:
        return SqliteEar(self.path, self._home / "run", process_id, hears)

    def close(self) -> None:
        """Close every connection; the last process to do so tidies the write-ahead log away."""
        with self._lock:
            self._closed = True
            writer, self._writer = self._writer, None
        self._checkpoints.finish()
        while self._readers:
            self._readers.pop().close()
        if writer is not None:
            writer.close()
        self._sender.close()


class _Writing:
    """A writing transaction as a `with` block."""

    __slots__ = ("_durable", "_store", "_transaction")

    def __init__(self, store: SqliteStore, durable: bool) -> None:
        self._store = store
        self._durable = durable

    def __enter__(self) -> Transaction:
        self._transaction = self._store.begin(self._durable)
        return self._transaction

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._store.commit(self._transaction)
        else:
            self._store.roll_back()


class _Reading:
    """A reading transaction as a `with` block."""

    __slots__ = ("_connection", "_store", "_transaction")

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def __enter__(self) -> Transaction:
        self._connection = self._store.take_reader()
        session = SqliteSession(self._connection, self._store.path)
        self._transaction = Transaction(session, self._store.known, writing=False)
        return self._transaction

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._store.give_back_reader(self._connection)
        if kind is None:
            self._transaction.after_commit()


_stores: weakref.WeakSet[SqliteStore] = weakref.WeakSet()
_of_parents: list[object] = []
"""Connections of the process this one was forked from: kept, so that nothing closes them."""


def _after_fork() -> None:
    for store in list(_stores):
        store.after_fork()


os.register_at_fork(after_in_child=_after_fork)
