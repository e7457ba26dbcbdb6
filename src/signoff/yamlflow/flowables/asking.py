"""Asking a person, and waiting for time to pass.

Owns how a task of a document waits: in the process while anything else in the run works, and for
some seconds more, then without one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from signoff.core.forms import MASK
from signoff.engine import asking
from signoff.engine.announcing import announce
from signoff.engine.drivers import drive_sync
from signoff.engine.pauses import Question, pause
from signoff.gateway.settings import current_settings
from signoff.model.errors import ObjectNotFound
from signoff.model.forms import Form
from signoff.model.queries import ReadWait
from signoff.model.replies import WaitOutcome
from signoff.model.waits import DeadlineAction, WaitKind, WaitStatus
from signoff.yamlflow.running.execution import moment
from signoff.yamlflow.running.outcome import Outcome, Verdict
from signoff.yamlflow.running.visit import Visit

_LEAST = 0.001
"""Seconds; a process that stays for none at all would not ask whether anything else works."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a question.

    Args:
        status: answered, expired, or withdrawn because a branch beside it failed.
        answer: the accepted answer.
        by: who gave it; None for a deadline.
        at: when.
        due: when it would have expired.
    """

    status: WaitStatus
    answer: dict[str, Any]
    by: str | None
    at: datetime
    due: datetime | None

    @property
    def on(self) -> str:
        """The moment as outputs tell it, with its zone."""
        return self.at.isoformat()


def ask(
    visit: Visit,
    kind: WaitKind,
    title: str,
    form: Form | None,
    timeout: float | None,
    opened: Callable[[], object] | None = None,
    accept: Callable[[dict[str, Any]], Any] | None = None,
    key: str | None = None,
) -> Any:
    """Ask, and wait for what comes of it.

    Args:
        visit: the task that asks.
        kind, title, form: as in a `Question`.
        timeout: seconds after which the question expires; None for never.
        opened: is called once the question can be answered.
        accept: looks at an answer; raises `AnswerRejected` to have it asked again.
        key: of the question; that of the task when not given.

    Returns:
        A `Reply`, and what `accept` made of its answer.
    """
    execution, workers = visit.execution, visit.execution.workers
    key = key or visit.key
    earlier = execution.frame.attempt > 1 and not visit.is_anew
    before = _answered_before(visit, key) if earlier else None
    if before is not None:
        return before, accept(before.answer) if accept is not None else None

    def hear(outcome: WaitOutcome) -> tuple[Reply, Any]:
        reply = _reply(outcome)
        value = None
        if accept is not None and reply.status is WaitStatus.ANSWERED:
            value = accept(reply.answer)
        if not workers.come_back():
            execution.frame.leave()
        return reply, value

    question = Question(
        kind,
        title,
        form,
        key,
        "",
        "",
        timeout,
        DeadlineAction.CONTINUE,
        stay=_stay(kind),
        hear=hear,
        opened=lambda: _told(visit, key, opened),
        may_leave=workers.may_leave,
    )
    announce(visit.task)
    return _wait(visit, question, key)


def _told(visit: Visit, key: str, opened: Callable[[], object] | None) -> None:
    if opened is not None:
        opened()
    if visit.over():
        # The branch beside it failed before the question was there to be taken back.
        visit.execution.withdraw(key)


def _answered_before(visit: Visit, key: str) -> Reply | None:
    """What an earlier attempt of the run was answered: nobody is asked twice because something
    after the answer failed. An answer with secrets is not shown again, so they are asked for."""
    frame = visit.execution.frame
    try:
        view = frame.gateway.send(ReadWait(frame.run_id, key))
    except ObjectNotFound:
        return None
    answer = view.answer or {}
    if view.status is not WaitStatus.ANSWERED or MASK in str(answer):
        return None
    by = view.answered_by.name if view.answered_by is not None else None
    at = moment(view.closed_at or view.item.opened_at)
    due = view.item.deadline
    return Reply(view.status, dict(answer), by, at, None if due is None else moment(due))


def _wait(visit: Visit, question: Question, key: str) -> tuple[Reply, Any]:
    execution = visit.execution
    execution.workers.add(-1)
    program = pause(execution.frame, visit.task, question)
    if visit.group is None:
        found: tuple[Reply, Any] = drive_sync(program, execution.frame.gateway)
    else:
        with visit.group.asking(key):
            found = drive_sync(program, execution.frame.gateway)
    return found


def _stay(kind: WaitKind) -> float | None:
    """How long the process waits when nothing else works; as long as it takes at a terminal."""
    if kind is not WaitKind.TIMER and asking.possible():
        return None
    return max(current_settings().yaml_stay_seconds, _LEAST)


def _reply(outcome: WaitOutcome) -> Reply:
    by = outcome.by.name if outcome.by is not None else None
    return Reply(
        outcome.status,
        dict(outcome.answer or {}),
        by if outcome.status is WaitStatus.ANSWERED else None,
        moment(outcome.closed_at or outcome.now),
        None if outcome.deadline is None else moment(outcome.deadline),
    )


def withdrawn() -> Outcome:
    """How a task ended that nobody needs answered any more."""
    return Outcome(Verdict.KILLED, message="A branch beside it failed; nobody was asked any more.")
