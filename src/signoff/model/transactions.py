"""The words transactions and cache policies are configured with, as documented."""

from __future__ import annotations

from enum import StrEnum


class IsolationLevel(StrEnum):
    """What others may do under the same key meanwhile."""

    READ_COMMITTED = "READ_COMMITTED"
    """They may compute it too; whoever commits last is kept."""
    SERIALIZABLE = "SERIALIZABLE"
    """They wait. Needs a lock manager."""


class CommitMode(StrEnum):
    """When a transaction commits."""

    EAGER = "EAGER"
    """When its block ends, whatever becomes of the transaction around it."""
    LAZY = "LAZY"
    """When the outermost transaction ends."""
    OFF = "OFF"
    """Never by itself: what has not been committed by hand is rolled back."""


class TransactionState(StrEnum):
    """Where a transaction stands."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    STAGED = "STAGED"
    COMMITTED = "COMMITTED"
    ROLLED_BACK = "ROLLED_BACK"


CACHED = "Cached"
"""Name of the state of a task whose result came from a cache."""
ROLLED_BACK = "RolledBack"
"""Name of the state of a completed task whose effect was undone."""
