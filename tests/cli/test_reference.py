"""The reference of the command line is made from its commands."""

from __future__ import annotations

import pytest

from tools import cli_doc

pytestmark = pytest.mark.docs


def test_the_page_is_up_to_date() -> None:
    assert cli_doc.PAGE.read_text(encoding="utf-8") == cli_doc.page(), (
        "run: .venv/bin/python tools/cli_doc.py"
    )


def test_arguments_are_written_in_capitals() -> None:
    for line in cli_doc.page().splitlines():
        if line.startswith("signoff "):
            words = line.split()
            named = words[words.index("[OPTIONS]") + 1 :] if "[OPTIONS]" in words else []
            assert all(word == word.upper() for word in named), line
    for path, argument in cli_doc.arguments():
        assert argument.metavar, f"{path}: {argument.name} needs a metavar"
