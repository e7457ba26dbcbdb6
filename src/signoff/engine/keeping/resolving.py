"""From what an option says to a file system or a serializer.

Owns what `result_storage`, `result_serializer` and `key_storage` may be, and what is said about
anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from signoff.engine.keeping.filesystems import (
    LocalFileSystem,
    RemoteFileSystem,
    WritableFileSystem,
)
from signoff.engine.keeping.serializers import Serializer, made_of
from signoff.model.errors import ConfigurationError

_STORAGE = (
    "a path, a URL such as 's3://bucket/folder', or a file system such as "
    "LocalFileSystem(basepath=...)"
)


_SAVED = frozenset(
    {
        *("local-file-system", "remote-file-system", "smb", "s3", "s3-bucket", "gcs", "gcs-bucket"),
        *("azure", "azure-blob-storage-container"),
    }
)
"""Types of the documented "type/name" that stand for a saved storage."""


def storage_of(said: Any, where: str) -> WritableFileSystem:
    """The file system an option stands for.

    Args:
        said: the value of the option.
        where: which option of what, for the message.

    Raises:
        ConfigurationError: it stands for none.
    """
    if isinstance(said, str) and "://" in said:
        remote: WritableFileSystem = _checked(lambda: RemoteFileSystem(basepath=said), said, where)
        return remote
    if isinstance(said, str) and said.partition("/")[0] in _SAVED:
        raise ConfigurationError(
            f"{where}={said!r} names a saved block, which Signoff does not keep: give {_STORAGE}, "
            "or write './' in front of a folder of this name."
        )
    if isinstance(said, (str, Path)) and str(said):
        return LocalFileSystem(basepath=str(said))
    if isinstance(said, WritableFileSystem):
        return said
    if callable(getattr(said, "read_path", None)) and callable(getattr(said, "write_path", None)):
        # Somebody's own class with the documented methods is as good.
        found: WritableFileSystem = said
        return found
    raise ConfigurationError(f"{where}={said!r} is no storage: give {_STORAGE}.")


def serializer_of(said: Any, where: str) -> Serializer:
    """The serializer an option stands for.

    Args:
        said: the value of the option.
        where: which option of what, for the message.

    Raises:
        ConfigurationError: it stands for none.
    """
    if isinstance(said, Serializer):
        return said
    if isinstance(said, str):
        made: Serializer = _checked(lambda: made_of(said), said, where)
        return made
    raise ConfigurationError(
        f"{where}={said!r} is no serializer: give a name such as 'json', or a serializer such as "
        "JSONSerializer()."
    )


def _checked(make: Callable[[], Any], said: Any, where: str) -> Any:
    try:
        return make()
    except ValidationError as error:
        text = "; ".join(item["msg"] for item in error.errors())
        raise ConfigurationError(f"{where}={said!r} cannot be used: {text}") from None
    except ValueError as error:
        raise ConfigurationError(f"{where}={said!r} cannot be used: {error}") from None
