"""The store on PostgreSQL: a pool of connections, shared by the threads of the process.

Owns transactions, and trying again what may be tried again. Commits are always on the server's disk
before they return. Must not know columns.
"""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType
from uuid import UUID

import psycopg
import psycopg_pool

from signoff.core.ports import DUE, Ear, Hears, Poke, TryAgain
from signoff.model.errors import StoreError, StoreLocked, StoreUnreachable
from signoff.model.journal import TaskRecord
from signoff.store.known import Known
from signoff.store.postgres.ear import CLAIMERS, PREFIX, SERVERS, PostgresEar, payload_of
from signoff.store.postgres.errors import readable, translate
from signoff.store.postgres.opening import prepare
from signoff.store.postgres.session import (
    LOCK_TIMEOUT,
    Connection,
    PostgresSession,
    configure,
)
from signoff.store.repository.transaction import Transaction
from signoff.store.session import Row

CONNECT_TIMEOUT = 10
"""Seconds to wait for a connection."""
MOST_CONNECTIONS = 10
_TRIES = 5
_READ_ONLY = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_NOTIFY = (
    "SELECT pg_notify(channel, payload)"
    " FROM unnest(%(channels)s::text[], %(payloads)s::text[]) AS pokes(channel, payload)"
)


def open_postgres(
    url: str,
    *,
    connect_timeout: int = CONNECT_TIMEOUT,
    connections: int = MOST_CONNECTIONS,
    lock_timeout: str = LOCK_TIMEOUT,
) -> PostgresStore:
    """Open a PostgreSQL database; its schema is made or upgraded as needed.

    Args:
        url: `postgresql://user:password@host:port/name`.
        connect_timeout: seconds to wait for a connection.
        connections: how many transactions of this process may be open at once.
        lock_timeout: how long a row may be locked by others before that is an error, in
            PostgreSQL's words.

    Raises:
        StoreError: the database cannot be used; the class and the message say why.
    """
    return PostgresStore(url, connect_timeout, connections, lock_timeout)


