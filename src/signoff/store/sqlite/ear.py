"""How a process on SQLite hears of changes: datagrams, and a look at the file now and then.

Owns the safety net: `PRAGMA data_version` changes with every commit of another connection, so a
poke that got lost is made up for within a quarter of a second.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from signoff.core.ports import Heard, Hears
from signoff.store.datagrams import PREFIXES, Mailbox
from signoff.store.sqlite.session import connect

LOOK_EVERY = 0.25
"""Seconds between two looks at the file."""


class SqliteEar:
    """See `core.ports.Ear`.

    Args:
        path: the database.
        folder: where the sockets of processes are.
        process_id: this process.
        hears: what it hears beside that.
    """

    def __init__(self, path: Path, folder: Path, process_id: str, hears: Hears) -> None:
        self._path = path
        self._mailbox = Mailbox(folder, f"{PREFIXES[hears]}{process_id}")
        self.address = self._mailbox.address
        self._connection: sqlite3.Connection | None = None
        self._version = self._look()
        self._looked = time.monotonic()

    def watch(self, run_ids: Sequence[UUID]) -> None:
        """Nothing to do: whoever changes a run pokes the processes that wait for it."""

    def wait(self, timeout: float) -> Heard | None:
        give_up = time.monotonic() + timeout
        while True:
            now = time.monotonic()
            next_look = self._looked + LOOK_EVERY
            if now >= next_look and self._changed(now):
                return None
            pause = min(give_up, self._looked + LOOK_EVERY) - now
            found = self._mailbox.wait(max(pause, 0.0))
            if found or self._mailbox.interrupted or time.monotonic() >= give_up:
                return found

    def interrupt(self) -> None:
        self._mailbox.interrupt()

    def close(self) -> None:
        self._mailbox.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _changed(self, now: float) -> bool:
        self._looked = now
        version = self._look()
        changed = version != self._version
        self._version = version
        return changed

    def _look(self) -> int:
        """The file's data version; 0 when it cannot be told, which is noticed as a change."""
        with contextlib.suppress(sqlite3.Error):
            if self._connection is None:
                self._connection = connect(self._path, patience=1.0)
            # Always fetched to the end: an unfinished statement would freeze the version.
            rows = self._connection.execute("PRAGMA data_version").fetchall()
            version: int = rows[0][0]
            return version
        return 0
