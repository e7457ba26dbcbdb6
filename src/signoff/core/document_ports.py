"""What the service asks of a database about documents, as a protocol.

A transaction (`core.ports.Tx`) offers it. Owns the contract only.
"""

from __future__ import annotations

from typing import Protocol


class Documents(Protocol):
    """Documents of one transaction, by digest. They are never deleted: what a run, a revision or a
    deployment names stays readable, and texts are small."""

    def put(self, digest: str, source: str, now: int) -> None:
        """Keep a text; nothing happens when it is known."""

    def source(self, digest: str) -> str | None: ...
