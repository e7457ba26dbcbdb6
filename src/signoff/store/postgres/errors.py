"""What is wrong with a PostgreSQL database, in words that say what to do.

Owns the translation of psycopg's errors into `StoreError`s.
"""

from __future__ import annotations

import psycopg
from psycopg import conninfo

from signoff.core.ports import TryAgain
from signoff.model.errors import (
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreLocked,
    StoreReadOnly,
    StoreUnreachable,
)

# A deadlock, a conflict, or the locks of a process that was stopped for long.
_LOST_AGAINST_ANOTHER = frozenset({"40001", "40P01", "25P03"})
_LOCKED = frozenset({"55P03", "55006"})
_READ_ONLY = frozenset({"25006", "42501"})
_FULL = frozenset({"53100", "53200"})
_DAMAGED = frozenset({"XX001", "XX002", "42P01", "42703"})


def readable(url: str) -> str:
    """The address of the database without its password."""
    try:
        parts = conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        return "with an address that cannot be read"
    where = f"{parts.get('host') or 'localhost'}:{parts.get('port') or 5432}"
    return f"{parts.get('dbname') or parts.get('user') or ''} at {where}"


def lost_against_another(error: psycopg.Error) -> bool:
    """Whether the transaction was given up for a concurrent one, so that it may be run again."""
    return error.sqlstate in _LOST_AGAINST_ANOTHER


def translate(error: psycopg.Error, url: str) -> StoreError:
    """The typed error for what psycopg raised while it worked on a database."""
    name, code = f"PostgreSQL database {readable(url)}", error.sqlstate or ""
    said = str(error).strip()
    if code in _LOST_AGAINST_ANOTHER:
        return TryAgain(f"The transaction on the {name} lost against another one: {said}")
    if code in _LOCKED:
        return StoreLocked(
            f"The {name} kept a row locked for too long. Look for a stuck process in "
            "pg_stat_activity."
        )
    if code in _READ_ONLY:
        return StoreReadOnly(
            f"The {name} cannot be written: {said}. Connect to the primary, as a user who owns "
            "Signoff's schema."
        )
    if code in _FULL:
        return StoreFull(f"The {name} is full: {said}. Free some space on the server.")
    if code in _DAMAGED:
        return StoreCorrupt(f"The {name} is damaged, or is not Signoff's: {said}.")
    if isinstance(error, psycopg.OperationalError) or code[:2] in ("08", "28", "3D", "57"):
        return StoreUnreachable(
            f"The {name} does not answer: {said}. Check that it runs, and the address, user and "
            "password in SIGNOFF_SERVER_DATABASE_CONNECTION_URL."
        )
    return StoreError(f"The {name} cannot be used: {said}.")
