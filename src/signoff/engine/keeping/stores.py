"""Results in storage, under keys: the documented result store.

Owns reading, writing and locking records. Blocks while it does; asynchronous callers use the `a`
twins, which leave the event loop free. Must not know tasks and runs.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from signoff.engine.keeping.filesystems import NullFileSystem
from signoff.engine.keeping.locks import LockManager
from signoff.engine.keeping.records import ResultRecord, ResultRecordMetadata
from signoff.engine.keeping.resolving import serializer_of, storage_of
from signoff.engine.keeping.serializers import PickleSerializer, Serializer
from signoff.model.errors import ConfigurationError, MissingResult
from signoff.model.transactions import IsolationLevel

S = TypeVar("S", bound="ResultStore")


def _no_default() -> Any:
    raise ConfigurationError("ResultStore needs a result_storage here: nothing says the default.")


default_storage: Callable[[], Any] = _no_default
"""Makes the storage of a store that was given none; set by the room that knows the settings."""


def new_key() -> str:
    """A key nobody has used."""
    return uuid.uuid4().hex


class ResultStore(BaseModel):
    """Keeps results under keys.

    Args:
        result_storage: where; the default storage when not given.
        metadata_storage: where what is known of them is kept, when not with them.
        lock_manager: hands out locks by which others wait.
        cache_result_in_memory: accepted as documented; a store reads what is kept now.
        serializer: turns results into bytes.
        storage_key_fn: makes the key of a result that is given none.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    result_storage: Any = None
    metadata_storage: Any = None
    lock_manager: LockManager | None = None
    cache_result_in_memory: bool = True
    serializer: Serializer = Field(default_factory=PickleSerializer)
    storage_key_fn: Callable[[], str] = new_key

    # Copies -----------------------------------------------------------------------------------

    def update_for_flow(self: S, flow: Any) -> S:
        """A copy with what a flow says about its results."""
        return self._with(flow, {})

    async def aupdate_for_flow(self: S, flow: Any) -> S:
        """Like `update_for_flow`, for asynchronous code."""
        return self.update_for_flow(flow)

    def update_for_task(self: S, task: Any) -> S:
        """A copy with what a task says about its results and their keys."""
        policy, changes = task.cache_policy, dict[str, Any]()
        if policy is not None and policy.key_storage is not None:
            changes["metadata_storage"] = storage_of(policy.key_storage, "key_storage")
        if policy is not None and policy.lock_manager is not None:
            changes["lock_manager"] = policy.lock_manager
        return self._with(task, changes)

    async def aupdate_for_task(self: S, task: Any) -> S:
        """Like `update_for_task`, for asynchronous code."""
        return self.update_for_task(task)

    def _with(self: S, decorated: Any, changes: dict[str, Any]) -> S:
        if decorated.result_storage is not None:
            changes["result_storage"] = storage_of(decorated.result_storage, "result_storage")
        if decorated.result_serializer is not None:
            said = decorated.result_serializer
            changes["serializer"] = serializer_of(said, "result_serializer")
        changes["cache_result_in_memory"] = decorated.cache_result_in_memory
        return self.model_copy(update=changes)

    # Records ----------------------------------------------------------------------------------

    def exists(self, key: str) -> bool:
        """Whether there is a result under a key that is still good."""
        try:
            return not self._metadata(key).expired
        except MissingResult:
            return False

    def read(self, key: str, holder: str | None = None) -> ResultRecord[Any]:
        """The result under a key; waits for whoever has the key locked.

        Args:
            key: the key.
            holder: who asks, as for `acquire_lock`.

        Raises:
            MissingResult: there is none, or the storage cannot be read.
        """
        if self.lock_manager is not None and not self.is_lock_holder(key, holder):
            self.wait_for_lock(key)
        content = self._content(key)
        try:
            if self._apart is None:
                return ResultRecord.deserialize(content)
            told = ResultRecordMetadata.load_bytes(content)
            body = self._read(self._storage, told.storage_key or key)
            return ResultRecord(metadata=told, result=told.serializer.loads(body))
        except MissingResult:
            raise
        except Exception as error:
            raise MissingResult(
                f"The result under key {key!r} in {self._storage!r} cannot be loaded: {error!r}"
            ) from error

    def find(self, key: str, holder: str | None = None) -> ResultRecord[Any] | None:
        """The result under a key, if there is one that is still good.

        Raises:
            MissingResult: there is one that cannot be loaded.
        """
        try:
            record = self.read(key, holder)
        except MissingResult:
            if self.exists(key):
                raise
            return None
        return None if record.metadata.expired else record

    def create_result_record(
        self, obj: Any, key: str | None = None, expiration: datetime | None = None
    ) -> ResultRecord[Any]:
        """A record of a result, not written yet."""
        if self._apart is not None or key is None:
            key = self.storage_key_fn()
        told = ResultRecordMetadata(
            storage_key=key, expiration=expiration, serializer=self.serializer
        )
        return ResultRecord(metadata=told, result=obj)

    def write(
        self,
        obj: Any,
        key: str | None = None,
        expiration: datetime | None = None,
        holder: str | None = None,
    ) -> None:
        """Keep a result.

        Args:
            obj: the result.
            key: the key; a new one when not given.
            expiration: when it stops being good.
            holder: who writes, as for `acquire_lock`.

        Raises:
            RuntimeError: somebody else has the key locked.
        """
        record = self.create_result_record(obj, key, expiration)
        self.put(key or str(record.metadata.storage_key), record, record.serialize_result(), holder)

    def persist_result_record(
        self, result_record: ResultRecord[Any], holder: str | None = None
    ) -> None:
        """Keep a record. Raises as `write`."""
        key = str(result_record.metadata.storage_key)
        self.put(key, result_record, result_record.serialize_result(), holder)

    def put(
        self, key: str, record: ResultRecord[Any], body: bytes, holder: str | None = None
    ) -> None:
        """Keep a record whose result is bytes already. Raises as `write`."""
        locked = self.lock_manager is not None and self.is_locked(key)
        if locked and not self.is_lock_holder(key, holder):
            raise RuntimeError(
                f"Cannot write to result record with key {key!r} because it is locked by another "
                "holder."
            )
        if self._apart is None:
            self._write(self._storage, key, record.with_body(body))
            return
        # The result first: whoever finds the key finds what it stands for.
        self._write(self._storage, record.metadata.storage_key or key, body)
        self._write(self._apart, key, record.serialize_metadata())

    # Locks ------------------------------------------------------------------------------------

    @staticmethod
    def generate_default_holder() -> str:
        """Who acts here: machine, process and thread."""
        return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"

    def supports_isolation_level(self, level: IsolationLevel) -> bool:
        """Whether it can do this: SERIALIZABLE needs a lock manager."""
        return IsolationLevel(level) is not IsolationLevel.SERIALIZABLE or (
            self.lock_manager is not None
        )

    def acquire_lock(
        self, key: str, holder: str | None = None, timeout: float | None = None
    ) -> bool:
        """Lock a key.

        Args:
            key: the key.
            holder: who locks it; machine, process and thread when not given.
            timeout: seconds to wait at most; None for no limit.

        Returns:
            Whether it was locked.

        Raises:
            ConfigurationError: there is no lock manager.
        """
        return self._locks.acquire_lock(key, holder or self.generate_default_holder(), timeout)

    def release_lock(self, key: str, holder: str | None = None) -> None:
        """Give a lock up. Raises `ValueError` when the holder does not have it."""
        self._locks.release_lock(key, holder or self.generate_default_holder())

    def is_locked(self, key: str) -> bool:
        """Whether anybody has a key locked."""
        return self._locks.is_locked(key)

    def is_lock_holder(self, key: str, holder: str | None = None) -> bool:
        """Whether this holder has a key locked."""
        return self._locks.is_lock_holder(key, holder or self.generate_default_holder())

    def wait_for_lock(self, key: str, timeout: float | None = None) -> bool:
        """Wait until nobody has a key locked, at most `timeout` seconds; whether that is so."""
        return self._locks.wait_for_lock(key, timeout)

    @property
    def _locks(self) -> LockManager:
        if self.lock_manager is None:
            raise ConfigurationError(
                "Result store is not configured with a lock manager. Please set a lock manager "
                "when creating the result store to enable locking."
            )
        return self.lock_manager

    # Asynchronous faces -----------------------------------------------------------------------

    async def aexists(self, key: str) -> bool:
        """Like `exists`, for asynchronous code."""
        return await asyncio.to_thread(self.exists, key)

    async def aread(self, key: str, holder: str | None = None) -> ResultRecord[Any]:
        """Like `read`, for asynchronous code."""
        return await asyncio.to_thread(self.read, key, holder or self.generate_default_holder())

    async def awrite(
        self,
        obj: Any,
        key: str | None = None,
        expiration: datetime | None = None,
        holder: str | None = None,
    ) -> None:
        """Like `write`, for asynchronous code."""
        holder = holder or self.generate_default_holder()
        await asyncio.to_thread(self.write, obj, key, expiration, holder)

    async def apersist_result_record(
        self, result_record: ResultRecord[Any], holder: str | None = None
    ) -> None:
        """Like `persist_result_record`, for asynchronous code."""
        holder = holder or self.generate_default_holder()
        await asyncio.to_thread(self.persist_result_record, result_record, holder)

    async def aacquire_lock(
        self, key: str, holder: str | None = None, timeout: float | None = None
    ) -> bool:
        """Like `acquire_lock`, for asynchronous code."""
        holder = holder or self.generate_default_holder()
        return await self._locks.aacquire_lock(key, holder, timeout)

    async def await_for_lock(self, key: str, timeout: float | None = None) -> bool:
        """Like `wait_for_lock`, for asynchronous code."""
        return await self._locks.await_for_lock(key, timeout)

    # Storage ----------------------------------------------------------------------------------

    @property
    def _storage(self) -> Any:
        if self.result_storage is None:
            self.result_storage = default_storage()
        return self.result_storage

    @property
    def _apart(self) -> Any:
        """Where metadata is kept apart from results; None when it is kept with them."""
        kept = self.metadata_storage
        return None if kept is None or isinstance(kept, NullFileSystem) else kept

    def _metadata(self, key: str) -> ResultRecordMetadata:
        content = self._content(key)
        try:
            if self._apart is not None:
                return ResultRecordMetadata.load_bytes(content)
            return ResultRecord.metadata_of(content)
        except Exception as error:
            raise MissingResult(f"What is kept under key {key!r} is no result: {error}") from error

    def _content(self, key: str) -> bytes:
        return self._read(self._storage if self._apart is None else self._apart, key)

    def _read(self, storage: Any, key: str) -> bytes:
        try:
            content: bytes = _done(storage.read_path(key))
        except Exception as error:
            raise MissingResult(
                f"There is no result under key {key!r} in {storage!r}: {error}"
            ) from error
        return content

    def _write(self, storage: Any, key: str, content: bytes) -> None:
        _done(storage.write_path(key, content))


def _done(value: Any) -> Any:
    """What somebody's own storage returned, awaited where its methods are asynchronous."""
    return asyncio.run(_awaited(value)) if inspect.isawaitable(value) else value


async def _awaited(value: Any) -> Any:
    return await value
