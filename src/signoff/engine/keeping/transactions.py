"""Work that is done as a whole or undone: the documented transactions.

Owns when a transaction commits, what is undone and in which order, and the locks and records of
keys. Every step is a program of effects, so that it is written once for both kinds of code.
"""

from __future__ import annotations

import importlib
import logging
import uuid
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from signoff.core.standing import Standing
from signoff.engine.drivers import drive_sync
from signoff.engine.effects import Block, CallUser, Effect, Log, Program
from signoff.engine.frames import current_run, current_transaction
from signoff.model.errors import Abort, ConfigurationError, MissingResult, Pause
from signoff.model.transactions import CommitMode, IsolationLevel, TransactionState

if TYPE_CHECKING:
    from datetime import timedelta
    from types import TracebackType

    from signoff.engine.keeping.records import ResultRecord
    from signoff.engine.keeping.stores import ResultStore

T = TypeVar("T")
Self = TypeVar("Self", bound="BaseTransaction")
Hook = Callable[[Any], Any]

SLICE = 0.5
"""Seconds of one try to take a lock; between two, the run hears whether it must stop."""
DEBUG, WARNING, ERROR = 10, 30, 40
_OVER = (TransactionState.COMMITTED, TransactionState.ROLLED_BACK)
_UNSET: Any = object()


