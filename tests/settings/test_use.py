"""A setting that nothing reads would promise what does not happen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from signoff.model.settings import SETTINGS, Setting

SOURCE = Path(__file__).resolve().parents[2] / "src" / "signoff"
DECLARED = SOURCE / "model" / "settings.py"


@pytest.fixture(scope="module")
def code() -> str:
    """Everything but the declarations."""
    files = (path for path in sorted(SOURCE.rglob("*.py")) if path != DECLARED)
    # The paths that depend on the home are read through properties of `Settings`.
    properties = DECLARED.read_text(encoding="utf-8").partition("@property")[2]
    return "\n".join([properties, *(path.read_text(encoding="utf-8") for path in files)])


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_read(setting: Setting, code: str) -> None:
    assert re.search(rf"\.{setting.attribute}\b", code), f"nothing reads {setting.name}"
