"""How values of user code are kept and come back.

Owns the encoding of results and parameters: the standard pickle where it suffices, cloudpickle
for the rest, files under the result storage for large ones. Only processes that run user code
call this; the server passes bodies on unopened.
"""

from __future__ import annotations

import importlib
import io
import json
import pickle
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from signoff.model.errors import MissingResult
from signoff.model.journal import Result, ResultKind
from signoff.model.values import dataclass

PREVIEW = 2000
"""Characters of a result that people may see."""

NOTHING = Result(ResultKind.NONE)


class NotKept(Exception):
    """A value cannot be kept; the message says why."""


class Unserialisable(NotKept):
    """The value cannot be turned into bytes."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Where large results go.

    Args:
        folder: a folder of this machine.
        spill: bytes beyond which a result goes into a file instead of the database.
    """

    folder: Path
    spill: int = 512 * 1024


def dumps(value: Any) -> bytes:
    """Pickle a value so that another process can load it.

    Raises:
        Unserialisable: it cannot be pickled.
    """
    try:
        return pickle.dumps(value, protocol=5)
    except Exception:
        # Loaded here and not above: most values never need it, and it costs 20 ms.
        cloudpickle = importlib.import_module("cloudpickle")
        try:
            body: bytes = cloudpickle.dumps(value, protocol=5)
        except Exception as error:
            raise Unserialisable(f"{type(value).__name__}: {error}") from error
        return body


def loads(body: bytes) -> Any:
    """The value of a pickle made by `dumps`."""
    return _Unpickler(io.BytesIO(body)).load()


class _Unpickler(pickle.Unpickler):
    """Finds the classes of a script that is loaded under another name than `__main__`."""

    def find_class(self, module: str, name: str) -> Any:
        return super().find_class(module_of(module), name)


ENTERED = "__signoff_main__"
"""The name under which a script is loaded when its run is entered again."""


def module_of(name: str) -> str:
    """The module that goes by a name in this process."""
    return ENTERED if name == "__main__" and ENTERED in sys.modules else name


def preview(value: Any) -> str | None:
    """What a person may see of a value: its representation, cut at 2 kB."""
    try:
        text = repr(value)
    except Exception as error:
        text = f"<{type(value).__name__}: its repr raised {type(error).__name__}>"
    return text if len(text) <= PREVIEW else text[: PREVIEW - 1] + "…"


def encode(value: Any, storage: Storage, name: UUID) -> Result:
    """Keep a value.

    Args:
        value: what a flow or task returned, or the exception it raised.
        storage: where a large one goes.
        name: the run, which names the file.

    Raises:
        NotKept: it cannot be pickled, or its file cannot be written.
    """
    if value is None:
        return NOTHING
    body = dumps(value)
    shown = preview(value)
    if len(body) <= storage.spill:
        return Result(ResultKind.PICKLE, body, None, shown)
    path = storage.folder / f"{name.hex}.pickle"
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(body)
        partial.replace(path)
    except OSError as error:
        raise NotKept(f"{path} cannot be written: {error}") from error
    return Result(ResultKind.FILE, None, str(path), shown)


def encode_json(value: Any, storage: Storage) -> Result | None:
    """Keep a value as JSON, which the server may read; None when it is too large, or no JSON."""
    try:
        body = json.dumps(value, allow_nan=False).encode()
    except (TypeError, ValueError):
        return None
    if len(body) > storage.spill:
        return None
    return Result(ResultKind.JSON, body, None, preview(value))


def encode_sealed(value: Any) -> Result:
    """Keep a value that holds secrets: the service encrypts it, and opens it for its run only.

    Raises:
        Unserialisable: it cannot be pickled.
    """
    return Result(ResultKind.SEALED, dumps(value), None, preview(value))


def encode_failure(error: BaseException, storage: Storage, name: UUID) -> Result:
    """Keep an exception; one that cannot be pickled is kept as its text."""
    try:
        return encode(error, storage, name)
    except NotKept:
        return Result(ResultKind.MISSING, preview=preview(error))


def decode(result: Result, storage: Any = None) -> Any:
    """The value of a kept result.

    Args:
        result: the result.
        storage: the storage its flow or task names, which knows its credentials.

    Raises:
        MissingResult: it was not kept, or what keeps it is gone.
    """
    if result.kind is ResultKind.NONE:
        return None
    if result.kind is ResultKind.RECORD:
        # Loaded with the first result that has a serializer of its own.
        encoding = importlib.import_module("signoff.engine.keeping.encoding")
        return encoding.decode(result, storage)
    body = result.body
    if result.kind is ResultKind.JSON and body is not None:
        return json.loads(body)
    if result.kind is ResultKind.FILE and result.location is not None:
        try:
            body = Path(result.location).read_bytes()
        except OSError as error:
            raise MissingResult(
                f"The result kept in {result.location} cannot be read ({error.strerror}). Put the "
                "file back, or mount its folder; folders that all machines share are set by "
                "SIGNOFF_RESULTS_LOCAL_STORAGE_PATH."
            ) from error
    if body is None:
        raise MissingResult(
            "The result was not kept: it was told not to be, or cannot be pickled; or it holds "
            "secrets, which only its own run may read."
        )
    return loads(body)


@dataclass(frozen=True, slots=True)
class KeptResult:
    """A result of an ended run that is loaded when asked for: what `State.data` holds."""

    result: Result

    def load(self) -> Any:
        """The value. Raises `MissingResult`."""
        return decode(self.result)

    def __repr__(self) -> str:
        return f"<kept result {self.result.preview or self.result.kind}>"
