"""What the service asks of a database about emitted events, as a protocol.

A transaction (`core.ports.Tx`) offers it. Owns the contract only; the conformance suite in
`tests/store` states its promises.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from signoff.model import emitted as e


class Emitted(Protocol):
    """Emitted events of one transaction."""

    def add(self, events: Sequence[e.Event], now: int) -> None:
        """Store events; one whose id is known already is dropped."""

    def listed(self, query: e.ReadEmitted) -> tuple[e.Event, ...]: ...

    def count(self, query: e.CountEmitted) -> int: ...
