"""What a transaction needs of a connection, whichever database it leads to.

Owns the contract between the repositories, which know statements and values, and the two drivers,
which know neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from signoff.store.dialects import Dialect

Row = tuple[Any, ...]
Values = Mapping[str, Any]


class Session(Protocol):
    """One connection, inside one transaction. Every method raises `StoreError` and nothing else
    for what is wrong with the database."""

    dialect: Dialect

    def one(self, name: str, values: Values) -> Row | None:
        """The first row of a named statement."""

    def all(self, name: str, values: Values) -> list[Row]:
        """Every row of a named statement."""

    def run(self, name: str, values: Values) -> int:
        """Carry out a named statement; returns how many rows it changed."""

    def run_many(self, name: str, many: Iterable[Values]) -> None:
        """Carry out a named statement once for each set of values."""

    def ask(self, sql: str, values: Values) -> list[Row]:
        """Every row of a statement that was put together for this occasion."""

    def change(self, sql: str, values: Values) -> int:
        """Carry out a statement that was put together for this occasion; returns how many rows it
        changed."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo only what happens inside when it raises."""
