"""The schema, as numbered files that only ever go forward.

Owns finding and reading them. Who applies them, and under which lock, is up to each database. A
file that was released is never changed again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from signoff.store.dialects import Dialect
from signoff.store.statements import fill

FOLDER = Path(__file__).parent
_NAME = re.compile(r"(\d{4})_\w+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema.

    Args:
        number: 1, 2, 3, ...; the version of the schema that it leads to.
        statements: what it does, in order.
    """

    number: int
    statements: tuple[str, ...]


def read(dialect: Dialect, folder: Path = FOLDER) -> Sequence[Migration]:
    """Every migration, in order, in the words of one database.

    Raises:
        ValueError: the numbers have a gap.
    """
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None or int(match.group(1)) != len(found) + 1:
            raise ValueError(f"{path} is not migration number {len(found) + 1}")
        lines = path.read_text(encoding="utf-8").splitlines()
        text = "\n".join(line.partition("--")[0].rstrip() for line in lines)
        parts = [fill(part.strip(), dialect.fragments) for part in text.split(";")]
        found.append(Migration(len(found) + 1, tuple(part for part in parts if part)))
    return found


def newest(folder: Path = FOLDER) -> int:
    """The number of the newest migration, without reading any."""
    return sum(1 for _ in folder.glob("*.sql"))
