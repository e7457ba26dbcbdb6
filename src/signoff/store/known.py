"""What a store has seen before and never changes: numbers of flows and actors, forms, entries.

Owns these caches. They hold committed facts only: a transaction keeps what it learns to itself
until it commits (`repository/lookups.py`).
"""

from __future__ import annotations

from uuid import UUID

from signoff.model.actors import Actor
from signoff.model.forms import Form
from signoff.model.journal import EntryRecord

_MOST = 4096


class Known:
    """The caches of one store. Thread-safe: single dictionary operations only.

    Attributes:
        flows: number and id, by name.
        flow_numbers, flow_ids: number by id, and the other way round.
        actors, actor_numbers: actors by number, and the other way round.
        forms, entries: values by digest.
        entry_digests: digests of entry records.
    """

    def __init__(self) -> None:
        self.flows: dict[str, tuple[int, UUID]] = {}
        self.flow_numbers: dict[UUID, int] = {}
        self.flow_ids: dict[int, UUID] = {}
        self.actors: dict[int, Actor] = {}
        self.actor_numbers: dict[Actor, int] = {}
        self.forms: dict[bytes, Form] = {}
        self.entries: dict[bytes, EntryRecord] = {}
        self.entry_digests: dict[EntryRecord, bytes] = {}

    def take(self, fresh: Known) -> None:
        """Keep what a committed transaction has learned."""
        for mine, new in zip(self._all(), fresh._all(), strict=True):
            if new:
                if len(mine) > _MOST:
                    mine.clear()
                mine.update(new)

    def clear(self) -> None:
        """Forget everything."""
        for each in self._all():
            each.clear()

    def _all(self) -> tuple[dict[object, object], ...]:
        return (  # type: ignore[return-value]
            self.flows,
            self.flow_numbers,
            self.flow_ids,
            self.actors,
            self.actor_numbers,
            self.forms,
            self.entries,
            self.entry_digests,
        )
