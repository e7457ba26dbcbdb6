"""The databases: SQL, and nothing else that the rest of Signoff could see.

Owns the only code that knows sqlite3 and psycopg. Must not decide anything about runs: what may
happen is settled before a transaction saves it. Each database loads when it is opened.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from signoff.model.errors import StoreError

if TYPE_CHECKING:
    from signoff.core.ports import Store


def open_store(url: str, *, home: Path) -> Store:
    """Open a database; made when it is missing, upgraded when it is older.

    Args:
        url: `sqlite:////absolute/path` or `postgresql://user@host/name`.
        home: SIGNOFF_HOME, where processes on a SQLite file find each other.

    Raises:
        StoreError: the database cannot be used; the class and the message say why.
    """
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        module = import_module("signoff.store.sqlite.store")
        return cast("Store", module.open_sqlite(url, home=home))
    if scheme in ("postgresql", "postgres"):
        module = import_module("signoff.store.postgres")
        return cast("Store", module.open_postgres(url))
    raise StoreError(
        f"{url!r} is not the URL of a database that Signoff can use; write "
        "sqlite:////absolute/path/signoff.db or postgresql://user@host/name."
    )
