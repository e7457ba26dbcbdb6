"""What a run has left for people to read, ready to be shown.

Owns which of several versions is shown, and tables as rows. What a flow wrote is never trusted:
what does not look like its type is shown as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from pydantic_core import from_json

from signoff.model.shared.artifacts import Artifact, ArtifactFilter, ReadArtifacts
from signoff.server.pages.visits import Visit

MOST_ROWS = 200
_READ = 100
_LARGEST_IMAGE = 2_000_000
_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp|avif|svg\+xml)[;,]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table.

    Args:
        head: names of the columns; none where rows have no names.
        rows: the cells, row by row; at most 200.
        left_out: rows beyond these.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """An artifact on the page.

    Args:
        artifact: the artifact.
        title: above it.
        text: its content as text.
        table, percent: its content, where it is a table or says how far something is.
        link: where it leads, when it leads to the web.
        image: what is shown of an image; None where it is not to be loaded.
    """

    artifact: Artifact
    title: str
    text: str
    table: Sheet | None = None
    percent: float | None = None
    link: str | None = None
    image: str | None = None


async def read_pieces(visit: Visit, run_id: UUID) -> tuple[Piece, ...]:
    """The artifacts of a run, the newest of each key, in the order they were first made in."""
    mine = ArtifactFilter.model_validate({"flow_run_id": {"any_": [run_id]}})
    found = await visit.ask(ReadArtifacts(artifacts=mine, limit=_READ))
    return tuple(piece(each, visit.images) for each in newest(found))


def newest(found: Iterable[Artifact]) -> tuple[Artifact, ...]:
    """One of each key, the first in a list that begins with the newest; oldest key first.

    A run that is entered again makes its artifacts again.
    """
    kept: dict[str, Artifact] = {}
    for each in found:
        name = f"key {each.key}" if each.key else f"id {each.id}"
        kept.setdefault(name, each)
    return tuple(reversed(kept.values()))


def piece(artifact: Artifact, hosts: Sequence[str] = ()) -> Piece:
    """An artifact, ready to be shown.

    Args:
        artifact: the artifact.
        hosts: hosts whose images may be shown.
    """
    data = artifact.data
    return Piece(
        artifact,
        artifact.key or (artifact.type or "artifact").title(),
        shown(data),
        table=_table(data) if artifact.type == "table" else None,
        percent=_percent(data) if artifact.type == "progress" else None,
        link=_link(data) if artifact.type == "image" else None,
        image=_image(data, hosts) if artifact.type == "image" else None,
    )


def shown(value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


def _table(data: Any) -> Sheet | None:
    """A table as it may be written: rows by name, rows, or columns by name."""
    try:
        given = from_json(data) if isinstance(data, str) else data
    except ValueError:
        return None
    if isinstance(given, Mapping) and all(isinstance(each, list) for each in given.values()):
        count = max((len(each) for each in given.values()), default=0)
        rows: list[Any] = [
            {name: each[row] for name, each in given.items() if row < len(each)}
            for row in range(min(count, MOST_ROWS))
        ]
        return _sheet(rows, count)
    return _sheet(given[:MOST_ROWS], len(given)) if isinstance(given, list) else None


def _sheet(rows: list[Any], count: int) -> Sheet | None:
    left_out = count - len(rows)
    if rows and all(isinstance(row, Mapping) for row in rows):
        head = tuple(dict.fromkeys(name for row in rows for name in row))
        cells = tuple(tuple(_cell(row.get(name, "")) for name in head) for row in rows)
        return Sheet(head, cells, left_out)
    if rows and all(isinstance(row, list) for row in rows):
        width = max(len(row) for row in rows)
        padded = ([*row, *[""] * (width - len(row))] for row in rows)
        return Sheet((), tuple(tuple(map(_cell, row)) for row in padded), left_out)
    return None


def _cell(value: Any) -> str:
    return "" if value is None else shown(value)


def _percent(data: Any) -> float | None:
    number = isinstance(data, int | float) and not isinstance(data, bool)
    return min(max(float(data), 0.0), 100.0) if number else None


def _image(data: Any, hosts: Sequence[str]) -> str | None:
    """The address of an image that may be shown: it is in the address itself, or on such a host."""
    text = str(data)
    if _IMAGE.match(text):
        return text if len(text) <= _LARGEST_IMAGE else None
    if _link(data) is None:
        return None
    host = urlsplit(text).netloc.rpartition("@")[2].lower()
    return text if any(_is_of(host, each) for each in hosts) else None


def _is_of(host: str, allowed: str) -> bool:
    return host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed


def _link(data: Any) -> str | None:
    """An address that a flow gave, if it leads to the web."""
    text = str(data)
    return text if text.lower().startswith(("http://", "https://")) else None
