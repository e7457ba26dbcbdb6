"""`signoff inbox`: what waits for a person."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from signoff.cli.display import (
    Format,
    Output,
    console,
    note,
    one_line,
    print_json,
    short_id,
    table,
)
from signoff.cli.facts import inbox_facts
from signoff.cli.moments import ago, now
from signoff.cli.session import ask

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from signoff.model.replies import InboxItem

_COLUMNS = ("Run", "Flow", "Waits for", "Deadline", "Asked", "Process")
_WIDE = 120
"""Columns of a terminal in which ids have a place beside the rest."""
_EVERY = 1.0
"""Seconds between two looks of `--watch`."""


def show(
    output: Output = Format.TABLE,
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=200, help="Show at most this many.")
    ] = 50,
    text: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="Only where run, flow or title contains this.", show_default=False
        ),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Keep showing it until interrupted.")
    ] = False,
) -> None:
    """Show what waits for a person, nearest deadline first."""
    if watch:
        _watch(output, limit, text)
        return
    items = _read(limit, text)
    if output is Format.JSON:
        print_json([inbox_facts(item) for item in items])
    elif not items:
        note("Nothing waits for a person.")
    else:
        console().print(_table(items))
        _tell_more(limit, len(items), text)
        note("Answer one with: signoff flow-run resume RUN")
        if _asks_twice(items):
            note("Where a run asks more than one thing, add: --key KEY")
        if not all(item.alive for item in items):
            note("Where the process has gone, the answer starts it again.")


def _read(limit: int, text: str | None) -> tuple[InboxItem, ...]:
    from signoff.model.queries import ReadInbox

    return ask(ReadInbox(limit=limit, text=text))


def _tell_more(limit: int, shown: int, text: str | None) -> None:
    from signoff.model.queries import CountInbox

    if shown < limit or text is not None:
        return
    total = ask(CountInbox())
    if total > shown:
        note(f"{shown} of {total}; --limit shows more, --text narrows it down.")


def _table(items: Sequence[InboxItem]) -> Table:
    """The items; with keys where a run asks more than one thing and is answered by naming one, and
    with ids where they have room, because a run may be named as well."""
    columns, rows = list(_COLUMNS), _rows(items)
    if _asks_twice(items):
        columns.append("Key")
        rows = [[*row, one_line(item.key)] for row, item in zip(rows, items, strict=True)]
    if console().width >= _WIDE:
        columns.append("ID")
        rows = [[*row, short_id(item.run_id)] for row, item in zip(rows, items, strict=True)]
    return table(columns, rows)


def _asks_twice(items: Sequence[InboxItem]) -> bool:
    """Whether a run is shown with more than one question."""
    return len({item.run_id for item in items}) < len(items)


def _rows(items: Sequence[InboxItem]) -> list[list[str]]:
    present = now()
    return [
        [
            one_line(item.run_name),
            one_line(item.flow_name),
            one_line(item.title or item.key),
            "none" if item.deadline is None else ago(item.deadline, present),
            ago(item.opened_at, present),
            "waiting" if item.alive else "gone",
        ]
        for item in items
    ]


def _watch(output: Format, limit: int, text: str | None) -> None:
    """Show the inbox again whenever it changed, until interrupted."""
    if output is Format.JSON or not console().is_terminal:
        _watch_lines(output, limit, text)
        return
    from rich.live import Live

    with Live(console=console(), auto_refresh=False, screen=False) as live:
        while True:
            live.update(_page(_read(limit, text)), refresh=True)
            time.sleep(_EVERY)


def _page(items: Sequence[InboxItem]) -> RenderableType:
    from rich.text import Text

    if not items:
        return Text("Nothing waits for a person.")
    return _table(items)


def _watch_lines(output: Format, limit: int, text: str | None) -> None:
    shown: tuple[InboxItem, ...] | None = None
    while True:
        items = _read(limit, text)
        if items != shown:
            if output is Format.JSON:
                print_json([inbox_facts(item) for item in items], lines=True)
            elif items:
                console().print(_table(items))
            else:
                print("Nothing waits for a person.", flush=True)
        shown = items
        time.sleep(_EVERY)
