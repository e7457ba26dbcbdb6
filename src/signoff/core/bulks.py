"""What bulk actions ask of a database, as a protocol.

Apart from `ports.py`, because few processes ever need it. The tests of the service hold both
databases to every promise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from signoff.model.bulk import BulkView, PreviewBulk, ReadReceipts, Receipt, Sample
    from signoff.model.runs import Run
    from signoff.model.waits import Response, Wait


class Bulks(Protocol):
    """Part of a transaction: bulk actions, the sets they were frozen with, and their receipts."""

    def freeze(self, bulk: BulkView, wanted: PreviewBulk, sealed: str | None) -> int:
        """Store a bulk action with the runs that are meant now, oldest first (or in the order in
        which they were named, each once); returns their number.

        `sealed`: its input, as it may be kept.
        """

    def name(self, bulk: BulkView) -> None:
        """Keep the digest and the size of a set."""

    def read(self, bulk_id: UUID, lock: bool) -> tuple[BulkView, str | None] | None:
        """A bulk action and its sealed input; None when there is none.

        `lock`: nobody else carries it out until the end of the transaction.
        """

    def save(self, bulk: BulkView, receipts: Sequence[Receipt]) -> None:
        """Store how far a bulk action is, and what was done with the runs of its last batch."""

    def members(self, bulk_id: UUID, after: int, limit: int) -> tuple[tuple[int, UUID], ...]:
        """(position, run) of the set, in its order."""

    def alike(self, run_ids: Sequence[UUID], now: int) -> list[list[UUID]]:
        """The runs of the present batch (`Tx.batch`) in groups: an answer to the one open wait of a
        run, decided now, would be decided in the same way for every run of its group."""

    def answer_others(
        self, before: Run, after: Run, wait: Wait, response: Response, others: Sequence[UUID]
    ) -> None:
        """Save for other runs of a group what an answer has changed about one run of it.

        `before`, `after`, `wait`: that run and its answered wait. `response`: the answer as it was
        put on record.
        """

    def receipts(self, query: ReadReceipts) -> tuple[Receipt, ...]:
        """What was done with each run, in the order of the set."""

    def samples(
        self, run_ids: Iterable[UUID], refusals: Mapping[UUID, str | None]
    ) -> tuple[Sample, ...]:
        """Runs as people know them, in this order, with why each would be refused."""
