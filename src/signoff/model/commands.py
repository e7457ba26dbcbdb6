"""What can be asked of the service: one frozen class per request, with its reply.

`Request[Reply]` ties each class to the type of its answer, so that every gateway is typed by the
same classes. Commands change something; queries only read. A refusal is an exception of
`model.errors`. Field names are those of the documented HTTP API where it has the operation.
Owns the vocabulary; must not know how a request travels or is carried out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar
from uuid import UUID

from signoff.model.forms import FieldError, Form, Json
from signoff.model.journal import (
    LogLine,
    NewRun,
    Process,
    Reentry,
    Result,
    TaskInputs,
    TaskRecord,
    TaskStart,
)
from signoff.model.runs import Phase
from signoff.model.state_types import StateType
from signoff.model.values import dataclass
from signoff.model.waits import DeadlineAction, WaitKind

if TYPE_CHECKING:
    # The linter does not see names in quoted base classes.
    from signoff.model.replies import (  # noqa: F401
        AnswerAccepted,
        Done,
        EnteredRun,
        RunHandle,
        RunSuspended,
        StateSet,
        WaitOutcome,
    )

Reply_co = TypeVar("Reply_co", covariant=True)


class Request(Generic[Reply_co]):
    """Anything that can be asked of the service.

    Attributes:
        registers: the process must be known to the service before it asks.
    """

    __slots__ = ()

    registers: ClassVar[bool] = False


class Command(Request[Reply_co]):
    """A request that may change something."""

    __slots__ = ()


# A process and its run ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RegisterProcess(Command["Done"]):
    """A process makes itself known before it works on runs."""

    process: Process


@dataclass(frozen=True, slots=True)
class CreateRun(Command["RunHandle"]):
    """Register a run for later: phase scheduled or pending."""

    run: NewRun
    phase: Phase = Phase.PENDING
    scheduled: int | None = None


@dataclass(frozen=True, slots=True)
class StartRun(Command["RunHandle"]):
    """Create a run and begin its first attempt in this process, in one step.

    `call` is the call of the parent that the run stands for; it goes on the parent's record.
    """

    run: NewRun
    process_id: str
    call: TaskStart | None = None


@dataclass(frozen=True, slots=True)
class EnterRun(Command["EnteredRun"]):
    """Begin to work on an existing run; the reply carries the new entry number.

    `claimed_by` is the process that took the run and started this one for it.
    """

    run_id: UUID
    process_id: str
    claimed_by: str | None = None


@dataclass(frozen=True, slots=True)
class BeginAttempt(Command["RunHandle"]):
    """Begin the next attempt after a failure."""

    run_id: UUID
    entry: int


@dataclass(frozen=True, slots=True)
class RetryAttempt(Command["RunHandle"]):
    """The attempt failed; another one will begin at `scheduled`."""

    run_id: UUID
    entry: int
    scheduled: int
    message: str | None


@dataclass(frozen=True, slots=True)
class FinishRun(Command["RunHandle"]):
    """The flow ended in a final phase (completed, failed, cancelled or crashed)."""

    run_id: UUID
    entry: int
    phase: Phase
    name: str | None
    message: str | None
    result: Result


@dataclass(frozen=True, slots=True)
class FinishTasks(Command["Done"]):
    """Tasks ended; on record before their values reach the next line of the flow.

    Raises `StaleEntry` when a newer process has entered the run of any of them (the others are
    kept all the same).
    """

    tasks: tuple[TaskRecord, ...]


@dataclass(frozen=True, slots=True)
class StartTasks(Command["Done"]):
    """Tasks began. Sent behind; never overwrites a finished one.

    Args:
        tasks: those that people are to see running.
        inputs: what they, and others that have begun, depend on.
    """

    tasks: tuple[TaskStart, ...]
    inputs: tuple[TaskInputs, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteReentry(Command["Done"]):
    """What became of earlier work in this entry so far. Sent behind; the last word counts."""

    run_id: UUID
    entry: int
    reentry: Reentry


@dataclass(frozen=True, slots=True)
class WriteLogs(Command["Done"]):
    """Log lines, in batches. A line whose id is known already is dropped."""

    logs: tuple[LogLine, ...]


# Waits -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenWait(Command["WaitOutcome"]):
    """Wait under `key`. A key that this attempt used before gives back that wait as it is.

    `timeout` is in microseconds from the moment the service accepts the wait, `until` a moment
    (UTC microseconds since the Unix epoch) that is named instead; None for no deadline. `leaving`
    says that the process will stop working on the run and let it wait without one.
    """

    run_id: UUID
    entry: int
    key: str
    kind: WaitKind
    title: str
    form: Form | None = None
    timeout: int | None = None
    on_deadline: DeadlineAction = DeadlineAction.FAIL
    default: Json = None
    scope: str = ""
    task_run_id: UUID | None = None
    address: str | None = None
    until: int | None = None
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class LeaveRun(Command["RunHandle"]):
    """The process has stopped working on the run, which waits without one from now on.

    When nothing is waited for any more, the reply says that the run needs to be entered again.
    """

    run_id: UUID
    entry: int


@dataclass(frozen=True, slots=True)
class PollWait(Command["WaitOutcome"]):
    """How the wait stands now; a due deadline is applied first."""

    run_id: UUID
    entry: int
    key: str


@dataclass(frozen=True, slots=True)
class TakeOutcome(Command["Done"]):
    """The process has received the outcome of the wait. Sent behind."""

    run_id: UUID
    entry: int
    wait_id: UUID


@dataclass(frozen=True, slots=True)
class ReopenWait(Command["WaitOutcome"]):
    """The flow's own validation refused the answer: ask again, with the messages shown."""

    run_id: UUID
    entry: int
    key: str
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class WithdrawWait(Command["Done"]):
    """The process no longer needs the answer."""

    run_id: UUID
    entry: int
    key: str


