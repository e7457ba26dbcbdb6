"""What a process asks about the runs it works on: queries without views and filters.

Kept apart from `queries.py`, whose Pydantic models such a process does not need. Times are UTC
microseconds since the Unix epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from signoff.model.commands import Request
from signoff.model.journal import EntryRecord, Result, TaskRecord, TaskStart
from signoff.model.values import dataclass

if TYPE_CHECKING:
    # The linter does not see names in quoted base classes.
    from signoff.model.replies import RunHandle, RunSignal  # noqa: F401

Reply_co = TypeVar("Reply_co", covariant=True)


class Query(Request[Reply_co]):
    """A request that changes nothing (a due deadline is applied first all the same)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ReadHandle(Query["RunHandle"]):
    """Where a run stands, in brief."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class ReadJournal(Query[tuple[TaskRecord, ...]]):
    """The finished tasks of a run, oldest first."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class ReadBegun(Query[tuple[TaskStart, ...]]):
    """Tasks and calls of an attempt of a run that have begun and not ended, oldest first."""

    run_id: UUID
    attempt: int


@dataclass(frozen=True, slots=True)
class ReadResult(Query[Result]):
    """The kept result of a flow run."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class ReadEntry(Query[EntryRecord | None]):
    """How the flow of a run can be loaded."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class ReadSignals(Query["tuple[RunSignal, ...]"]):
    """What a process must know of the runs it works on."""

    run_ids: tuple[UUID, ...]
