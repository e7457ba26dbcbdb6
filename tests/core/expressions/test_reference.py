"""The reference of expressions is made from what they offer, and shows all of it."""

from __future__ import annotations

import re

import pytest

from signoff.core.expressions.catalogue import INSTEAD, SHELVES, find, names
from signoff.core.expressions.grammar import OPERATORS, TAGS
from tools import expressions_doc

pytestmark = pytest.mark.docs


def test_the_page_is_up_to_date() -> None:
    assert expressions_doc.PAGE.read_text(encoding="utf-8") == expressions_doc.page(), (
        "run: .venv/bin/python tools/expressions_doc.py"
    )


def test_everything_has_its_row_with_an_example() -> None:
    rows = re.findall(r"^\| .* \|$", expressions_doc.page(), re.MULTILINE)
    offers = [offer for shelf in SHELVES for offer in shelf.offers]
    with_examples = [row for row in rows if "→" in row]
    assert len(with_examples) == len(offers) + len(OPERATORS) + len(TAGS)
    for offer in offers:
        assert offer.says[0].isupper()
        assert offer.says.endswith(".")
        assert any(row.startswith(f"| `{offer.signature}`") for row in with_examples), offer.name


def test_rows_have_as_many_cells_as_their_table() -> None:
    for block in re.findall(r"(?:^\|.*\n)+", expressions_doc.page(), re.MULTILINE):
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(cells) == 1, block


def test_what_is_refused_is_not_there() -> None:
    for kind, refused in INSTEAD.items():
        assert not set(refused) & set(names(kind))


def test_every_older_name_leads_to_the_new_one() -> None:
    assert find("filter", "json") is find("filter", "toJson")
    assert find("function", "json") is find("function", "fromJson")
