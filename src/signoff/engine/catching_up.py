"""What becomes of earlier work while a run is entered again.

Owns counting what gives back its result, what runs again and what has changed, and putting it on
record once the run has caught up. Exists only for runs that were entered again: a first entry has
nothing to catch up with.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from signoff.engine.callsites import where
from signoff.engine.effects import Log, Post
from signoff.model.commands import NoteReentry
from signoff.model.journal import Reentry

if TYPE_CHECKING:
    from signoff.engine.effects import Program
    from signoff.engine.journal import Journal, Step
    from signoff.model.journal import TaskRecord, TaskStart

INFO = 20
MOST_PLACES = 20
"""How many changed places are named."""


class CatchingUp:
    """What has become of the records of a run so far, in this entry.

    Args:
        run_id, entry: the run, and the number of this entry.
        journal: what is on record.
    """

    def __init__(self, run_id: UUID, entry: int, journal: Journal) -> None:
        self._run_id = run_id
        self._entry = entry
        self._journal = journal
        # Tasks submitted side by side count at the same time.
        self._lock = threading.Lock()
        self._expected = journal.expected()
        self._replayed = self._changed = 0
        self._again: set[Step] = set()
        self._places: list[str] = []
        self._noted: Reentry | None = None

    @property
    def is_over(self) -> bool:
        """Whether everything that is on record was asked for."""
        return not self._expected

    def found(self, name: str, step: Step, record: TaskRecord | TaskStart, exact: bool) -> None:
        """A call is on record, if need be by its place alone."""
        with self._lock:
            self._expected.pop(record.id, None)
            if not exact:
                self._changed += 1
                if len(self._places) < MOST_PLACES:
                    self._places.append(f"{name} ({where(step.place.rpartition('#')[0])})")

    def waive(self, task_keys: Collection[str]) -> None:
        """Calls of these tasks are not needed any more, and not missed when they are not made."""
        with self._lock:
            for id in [id for id, key in self._expected.items() if key in task_keys]:
                del self._expected[id]

    def gave_back(self) -> None:
        """A call gives back what it did."""
        with self._lock:
            self._replayed += 1

    def runs_again(self, step: Step) -> None:
        """A call that was begun before does its work again."""
        with self._lock:
            self._again.add(step)

    def new_call(self, step: Step, direct: bool, works: bool = True) -> Program[None]:
        """A call is not on record as ended: it runs now, perhaps again.

        One that the flow itself waits for shows that the calls before it have been asked for. One
        that does no work of its own repeats none.
        """
        if self._journal.was_begun(step):
            if works:
                self.runs_again(step)
        elif step in self._again:
            return
        elif direct and not step.scope:
            yield from self.report()

    def report(self, ended: bool = False) -> Program[None]:
        """Put on record what has happened so far, where that is news.

        Args:
            ended: the flow's code has ended: what was not asked for by now never is.
        """
        news = self._news(ended)
        if news is None:
            return
        if news.says_something:
            yield Log(INFO, "Caught up with earlier work: %s.", (news,))
        yield Post(NoteReentry(self._run_id, self._entry, news))

    def _news(self, ended: bool) -> Reentry | None:
        with self._lock:
            left = len(self._expected) if ended else 0
            counts = (self._replayed, len(self._again), self._changed, left)
            summary = Reentry(*counts, tuple(self._places))
            if summary == self._noted:
                return None
            self._noted = summary
            return summary
