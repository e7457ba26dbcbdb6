"""File systems: whole files in and out, and no way out of the base path."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from signoff.filesystems import LocalFileSystem, NullFileSystem, RemoteFileSystem


@pytest.fixture(params=["local", "remote"])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "local":
        return LocalFileSystem(basepath=tmp_path / "base")
    return RemoteFileSystem(basepath=f"memory://{uuid.uuid4().hex}/base")


def test_files_come_back(system: Any) -> None:
    system.write_path("a/b.txt", b"one")
    system.write_path("a/b.txt", b"two")
    assert system.read_path("a/b.txt") == b"two"
    where = system.write_path("c", b"3")
    assert system.read_path(where) == b"3"


def test_asynchronous_faces(system: Any, tmp_path: Path) -> None:
    async def both() -> bytes:
        await system.awrite_path("x", b"y")
        await system.aget_directory(None, str(tmp_path / "out"))
        await system.aput_directory(str(tmp_path / "out"), "copy")
        found: bytes = await system.aread_path("copy/x")
        return found

    assert asyncio.run(both()) == b"y"


def test_nothing_leaves_the_base_path(system: Any) -> None:
    with pytest.raises(ValueError, match="is outside of the base path"):
        system.read_path("../secret")
    with pytest.raises(ValueError, match="is outside of the base path"):
        system.write_path("a/../../secret", b"")


def test_what_is_not_there(system: Any, tmp_path: Path) -> None:
    with pytest.raises((ValueError, FileNotFoundError)):
        system.read_path("nothing")
    local = LocalFileSystem(basepath=str(tmp_path))
    (tmp_path / "folder").mkdir()
    with pytest.raises(ValueError, match="is not a file"):
        local.read_path("folder")


def test_folders_in_and_out(system: Any, tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in ("keep.py", "logs/a.log", "logs/keep.log", "build/x.py", "sub/y.py"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    (source / ".ignore").write_text("# comment\n*.log\n!keep.log\nbuild/\n.ignore\n")
    system.put_directory(str(source), "copy", ignore_file=".ignore")
    system.get_directory("copy", str(tmp_path / "out"))
    found = sorted(p.relative_to(tmp_path / "out").as_posix() for p in _files(tmp_path / "out"))
    assert found == ["keep.py", "logs/keep.log", "sub/y.py"]


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("bucket/folder", "must start with a scheme"),
        ("s3://", "must include a location"),
        ("file:///tmp", "must include a location|Use `LocalFileSystem` instead"),
        ("file://host/tmp", "Use `LocalFileSystem` instead"),
    ],
)
def test_wrong_base_paths_are_named(path: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        RemoteFileSystem(basepath=path)


def test_a_missing_driver_says_what_to_install() -> None:
    with pytest.raises((ImportError, ValueError), match=r"fsspec|Protocol not known"):
        RemoteFileSystem(basepath="adl://store/folder").read_path("x")


def test_nothing_is_kept_by_the_null_file_system() -> None:
    system: Any = NullFileSystem()
    system.write_path("a", b"b")
    assert system.read_path("a") is None
