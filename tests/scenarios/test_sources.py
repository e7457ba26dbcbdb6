"""Flows that are loaded from a folder or a git repository."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from signoff import Flow
from signoff.exceptions import InvalidRequest, NotReentrant
from signoff.runner.storage import GitRepository

CODE = "from signoff import flow\n\n@flow\ndef cleanup(days: int = 1):\n    return {0}\n"


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "house"
    (folder / "flows").mkdir(parents=True)
    (folder / "flows" / "clean.py").write_text(CODE.format(1))
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "one")
    return folder


def loaded(source: Any) -> Any:
    return Flow.from_source(source, entrypoint="flows/clean.py:cleanup")


def test_a_folder(home: Path, repository: Path) -> None:
    found = loaded(repository)
    assert found() == 1
    record = found.to_deployment("x").entry_record
    assert (record.directory, record.qualname) == (str(repository), "cleanup")
    assert record.file == str(repository / "flows" / "clean.py")


def test_a_repository_follows_its_branch(home: Path, repository: Path) -> None:
    url = repository.as_uri()
    assert loaded(url)() == 1
    first = git(repository, "rev-parse", "HEAD")
    (repository / "flows" / "clean.py").write_text(CODE.format(22))
    git(repository, "commit", "--quiet", "-am", "two")
    assert loaded(url)() == 22
    assert loaded(GitRepository(url, branch="main"))() == 22
    assert loaded(GitRepository(url, commit_sha=first))() == 1


def test_what_cannot_be_loaded_says_why(home: Path, repository: Path) -> None:
    with pytest.raises(NotReentrant, match="is no folder here"):
        loaded("/nowhere")
    with pytest.raises(NotReentrant, match="git cannot get file:///nowhere"):
        loaded("file:///nowhere")
    with pytest.raises(NotReentrant, match="no branch, tag or commit 'x'"):
        loaded(GitRepository(repository.as_uri(), branch="x"))
    with pytest.raises(NotReentrant, match="There is no file"):
        Flow.from_source(repository, entrypoint="gone.py:x")
    with pytest.raises(InvalidRequest, match="names no flow"):
        Flow.from_source(repository, entrypoint="gone")
