"""The pages of the documentation, taken apart: blocks of code, directives, links, headings.

Owns the reading. A `python` block is a program that is run, unless its fence says `python no-run`.
HTML comments directly above a fence direct it:

- `<!-- answer: JSON -->`, `<!-- answer KEY: JSON -->`: an answer given while it runs, in order.
- `<!-- output: REGEX -->`: what it must print.
- `<!-- file: NAME -->`: the name it is saved under, where the text speaks of it.
- `<!-- pytest -->`: it is a file of tests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

_DIRECTIVE = re.compile(r"<!-- *(answer|output|file|pytest)(?: +([^:]+))?(?:: *(.*?))? *-->$")
_FENCE = re.compile(r"```(\S*) ?(.*)$")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"#{1,6} +(.*?) *$")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to give: to the wait with this key, or to the only one."""

    key: str | None
    value: Any


@dataclass(slots=True)
class Block:
    """One fenced block.

    Args:
        page, line: where its fence is.
        language, extra: what the fence says.
        text: what is inside.
        answers, output, file, pytest: its directives.
    """

    page: Path
    line: int
    language: str
    extra: str
    text: str = ""
    answers: list[Answer] = field(default_factory=list)
    output: str | None = None
    file: str | None = None
    pytest: bool = False

    @property
    def name(self) -> str:
        """Where it is, for people."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, with their directives."""
    directives: list[re.Match[str]] = []
    inside: Block | None = None
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        if inside is not None:
            if line == "```":
                yield inside
                inside = None
            else:
                inside.text += f"{line}\n"
        elif fence := _FENCE.match(line):
            inside = _directed(Block(page, number, fence[1], fence[2]), directives)
            directives = []
        elif line.startswith("<!--") and (directive := _DIRECTIVE.match(line)):
            directives.append(directive)
        else:
            assert not directives, f"{page}:{number}: a directive above no fence"
    if inside is not None:
        raise AssertionError(f"{inside.name}: the fence is never closed")


def _directed(block: Block, directives: list[re.Match[str]]) -> Block:
    for kind, key, value in (each.groups() for each in directives):
        if kind == "answer":
            block.answers.append(Answer(key, json.loads(value)))
        elif kind == "output":
            block.output = value
        elif kind == "file":
            block.file = value
        else:
            block.pytest = True
    return block


def prose(page: Path) -> str:
    """The text of a page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def links(page: Path) -> list[str]:
    """The targets of the links of a page."""
    return _LINK.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """The fragments by which the headings of a page can be linked."""
    return {_slug(found[1]) for line in prose(page).splitlines() if (found := _HEADING.match(line))}


def _slug(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return kept.replace(" ", "-")


def commands(page: Path) -> Iterator[tuple[int, str]]:
    """The command lines of the console blocks of a page, with their line numbers."""
    for block in blocks(page):
        if block.language == "console":
            for offset, line in enumerate(block.text.splitlines(), 1):
                if line.startswith("$ "):
                    yield block.line + offset, line.removeprefix("$ ")
