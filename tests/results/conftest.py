"""A fresh home for each test, embedded and against a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from signoff.gateway.connect import close_gateways
from signoff.gateway.settings import current_settings
from signoff.testing.utilities import signoff_test_harness
from tests.scenarios.scripts import Script
from tests.support.processes import Spawner


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder runs user code."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("engine")


@pytest.fixture
def home(signoff_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh home; nobody is asked at the terminal of the tests."""
    monkeypatch.setenv("SIGNOFF_TERMINAL_PROMPT", "false")
    yield signoff_home
    close_gateways()


@pytest.fixture
def script(home: Path, spawn_python: Spawner, tmp_path: Path) -> Callable[[str], Script]:
    """Makes scripts that run on the home of the test."""
    return lambda body: Script(spawn_python, tmp_path, body)


@pytest.fixture(params=["embedded", "server"])
def everywhere(request: pytest.FixtureRequest) -> Iterator[Path]:
    """The home of a test that runs once embedded and once against a server."""
    with signoff_test_harness(server=request.param == "server"):
        yield current_settings().home
