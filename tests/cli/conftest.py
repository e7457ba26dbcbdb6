"""The shell of the tests of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.gateway.connect import get_gateway
from tests.cli.seeds import Seeds
from tests.cli.shell import Shell
from tests.support.processes import Spawner


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is one of the command line."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("cli")


@pytest.fixture
def shell(
    signoff_home: Path,
    spawn_python: Spawner,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Shell:
    """Command lines on a fresh home, in an empty working directory."""
    monkeypatch.chdir(tmp_path)
    return Shell(signoff_home, spawn_python, capsys)


@pytest.fixture
def seeds(shell: Shell) -> Iterator[Seeds]:
    """Runs of a process that lives: that of the test."""
    gateway = get_gateway()
    yield Seeds(gateway)
    gateway.close()
