"""What the service asks of a database about saved views, as a protocol.

A transaction (`core.ports.Tx`) offers it. Owns the contract only.
"""

from __future__ import annotations

from typing import Protocol

from signoff.model.saved_views import SavedView


class SavedViews(Protocol):
    """Saved views of one transaction."""

    def put(self, view: SavedView, now: int) -> None:
        """Keep a view in place of the one of its owner and name."""

    def remove(self, owner: str, name: str) -> bool:
        """False when there is none."""

    def listed(self, owner: str) -> tuple[SavedView, ...]:
        """Those of an owner, and everybody's; by name."""
