"""A fresh home for each test, embedded; nobody is asked at the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.gateway.connect import close_gateways


@pytest.fixture
def home(signoff_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh home; processes stay with what they wait for, unless the test says otherwise."""
    monkeypatch.setenv("SIGNOFF_TERMINAL_PROMPT", "false")
    monkeypatch.setenv("SIGNOFF_YAML_STAY_SECONDS", "3600")
    yield signoff_home
    close_gateways()
