"""Results of flows and tasks that name a storage or a serializer.

Owns which copy goes where: the journal keeps its own, so that nobody who tidies a storage makes a
task run again; a result too large for the database is kept in the storage alone, under a key of
its own.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.engine import results
from signoff.engine.effects import Block
from signoff.engine.keeping.filesystems import LocalFileSystem, RemoteFileSystem
from signoff.engine.keeping.records import ResultRecord
from signoff.engine.keeping.resolving import serializer_of, storage_of
from signoff.engine.keeping.serializers import PickleSerializer, Serializer
from signoff.engine.keeping.stores import ResultStore
from signoff.model.errors import MissingResult
from signoff.model.journal import Result, ResultKind

if TYPE_CHECKING:
    from signoff.engine.effects import Program
    from signoff.engine.results import Storage
    from signoff.engine.specs import ResultOptions


def encode(value: Any, keeping: ResultOptions, storage: Storage, id: UUID) -> Program[Result]:
    """Keep a value.

    Args:
        value: what a flow or task returned.
        keeping: what was said about it.
        storage: where large ones go by default, and what is large.
        id: the run, which names it in storage.

    Raises:
        NotKept: it cannot be written.
    """
    if value is None and keeping.storage is None:
        return results.NOTHING
    store = store_of(keeping, storage)
    record = store.create_result_record(value, id.hex)
    body = serialised(store.serializer, value)
    small = len(body) <= storage.spill
    # A result with a key of its own is written under it by its transaction.
    if not small or (keeping.storage is not None and keeping.storage_key is None):
        yield Block(partial(written, store, id.hex, record, body))
    shown = results.preview(value)
    if small and keeping.serializer is None:
        return Result(ResultKind.PICKLE, results.dumps(value), None, shown)
    if small:
        return Result(ResultKind.RECORD, record.with_body(body), None, shown)
    return Result(ResultKind.RECORD, None, _reference(store.result_storage, id.hex), shown)


def store_of(keeping: ResultOptions, storage: Storage) -> ResultStore:
    """The store that options stand for."""
    said = keeping.storage
    serializer: Any = keeping.serializer
    return ResultStore(
        result_storage=storage_of(said if said is not None else storage.folder, "result_storage"),
        serializer=PickleSerializer()
        if serializer is None
        else serializer_of(serializer, "result_serializer"),
    )


def serialised(serializer: Serializer, value: Any) -> bytes:
    """A value as bytes.

    Raises:
        Unserialisable: the serializer cannot write it.
    """
    try:
        return serializer.dumps(value)
    except results.Unserialisable:
        raise
    except Exception as error:
        text = f"{type(value).__name__}, by serializer {serializer.type!r}: {error}"
        raise results.Unserialisable(text) from error


def written(store: ResultStore, key: str, record: ResultRecord[Any], body: bytes) -> None:
    """Write a record whose result is bytes already.

    Raises:
        NotKept: the storage does not take it.
    """
    try:
        store.put(key, record, body)
    except Exception as error:
        where = store.result_storage
        raise results.NotKept(f"it cannot be written to {where!r}: {error}") from error


def _reference(storage: Any, key: str) -> str:
    """Where a result is, for whoever reads it; credentials are left out."""
    kind = type(storage)
    if isinstance(storage, LocalFileSystem):
        return json.dumps({"local": str(storage.basepath), "key": key})
    if isinstance(storage, RemoteFileSystem):
        return json.dumps({"remote": storage.basepath, "key": key})
    return json.dumps({"custom": f"{kind.__module__}.{kind.__qualname__}", "key": key})


def decode(result: Result, storage: Any = None) -> Any:
    """The value of a result of kind RECORD.

    Args:
        result: the result.
        storage: the storage its flow or task names, which knows its credentials.

    Raises:
        MissingResult: what keeps it is gone.
    """
    if result.body is not None:
        return ResultRecord.deserialize(result.body).result
    told = json.loads(result.location or "{}")
    if storage is not None:
        system: Any = storage_of(storage, "result_storage")
    elif "local" in told:
        system = LocalFileSystem(basepath=told["local"])
    elif "remote" in told:
        system = RemoteFileSystem(basepath=told["remote"])
    else:
        raise MissingResult(
            f"The result is kept by {told.get('custom')}, which only the code of its flow can make."
        )
    return ResultStore(result_storage=system).read(told["key"]).result
