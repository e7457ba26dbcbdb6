"""What the service asks of a database about secrets, as a protocol.

A transaction (`core.ports.Tx`) offers it. Owns the contract only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from signoff.model.secrets import SecretFacts


class Secrets(Protocol):
    """Secrets of one transaction; values are encrypted before they come here."""

    def add(self, name: str, value: str, now: int) -> bool:
        """False when the name is taken."""

    def change(self, name: str, value: str, now: int) -> None: ...

    def value(self, name: str) -> str | None: ...

    def listed(self) -> tuple[SecretFacts, ...]: ...

    def remove(self, name: str) -> bool: ...
