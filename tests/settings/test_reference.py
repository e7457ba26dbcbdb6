"""The reference of settings is made from their table."""

from __future__ import annotations

import pytest

from tools import settings_doc

pytestmark = pytest.mark.docs


def test_the_page_is_up_to_date() -> None:
    assert settings_doc.PAGE.read_text(encoding="utf-8") == settings_doc.page(), (
        "run: .venv/bin/python tools/settings_doc.py"
    )
