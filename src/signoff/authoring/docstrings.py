"""What a function's docstring says about its parameters.

Owns reading the usual styles: `Args:` sections, `:param name:` lines and underlined `Parameters`.
"""

from __future__ import annotations

import inspect
import re

_SECTION = re.compile(r"(?:args|arguments|parameters):$", re.IGNORECASE)
_ENTRY = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")
_PARAM = re.compile(r":param\s+(?:[^:\s]+\s+)?(\w+):\s*(.*)$")
_UNDERLINED = re.compile(r"\*{0,2}(\w+)\s*(?::.*)?$")


def parameter_docstrings(docstring: str | None) -> dict[str, str]:
    """The description of each parameter that a docstring describes, by name."""
    if not docstring:
        return {}
    lines = inspect.cleandoc(docstring).splitlines()
    return _after_params(lines) or _of_section(lines) or _underlined(lines)


def _after_params(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    name = None
    for line in lines:
        match = _PARAM.match(line.strip())
        if match:
            name, found[match[1]] = match[1], match[2].strip()
        elif name is not None and line.startswith((" ", "\t")):
            found[name] = f"{found[name]} {line.strip()}".strip()
        else:
            name = None
    return found


def _of_section(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    name, indent, inside = None, 0, False
    for line in lines:
        text, here = line.strip(), len(line) - len(line.lstrip())
        if not inside:
            inside = _SECTION.match(text) is not None
            continue
        if text and here == 0:
            break
        match = _ENTRY.match(text)
        if match and (indent == 0 or here <= indent):
            name, indent, found[match[1]] = match[1], here, match[2].strip()
        elif name is not None and text:
            found[name] = f"{found[name]} {text}".strip()
    return found


def _underlined(lines: list[str]) -> dict[str, str]:
    heads = [i for i, line in enumerate(lines[:-1]) if set(lines[i + 1].strip()) == {"-"}]
    start = next((i for i in heads if lines[i].strip().lower() == "parameters"), None)
    if start is None:
        return {}
    end = next((i for i in heads if i > start), len(lines))
    found: dict[str, str] = {}
    name = None
    for line in lines[start + 2 : end]:
        match = _UNDERLINED.match(line) if line[:1].strip() else None
        if match:
            name, found[match[1]] = match[1], ""
        elif name is not None and line.strip():
            found[name] = f"{found[name]} {line.strip()}".strip()
    return found
