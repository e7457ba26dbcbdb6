"""What the service asks of a database about shared state, as protocols.

A transaction (`core.ports.Tx`) offers one of each. Owns the contracts only; the conformance suite
in `tests/store` states their promises. All times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from signoff.model.shared import artifacts as a
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


class Artifacts(Protocol):
    """Artifacts of one transaction."""

    def add(self, id: UUID, new: a.CreateArtifact, data: str | None, now: int) -> None:
        """Store an artifact, its data as JSON text; the newest version under its key from now."""

    def change(
        self,
        id: UUID,
        data: str | None,
        description: str | None,
        metadata: Mapping[str, str] | None,
        now: int,
    ) -> None: ...

    def remove(self, id: UUID) -> bool: ...

    def find(self, id: UUID) -> a.Artifact | None: ...

    def latest(self, key: str) -> a.Artifact | None: ...

    def listed(self, query: a.ReadArtifacts) -> tuple[a.Artifact, ...]: ...

    def collections(self, query: a.ReadLatestArtifacts) -> tuple[a.ArtifactCollection, ...]: ...

    def count(self, query: a.CountArtifacts | a.CountLatestArtifacts) -> int: ...
