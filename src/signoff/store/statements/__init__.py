"""The named statements: read from the SQL files beside this module, once per database.

Owns the file format: `-- name: find_run` begins a statement, `{fragment}` is filled in from the
dialect, `:value` is a parameter. A fragment the dialect does not know (`{where}`) is left for the
caller. Must not know what the statements mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from signoff.model.values import dataclass
from signoff.store.dialects import POSTGRES, SQLITE, Dialect

_FOLDER = Path(__file__).parent
_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_FRAGMENT = re.compile(r"\{(\w+)\}")
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)")
_DIALECTS = {dialect.name: dialect for dialect in (SQLITE, POSTGRES)}


@cache
def load(dialect_name: str) -> Mapping[str, str]:
    """Every statement by name, in the words of one database."""
    dialect = _DIALECTS[dialect_name]
    found: dict[str, str] = {}
    for path in sorted(_FOLDER.glob("*.sql")):
        _, *parts = _NAME.split(path.read_text(encoding="utf-8"))
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            if name in found:
                raise ValueError(f"{path.name} names statement {name!r} a second time")
            found[name] = adapt(_without_comments(text), dialect)
    return found


@dataclass(frozen=True, slots=True)
class Positional:
    """A statement whose parameters are told apart by their places.

    Args:
        text: with a `?` for each.
        pick: makes the values in their order of those by name.
    """

    text: str
    pick: Callable[[Mapping[str, Any]], Sequence[Any]]


@cache
def positional(text: str) -> Positional:
    """A statement of SQLite with `?` for `:value`: SQLite is quicker to give out places than
    Python is to look names up."""
    names = _PARAMETER.findall(text)
    placed = _PARAMETER.sub("?", text)
    if not names:
        return Positional(placed, _no_values)
    if len(names) == 1:
        (name,) = names
        return Positional(placed, lambda values: (values[name],))
    return Positional(placed, itemgetter(*names))


def _no_values(values: Mapping[str, Any]) -> tuple[()]:
    return ()


def adapt(text: str, dialect: Dialect) -> str:
    """A statement in the words of one database."""
    filled = fill(text, dialect.fragments)
    if dialect.name == "postgres":
        filled = filled.replace("%", "%%")
    return _PARAMETER.sub(lambda match: dialect.named % match.group(1), filled)


def fill(text: str, fragments: Mapping[str, str]) -> str:
    """`text` with its known `{fragments}` replaced."""
    return _FRAGMENT.sub(lambda match: fragments.get(match.group(1), match.group(0)), text)


def _without_comments(text: str) -> str:
    lines = (line.partition("--")[0].rstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line).strip().rstrip(";")
