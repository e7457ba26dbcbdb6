"""The page of the Python names is made from what is there."""

from __future__ import annotations

import importlib
import re

from tools.python_doc import PAGE, modules, page


def listed(text: str) -> set[tuple[str, str]]:
    """(import path, name) of every line of a page."""
    sections = dict(re.findall(r"(?ms)^## (\S+)\n(.*?)(?=^## |\Z)", text))
    return {
        (path, name) for path in sections for name in re.findall(r"\| `(\w+)` \|", sections[path])
    }


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `python tools/python_doc.py`"


def test_the_page_would_name_everything_that_is_exported() -> None:
    there = {
        (path, name)
        for path in modules()
        for name in getattr(importlib.import_module(path), "__all__", ())
    }
    assert listed(page()) == there
