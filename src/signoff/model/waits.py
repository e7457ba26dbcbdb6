"""A wait: the point at which a run stops until somebody answers or a deadline passes.

Owns the values. What may happen to a wait is decided in `core/transitions.py` alone.
All times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from signoff.model.actors import Actor
from signoff.model.forms import Json
from signoff.model.values import dataclass


class WaitKind(StrEnum):
    """What a wait is for."""

    INPUT = "input"
    """A typed form is asked for."""
    APPROVAL = "approval"
    """Only the word to go on is asked for."""
    HOLD = "hold"
    """Somebody paused the run from outside."""
    TIMER = "timer"
    """Nobody is asked; time has to pass."""
    CHILD = "child"
    """A child run waits."""


class WaitStatus(StrEnum):
    """Where a wait is in its life. Every status but `open` is final, except by reopening."""

    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class DeadlineAction(StrEnum):
    """What happens when a deadline passes unanswered."""

    FAIL = "fail"
    CONTINUE = "continue"
    DEFAULT = "default"
    CANCEL = "cancel"


ALIASES = ("paused", "suspended")
"""What the documented names of a wait begin with, after the state of its run."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait of one run.

    Args:
        id: identifier.
        key: name by which it is answered; unique within (run, attempt).
        attempt: the attempt of the run in which it was opened, counted from 1.
        number: 1, 2, 3 ... in the order of opening within the run; gives the alias.
        kind: what it is for.
        status: open, answered, expired or withdrawn.
        title: one line that says what is asked.
        form: digest of the stored form; None when only the word to go on is asked for.
        deadline: when it expires; None for never.
        on_deadline: what happens then.
        default: the answer given by `DeadlineAction.DEFAULT`.
        scope: journal key of the task run that waits; "" for the flow itself.
        task_run_id: the task run that waits, when one does.
        child: the run that waits, for kind `child`.
        address: where the waiting process is told of changes.
        opened_at, closed_at: times.
        answer: the accepted answer, a JSON object; None when there is none.
        answered_by: who gave it.
        taken: the waiting process has received the outcome.
        message: why the flow refused the previous answer, shown beside the form.
    """

    id: UUID
    key: str
    attempt: int
    number: int
    kind: WaitKind
    status: WaitStatus
    title: str
    form: bytes | None
    deadline: int | None
    on_deadline: DeadlineAction
    default: Json
    scope: str
    task_run_id: UUID | None
    child: UUID | None
    address: str | None
    opened_at: int
    closed_at: int | None = None
    answer: Json = None
    answered_by: Actor | None = None
    taken: bool = False
    message: str | None = None

    @property
    def is_open(self) -> bool:
        return self.status is WaitStatus.OPEN

    @property
    def alias(self) -> str:
        """The documented name of this wait in the input API: `paused-1`, `paused-2`, ..."""
        return f"paused-{self.number}"

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every documented name of this wait: a paused run may be suspended while it waits."""
        return tuple(f"{name}-{self.number}" for name in ALIASES)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer to a wait, accepted or refused by the flow afterwards: the record of a decision.

    Args:
        wait_id: the wait.
        at: when it was given.
        by: who gave it, and from where.
        answer: what was answered (secrets masked).
        shown: digest of the form that was shown.
        request_id: the id of the request, so that its repetition is recognised.
        refused: why the flow's own validation refused it; None when it stands.
    """

    wait_id: UUID
    at: int
    by: Actor
    answer: Json
    shown: bytes | None
    request_id: UUID | None
    refused: str | None = None
