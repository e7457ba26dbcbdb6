"""Places that keep bytes under a path: the documented file systems.

Owns reading and writing whole files and folders, here or on any storage that fsspec knows. Must not
know what the bytes mean.
"""

from __future__ import annotations

import abc
import asyncio
import fnmatch
import importlib
import os
import shutil
import urllib.parse
import uuid
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator


class ReadableFileSystem(BaseModel, abc.ABC):
    """Something that has files."""

    model_config = ConfigDict(extra="forbid")

    @abc.abstractmethod
    def read_path(self, path: str) -> bytes:
        """The content of a file."""


class WritableFileSystem(ReadableFileSystem, abc.ABC):
    """Something that takes files. Results may be kept on any of these."""

    @abc.abstractmethod
    def write_path(self, path: str, content: bytes) -> Any:
        """Write a whole file, making the folders on its way."""


class NullFileSystem(BaseModel):
    """Keeps nothing."""

    def read_path(self, path: str) -> None:
        """Nothing."""

    def write_path(self, path: str, content: bytes) -> None:
        """Nothing happens."""

    def get_directory(self, from_path: str | None = None, local_path: str | None = None) -> None:
        """Nothing happens."""

    def put_directory(
        self,
        local_path: str | None = None,
        to_path: str | None = None,
        ignore_file: str | None = None,
    ) -> None:
        """Nothing happens."""


