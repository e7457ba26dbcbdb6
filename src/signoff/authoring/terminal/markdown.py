"""Markdown as plain text for a terminal.

Owns a light reading of headings, lists, tables, quotes, code and emphasis. It is for reading only:
what it does not know stays as it was written. Must not know forms or keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from signoff.authoring.terminal.screen import Screen, clean, width

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_RULE = re.compile(r"\s*(?:\*\s*){3,}$|\s*(?:-\s*){3,}$|\s*(?:_\s*){3,}$")
_ITEM = re.compile(r"(\s*)(?:[-*+]|(\d{1,9}[.)]))\s+(.*)$")
_TASK = re.compile(r"\[([ xX])\]\s+(.*)$")
_FENCE = re.compile(r"\s*(```+|~~~+)")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CELL_BREAK = re.compile(r"(?<!\\)\|")
_INLINE = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\*\*(?P<strong>.+?)\*\*|__(?P<strong2>.+?)__"
    r"|(?<![\w*])\*(?P<em>[^*\s][^*]*?)\*(?![\w*])|(?<!\w)_(?P<em2>[^_\s][^_]*?)_(?!\w)"
    r"|~~(?P<struck>.+?)~~"
    r"|!?\[(?P<label>[^\]]*)\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)"
    r"|<(?P<auto>https?://[^>\s]+)>"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
)
_STYLE = {
    "code": "bold",
    "strong": "bold",
    "strong2": "bold",
    "em": "underline",
    "em2": "underline",
}

Piece = tuple[str, str]
"""A clean text and the style it has, "" for none."""


def show_markdown(screen: Screen, text: str) -> None:
    """Writes Markdown to the screen, wrapped to its width."""
    lines = [line.rstrip() for line in text.expandtabs(4).splitlines()]
    for styled, columns in _blocks(screen, lines):
        screen.finished(styled, columns)


def _blocks(screen: Screen, lines: list[str]) -> Iterator[tuple[str, int]]:
    index = 0
    while index < len(lines):
        line = lines[index]
        if fence := _FENCE.match(line):
            index += 1
            while index < len(lines) and not lines[index].lstrip().startswith(fence[1]):
                yield _code(screen, lines[index])
                index += 1
            index += 1
        elif "|" in line and index + 1 < len(lines) and _is_table_rule(lines[index + 1]):
            end = index + 2
            while end < len(lines) and "|" in lines[end]:
                end += 1
            yield from _table(screen, [lines[index], *lines[index + 2 : end]])
            index = end
        elif line == "" or _RULE.match(line) or _HEADING.match(line):
            yield from _single(screen, line)
            index += 1
        else:
            end = index + 1
            while end < len(lines) and not _begins_block(lines[end]):
                end += 1
            yield from _paragraph(screen, lines[index:end])
            index = end


def _begins_block(line: str) -> bool:
    starts = (_HEADING, _RULE, _ITEM, _FENCE)
    return line == "" or line.startswith((">", "|")) or any(each.match(line) for each in starts)


def _is_table_rule(line: str) -> bool:
    return "-" in line and ("|" in line or ":" in line) and bool(_TABLE_RULE.match(line))


def _code(screen: Screen, line: str) -> tuple[str, int]:
    cleaned = "    " + clean(line)
    return screen.style(cleaned, "dim"), width(cleaned)


def _single(screen: Screen, line: str) -> Iterator[tuple[str, int]]:
    heading = _HEADING.match(line)
    if heading:
        words = "".join(text for text, _ in _inline(heading[2]))
        yield screen.style(words, "bold", "underline"), width(words)
    else:
        rule = "\u2500" * min(screen.columns - 1, 40) if line else ""
        yield rule, width(rule)


def _paragraph(screen: Screen, lines: list[str]) -> Iterator[tuple[str, int]]:
    first, rest = lines[0], [line.strip() for line in lines[1:]]
    lead = ""
    if first.startswith(">"):
        lead, first = "\u2502 ", first.lstrip("> ")
    elif item := _ITEM.match(first):
        lead, first = item[1] + (f"{item[2]} " if item[2] else "\u2022 "), item[3]
        if task := _TASK.match(first):
            lead, first = item[1] + ("[x] " if task[1] in "xX" else "[ ] "), task[2]
    follow = lead if lead.startswith("\u2502") else " " * width(lead)
    yield from _wrapped(screen, " ".join([first, *rest]).strip(), lead, follow)


def _wrapped(screen: Screen, text: str, lead: str, follow: str) -> Iterator[tuple[str, int]]:
    """Words filled into lines; a word that is wider than a line is left to the terminal."""
    styled, used, begun = lead, width(lead), False
    for word, style in _words(_inline(text)):
        wide = width(word)
        if begun and used + 1 + wide > screen.columns - 1:
            yield styled, used
            styled, used, begun = follow, width(follow), False
        if begun:
            styled, used = styled + " ", used + 1
        styled, used, begun = styled + screen.style(word, *style.split()), used + wide, True
    yield styled, used


def _words(pieces: list[Piece]) -> Iterator[Piece]:
    """Pieces cut at spaces; pieces that touch stay one word, in the style of their first part."""
    pending: Piece | None = None
    for text, style in pieces:
        parts = text.split(" ")
        for number, part in enumerate(parts):
            if number and pending is not None:
                yield pending
                pending = None
            if part:
                pending = (pending[0] + part, pending[1]) if pending else (part, style)
    if pending is not None:
        yield pending


def _inline(text: str) -> list[Piece]:
    pieces: list[Piece] = []
    end = 0
    for match in _INLINE.finditer(text):
        pieces.append((clean(text[end : match.start()]), ""))
        end = match.end()
        kind = match.lastgroup or ""
        if kind == "target":
            label, target = match["label"], match["target"]
            shown = target if label in ("", target) else f"{label} ({target})"
            pieces.append((clean(shown), ""))
        else:
            pieces.append((clean(match[kind]), _STYLE.get(kind, "")))
    pieces.append((clean(text[end:]), ""))
    return [piece for piece in pieces if piece[0]]


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    cells = [cell.strip().replace("\\|", "|") for cell in _CELL_BREAK.split(inner)]
    return ["".join(text for text, _ in _inline(cell)) for cell in cells]


def _table(screen: Screen, lines: list[str]) -> Iterator[tuple[str, int]]:
    rows = [_cells(line) for line in lines]
    count = len(rows[0])
    rows = [(row + [""] * count)[:count] for row in rows]
    widths = [max(width(row[column]) for row in rows) for column in range(count)]
    for number, row in enumerate(rows):
        cells = [cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)]
        text = "  ".join(cells).rstrip()
        yield screen.style(text, *(["bold"] if number == 0 else [])), width(text)
        if number == 0:
            rule = "  ".join("\u2500" * wide for wide in widths)
            yield rule, width(rule)
