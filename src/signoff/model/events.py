"""What can happen to a run: the input of `core.transitions.decide`, and its three answers.

Owns the vocabulary. Must not know what follows from an event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any
from uuid import UUID

from signoff.model.actors import Actor
from signoff.model.errors import RequestRefused
from signoff.model.forms import Json
from signoff.model.journal import Reentry
from signoff.model.runs import Phase, Run
from signoff.model.values import dataclass
from signoff.model.waits import Wait


class Kind(StrEnum):
    """Kinds of events: the column index of the rules table."""

    # That of `Enum` is written in Python; rules and codes are looked up by member all the time.
    __hash__ = str.__hash__

    CREATE = "create"
    """Somebody registered a run for later."""
    START = "start"
    """A process created the run and works on it."""
    ENTER = "enter"
    """A process begins to work on an existing run."""
    BEGIN = "begin"
    """The process begins the next attempt."""
    OPEN = "open"
    """The process waits."""
    ANSWER = "answer"
    """Somebody answered a wait, or told a held run to go on."""
    REOPEN = "reopen"
    """The flow's own validation refused the answer."""
    WITHDRAW = "withdraw"
    """The process no longer needs the answer."""
    EXPIRE = "expire"
    """The deadline of a wait passed."""
    COMPLETE = "complete"
    """The flow returned."""
    FAIL = "fail"
    """The flow raised, or somebody declared it failed."""
    STOP = "stop"
    """The process obeyed a cancellation."""
    CRASH = "crash"
    """The process is dying, and still could say so."""
    RETRY = "retry"
    """The flow raised and will be tried again."""
    HOLD = "hold"
    """Somebody paused the run from outside."""
    SUSPEND = "suspend"
    """Somebody suspended the run from outside."""
    LEAVE = "leave"
    """The process has stopped working on the run, which waits without one from now on."""
    CANCEL = "cancel"
    """Somebody cancelled the run."""
    LOST = "lost"
    """The process died without a word."""
    RERUN = "rerun"
    """Somebody asked for another go."""
    CLAIM = "claim"
    """A claimer takes a run that is due, to start a process for it."""
    RETURN = "return"
    """The claimer gives it back: no process of its has entered the run."""
    FORCE = "force"
    """Somebody overrode the rules."""
    QUEUE = "queue"
    """It is due, and finds no free place."""
    ADMIT = "admit"
    """It has waited for a place in its process, and gets one."""
    LATE = "late"
    """It should have been started, or entered again, a while ago, and nobody has."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Args:
        kind: what.
        actor: who did it, and from where.
        entry: the entry number of the process that says so; None for anybody outside.
        phase, name, message: the wanted state, for the kinds that carry one.
        alive: the process that works on the run is known or believed to live.
        owner: the process that takes the run (start, enter, claim) or gives it back (return).
        claimer: the process that claimed the run for the one that enters it (enter).
        scheduled: when the run shall start or start again.
        wait: the new wait (open, suspend).
        leaving: the process will stop working on the run and let it wait without one (open).
        key: which wait is meant: its key or its alias (answer, reopen, withdraw, expire).
        answer: what was answered, already checked against the form.
        crowded: the run would need a place to go on in its process, and none is free.
        reentrant: a process could load the flow again (rerun, suspend, open when leaving).
    """

    kind: Kind
    actor: Actor
    entry: int | None = None
    phase: Phase | None = None
    name: str | None = None
    message: str | None = None
    alive: bool = True
    owner: str | None = None
    claimer: str | None = None
    scheduled: int | None = None
    wait: Wait | None = None
    key: str | None = None
    answer: Json = None
    reentrant: bool = True
    leaving: bool = False
    crowded: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The event is legal; `run` is what the run is now.

    Args:
        run: the run after the event, version one higher.
        changed: the waits that differ from before, new ones included.
        needs_entry: no living process works on the run; one must enter it for it to go on.
        claimable: nobody has the run; a claimer may take it, now or when it is due.
    """

    run: Run
    changed: tuple[Wait, ...] = ()
    needs_entry: bool = False
    claimable: bool = False


@dataclass(frozen=True, slots=True)
class Replayed:
    """The event has happened before; nothing changes, and the sender gets the same answer."""

    run: Run
    wait: Wait | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The event is not legal now.

    Args:
        error: the exception the sender gets.
        message: its text.
        details: JSON-able facts for the sender.
    """

    error: type[RequestRefused]
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)


Decision = Accepted | Replayed | Refused


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a run's history: an accepted event, on record.

    Args:
        seq: place in the history of the whole store; grows.
        run_id: the run.
        version: the version the event gave the run.
        kind: what happened.
        at: when, by the store's clock (UTC microseconds since the epoch).
        actor: who did it, and from where.
        phase, name, message: the state that followed.
        key: the wait concerned, if any.
        reentry: what became of earlier work after this, where a process entered the run again.
    """

    seq: int
    run_id: UUID
    version: int
    kind: Kind
    at: int
    actor: Actor
    phase: Phase
    name: str
    message: str | None
    key: str | None
    reentry: Reentry | None = None