class LocalFileSystem(WritableFileSystem):
    """A folder of this machine.

    Args:
        basepath: the folder; the working directory when not given. Paths cannot leave it.
    """

    basepath: str | None = None

    @field_validator("basepath", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, Path) else value

    @property
    def _folder(self) -> Path:
        return _resolved(self.basepath) if self.basepath else Path.cwd()

    def _resolve_path(self, path: str) -> Path:
        folder = self._folder
        if not path.startswith(("/", "~")) and ".." not in path:
            # Nearly every path; it stays below the folder, so nothing has to be looked at.
            return folder / path
        found = Path(path).expanduser()
        resolved = (found if found.is_absolute() else folder / found).resolve()
        if resolved != folder and folder not in resolved.parents:
            raise ValueError(f"Provided path {path} is outside of the base path {folder}.")
        return resolved

    def read_path(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            ValueError: there is no such file, or it is outside of the base path.
        """
        found = self._resolve_path(path)
        try:
            return found.read_bytes()
        except FileNotFoundError:
            raise ValueError(f"Path {found} does not exist.") from None
        except IsADirectoryError:
            raise ValueError(f"Path {found} is not a file.") from None

    def write_path(self, path: str, content: bytes) -> str:
        """Write a whole file: whoever reads it finds all of the old content or all of the new.

        Returns:
            Its full path.

        Raises:
            ValueError: the path is outside of the base path.
        """
        target = self._resolve_path(path)
        partial = target.with_name(f".{uuid.uuid4().hex}.partial")
        try:
            try:
                partial.write_bytes(content)
            except FileNotFoundError:
                target.parent.mkdir(parents=True, exist_ok=True)
                partial.write_bytes(content)
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return str(target)

    def get_directory(self, from_path: str | None = None, local_path: str | None = None) -> None:
        """Copy a folder of it to a folder elsewhere on this machine.

        Args:
            from_path: the folder; all of it when not given.
            local_path: where to; the working directory when not given.
        """
        source = self._resolve_path(from_path) if from_path else self._folder
        target = Path(local_path or ".").resolve()
        if source != target:
            shutil.copytree(source, target, dirs_exist_ok=True)

    def put_directory(
        self,
        local_path: str | None = None,
        to_path: str | None = None,
        ignore_file: str | None = None,
    ) -> None:
        """Copy a folder into it.

        Args:
            local_path: the folder; the working directory when not given.
            to_path: where to, below the base path.
            ignore_file: a file of patterns, as in `.gitignore`, of what to leave out.
        """
        target = self._resolve_path(to_path) if to_path else self._folder
        source = Path(local_path or ".").resolve()
        if source == target:
            return
        for found, name in _files(source, ignore_file):
            place = target / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(found, place)

    async def aread_path(self, path: str) -> bytes:
        """Like `read_path`, for asynchronous code."""
        return await asyncio.to_thread(self.read_path, path)

    async def awrite_path(self, path: str, content: bytes) -> str:
        """Like `write_path`, for asynchronous code."""
        return await asyncio.to_thread(self.write_path, path, content)

    async def aget_directory(
        self, from_path: str | None = None, local_path: str | None = None
    ) -> None:
        """Like `get_directory`, for asynchronous code."""
        await asyncio.to_thread(self.get_directory, from_path, local_path)

    async def aput_directory(
        self,
        local_path: str | None = None,
        to_path: str | None = None,
        ignore_file: str | None = None,
    ) -> None:
        """Like `put_directory`, for asynchronous code."""
        await asyncio.to_thread(self.put_directory, local_path, to_path, ignore_file)


class RemoteFileSystem(WritableFileSystem):
    """A place that fsspec knows how to reach: `s3://bucket/folder`, `gcs://`, `memory://` ...

    Needs `fsspec` (`pip install "signoff[fsspec]"`) and what its documentation asks for the
    protocol, such as `s3fs`.

    Args:
        basepath: where its paths begin.
        settings: further arguments of the fsspec file system, such as credentials.
    """

    basepath: str
    settings: dict[str, Any] = Field(default_factory=dict, repr=False)

    @field_validator("basepath")
    @classmethod
    def _check(cls, value: str) -> str:
        scheme, netloc, *_ = urllib.parse.urlsplit(value)
        if not scheme:
            raise ValueError(f"Base path must start with a scheme. Got {value!r}.")
        if not netloc:
            raise ValueError(f"Base path must include a location after the scheme. Got {value!r}.")
        if scheme == "file":
            raise ValueError(
                "Base path scheme cannot be 'file'. Use `LocalFileSystem` instead for local file "
                "access."
            )
        return value

    @property
    def filesystem(self) -> Any:
        """The fsspec file system.

        Raises:
            ImportError: fsspec, or its driver for this protocol, is not installed.
        """
        try:
            fsspec = importlib.import_module("fsspec")
            return fsspec.filesystem(urllib.parse.urlsplit(self.basepath).scheme, **self.settings)
        except ImportError as error:
            raise ImportError(
                f"RemoteFileSystem({self.basepath!r}) cannot be used: {error}. Install "
                '"signoff[fsspec]" and the fsspec driver of the protocol.'
            ) from error

    def _resolve_path(self, path: str) -> str:
        base = self.basepath.rstrip("/")
        inside = path[len(base) :] if path == base or path.startswith(f"{base}/") else path
        resolved = f"{base}/{inside.strip('/')}".rstrip("/")
        if ".." in inside.split("/"):
            raise ValueError(f"Provided path {path} is outside of the base path {self.basepath}.")
        return resolved

    def read_path(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            FileNotFoundError: there is no such file.
        """
        with self.filesystem.open(self._resolve_path(path), "rb") as file:
            content: bytes = file.read()
        return content

    def write_path(self, path: str, content: bytes) -> str:
        """Write a whole file, and return its full path."""
        target = self._resolve_path(path)
        system = self.filesystem
        system.makedirs(target.rpartition("/")[0], exist_ok=True)
        with system.open(target, "wb") as file:
            file.write(content)
        return target

    def get_directory(self, from_path: str | None = None, local_path: str | None = None) -> None:
        """Copy a folder of it to this machine.

        Args:
            from_path: the folder; all of it when not given.
            local_path: where to; the working directory when not given.
        """
        source = self._resolve_path(from_path or "")
        target = Path(local_path or ".").resolve()
        target.mkdir(parents=True, exist_ok=True)
        self.filesystem.get(f"{source}/", f"{target}{os.sep}", recursive=True)

    def put_directory(
        self,
        local_path: str | None = None,
        to_path: str | None = None,
        ignore_file: str | None = None,
        overwrite: bool = True,
    ) -> int:
        """Copy a folder of this machine into it, and return how many files that were.

        Args:
            local_path: the folder; the working directory when not given.
            to_path: where to, below the base path.
            ignore_file: a file of patterns, as in `.gitignore`, of what to leave out.
            overwrite: write files that are there already, too.
        """
        target, system, count = self._resolve_path(to_path or ""), self.filesystem, 0
        for found, name in _files(Path(local_path or ".").resolve(), ignore_file):
            place = f"{target}/{name}"
            if not overwrite and system.exists(place):
                continue
            system.makedirs(place.rpartition("/")[0], exist_ok=True)
            system.put_file(str(found), place)
            count += 1
        return count

    async def aread_path(self, path: str) -> bytes:
        """Like `read_path`, for asynchronous code."""
        return await asyncio.to_thread(self.read_path, path)

    async def awrite_path(self, path: str, content: bytes) -> str:
        """Like `write_path`, for asynchronous code."""
        return await asyncio.to_thread(self.write_path, path, content)

    async def aget_directory(
        self, from_path: str | None = None, local_path: str | None = None
    ) -> None:
        """Like `get_directory`, for asynchronous code."""
        await asyncio.to_thread(self.get_directory, from_path, local_path)

    async def aput_directory(
        self,
        local_path: str | None = None,
        to_path: str | None = None,
        ignore_file: str | None = None,
        overwrite: bool = True,
    ) -> int:
        """Like `put_directory`, for asynchronous code."""
        return await asyncio.to_thread(
            self.put_directory, local_path, to_path, ignore_file, overwrite
        )


def _resolved(path: str) -> Path:
    """A folder by its real name, which does not change while it is in use."""
    found = Path(path).expanduser()
    return _real(str(found)) if found.is_absolute() else found.resolve()


@lru_cache(maxsize=64)
def _real(path: str) -> Path:
    return Path(path).resolve()


def _files(folder: Path, ignore_file: str | None) -> Iterator[tuple[Path, str]]:
    """Every file below a folder with its path there, without what the patterns leave out."""
    patterns = _patterns(folder, ignore_file)
    for found in sorted(folder.rglob("*")):
        name = found.relative_to(folder).as_posix()
        if found.is_file() and not _ignored(name, patterns):
            yield found, name


def _patterns(folder: Path, ignore_file: str | None) -> list[str]:
    if ignore_file is None:
        return []
    path = Path(ignore_file)
    lines = (path if path.is_absolute() else folder / path).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _ignored(name: str, patterns: list[str]) -> bool:
    """Whether the last pattern that fits a path, or a folder on its way, leaves it out."""
    parts = name.split("/")
    ways = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    ignored = False
    for pattern in patterns:
        wanted = pattern.removeprefix("!").rstrip("/")
        anchored = "/" in wanted
        wanted = wanted.removeprefix("/")
        tries = ways if anchored else parts
        if pattern.endswith("/"):
            tries = tries[:-1]
        if any(fnmatch.fnmatch(each, wanted) for each in tries):
            ignored = not pattern.startswith("!")
    return ignored
