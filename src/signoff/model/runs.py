"""A run as the rules see it.

Owns the phases of a run and the facts a decision needs. The documented views (`FlowRun`,
`TaskRun`) are in `views.py`. All times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from signoff.model.state_types import StateType
from signoff.model.values import dataclass
from signoff.model.waits import Wait


class Phase(StrEnum):
    """Where a run is in its life: the row index of the rules table."""

    # That of `Enum` is written in Python; rules and codes are looked up by member all the time.
    __hash__ = str.__hash__

    ABSENT = "absent"
    SCHEDULED = "scheduled"
    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    QUEUED = "queued"
    RESUMING = "resuming"
    RETRYING = "retrying"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CRASHED = "crashed"

    @property
    def state_type(self) -> StateType:
        """The documented state type of a run in this phase."""
        return _STATE_TYPES[self]

    @property
    def state_name(self) -> str:
        """The documented name of the state when the flow gave none of its own."""
        return _STATE_NAMES[self]

    @property
    def is_final(self) -> bool:
        return self in FINAL


FINAL = frozenset({Phase.COMPLETED, Phase.FAILED, Phase.CANCELLED, Phase.CRASHED})

_STATE_TYPES = {
    Phase.SCHEDULED: StateType.SCHEDULED,
    Phase.PENDING: StateType.PENDING,
    Phase.RUNNING: StateType.RUNNING,
    Phase.PAUSED: StateType.PAUSED,
    Phase.SUSPENDED: StateType.PAUSED,
    Phase.QUEUED: StateType.SCHEDULED,
    Phase.RESUMING: StateType.SCHEDULED,
    Phase.RETRYING: StateType.SCHEDULED,
    Phase.CANCELLING: StateType.CANCELLING,
    Phase.COMPLETED: StateType.COMPLETED,
    Phase.FAILED: StateType.FAILED,
    Phase.CANCELLED: StateType.CANCELLED,
    Phase.CRASHED: StateType.CRASHED,
}
_STATE_NAMES = {phase: phase.value.capitalize() for phase in Phase} | {
    Phase.RETRYING: "AwaitingRetry",
    Phase.QUEUED: "AwaitingConcurrencySlot",
}


def phase_of(state_type: StateType, name: str | None = None) -> Phase:
    """The phase meant by a documented state type and name."""
    if state_type is StateType.SCHEDULED:
        if name == "Resuming":
            return Phase.RESUMING
        return Phase.RETRYING if name in ("AwaitingRetry", "Retrying") else Phase.SCHEDULED
    if state_type is StateType.PAUSED and name == "Suspended":
        return Phase.SUSPENDED
    return Phase(state_type.value.lower())


@dataclass(frozen=True, slots=True)
class Run:
    """What the rules need to know of a flow run.

    Args:
        id: identifier.
        phase: where it is in its life.
        name: name of the state; the phase's own unless the flow or a caller gave another.
        message: what the state says to a reader.
        since: when the run entered this state.
        version: grows by one with every accepted change.
        entry: how often a process has entered the run: the fencing number.
        attempt: which attempt this is, counted from 1; only failures start a new one.
        begun: an attempt has begun (`run_count` is `attempt` then, else `attempt - 1`).
        hold: somebody asked the run to pause at its next task boundary.
        scheduled: when it shall start, or start again.
        owner: the process that works on it; None when none does.
        parent: the run that called this one.
        waits: the waits of the present attempt that are open, or closed and not yet taken, and
            any other wait a decision was asked about.
        opened: how many waits the run has opened so far.
        deployment: the deployment it was made from.
        suspend: its process shall stop at its next task boundary: a wait that somebody opened from
            outside is open.
    """

    id: UUID
    phase: Phase
    name: str
    message: str | None
    since: int
    version: int
    entry: int
    attempt: int
    begun: bool
    hold: bool
    scheduled: int | None
    owner: str | None
    parent: UUID | None
    waits: tuple[Wait, ...] = ()
    opened: int = 0
    deployment: UUID | None = None
    suspend: bool = False

    @property
    def open_waits(self) -> tuple[Wait, ...]:
        return tuple(wait for wait in self.waits if wait.is_open)

    @property
    def run_count(self) -> int:
        return self.attempt if self.begun else self.attempt - 1
