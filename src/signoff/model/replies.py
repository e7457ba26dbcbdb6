"""What the service answers.

Owns the reply classes of `commands.py` and `queries.py`. A refusal is never a reply but an
exception of `errors.py`. All times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from dataclasses import field
from uuid import UUID

from signoff.model.actors import Actor
from signoff.model.forms import FieldError, Form, Json
from signoff.model.journal import EntryRecord, NewRun, TaskRecord, TaskStart
from signoff.model.runs import Phase
from signoff.model.values import dataclass
from signoff.model.waits import DeadlineAction, WaitKind, WaitStatus


@dataclass(frozen=True, slots=True)
class Done:
    """It is done; there is nothing to say about it."""


@dataclass(frozen=True, slots=True)
class RunHandle:
    """Where a run stands after a command.

    Args:
        run_id, flow_id: identifiers.
        name: name of the run.
        phase, state_name, message: its state.
        version: its version.
        entry: number of the newest entry.
        attempt: its attempt.
        created: the command created the run (False: it existed).
        needs_entry: a process must enter it for it to go on.
        since: when it entered the state.
        hold: somebody asked it to pause at its next task boundary.
    """

    run_id: UUID
    flow_id: UUID
    name: str
    phase: Phase
    state_name: str
    message: str | None
    version: int
    entry: int
    attempt: int
    created: bool = False
    needs_entry: bool = False
    since: int = 0
    hold: bool = False


@dataclass(frozen=True, slots=True)
class EnteredRun:
    """A run that this process now works on, with all it needs to go on.

    Args:
        handle: where it stands.
        run: how it was created.
        journal: its finished tasks, oldest first.
        expected: when it was expected to start.
        begun: tasks and calls of this attempt that earlier processes began and did not end.
    """

    handle: RunHandle
    run: NewRun
    journal: tuple[TaskRecord, ...]
    expected: int
    begun: tuple[TaskStart, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitOutcome:
    """How a wait stands, for the process that waits.

    Args:
        wait_id, key: the wait.
        status: open, answered, expired or withdrawn.
        answer: the accepted answer with its defaults filled in; None for none.
        deadline: when it expires.
        on_deadline: what happens then.
        now: the service's clock, so that the waiter can count on its own.
        phase, version: where the run stands.
        message: why the flow refused the previous answer.
        by: who answered.
        place: whether the process may go on: the run, or the one that called it in the same
            process, does not wait for a place of its deployment.
        closed_at: when it was answered, expired or was withdrawn.
    """

    wait_id: UUID
    key: str
    status: WaitStatus
    answer: Json
    deadline: int | None
    on_deadline: DeadlineAction
    now: int
    phase: Phase
    version: int
    message: str | None = None
    by: Actor | None = None
    place: bool = True
    closed_at: int | None = None


@dataclass(frozen=True, slots=True)
class RunSuspended:
    """A run waits without a process, or will as soon as its process has stopped.

    Args:
        handle: where it stands; of the run that called it, when that was suspended with it.
        outcome: how the wait stands that suspends it.
    """

    handle: RunHandle
    outcome: WaitOutcome


@dataclass(frozen=True, slots=True)
class AnswerAccepted:
    """An answer is on record.

    Args:
        run_id, key: the wait that was answered; key is "" when a pause was taken back.
        replayed: the same answer had been given before.
        phase: where the run stands now.
        needs_entry: no living process works on the run; one must enter it.
        entry_record: how to load the flow, when one must.
        answered_by, answered_at: who gave the answer that stands, and when.
        enter: the run to enter when one must: this one, or the parent that called it and died too.
        deployment: the deployment of the run to enter.
    """

    run_id: UUID
    key: str
    replayed: bool
    phase: Phase
    needs_entry: bool
    entry_record: EntryRecord | None
    answered_by: Actor
    answered_at: int
    enter: UUID | None = None
    deployment: UUID | None = None


@dataclass(frozen=True, slots=True)
class StateSet:
    """The outcome of the documented set-state request, which never raises for a refusal.

    Args:
        status: `ACCEPT`, `REJECT` or `ABORT`.
        handle: where the run stands.
        reason: why not.
    """

    status: str
    handle: RunHandle
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RunSignal:
    """What a process must know of a run it works on; a deleted run has phase `absent`.

    Args:
        run_id, version, entry, phase: where it stands.
        hold, suspend: what its process is asked to do.
        outcome: what has just become of a wait of it, where whoever waits need not ask any more.
    """

    run_id: UUID
    version: int
    entry: int
    phase: Phase
    hold: bool
    suspend: bool = False
    outcome: WaitOutcome | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class InboxItem:
    """Something that waits for a person.

    Args:
        run_id, run_name, flow_name: the run.
        key, kind, title: the wait.
        opened_at, deadline, on_deadline: since when, until when, and what happens then.
        alive: the process waits (False: the run will be entered again).
        has_form: a form is asked for, rather than only the word to go on.
        number: gives the alias `paused-N`.
    """

    run_id: UUID
    run_name: str
    flow_name: str
    key: str
    kind: WaitKind
    title: str
    opened_at: int
    deadline: int | None
    on_deadline: DeadlineAction
    alive: bool
    has_form: bool
    number: int


@dataclass(frozen=True, slots=True)
class SettledItem:
    """Something that waited for a person, and waits no longer.

    Args:
        item: what was asked; whether its process lives says nothing any more.
        status: answered or expired.
        closed_at: when.
        answered_by: who answered.
    """

    item: InboxItem
    status: WaitStatus
    closed_at: int
    answered_by: Actor | None


@dataclass(frozen=True, slots=True)
class ResponseView:
    """One answer that was given to a wait."""

    at: int
    by: Actor
    answer: Json
    refused: str | None


@dataclass(frozen=True, slots=True)
class WaitView:
    """A wait, for people: everything a face needs to show the form and take the answer."""

    item: InboxItem
    status: WaitStatus
    form: Form | None
    message: str | None
    errors: tuple[FieldError, ...]
    answer: Json
    answered_by: Actor | None
    closed_at: int | None
    responses: tuple[ResponseView, ...]
