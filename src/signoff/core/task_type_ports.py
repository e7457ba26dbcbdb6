"""What the service asks of a database about published task types, as a protocol.

A transaction (`core.ports.Tx`) offers it. Owns the contract only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from signoff.model.forms import Json


class TaskTypes(Protocol):
    """Task types of one transaction."""

    def put(self, name: str, body: str, now: int) -> bool:
        """Keep a declaration as JSON text; False when it is known as it is."""

    def listed(self) -> tuple[Mapping[str, Json], ...]:
        """Every declaration, by name."""
