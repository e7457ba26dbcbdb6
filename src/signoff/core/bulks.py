"""What bulk actions ask of a database, as a protocol.

Apart from `ports.py`, because few processes ever need it. The tests of the service hold both
databases to every promise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from signoff.model.values import dataclass

if TYPE_CHECKING:
    from signoff.model.bulk import BulkView, PreviewBulk, ReadReceipts, Receipt, Sample
    from signoff.model.runs import Run
    from signoff.model.waits import Response, Wait


@dataclass(frozen=True, slots=True)
class Alike:
    """Runs of a set that no rule can tell apart.

    Args:
        first: one of them.
        count: how many they are, that one included.
        numbers: all of them, in the words of the store.
    """

    first: UUID
    count: int
    numbers: str


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

    def save(self, bulk: BulkView, refused: Sequence[Receipt]) -> None:
        """Store how far a bulk action is, and which runs of its last batch have refused it. The
        others of the batch need no receipt: they are read to be done with."""

    def members(self, bulk_id: UUID, after: int, until: int) -> tuple[tuple[int, UUID], ...]:
        """(position, run) of a stretch of the set, in its order."""

    def name_each(self, bulk_id: UUID, say: Callable[[bytes], object]) -> None:
        """Say the ids of all runs of the set, in its order."""

    def alike(self, bulk_id: UUID, after: int, until: int, now: int) -> tuple[Alike, ...]:
        """Runs of a stretch of the set in groups: an answer to the one open wait of a run, decided
        now, would be decided in the same way for every run of its group. They are locked. Runs
        that have few of their kind are in no group."""

    def others(
        self, bulk_id: UUID, after: int, until: int, groups: Sequence[Alike]
    ) -> tuple[tuple[int, UUID], ...]:
        """(position, run) of the runs of a stretch of the set that are in none of these groups."""

    def answer_others(
        self, group: Alike, before: Run, after: Run, wait: Wait, response: Response
    ) -> None:
        """Save for the other runs of a group what an answer has changed about the first of it.

        `before`, `after`, `wait`: that run and its answered wait. `response`: the answer as it was
        put on record.
        """

    def receipts(self, query: ReadReceipts) -> tuple[Receipt, ...]:
        """What was done with each run, in the order of the set."""

    def samples(
        self, run_ids: Iterable[UUID], refusals: Mapping[UUID, str | None]
    ) -> tuple[Sample, ...]:
        """Runs as people know them, in this order, with why each would be refused."""
