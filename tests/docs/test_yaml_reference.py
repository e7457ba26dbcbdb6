"""The reference of the YAML language is made from its catalog, and what it shows is valid."""

from __future__ import annotations

import pytest

from signoff.yamlflow.reading import load_document
from tests.docs.pages import PAGES, Block, blocks
from tools import yaml_doc

pytestmark = pytest.mark.docs

FLOWS = [
    block
    for page in PAGES
    for block in blocks(page)
    if block.language in ("yaml", "yml") and "\nnamespace:" in block.text
]


def test_the_pages_are_up_to_date() -> None:
    for name, text in yaml_doc.pages().items():
        page = yaml_doc.FOLDER / name
        assert page.read_text(encoding="utf-8") == text, "run: .venv/bin/python tools/yaml_doc.py"
    assert {each.name for each in yaml_doc.FOLDER.iterdir()} == set(yaml_doc.pages())


@pytest.mark.parametrize("block", FLOWS, ids=[block.name for block in FLOWS])
def test_a_flow_that_is_shown_is_valid(block: Block) -> None:
    assert [str(each) for each in load_document(block.text).problems] == []
