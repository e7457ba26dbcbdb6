"""Task types of plugins, as whoever has them installed publishes them.

Owns the requests. Must not know what a declaration says: those who read documents do.
"""

from __future__ import annotations

from collections.abc import Mapping

from signoff.model.commands import Command
from signoff.model.forms import Json
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class PublishTaskTypes(Command[Done]):
    """Make declarations known, each with a `name`; a known name is declared anew."""

    types: tuple[Mapping[str, Json], ...]


@dataclass(frozen=True, slots=True)
class ReadTaskTypes(Query[tuple[Mapping[str, Json], ...]]):
    """Every declaration that was published, by name."""
