"""Task types that installed packages offer."""

from __future__ import annotations

from pathlib import Path

import pytest

from signoff.model.errors import InvalidRequest
from signoff.yamlflow.catalog import Catalog, installed_types

SOUND = """
from signoff.yamlflow.catalog import TaskType

class Greet:
    declaration = TaskType(name="com.example.Greet", title="Greet somebody.")

greet = Greet()
"""


def install(folder: Path, name: str, code: str) -> None:
    """A package as an installer would leave it, with one entry point."""
    (folder / f"{name}.py").write_text(code)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[signoff.tasks]\n{name} = {name}:greet\n")


def test_an_installed_package_offers_its_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "signoff_greeting", SOUND)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = Catalog(installed_types()).find("com.example.Greet")
    assert found is not None
    assert found.title == "Greet somebody."


def test_a_package_that_offers_something_else_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "signoff_nothing", "greet = 3\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(InvalidRequest, match="signoff_nothing"):
        installed_types()
