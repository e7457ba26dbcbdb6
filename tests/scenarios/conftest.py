"""A fresh home for each scenario, embedded unless it asks for something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.gateway.connect import close_gateways


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
