"""Documents: texts of flows, kept by their digest.

Owns the requests. Must not know the language they are written in.
"""

from __future__ import annotations

from dataclasses import field

from signoff.model.commands import Command
from signoff.model.lookups import Query
from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class KeepDocument(Command[str]):
    """Keep a text for good; the reply is its digest (SHA-256, hexadecimal). The same text twice is
    kept once."""

    source: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadDocument(Query[str]):
    """The text with a digest, exactly as it was kept."""

    digest: str
