"""What the service asks of a database about shared state, as protocols.

A transaction (`core.ports.Tx`) offers one of each. Owns the contracts only; the conformance suite
in `tests/store` states their promises. All times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from signoff.model.shared import variables as v


class Variables(Protocol):
    """Variables of one transaction."""

    def add(
        self, id: UUID, name: str, value: str, tags: Sequence[str], now: int
    ) -> v.Variable | None:
        """Store a new variable, its value as JSON text; None when the name is taken."""

    def change(
        self,
        id: UUID,
        name: str,
        value: str | None,
        tags: Sequence[str] | None,
        now: int,
    ) -> bool:
        """Change a variable; a value or tags of None stay. False when another one has the name."""

    def remove(self, id: UUID) -> bool: ...

    def find(self, id: UUID | None, name: str | None) -> v.Variable | None:
        """The variable of an id, or else of a name."""

    def listed(self, query: v.ReadVariables) -> tuple[v.Variable, ...]: ...

    def count(self, query: v.CountVariables) -> int: ...
