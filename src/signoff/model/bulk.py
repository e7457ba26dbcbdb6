"""One action on many runs: the set is frozen first, then worked through in batches.

A preview freezes which runs are meant and what shall be done with them, and returns a digest of
both. Whoever carries it out names the digest, so that nothing else than what was shown is done.
Owns the values and the requests; must not know how a batch is carried out. Loaded on first use
only, because filters are Pydantic models. Times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from signoff.model.actors import Actor
from signoff.model.commands import Command
from signoff.model.filters import FlowFilter, FlowRunFilter
from signoff.model.forms import Json
from signoff.model.lookups import Query
from signoff.model.values import dataclass

BATCH = 1000
"""Runs of one batch, between two looks at how far it is. The service carries a batch out in steps,
small enough that others wait only some milliseconds for the database."""


class BulkAction(StrEnum):
    """What is done with each run."""

    RESUME = "resume"
    """Answer what it asks, each with the same input, or with what its form is filled with."""
    PAUSE = "pause"
    SUSPEND = "suspend"
    CANCEL = "cancel"
    RETRY = "retry"
    DELETE = "delete"


class BulkStatus(StrEnum):
    """How far a bulk action is."""

    PREVIEWED = "previewed"
    RUNNING = "running"
    STOPPED = "stopped"
    FINISHED = "finished"


class Outcome(StrEnum):
    """What came of one run."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done with one run, and why not.

    Args:
        position: place in the set, counted from 1.
        run_id: the run.
        outcome: done or refused.
        reason: why it was refused, in the words that its own command would have used.
    """

    position: int
    run_id: UUID
    outcome: Outcome
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of a preview.

    Args:
        run_id: the run.
        name, flow_name, state_name: what a person knows it by; None when there is no such run.
        refusal: why the action would be refused now; None when it would be done.
    """

    run_id: UUID
    name: str | None
    flow_name: str | None
    state_name: str | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class BulkView:
    """A bulk action, and how far it is.

    Args:
        id: identifier.
        action: what is done with each run.
        status: how far it is.
        digest: of the action, its input and the set; carrying it out asks for it.
        total: runs in the set.
        done, refused: runs it was done with, and refused for, so far.
        created_at, created_by: who froze the set.
        ended_at: when it was finished or stopped.
    """

    id: UUID
    action: BulkAction
    status: BulkStatus
    digest: str
    total: int
    done: int
    refused: int
    created_at: int
    created_by: Actor
    ended_at: int | None

    @property
    def left(self) -> int:
        """Runs that nothing was done with yet."""
        return self.total - self.done - self.refused

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in (BulkStatus.STOPPED, BulkStatus.FINISHED)


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many runs would be refused for one reason."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What a frozen set holds, and what would happen.

    Args:
        bulk: the bulk action.
        sample: its first runs.
        judged: how many of its first runs were tried, without changing anything.
        refusals: why how many of these would be refused now, the most frequent reason first.
    """

    bulk: BulkView
    sample: tuple[Sample, ...]
    judged: int
    refusals: tuple[Refusals, ...]


# Requests ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PreviewBulk(Command[BulkPreview]):
    """Freeze a set of runs and an action on them; nothing happens to the runs.

    Args:
        action: what shall be done with each.
        flows, flow_runs: which runs, as in every list.
        run_ids: these runs instead.
        run_input: the answer to give, for `resume`; None for what each form is filled with.
    """

    action: BulkAction
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    run_ids: tuple[UUID, ...] | None = None
    run_input: Json = None


@dataclass(frozen=True, slots=True)
class RunBulk(Command[BulkView]):
    """Carry out the next batch; to be repeated until `BulkView.is_over`.

    Args:
        bulk_id, digest: as previewed.
        size: runs of this batch, 10,000 at most.
    """

    bulk_id: UUID
    digest: str
    size: int = BATCH


@dataclass(frozen=True, slots=True)
class StopBulk(Command[BulkView]):
    """Do no further batch; what was done stays done."""

    bulk_id: UUID


@dataclass(frozen=True, slots=True)
class ReadBulk(Query[BulkView]):
    """How far a bulk action is."""

    bulk_id: UUID


@dataclass(frozen=True, slots=True)
class ReadReceipts(Query[tuple[Receipt, ...]]):
    """What was done with each run, in the order of the set.

    Args:
        bulk_id: the bulk action.
        after: only positions after this one.
        limit: at most so many.
        outcome: only these.
    """

    bulk_id: UUID
    after: int = 0
    limit: int = 200
    outcome: Outcome | None = None
