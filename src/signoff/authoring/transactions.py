"""The documented ways to open a transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from signoff.authoring.results import get_result_store
from signoff.engine.frames import current_transaction
from signoff.engine.keeping.policies import level_of
from signoff.engine.keeping.stores import ResultStore
from signoff.engine.keeping.transactions import AsyncTransaction, BaseTransaction, Transaction
from signoff.model.errors import ConfigurationError
from signoff.model.transactions import CommitMode, IsolationLevel


def get_transaction() -> BaseTransaction | None:
    """The transaction around the present line; inside a task that has one, the task's own."""
    found: BaseTransaction | None = current_transaction.get()
    return found


@contextmanager
def transaction(
    key: str | None = None,
    store: ResultStore | None = None,
    commit_mode: CommitMode | None = None,
    isolation_level: IsolationLevel | None = None,
    overwrite: bool = False,
    write_on_commit: bool = True,
    logger: Any = None,
) -> Iterator[Transaction]:
    """Make the block a whole: when it raises, what its tasks did is undone, latest first.

    A completed task is undone by its `on_rollback` hooks. When the block ends well, the transaction
    commits, or becomes part of the one around it.

    Args:
        key: identifies the work: `is_committed()` tells whether it was done before.
        store: keeps the record of the key; that of the run when not given.
        commit_mode: when it commits; LAZY when not given.
        isolation_level: what others may do under the key meanwhile; READ_COMMITTED when not given.
        overwrite: begin anew although there is a record.
        write_on_commit: write the record.
        logger: where its lines go; to the run when not given.

    Raises:
        ConfigurationError: an option cannot be used.
    """
    made = Transaction(
        **_options(key, store, commit_mode, isolation_level, overwrite, write_on_commit, logger)
    )
    with made:
        yield made


@asynccontextmanager
async def atransaction(
    key: str | None = None,
    store: ResultStore | None = None,
    commit_mode: CommitMode | None = None,
    isolation_level: IsolationLevel | None = None,
    overwrite: bool = False,
    write_on_commit: bool = True,
    logger: Any = None,
) -> AsyncIterator[AsyncTransaction]:
    """Like `transaction`, for asynchronous code; hooks may be asynchronous as well."""
    made = AsyncTransaction(
        **_options(key, store, commit_mode, isolation_level, overwrite, write_on_commit, logger)
    )
    async with made:
        yield made


def _options(
    key: str | None,
    store: ResultStore | None,
    commit_mode: CommitMode | None,
    isolation_level: IsolationLevel | None,
    overwrite: bool,
    write_on_commit: bool,
    logger: Any,
) -> dict[str, Any]:
    if commit_mode is not None:
        try:
            commit_mode = CommitMode(commit_mode)
        except ValueError:
            raise ConfigurationError(
                f"commit_mode={commit_mode!r} is unknown; use one of {', '.join(CommitMode)}."
            ) from None
    return {
        "key": key,
        "store": get_result_store() if key is not None and store is None else store,
        "commit_mode": commit_mode,
        "isolation_level": None if isolation_level is None else level_of(isolation_level),
        "overwrite": overwrite,
        "write_on_commit": write_on_commit,
        "logger": logger,
    }
