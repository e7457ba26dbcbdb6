"""The reference of the command line is made from its commands."""

from __future__ import annotations

import pytest

from tools import cli_doc

pytestmark = pytest.mark.docs


def test_the_page_is_up_to_date() -> None:
    assert cli_doc.PAGE.read_text(encoding="utf-8") == cli_doc.page(), (
        "run: .venv/bin/python tools/cli_doc.py"
    )
