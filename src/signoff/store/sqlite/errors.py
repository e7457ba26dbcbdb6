"""What is wrong with a SQLite file, in words that say what to do.

Owns the translation of sqlite3's errors into `StoreError`s.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from signoff.model.errors import (
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
)

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PRIMARY = 0xFF
"""An extended error code carries its primary code in the lowest byte."""


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another connection is in the way, so that trying again may help."""
    return primary_code(error) in _BUSY


def primary_code(error: sqlite3.Error) -> int:
    """The primary result code; `SQLITE_ERROR` where the driver gives none."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & _PRIMARY


def translate(error: sqlite3.Error, path: Path) -> StoreError:
    """The typed error for what sqlite3 raised while it worked on the file `path`."""
    code = primary_code(error)
    if code in _BUSY:
        return StoreLocked(
            f"The database {path} is locked: another process has been writing to it for too long. "
            "Find the process that uses the file (`fuser`, `lsof`) and let it finish, or end it."
        )
    if code == sqlite3.SQLITE_FULL or _disk_is_full(error, path):
        return StoreFull(
            f"The database {path} cannot grow: the disk is full. Free some space on it, or move "
            "SIGNOFF_HOME to another disk."
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        return _cannot_write(path)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreCorrupt(
            f"The file {path} is damaged, or is not a database at all ({error}). Restore it from a "
            "backup, or move it away to start with an empty database."
        )
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(
            f"The disk failed while the database {path} was used ({error}). Look for errors of the "
            "disk or the network file system; SIGNOFF_HOME should be on a local disk."
        )
    return StoreError(f"The database {path} cannot be used: {error}.")


def _disk_is_full(error: sqlite3.Error, path: Path) -> bool:
    """An I/O error on a disk without a free block is a full disk: the shared memory file of the
    write-ahead log has no error code of its own for it."""
    if primary_code(error) not in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return False
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return False
    return disk.f_bavail == 0 and disk.f_blocks > 0


def _cannot_write(path: Path) -> StoreReadOnly:
    folder = path.parent
    if path.is_dir():
        why = "it is a folder"
    elif not folder.is_dir():
        why = f"the folder {folder} does not exist"
    elif os.statvfs(folder).f_flag & os.ST_RDONLY:
        why = "its disk is mounted read-only"
    elif path.exists() and not os.access(path, os.W_OK, effective_ids=True):
        why = "the file may not be written by this user"
    elif not os.access(folder, os.W_OK, effective_ids=True):
        why = f"the folder {folder} may not be written by this user"
    else:
        why = "the file, or one of its companions -wal and -shm, may not be written by this user"
    return StoreReadOnly(
        f"The database {path} cannot be written: {why}. Give the user that runs Signoff write "
        "access to the file and its folder, or set SIGNOFF_HOME to a folder that it may write to."
    )
