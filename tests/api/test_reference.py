"""The page of the Python names knows all of them."""

from __future__ import annotations

import importlib
import re

from tools.python_doc import PAGE, modules


def test_every_documented_name_is_on_the_page() -> None:
    text = PAGE.read_text("utf-8")
    sections = dict(re.findall(r"(?ms)^## (\S+)\n(.*?)(?=^## |\Z)", text))
    missing = [
        f"{name}.{each}"
        for name in modules()
        for each in getattr(importlib.import_module(name), "__all__", ())
        if f"| `{each}` |" not in sections.get(name, "")
    ]
    assert missing == [], "run `python tools/python_doc.py`"
