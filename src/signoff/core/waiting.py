"""What events do to the waits of a run.

Owns finding, opening, answering, expiring and closing waits, and the reasons for refusing an
answer. Which phase of the run follows is settled in `transitions.py`.
"""

from __future__ import annotations

from collections.abc import Iterable

from signoff.core.changing import replace
from signoff.model import errors
from signoff.model.events import Decision, Event, Refused, Replayed
from signoff.model.runs import Phase, Run
from signoff.model.waits import DeadlineAction, Wait, WaitKind, WaitStatus

MAX_HOPEFUL_ENTRIES = 10
"""Entries beyond one for each wait that a run has for outcomes which its code may never ask for."""
NEVER_RESUMED = "The flow was paused and never resumed."
"""The documented message of a run whose wait expired."""


def find(run: Run, key: str | None) -> Wait | None:
    """The wait of `run` called `key` (its key, else its alias); an open one first."""
    named = [wait for wait in run.waits if key == wait.key]
    named = named or [wait for wait in run.waits if key in wait.aliases]
    return max(named, key=lambda wait: (wait.attempt, wait.is_open, wait.number), default=None)


def asked(run: Run, key: str) -> Wait | None:
    """The wait of the present attempt that was opened under `key` itself.

    A question whose key happens to be another one's alias is a question of its own.
    """
    return next(
        (wait for wait in run.waits if wait.key == key and wait.attempt == run.attempt), None
    )


def meant(run: Run, event: Event) -> Wait | None:
    """The wait an event is about: the named one, or the only open one that a person can answer."""
    if event.key is not None:
        return find(run, event.key)
    choice = [wait for wait in run.open_waits if wait.kind is not WaitKind.CHILD]
    return choice[0] if len(choice) == 1 else None


def is_imposed(wait: Wait) -> bool:
    """Whether somebody opened the wait from outside, to suspend the run.

    No line of the flow asks for it, so its outcome counts as received from the beginning.
    """
    return wait.kind is WaitKind.HOLD and wait.taken


def imposed(run: Run) -> Wait | None:
    """An open wait that suspends the run from outside; nothing goes on while there is one."""
    return next((wait for wait in run.open_waits if is_imposed(wait)), None)


# Guards ------------------------------------------------------------------------------------


def can_be_answered(run: Run, event: Event, now: int) -> Decision | None:
    """None when the event answers exactly one open wait in time."""
    wait = meant(run, event)
    if wait is None:
        return _which(run, event)
    if not wait.is_open:
        return answered_before(run, event, now)
    if wait.kind is WaitKind.CHILD:
        return _child_waits(run, (wait,))
    if is_overdue(wait, now):
        return Refused(
            errors.DeadlinePassed,
            f"The flow run pause has timed out and can no longer resume (wait {wait.key!r}).",
            {"key": wait.key, "deadline": wait.deadline},
        )
    return None


def answered_before(run: Run, event: Event, now: int) -> Decision | None:
    """The same answer to an answered wait is success; a different one is a conflict."""
    wait = find(run, event.key) if event.key is not None else None
    if wait is not None and wait.status is WaitStatus.ANSWERED:
        if wait.answer == event.answer:
            return Replayed(run, wait)
        return Refused(
            errors.AnswerConflict,
            f"Wait {wait.key!r} was already answered differently by {wait.answered_by}.",
            {
                "key": wait.key,
                "answered_by": wait.answered_by.name if wait.answered_by else None,
                "answered_at": wait.closed_at,
                "answer": wait.answer,
            },
        )
    if wait is not None and wait.status is WaitStatus.EXPIRED:
        return Refused(
            errors.DeadlinePassed,
            f"Wait {wait.key!r} expired; the run can no longer be resumed through it.",
            {"key": wait.key, "deadline": wait.deadline},
        )
    return Refused(errors.NotPausedError, "Cannot resume a run that isn't paused!")


def asked_before(run: Run, event: Event, now: int) -> Decision | None:
    """A question asked under a key of this attempt is not asked again; a hold only on request."""
    if event.wait is not None and event.wait.kind is WaitKind.HOLD:
        return _held_before(run, event.wait)
    known = asked(run, event.wait.key) if event.wait is not None else None
    if known is None:
        return None
    if known.is_open and event.wait is not None and known.address != event.wait.address:
        return None
    if known.is_open and event.leaving and run.phase is not Phase.SUSPENDED:
        return None
    return Replayed(run, known)


def _held_before(run: Run, new: Wait) -> Decision | None:
    """Branches that reach their boundaries one after the other share one hold."""
    held = next((wait for wait in run.open_waits if wait.kind is WaitKind.HOLD), None)
    if held is not None:
        return None if held.address != new.address and held.key == new.key else Replayed(run, held)
    if not run.hold:
        return Refused(errors.TransitionRefused, f"Nobody has paused flow run {run.id}.")
    if asked(run, new.key) is None:
        return None
    return Refused(
        errors.ObjectAlreadyExists,
        f"Flow run {run.id} has waited under {new.key!r} already; a hold needs a key of its own.",
        {"key": new.key},
    )


def suspended_before(run: Run, event: Event, now: int) -> Decision | None:
    """Whoever names no key is content with any suspension from outside."""
    known = imposed(run) if event.key is None else None
    if known is None and event.wait is not None:
        known = asked(run, event.wait.key)
    return None if known is None else Replayed(run, known)


def is_due(run: Run, event: Event, now: int) -> Decision | None:
    """A deadline fires once, not early, and never on a wait that is closed."""
    wait = find(run, event.key)
    if wait is None or not wait.is_open or not is_overdue(wait, now):
        return Replayed(run, wait)
    return None


