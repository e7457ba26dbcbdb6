"""Moving the write-ahead log into the database file, outside of anybody's commit.

Owns when and how. Commits never checkpoint by themselves, because one of them now and then would
take milliseconds. The thread starts when the log has grown and ends with the work.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from pathlib import Path

from signoff.store.sqlite.session import connect

GROWN = 4_000_000
"""Bytes of write-ahead log above which it is worth the work. The file never shrinks: once it has
been moved it is written from its beginning again, which syncs a third faster than growing it."""
_EVERY = 64
"""Commits between two looks at the size of the log."""
REST = 1024
"""Commits after the work was done during which it is not done again."""


class Checkpoints:
    """Keeps the log of one file small.

    Args:
        path: the database.
        writing: held by whoever writes in this process.
        grown: size of the log in bytes that starts the work.
    """

    def __init__(self, path: Path, writing: threading.Lock, grown: int = GROWN) -> None:
        self._path = path
        self._log = f"{path}-wal"
        self._writing = writing
        self._grown = grown
        self._commits = 0
        self._next = _EVERY
        self._thread: threading.Thread | None = None

    def committed(self) -> None:
        """Something was committed; the caller holds `writing`."""
        self._commits += 1
        if self._commits >= self._next:
            self._next = self._commits + _EVERY
            self._look()

    def _look(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        try:
            grown = os.stat(self._log).st_size > self._grown
        except OSError:
            return
        if grown:
            self._thread = threading.Thread(
                target=self._work, name="signoff-checkpoint", daemon=True
            )
            self._thread.start()

    def _work(self) -> None:
        # A busy or full database is told to those who write; the log waits for the next time.
        with contextlib.suppress(sqlite3.Error):
            connection = connect(self._path, patience=0)
            try:
                # The bulk, while others go on writing.
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                # The rest, while nobody in this process writes: only a log that is wholly in the
                # file starts over from its beginning, and a busy writer would never let it be.
                with self._writing:
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                    self._next = self._commits + REST
            finally:
                connection.close()

    def finish(self) -> None:
        """Wait for the thread, if there is one."""
        if self._thread is not None:
            self._thread.join()
