"""Documented import path: places that keep bytes under a path."""

from signoff.engine.keeping.filesystems import (
    LocalFileSystem,
    NullFileSystem,
    ReadableFileSystem,
    RemoteFileSystem,
    WritableFileSystem,
)

__all__ = [
    "LocalFileSystem",
    "NullFileSystem",
    "ReadableFileSystem",
    "RemoteFileSystem",
    "WritableFileSystem",
]
