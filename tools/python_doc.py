"""Writes `docs/reference/python.md` from the documented import paths and their docstrings.

Run it after changing what an import path exports, or a docstring; a test fails when a name is
missing on the page.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, get_origin

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "signoff"
PAGE = ROOT / "docs" / "reference" / "python.md"
ROOMS = frozenset(
    {
        *("model", "core", "store", "engine", "wire", "service", "gateway", "runner"),
        *("authoring", "yamlflow", "server", "worker", "cli"),
    }
)
"""Folders that are no import paths for users."""

HEAD = """\
# Python

<!-- Made by tools/python_doc.py from the docstrings: change them there. -->

Every documented import path and what it exports, with the first words of each docstring.
`help(name)` in Python shows the whole of it: arguments, what is returned, what is raised.
"""


def modules() -> list[str]:
    """The documented import paths, sorted."""
    found = ["signoff"]
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if parts and parts[0] not in ROOMS and parts[0] != "__main__":
            found.append(".".join(("signoff", *parts)))
    return sorted(set(found))


def page() -> str:
    """The text of the page."""
    parts = [HEAD]
    for name in modules():
        module = importlib.import_module(name)
        exported = sorted(getattr(module, "__all__", ()))
        if exported:
            parts.append(_section(name, module, exported))
    return "\n".join(parts)


def _section(name: str, module: ModuleType, exported: list[str]) -> str:
    lines = [f"## {name}", "", "| name | what it is |", "|---|---|"]
    for each in exported:
        value = inspect.getattr_static(module, each, None) or getattr(module, each, None)
        lines.append(f"| `{each}` | {_summary(value)} |")
    return "\n".join(lines) + "\n"


def _summary(value: Any) -> str:
    described = callable(value) and not get_origin(value)
    if not (described or inspect.ismodule(value)):
        return ""
    told = value.__dict__.get("__doc__") if inspect.isclass(value) else value.__doc__
    first = (told or "").strip().partition("\n\n")[0]
    return " ".join(first.split()).replace("|", "\\|")


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
