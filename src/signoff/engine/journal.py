"""What this process knows of what the run has done: matching calls to records.

Owns occurrences, places and the search for a record (DESIGN section 4). A call is matched by
parent scope, task, digest of the arguments and occurrence; failing that, within the same attempt,
by its place. Holds records only of a run that was entered again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

from signoff.core.fingerprint import digest
from signoff.model.state_types import StateType
from signoff.model.transactions import ROLLED_BACK
from signoff.model.values import dataclass

if TYPE_CHECKING:
    from signoff.model.journal import TaskRecord, TaskStart


class Changed(StrEnum):
    """What to do when a call of this attempt comes back with other arguments."""

    RECALL = "recall"
    """Give back the record, with a warning: nothing is done twice."""
    RERUN = "rerun"
    FAIL = "fail"


UNKNOWN = "?"
"""Stands for the digest of arguments that cannot be hashed."""


@dataclass(frozen=True, slots=True)
class Step:
    """The identity of one call.

    Args:
        scope: journal key of the enclosing task run; "" for the flow itself.
        task_key: which task or child flow.
        inputs: digest of the arguments; "" when there are none, or `UNKNOWN`.
        occurrence: calls with the same scope, task and arguments that came before.
        place: call site and ordinal there.
    """

    scope: str
    task_key: str
    inputs: str
    occurrence: int
    place: str

    @property
    def key(self) -> str:
        """The journal key: the scope of everything this call does."""
        inputs = self.place if self.by_place else self.inputs
        parts = (self.scope, self.task_key, inputs, str(self.occurrence))
        return digest("\n".join(parts).encode())

    @property
    def by_place(self) -> bool:
        """Whether only its place tells this call from others of the same task."""
        return self.inputs in ("", UNKNOWN)


R = TypeVar("R", "TaskRecord", "TaskStart")


@dataclass(frozen=True, slots=True)
class Found(Generic[R]):
    """What is on record of a call; `exact` is False when only its place matches."""

    record: R
    exact: bool


class Journal:
    """The steps of one attempt of a run in this process.

    Args:
        attempt: the attempt.
        records: what earlier entries and attempts have finished, oldest first.
        begun: what earlier entries of this attempt have begun and not finished, likewise.

    Attributes:
        remembers: there is anything that a call could be given back.
    """

    def __init__(
        self,
        attempt: int,
        records: Iterable[TaskRecord] = (),
        begun: Iterable[TaskStart] = (),
    ) -> None:
        self.attempt = attempt
        # itertools.count.__next__ is atomic, so threads draw distinct occurrences without a lock.
        self._calls: defaultdict[tuple[str, ...], count[int]] = defaultdict(count)
        self._exact: dict[_Exact, TaskRecord] = {}
        self._places: dict[_Place, TaskRecord] = {}
        self._without_arguments: dict[_Place, TaskRecord] = {}
        self._begun: dict[_Exact, TaskStart] = {}
        self._begun_places: dict[_Place, TaskStart] = {}
        # What a call has got is not given to another one that only stands where it stood.
        self._given: dict[UUID, Step] = {}
        for record in records:
            self._keep(record)
        self._alone: dict[_Place, TaskStart | None] = {}
        for start in begun:
            self._begun[_exact(start)] = start
            self._begun_places[_place(start)] = start
            self._alone[_site(start)] = None if _site(start) in self._alone else start
        self.remembers = bool(self._exact or self._begun)

    def place(self, scope: str, task_key: str, site: str) -> str:
        """The place of a call that is being made now; drawn in the caller's thread."""
        return f"{site}#{next(self._calls['place', scope, task_key, site])}"

    def step(self, scope: str, task_key: str, inputs: str, place: str, early: bool = True) -> Step:
        """The identity of a call.

        Args:
            scope, task_key, inputs: as in `Step`.
            place: from `place`.
            early: called in the caller's thread. A call whose arguments are results of other
                tasks is identified later, in no particular order; it counts at its place then.
        """
        if inputs in ("", UNKNOWN):
            return Step(scope, task_key, inputs, int(place.rpartition("#")[2]), place)
        if not early:
            return Step(scope, task_key, digest(f"{inputs} {place}".encode()), 0, place)
        return Step(
            scope, task_key, inputs, next(self._calls["inputs", scope, task_key, inputs]), place
        )

    def ordinal(self, scope: str, site: str) -> int:
        """How many waits were asked for at this place before."""
        return next(self._calls["wait", scope, site])

    def find(self, step: Step) -> Found[TaskRecord] | None:
        """The record of a call, if it was made before and has ended."""
        if not self._exact:
            return None
        if not step.by_place:
            record = self._exact.get(_exact(step))
            if record is not None:
                return self._give(step, Found(record, exact=True))
            if _exact(step) in self._begun:
                # It is another call than the one that has ended at this place.
                return None
        record = self._places.get(_place(step))
        if record is None and step.inputs == "":
            record = self._without_arguments.get(_place(step))
        return self._at_place(step, record)

    def find_begun(self, step: Step) -> Found[TaskStart] | None:
        """What is on record of a call that was made before and has not ended."""
        if not self._begun:
            return None
        if not step.by_place:
            start = self._begun.get(_exact(step))
            if start is not None:
                return self._give(step, Found(start, exact=True))
        return self._at_place(step, self._begun_places.get(_place(step)))

    def expected(self) -> dict[UUID, str]:
        """Which tasks are on record as ended, by task run, apart from what was called within
        something that has ended and so is not asked for again."""
        records = {record.id: record for record in self._exact.values()}
        for known in (self._places, self._without_arguments):
            records.update((record.id, record) for record in known.values())
        if not any(record.scope for record in records.values()):
            return {id: record.task_key for id, record in records.items()}
        ended = {as_step(record).key for record in records.values()}
        asked = (each for each in records.values() if each.scope not in ended)
        return {record.id: record.task_key for record in asked}

    def was_begun(self, step: Step) -> bool:
        """Whether an earlier process has begun this call, by its arguments or its place."""
        return _exact(step) in self._begun or _place(step) in self._begun_places

    def find_task(self, step: Step) -> Found[TaskStart] | None:
        """What is on record of the call of a task that was made before and has not ended.

        By its place only where a single call of the task was under way there: it runs with the
        arguments it has now, and must not get the answers that another one has asked for.
        """
        start = self._same_begun(step)
        exact = start is not None
        if start is None and self._alone:
            start = self._alone.get(_site(step))
            start = start if start is not None and start.place == step.place else None
        if start is None or self._given.get(start.id, step) != step:
            return None
        return self._give(step, Found(start, exact))

    def begun_id(self, step: Step | None) -> UUID | None:
        """The task run that an earlier process has begun for this call: it is that one which runs
        again."""
        found = None if step is None or not self._begun else self.find_task(step)
        return None if found is None else found.record.id

    def begun_at(self, step: Step) -> int | None:
        """When an earlier process has begun exactly this call, which has not ended."""
        start = self._same_begun(step)
        return None if start is None else start.started

    def _same_begun(self, step: Step) -> TaskStart | None:
        if not self._begun:
            return None
        if step.by_place:
            start = self._begun_places.get(_place(step))
            return start if start is not None and start.inputs == step.inputs else None
        return self._begun.get(_exact(step))

    def _at_place(self, step: Step, record: R | None) -> Found[R] | None:
        if record is None or self._given.get(record.id, step) != step:
            return None
        exact = step.by_place and record.inputs == step.inputs
        return self._give(step, Found(record, exact))

    def _give(self, step: Step, found: Found[R]) -> Found[R]:
        self._given[found.record.id] = step
        return found

    def _keep(self, record: TaskRecord) -> None:
        if record.state_type is StateType.PENDING:
            # It never began.
            return
        completed = record.state_type is StateType.COMPLETED
        same = record.attempt == self.attempt
        if record.state_name == ROLLED_BACK or not (completed or same):
            # What was undone is done again; so is what failed, by a new attempt.
            return
        # A failure of this attempt has reached the flow's code, so it is given back as well.
        self._exact[_exact(record)] = record
        if same:
            self._places[_place(record)] = record
        elif record.inputs == "":
            # No arguments are the same arguments in every attempt.
            self._without_arguments[_place(record)] = record


_Exact = tuple[str, str, str, int]
_Place = tuple[str, str, str]


def _exact(call: Step | TaskRecord | TaskStart) -> _Exact:
    return call.scope, call.task_key, call.inputs, call.occurrence


def _place(call: Step | TaskRecord | TaskStart) -> _Place:
    return call.scope, call.task_key, call.place


def _site(call: Step | TaskStart) -> _Place:
    return call.scope, call.task_key, call.place.rpartition("#")[0]


def as_step(record: TaskRecord | TaskStart) -> Step:
    """The identity of a call that is on record."""
    return Step(record.scope, record.task_key, record.inputs, record.occurrence, record.place)
