"""The reference of the rules is made from their table."""

from __future__ import annotations

import pytest

from signoff.core.transitions import RULES
from signoff.model.events import Kind
from tools import rules_doc

pytestmark = pytest.mark.docs


def test_the_page_is_up_to_date() -> None:
    assert rules_doc.PAGE.read_text(encoding="utf-8") == rules_doc.page(), (
        "run: .venv/bin/python tools/rules_doc.py"
    )


def test_every_rule_is_on_the_page() -> None:
    """Each event has its section, and each rule its row in it."""
    sections = rules_doc.page().split("\n### ")[1:]
    assert [section.split("\n", 1)[0] for section in sections] == [kind.value for kind in Kind]
    rows = sum(section.count("\n| `") for section in sections)
    assert rows == len(RULES)