class BaseTransaction:
    """What synchronous and asynchronous transactions have in common.

    Args:
        store: keeps the record of the key.
        key: identifies the work: with a record under it, it was done before.
        commit_mode: when it commits; as the one around it when not given, else LAZY.
        isolation_level: what others may do meanwhile; likewise, else READ_COMMITTED.
        overwrite: do the work although there is a record.
        write_on_commit: write the record.
        logger: where its lines go; to the run when not given.

    Attributes:
        state: where it stands.
        lasts: how long its record is good; None for ever.
        children: transactions that commit, or are undone, with it.
        on_commit_hooks, on_rollback_hooks: what is called then, with it.
    """

    def __init__(
        self,
        *,
        store: ResultStore | None = None,
        key: str | None = None,
        commit_mode: CommitMode | None = None,
        isolation_level: IsolationLevel | None = None,
        overwrite: bool = False,
        write_on_commit: bool = True,
        logger: Any = None,
    ) -> None:
        self.store = store
        self.key = key
        self.commit_mode = commit_mode
        self.isolation_level = isolation_level
        self.overwrite = overwrite
        self.write_on_commit = write_on_commit
        self.logger = logger
        self.state = TransactionState.PENDING
        self.children: list[BaseTransaction] = []
        self.on_commit_hooks: list[Hook] = []
        self.on_rollback_hooks: list[Hook] = []
        self.lasts: timedelta | None = None
        self._values: dict[str, Any] = {}
        self._staged: Any = None
        self._found: ResultRecord[Any] | None = None
        self._parent: BaseTransaction | None = None
        self._token: Any = None
        self._holder = f"transaction-{uuid.uuid4().hex}"
        self._locked = False

    # Values -----------------------------------------------------------------------------------

    def set(self, name: str, value: Any) -> None:
        """Remember a value for hooks and for transactions inside."""
        self._values[name] = value

    def get(self, name: str, default: Any = _UNSET) -> Any:
        """A value that this transaction, or one around it, remembers.

        Raises:
            ValueError: there is none and no default.
        """
        found: BaseTransaction | None = self
        while found is not None:
            if name in found._values:
                return found._values[name]
            found = found._parent
        if default is _UNSET:
            raise ValueError(f"Could not retrieve value for unknown key: {name}")
        return default

    # State ------------------------------------------------------------------------------------

    def is_committed(self) -> bool:
        """Whether its work is done, now or by an earlier one under the key."""
        return self.state is TransactionState.COMMITTED

    def is_rolled_back(self) -> bool:
        """Whether its work was undone."""
        return self.state is TransactionState.ROLLED_BACK

    def is_staged(self) -> bool:
        """Whether its work is ready to be committed."""
        return self.state is TransactionState.STAGED

    def is_pending(self) -> bool:
        """Whether it has not begun."""
        return self.state is TransactionState.PENDING

    def is_active(self) -> bool:
        """Whether its work is being done."""
        return self.state is TransactionState.ACTIVE

    @classmethod
    def get_active(cls: type[Self]) -> Self | None:
        """The transaction around the present line."""
        found: Self | None = current_transaction.get()
        return found

    def get_parent(self) -> BaseTransaction | None:
        """The transaction around this one."""
        return self._parent

    def add_child(self, transaction: BaseTransaction) -> None:
        """Let another transaction commit, or be undone, with this one."""
        self.children.append(transaction)

    def stage(
        self,
        value: Any,
        on_rollback_hooks: Sequence[Hook] | None = None,
        on_commit_hooks: Sequence[Hook] | None = None,
    ) -> None:
        """Say that the work is ready.

        Args:
            value: what is kept under the key.
            on_rollback_hooks, on_commit_hooks: called with this transaction.
        """
        self.on_rollback_hooks.extend(on_rollback_hooks or ())
        self.on_commit_hooks.extend(on_commit_hooks or ())
        if self.state not in _OVER:
            self._staged = value
            self.state = TransactionState.STAGED

    # Steps, as programs -----------------------------------------------------------------------

    def beginning(self) -> Program[None]:
        """Look the key up, waiting for its lock where that is asked for.

        Raises:
            ConfigurationError: SERIALIZABLE without a lock manager.
        """
        parent = self._parent = current_transaction.get()
        store, key = self.store, self.key
        if self.commit_mode is None:
            eager = parent is not None and parent.commit_mode is CommitMode.EAGER
            self.commit_mode = CommitMode.EAGER if eager else CommitMode.LAZY
        if self.isolation_level is None:
            level = parent.isolation_level if parent is not None else None
            able = level is not None and store is not None and store.supports_isolation_level(level)
            self.isolation_level = level if able else IsolationLevel.READ_COMMITTED
        level = self.isolation_level or IsolationLevel.READ_COMMITTED
        self.state = TransactionState.ACTIVE
        if store is None or key is None:
            return
        if not store.supports_isolation_level(level):
            raise ConfigurationError(
                f"Isolation level {level} is not supported by the result store of "
                f"transaction {key!r}: it has no lock manager. Give one, such as "
                "FileSystemLockManager(folder) of signoff.locking.filesystem."
            )
        if level is IsolationLevel.SERIALIZABLE:
            yield from self._lock(store, key)
        if self.overwrite:
            return
        self._found = yield from self._look(store, key)
        if self._found is not None:
            self.state = TransactionState.COMMITTED
            self.release()

    def _look(self, store: ResultStore, key: str) -> Program[ResultRecord[Any] | None]:
        """The record under the key that is still good."""
        try:
            found: ResultRecord[Any] | None = yield Block(partial(store.find, key, self._holder))
        except MissingResult as error:
            text = "%s; transaction %r begins anew."
            yield from self._say(WARNING, text, (error, key))
            return None
        return found

    def _lock(self, store: ResultStore, key: str) -> Program[None]:
        frame = current_run.get()
        while not (yield Block(partial(store.acquire_lock, key, self._holder, SLICE))):
            if frame is not None:
                frame.obey()
        self._locked = True

    def release(self) -> None:
        """Give the lock up, if it has one. Never waits."""
        if self._locked and self.store is not None and self.key is not None:
            self._locked = False
            try:
                self.store.release_lock(self.key, self._holder)
            except ValueError:
                # It was held for so long that the manager gave it to somebody else.
                logging.getLogger("signoff.transactions").warning(
                    "The lock of transaction %r was no longer held.", self.key
                )

    def reading(self) -> Program[ResultRecord[Any] | None]:
        """The record under the key; None when there is none."""
        if self._found is None and self.store is not None and self.key is not None:
            self._found = yield from self._look(self.store, self.key)
        return self._found

    def ending(self, error: BaseException | None) -> Program[None]:
        """Leave the block: commit, undo, or leave that to the transaction around.

        A run that is only left by this process, because it waits or another one took it over, is
        neither: when it is entered again, its finished tasks rejoin the transaction.
        """
        if error is not None and _goes_on(error):
            self.release()
        elif error is not None or self.commit_mode is CommitMode.OFF:
            yield from self.undoing()
        elif self._parent is None or self.commit_mode is CommitMode.EAGER:
            yield from self.committing()
        else:
            yield from self.joining(self._parent)

    def joining(self, parent: BaseTransaction) -> Program[None]:
        """Become part of the transaction around; one that is over already decides at once."""
        if parent.is_rolled_back():
            yield from self.undoing()
        elif parent.is_committed() and parent._token is None:
            yield from self.committing()
        else:
            parent.add_child(self)

    def committing(self) -> Program[bool]:
        """Commit what is inside, call the hooks, write the record. Whether it did."""
        if self.state in _OVER:
            self.release()
            return False
        try:
            for child in self.children:
                yield from child.committing()
            for hook in self.on_commit_hooks:
                yield from self._call(hook, "commit")
            if self.store is not None and self.key is not None and self.write_on_commit:
                yield Block(self._write)
        except Exception as error:
            yield from self._say(
                ERROR,
                "An error was encountered while committing transaction %r",
                (self.key,),
                error,
            )
            yield from self.undoing()
            return False
        self.state = TransactionState.COMMITTED
        self.release()
        yield from self.committed()
        return True

    def committed(self) -> Program[None]:
        """What is left to do after a commit: nothing, by default."""
        yield from ()

    def _write(self) -> None:
        if self.store is not None:
            until = None if self.lasts is None else datetime.now(UTC) + self.lasts
            self.store.write(self._staged, self.key, until, self._holder)

    def undoing(self) -> Program[bool]:
        """Call the rollback hooks, latest first, here and inside. Whether all went well."""
        if self.state in _OVER:
            return False
        good = True
        for hook in reversed(self.on_rollback_hooks):
            try:
                yield from self._call(hook, "rollback")
            except Exception as error:
                good = False
                yield from self._say(
                    ERROR,
                    "An error was encountered while rolling back transaction %r",
                    (self.key,),
                    error,
                )
        for child in reversed(self.children):
            good = (yield from child.undoing()) and good
        self.state = TransactionState.ROLLED_BACK
        self.release()
        yield from self.undone()
        return good

    def undone(self) -> Program[None]:
        """What is left to do after a rollback: nothing, by default."""
        yield from ()

    def _call(self, hook: Hook, kind: str) -> Program[None]:
        name = getattr(hook, "__name__", repr(hook))
        yield from self._say(DEBUG, "Running %s hook %r", (kind, name))
        yield CallUser(hook, (self,))
        yield from self._say(DEBUG, "%s hook %r finished running", (kind.capitalize(), name))

    def _say(
        self, level: int, text: str, args: tuple[Any, ...], error: BaseException | None = None
    ) -> Program[None]:
        if self.logger is None and current_run.get() is not None:
            yield Log(level, text, args, error)
            return
        logger = self.logger or logging.getLogger("signoff.transactions")
        logger.log(level, text, *args, exc_info=error)

    # The block --------------------------------------------------------------------------------

    def entering(self) -> Program[None]:
        """Begin, and be the transaction around what follows."""
        if self._token is not None:
            raise RuntimeError("Context already entered. Context enter calls cannot be nested.")
        try:
            yield from self.beginning()
        except BaseException:
            self.release()
            raise
        self._token = current_transaction.set(self)

    def leaving(self, error: BaseException | None) -> Program[None]:
        """End, and be it no more."""
        token, self._token = self._token, None
        current_transaction.reset(token)
        try:
            yield from self.ending(error)
        finally:
            if self.state in _OVER:
                self.release()