@dataclass(frozen=True, slots=True)
class AnswerWait(Command["AnswerAccepted"]):
    """Answer a wait, or tell a paused run to go on.

    Args:
        run_id: the run.
        run_input: the answer; None for none (the form's initial values and defaults).
        key: which wait; may be left out when exactly one is open.
        request_id: makes a repeated request the same answer.
    """

    run_id: UUID
    run_input: Json = None
    key: str | None = None
    request_id: UUID | None = None


# From outside ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HoldRun(Command["RunHandle"]):
    """Pause the run at its next task boundary."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class SuspendRun(Command["RunSuspended"]):
    """Stop the process of a run at its next task boundary, and let the run wait without one.

    A called run is suspended together with the run that called it, because one process works on
    both. A key that this attempt used before gives back that wait as it is.

    Args:
        run_id: the run.
        key: name of the wait; made up when not given.
        form, title: what is asked; only the word to go on when there is no form.
        timeout, until, on_deadline, default: as in `OpenWait`.
    """

    run_id: UUID
    key: str | None = None
    title: str | None = None
    form: Form | None = None
    timeout: int | None = None
    until: int | None = None
    on_deadline: DeadlineAction = DeadlineAction.FAIL
    default: Json = None


@dataclass(frozen=True, slots=True)
class CancelRun(Command["RunHandle"]):
    """Cancel the run, and every child run that is not finished."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class RerunRun(Command["RunHandle"]):
    """Have a failed, crashed or cancelled run go on; finished tasks keep their results."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class DeleteRun(Command["Done"]):
    """Delete the run with its tasks, waits, inputs and logs."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class ProposedState:
    """A state somebody wants a run to be in."""

    type: StateType
    name: str | None = None
    message: str | None = None
    scheduled: int | None = None
    result: Result | None = None


@dataclass(frozen=True, slots=True)
class SetRunState(Command["StateSet"]):
    """The documented way to set a state; `force` overrides the rules and is recorded as such."""

    run_id: UUID
    state: ProposedState
    force: bool = False


@dataclass(frozen=True, slots=True)
class UpdateRun(Command["Done"]):
    """Change the name, tags or parameters of a run; None leaves as is."""

    run_id: UUID
    name: str | None = None
    tags: tuple[str, ...] | None = None
    parameters: Mapping[str, Json] | None = None


# Inputs ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateInput(Command["Done"]):
    """Store an input under a key of the run; `ObjectAlreadyExists` when the key is taken."""

    run_id: UUID
    key: str
    value: str
    sender: str | None = None


@dataclass(frozen=True, slots=True)
class DeleteInput(Command["Done"]):
    """Delete an input of a run."""

    run_id: UUID
    key: str
