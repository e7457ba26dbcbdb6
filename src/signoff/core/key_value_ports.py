"""What the service asks of a database about key-value pairs, as a protocol.

A transaction (`core.ports.Tx`) offers it. Owns the contract only. All times are UTC microseconds
since the Unix epoch; a pair whose end has come is as good as gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from signoff.model.key_values import KeyFacts, KeyValue, KeyValueKind, ReadKeys


class KeyValues(Protocol):
    """Key-value pairs of one transaction."""

    def put(
        self,
        namespace: str,
        key: str,
        kind: KeyValueKind,
        value: str,
        expires: int | None,
        overwrite: bool,
        now: int,
    ) -> bool:
        """Set a pair, its value as JSON text; False when there is one and it is not to be
        overwritten. Pairs whose end has come are swept on the way."""

    def get(self, namespace: str, key: str, now: int) -> KeyValue | None: ...

    def listed(self, query: ReadKeys, now: int) -> tuple[KeyFacts, ...]: ...

    def remove(self, namespace: str, key: str, now: int) -> bool:
        """False when there is none."""
