"""A setting that nothing reads would promise what does not happen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from signoff.model.settings import SETTINGS, Setting

SOURCE = Path(__file__).resolve().parents[2] / "src" / "signoff"
DECLARED = SOURCE / "model" / "settings.py"


@pytest.fixture(scope="module")
def attributes() -> set[str]:
    """Every attribute that is read anywhere but in the declarations."""
    files = (path for path in sorted(SOURCE.rglob("*.py")) if path != DECLARED)
    # The file of the profiles is read through a property of `Settings`.
    properties = DECLARED.read_text(encoding="utf-8").partition("@property")[2]
    texts = [properties, *(path.read_text(encoding="utf-8") for path in files)]
    return {name for text in texts for name in re.findall(r"\.([a-z_]+)\b", text)}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_read(setting: Setting, attributes: set[str]) -> None:
    assert setting.attribute in attributes, f"nothing reads {setting.name}"
