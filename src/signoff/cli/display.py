"""How things are shown: tables for people, JSON for programs.

Owns the two formats and the cleaning of foreign text. Whatever flow authors or answerers wrote
passes `clean` or `one_line` before it reaches a terminal: control characters in it could move the
cursor, rewrite what was shown before, or name another command than the one that is run.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from uuid import UUID

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text


class Format(StrEnum):
    """What a command prints."""

    TABLE = "table"
    JSON = "json"


Output = Annotated[
    Format,
    typer.Option(
        "--output",
        "-o",
        metavar="table|json",
        help="A table for people, or JSON with stable field names.",
    ),
]

# C0 (but tab and newline), DEL, C1, zero-width and direction marks, lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff]"
)


def clean(text: object) -> str:
    """Foreign text with every control character made visible; lines and tabs stay."""
    # A line end of another system is a line end, not an attempt at rewriting the line.
    return _UNSAFE.sub(_visible, str(text).replace("\r\n", "\n"))


def one_line(text: object) -> str:
    """Foreign text as a single line."""
    return " ".join(clean(text).split())


def print_json(value: Any, *, lines: bool = False) -> None:
    """Print a value as JSON.

    Args:
        value: what to print.
        lines: one line per value, for output that goes on.
    """
    # The default escapes every letter beyond ASCII; only what could harm a terminal needs it.
    text = json.dumps(value, ensure_ascii=False, indent=None if lines else 2)
    print(_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text), flush=lines)


def note(text: str) -> None:
    """Say something beside the result, on standard error."""
    print(text, file=sys.stderr)


def console() -> Console:
    """The console tables are printed on; without a terminal, lines are as long as they need."""
    from contextlib import suppress

    from rich.console import Console

    from signoff.gateway.settings import current_settings
    from signoff.model.settings import SettingsError

    plain = None
    with suppress(SettingsError):
        # Whatever is wrong with the settings, tables of profiles can be shown.
        plain = None if current_settings().cli_colors else True
    wide = None if sys.stdout.isatty() else 1000
    return Console(width=wide, no_color=plain, highlight=False, markup=False, emoji=False)


def short_id(id: UUID) -> str:
    """An id for a table: whole where a program may read it; in a terminal the part that tells the
    time it was made to a quarter of a microsecond, which is enough for every command."""
    return str(id)[:18] if sys.stdout.isatty() else str(id)


def table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """A table whose cells are shown literally; only columns of longer text are wrapped."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    made = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, no_wrap=column in _NEVER_WRAPPED, overflow="fold")
    for row in rows:
        made.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return made


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Print a table."""
    console().print(table(columns, rows))


def print_facts(facts: Mapping[str, str | Text]) -> None:
    """Print names and values, one pair per line."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column(overflow="fold")
    for name, value in facts.items():
        grid.add_row(name, Text(value) if isinstance(value, str) else value)
    console().print(grid)


def state_text(state_type: str | None, name: str | None) -> Text:
    """The name of a state in its colour."""
    from rich.text import Text

    return Text(one_line(name or "-"), style=_STATE_STYLES.get(state_type or "", ""))


_NEVER_WRAPPED = (
    "ID",
    "Run",
    "Name",
    "State",
    "When",
    "Deadline",
    "Asked",
    "Process",
    "Status",
    "Attempts",
    "At",
)
_STATE_STYLES = {
    "COMPLETED": "green",
    "FAILED": "red",
    "CRASHED": "red",
    "CANCELLED": "yellow",
    "CANCELLING": "yellow",
    "PAUSED": "bold magenta",
    "RUNNING": "blue",
}


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
