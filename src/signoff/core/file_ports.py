"""What the service asks of a database about files, as a protocol.

A transaction (`core.ports.Tx`) offers it. Owns the contract only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from signoff.model.files import File


class Files(Protocol):
    """Files of one transaction."""

    def add(
        self, id: UUID, uri: str, name: str, content: bytes, run_id: UUID | None, now: int
    ) -> None:
        """Keep a file; one of a run is deleted with the run."""

    def get(self, id: UUID) -> File | None: ...

    def remove(self, id: UUID) -> bool:
        """False when there is none."""
