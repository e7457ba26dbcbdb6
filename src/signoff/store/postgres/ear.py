"""How a process on PostgreSQL hears of changes: LISTEN and NOTIFY.

Owns the channels. Everything of one process goes to a channel of its own, so that nobody is woken
for others; what is meant for processes that poll a server goes to a channel all servers hear. A
writer that dies between its commit and its NOTIFY is made up for by a look at the history.
"""

from __future__ import annotations

import contextlib
import hashlib
import selectors
import socket
import time
from collections.abc import Sequence
from uuid import UUID

import psycopg
from psycopg import sql

from signoff.core.hearing import note
from signoff.core.ports import SOME_RUN, Heard, Hears, Poke
from signoff.model.replies import RunSignal
from signoff.store.codes import HOLD, PHASE, SUSPEND, requests_of
from signoff.store.postgres.session import Connection, configure

SERVERS = "signoff_servers"
"""The channel that every server hears."""
CLAIMERS = "signoff_due"
"""The channel of everybody who starts processes for runs that are due."""
_CHANNELS = {Hears.OWN: (), Hears.DUE: (CLAIMERS,), Hears.ALL: (CLAIMERS, SERVERS)}
PREFIX = "pg:"
"""Begins the address of a process that listens on a channel."""
LOOK_EVERY = 1.0
"""Seconds between two looks at the history."""
_LOOK = "SELECT COALESCE(MAX(seq), 0) FROM history"


def channel_of(process_id: str) -> str:
    """The channel of one process; as long as PostgreSQL allows whatever the id is."""
    return f"signoff_{hashlib.blake2b(process_id.encode(), digest_size=16).hexdigest()}"


def payload_of(poke: Poke) -> str:
    """What a notification says: the run, and where it stands where that is known."""
    signal = poke.signal
    if signal is None:
        return poke.run_id.hex
    asked = requests_of(signal.hold, signal.suspend)
    standing = (signal.version, signal.entry, PHASE.number[signal.phase], asked)
    return " ".join([poke.run_id.hex, *map(str, standing)])


def _read(payload: str) -> tuple[UUID, RunSignal | None]:
    """What a notification says. Raises `ValueError` for one that is not ours."""
    run, *standing = payload.split(" ")
    run_id = UUID(run)
    if len(standing) != 4:
        return run_id, None
    version, entry, phase, asked = map(int, standing)
    member = PHASE.member.get(phase)
    if member is None:
        return run_id, None
    flags = bool(asked & HOLD), bool(asked & SUSPEND)
    return run_id, RunSignal(run_id, version, entry, member, *flags)


class PostgresEar:
    """See `core.ports.Ear`.

    Args:
        url: the database.
        process_id: this process.
        hears: what it hears beside that.
        connect_timeout: seconds to wait for a connection.
    """

    def __init__(self, url: str, process_id: str, hears: Hears, connect_timeout: int) -> None:
        self._url = url
        self._connect_timeout = connect_timeout
        self._channels = [channel_of(process_id), *_CHANNELS[hears]]
        self.address = PREFIX + self._channels[0]
        self._ours, self._theirs = socket.socketpair()
        for end in (self._ours, self._theirs):
            end.setblocking(False)
        self._connection: Connection | None = None
        self._seen = 0
        self._looked = 0.0
        self._connect()

    def watch(self, run_ids: Sequence[UUID]) -> None:
        """Nothing to do: whoever changes a run notifies the processes that wait for it."""

    def wait(self, timeout: float) -> Heard | None:
        give_up = time.monotonic() + timeout
        while True:
            if self._connection is None and self._connect():
                return None
            now = time.monotonic()
            if now >= self._looked + LOOK_EVERY and self._changed(now):
                return None
            pause = max(min(give_up, self._looked + LOOK_EVERY) - now, 0.0)
            found, interrupted = self._select(pause)
            if found or interrupted or time.monotonic() >= give_up:
                return found

    def interrupt(self) -> None:
        with contextlib.suppress(OSError):
            self._theirs.send(b"!")

    def close(self) -> None:
        self._disconnect()
        self._ours.close()
        self._theirs.close()

    def _select(self, timeout: float) -> tuple[Heard, bool]:
        """Runs notified of, and whether somebody interrupts."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._ours, selectors.EVENT_READ)
            if self._connection is not None:
                selector.register(self._connection.fileno(), selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select(timeout)]
        interrupted = self._ours in ready
        if interrupted:
            with contextlib.suppress(BlockingIOError):
                while self._ours.recv(4096):
                    pass
        return self._notified(), interrupted

    def _notified(self) -> Heard:
        found: dict[UUID, RunSignal | None] = {}
        if self._connection is None:
            return found
        try:
            for notice in self._connection.notifies(timeout=0):
                if notice.channel == CLAIMERS:
                    found[SOME_RUN] = None
                    continue
                with contextlib.suppress(ValueError):
                    note(found, *_read(notice.payload))
        except psycopg.Error:
            self._disconnect()
        return found

    def _connect(self) -> bool:
        """Whether a connection could be made; what was said before it is lost."""
        self._looked = time.monotonic()
        try:
            self._connection = psycopg.connect(
                self._url, autocommit=True, connect_timeout=self._connect_timeout
            )
            configure(self._connection)
            for channel in self._channels:
                self._connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self._seen = self._look()
        except psycopg.Error:
            self._disconnect()
        return self._connection is not None

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                connection.close()

    def _changed(self, now: float) -> bool:
        self._looked = now
        try:
            seen = self._look()
        except psycopg.Error:
            self._disconnect()
            return False
        changed = seen != self._seen
        self._seen = seen
        return changed

    def _look(self) -> int:
        assert self._connection is not None
        row = self._connection.execute(_LOOK).fetchone()
        return row[0] if row is not None else 0