class PostgresStore:
    """A PostgreSQL database: see `core.ports.Store` for what each method promises.

    Args:
        url: the database.
        connect_timeout: seconds to wait for a connection.
        connections: how many connections the pool may have.
        lock_timeout: how long a row may be locked by others.

    Raises:
        StoreError: the database cannot be used.
    """

    def __init__(
        self, url: str, connect_timeout: int, connections: int, lock_timeout: str = LOCK_TIMEOUT
    ) -> None:
        self.url = url
        self.known = Known()
        self._connect_timeout = connect_timeout
        self._connections = connections
        self._lock_timeout = lock_timeout
        self._closed = False
        prepare(url, connect_timeout)
        self._pool = self._new_pool()
        _stores.add(self)

    def _new_pool(self) -> psycopg_pool.ConnectionPool[Connection]:
        return psycopg_pool.ConnectionPool(
            self.url,
            kwargs={"autocommit": True, "connect_timeout": self._connect_timeout},
            min_size=1,
            max_size=self._connections,
            timeout=self._connect_timeout,
            configure=partial(configure, lock_timeout=self._lock_timeout),
            open=True,
        )

    def after_fork(self) -> None:
        """Give up the parent's connections without closing them: that would end its sessions."""
        _of_parents.append(self._pool)
        self._pool = self._new_pool()

    # Transactions -------------------------------------------------------------------------

    def write(self, durable: bool = True) -> _Transacting:
        return _Transacting(self, "BEGIN", writing=True)

    def read(self) -> _Transacting:
        return _Transacting(self, _READ_ONLY, writing=False)

    def begin(self, statement: str) -> Connection:
        """A connection on which a transaction has begun."""
        connection, _ = self._first(statement, {})
        return connection

    def _first(self, statement: str, values: dict[str, object]) -> tuple[Connection, int]:
        """Carry out a first statement on a connection, and give that with the number of rows.

        Connections that the pool has kept through a restart of the server are found out here;
        nothing has happened on them yet, so the next one is tried.
        """
        if self._closed:
            raise StoreError(
                f"The PostgreSQL database {readable(self.url)} was closed by this process."
            )
        tries = self._connections + 1
        while True:
            connection = self._take()
            tries -= 1
            try:
                return connection, connection.execute(statement, values).rowcount
            except psycopg.Error as error:
                broken = connection.closed or connection.broken
                self.give_back(connection)
                if not broken or tries == 0:
                    raise translate(error, self.url) from error

    def _take(self) -> Connection:
        try:
            return self._pool.getconn()
        except (psycopg_pool.PoolTimeout, psycopg_pool.PoolClosed) as error:
            raise StoreUnreachable(
                f"The PostgreSQL database {readable(self.url)} does not answer, or all "
                f"{self._connections} connections of this process are busy. Check that it runs."
            ) from error

    def give_back(self, connection: Connection) -> None:
        """Return a connection to the pool, which throws away a broken one."""
        self._pool.putconn(connection)

    # Tasks --------------------------------------------------------------------------------

    def finish_tasks(self, tasks: Sequence[TaskRecord], now: int) -> tuple[UUID, ...]:
        for tries_left in reversed(range(_TRIES)):
            try:
                return self._finish(tasks)
            except TryAgain:
                # Recording a task a second time changes nothing.
                if not tries_left:
                    raise
        return ()

    def _finish(self, tasks: Sequence[TaskRecord]) -> tuple[UUID, ...]:
        stale: dict[UUID, None] = {}
        # Runs are locked in the same order by everybody, so that nobody waits in a circle.
        with self.write() as transaction:
            for task in sorted(tasks, key=lambda task: task.run_id):
                if not transaction.finish_task(task):
                    stale[task.run_id] = None
        return tuple(stale)

    def without_waiting(self) -> AbstractContextManager[None]:
        # Whatever is asked of it, a server far away is waited for.
        raise StoreLocked("PostgreSQL cannot be asked without waiting.")

    def give_way(self) -> None:
        """Nothing to do: others wait for rows only, and those are given up with the commit."""

    # Telling and hearing ------------------------------------------------------------------

    def wake(self, pokes: Iterable[Poke]) -> None:
        told: dict[tuple[str, str], None] = {}
        for poke in pokes:
            if poke.address == DUE:
                # Whoever hears it looks for himself: once is enough for all.
                told.setdefault((CLAIMERS, ""))
                continue
            own = poke.address.startswith(PREFIX)
            told[poke.address[len(PREFIX) :] if own else SERVERS, payload_of(poke)] = None
        if not told:
            return
        channels, payloads = [each[0] for each in told], [each[1] for each in told]
        # A lost poke is only late: every listener also looks by itself.
        with contextlib.suppress(StoreError, psycopg.Error):
            connection, _ = self._first(_NOTIFY, {"channels": channels, "payloads": payloads})
            self.give_back(connection)

    def ear(self, process_id: str, hears: Hears = Hears.OWN) -> Ear:
        return PostgresEar(self.url, process_id, hears, self._connect_timeout)

    def close(self) -> None:
        self._closed = True
        self._pool.close()


class _Transacting:
    """A transaction as a `with` block."""

    __slots__ = ("_begin", "_connection", "_store", "_transaction", "_writing")

    def __init__(self, store: PostgresStore, begin: str, writing: bool) -> None:
        self._store = store
        self._begin = begin
        self._writing = writing

    def __enter__(self) -> Transaction:
        self._connection = self._store.begin(self._begin)
        session = PostgresSession(self._connection, self._store.url)
        self._transaction = Transaction(session, self._store.known, self._writing)
        return self._transaction

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        connection = self._connection
        try:
            if kind is None:
                self._transaction.before_commit()
                connection.execute("COMMIT")
                self._transaction.after_commit()
            else:
                _roll_back(connection)
        except BaseException as failure:
            _roll_back(connection)
            if isinstance(failure, psycopg.Error):
                raise translate(failure, self._store.url) from failure
            raise
        finally:
            self._store.give_back(connection)


def _roll_back(connection: psycopg.Connection[Row]) -> None:
    # A connection that cannot even roll back is broken; the server has done it then.
    with contextlib.suppress(psycopg.Error):
        connection.execute("ROLLBACK")


_stores: weakref.WeakSet[PostgresStore] = weakref.WeakSet()
_of_parents: list[object] = []
"""Pools of the process this one was forked from: kept, so that nothing closes them."""


def _after_fork() -> None:
    for store in list(_stores):
        store.after_fork()


os.register_at_fork(after_in_child=_after_fork)