class Transaction(BaseTransaction):
    """A transaction of synchronous code; `transaction()` makes one."""

    def begin(self) -> None:
        """Look the key up, waiting for its lock where that is asked for."""
        _driven(self.beginning())

    def read(self) -> ResultRecord[Any] | None:
        """The record under the key; None when there is none."""
        return _driven(self.reading())

    def commit(self) -> bool:
        """Commit now. Whether it did."""
        return _driven(self.committing())

    def rollback(self) -> bool:
        """Undo now. Whether it did."""
        return _driven(self.undoing())

    def __enter__(self) -> Transaction:
        _driven(self.entering())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _driven(self.leaving(error))


class AsyncTransaction(BaseTransaction):
    """A transaction of asynchronous code; `atransaction()` makes one."""

    async def begin(self) -> None:
        """Look the key up, waiting for its lock where that is asked for."""
        await _adriven(self.beginning())

    async def read(self) -> ResultRecord[Any] | None:
        """The record under the key; None when there is none."""
        return await _adriven(self.reading())

    async def commit(self) -> bool:
        """Commit now. Whether it did."""
        return await _adriven(self.committing())

    async def rollback(self) -> bool:
        """Undo now. Whether it did."""
        return await _adriven(self.undoing())

    async def __aenter__(self) -> AsyncTransaction:
        await _adriven(self.entering())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await _adriven(self.leaving(error))


def _goes_on(error: BaseException) -> bool:
    """Whether the run goes on elsewhere or later, after this signal has left it."""
    if isinstance(error, Pause):
        return True
    frame = current_run.get()
    return isinstance(error, Abort) and not (
        frame is not None and frame.signals.standing is Standing.STOP
    )


def _gateway() -> Any:
    """The way to the service; code outside of runs needs none."""
    frame = current_run.get()
    return frame.gateway if frame is not None else None


def _driven(program: Generator[Effect, Any, T]) -> T:
    return drive_sync(program, _gateway())


async def _adriven(program: Generator[Effect, Any, T]) -> T:
    # Loaded on first use: only asynchronous code needs asyncio, which costs 40 ms.
    driver = importlib.import_module("signoff.engine.async_driver")
    value: T = await driver.drive_async(program, _gateway())
    return value