def was_answered(run: Run, event: Event, now: int) -> Decision | None:
    """The flow may refuse an answer of this attempt, but not the word to go on that it never
    asked for."""
    wait = find(run, event.key)
    if wait is None or wait.kind is WaitKind.HOLD or wait.attempt != run.attempt:
        return Replayed(run, wait)
    return None if wait.status is WaitStatus.ANSWERED else Replayed(run, wait)


def is_there(run: Run, event: Event, now: int) -> Decision | None:
    wait = find(run, event.key)
    return None if wait is not None and wait.is_open else Replayed(run, wait)


def is_overdue(wait: Wait, now: int) -> bool:
    return wait.deadline is not None and wait.deadline <= now


def _which(run: Run, event: Event) -> Refused:
    keys = [wait.key for wait in run.open_waits if wait.kind is not WaitKind.CHILD]
    if event.key is not None:
        return Refused(
            errors.ObjectNotFound,
            f"Flow run {run.id} has no wait {event.key!r}; open: {', '.join(keys) or 'none'}.",
            {"keys": keys},
        )
    if not run.open_waits:
        return Refused(
            errors.NotPausedError,
            f"Flow run {run.id} waits for nothing of its own; it goes on with the run that "
            "called it.",
        )
    if keys:
        return Refused(
            errors.AmbiguousWait,
            f"Flow run {run.id} waits for several answers; name one of: {', '.join(keys)}.",
            {"keys": keys},
        )
    return _child_waits(run, run.open_waits)


def _child_waits(run: Run, waits: Iterable[Wait]) -> Refused:
    children = [str(wait.child) for wait in waits if wait.child is not None]
    return Refused(
        errors.AmbiguousWait,
        f"Flow run {run.id} waits for a child; answer flow run {', '.join(children)} instead.",
        {"children": children},
    )


# Changes -----------------------------------------------------------------------------------


def opened(run: Run, event: Event, now: int) -> Run:
    """A new wait, or one that is still open and now waited for by another process."""
    new = event.wait
    if new is None:
        return run
    known = asked(run, new.key)
    if known is not None and known.is_open:
        return put(run, replace(known, address=new.address))
    number = run.opened + 1
    # A request to pause is spent by the wait it asked for, and by one that asks for more.
    hold = False if new.kind is WaitKind.HOLD else run.hold
    wait = replace(new, number=number, attempt=run.attempt, status=WaitStatus.OPEN, opened_at=now)
    return replace(run, waits=(*run.waits, wait), opened=number, hold=hold)


def answered(run: Run, event: Event, now: int) -> Run:
    wait = meant(run, event)
    if wait is None:
        return run
    return put(
        run,
        replace(
            wait,
            status=WaitStatus.ANSWERED,
            closed_at=now,
            answer=event.answer,
            answered_by=event.actor,
            message=None,
        ),
    )


def reopened(run: Run, event: Event, now: int) -> Run:
    """Ask again; a default answer that the flow refuses expires, or it would be given for ever."""
    wait = find(run, event.key)
    if wait is None:
        return run
    if wait.on_deadline is DeadlineAction.DEFAULT and is_overdue(wait, now):
        return put(run, replace(close(wait, WaitStatus.EXPIRED, now), answer=None, taken=False))
    return put(
        run,
        replace(
            wait,
            status=WaitStatus.OPEN,
            closed_at=None,
            answer=None,
            answered_by=None,
            taken=False,
            message=event.message,
        ),
    )


def withdrawn(run: Run, event: Event, now: int) -> Run:
    wait = find(run, event.key)
    return run if wait is None else put(run, close(wait, WaitStatus.WITHDRAWN, now))


def expired(run: Run, event: Event, now: int) -> Run:
    """Close the due wait as its deadline says; a default answer is an answer."""
    wait = find(run, event.key)
    if wait is None:
        return run
    if wait.on_deadline is DeadlineAction.DEFAULT:
        wait = replace(wait, answer=wait.default, answered_by=event.actor)
        return put(run, close(wait, WaitStatus.ANSWERED, now))
    return put(run, close(wait, WaitStatus.EXPIRED, now))


def withdraw_all(run: Run, now: int) -> Run:
    """Close every open wait without an answer: the run no longer needs one."""
    if not run.waits:
        return run
    waits = tuple(
        close(wait, WaitStatus.WITHDRAWN, now) if wait.is_open else wait for wait in run.waits
    )
    return replace(run, waits=waits)


def close(wait: Wait, status: WaitStatus, now: int) -> Wait:
    return replace(wait, status=status, closed_at=now, message=None)


def put(run: Run, changed: Wait) -> Run:
    return replace(
        run, waits=tuple(changed if wait.id == changed.id else wait for wait in run.waits)
    )


def untaken(run: Run) -> tuple[Wait, ...]:
    """Waits of the present attempt whose outcome their process has not received yet."""
    outcomes = (WaitStatus.ANSWERED, WaitStatus.EXPIRED)
    return tuple(
        wait
        for wait in run.waits
        if wait.attempt == run.attempt and wait.status in outcomes and not wait.taken
    )


def worth_entering(run: Run) -> bool:
    """Whether a run that still waits shall be entered for the outcomes of other waits of it.

    Code that no longer asks for what was answered leaves them where they are, however often it is
    entered: after some entries the run rests until the other wait is over.
    """
    return run.entry < run.opened + MAX_HOPEFUL_ENTRIES and bool(untaken(run))
