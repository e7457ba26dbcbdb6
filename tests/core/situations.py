"""Runs in the situations the reviewed matrix names, and the events that come then.

Owns how a typical run of each phase looks. Knows nothing of what the rules make of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from signoff.model.actors import SERVICE, Actor, Via
from signoff.model.events import Event, Kind
from signoff.model.runs import FINAL, Phase, Run
from signoff.model.waits import DeadlineAction, Wait, WaitKind, WaitStatus

NOW = 500
"""The moment of every event, unless its situation says otherwise."""
DUE = 1000
"""The deadline of every wait that has one."""

P1, P2 = "process-1", "process-2"
ANNE = Actor("anne", Via.CLI, "laptop", True)
PROCESS = Actor("anne", Via.PYTHON, "laptop", True)
YES, NO = {"ok": True}, {"ok": False}

OWNED = (Phase.RUNNING, Phase.PAUSED, Phase.QUEUED, Phase.RETRYING, Phase.CANCELLING)
"""Phases in which a process works on the run."""
FROM_PROCESS = frozenset(
    {
        Kind.BEGIN,
        Kind.OPEN,
        Kind.REOPEN,
        Kind.WITHDRAW,
        Kind.COMPLETE,
        Kind.FAIL,
        Kind.STOP,
        Kind.CRASH,
        Kind.RETRY,
        Kind.LEAVE,
    }
)
"""What only the process that works on the run says of itself."""


def wait(number: int, status: WaitStatus = WaitStatus.OPEN, **changes: Any) -> Wait:
    """Question `q<number>` of the first attempt."""
    made = Wait(
        id=UUID(int=number),
        key=f"q{number}",
        attempt=1,
        number=number,
        kind=WaitKind.INPUT,
        status=status,
        title="Go on?",
        form=None,
        deadline=None,
        on_deadline=DeadlineAction.FAIL,
        default=None,
        scope="",
        task_run_id=None,
        child=None,
        address="here",
        opened_at=100,
        closed_at=None if status is WaitStatus.OPEN else 200,
    )
    if status is WaitStatus.ANSWERED:
        made = replace(made, answer=YES, answered_by=ANNE, taken=True)
    return replace(made, **changes)


def imposed(number: int, **changes: Any) -> Wait:
    """A wait that somebody opened from outside, to suspend the run."""
    return wait(number, kind=WaitKind.HOLD, taken=True, address=None, **changes)


def run(phase: Phase, *waits: Wait, **changes: Any) -> Run:
    """A run in `phase`, in its first attempt and entered once where that phase implies it."""
    begun = phase not in (Phase.ABSENT, Phase.SCHEDULED, Phase.PENDING)
    made = Run(
        id=UUID(int=77),
        phase=phase,
        name=phase.state_name,
        message=None,
        since=100,
        version=5,
        entry=1 if begun else 0,
        attempt=1,
        begun=begun,
        hold=False,
        scheduled=None,
        owner=P1 if phase in OWNED else None,
        parent=None,
        waits=waits,
        opened=max((each.number for each in waits), default=0),
    )
    return replace(made, **changes)


def usual(phase: Phase) -> Run:
    """A typical run of the phase, with question q1 where one was asked."""
    if phase in (Phase.PAUSED, Phase.SUSPENDED):
        return run(phase, wait(1, deadline=DUE))
    if phase is Phase.QUEUED:
        return run(phase, wait(1, WaitStatus.ANSWERED, taken=False))
    if phase in (Phase.RUNNING, Phase.RESUMING) or phase in FINAL:
        return run(phase, wait(1, WaitStatus.ANSWERED))
    if phase in (Phase.RETRYING, Phase.CANCELLING):
        return run(phase, wait(1, WaitStatus.WITHDRAWN))
    return run(phase)


def event(kind: Kind, entry: int | None = 1, **changes: Any) -> Event:
    """An event as it usually comes; `entry` counts for what a process says of itself."""
    speaks = kind in FROM_PROCESS
    actor = SERVICE if kind in (Kind.EXPIRE, Kind.LOST) else PROCESS if speaks else ANNE
    made = Event(kind, actor, entry=entry if speaks else None)
    if kind in (Kind.START, Kind.ENTER, Kind.CLAIM, Kind.RETURN):
        made = replace(made, owner=P2)
    elif kind is Kind.OPEN:
        made = replace(made, wait=asked("q2", 2))
    elif kind in (Kind.REOPEN, Kind.WITHDRAW, Kind.EXPIRE):
        made = replace(made, key="q1")
    elif kind is Kind.SUSPEND:
        made = replace(made, wait=asked("s1", 3, kind=WaitKind.HOLD, taken=True), key="s1")
    elif kind is Kind.FORCE:
        made = replace(made, phase=Phase.COMPLETED)
    return replace(made, **changes)


def asked(key: str, number: int, **changes: Any) -> Wait:
    """A question as a process asks it: attempt, number and status are not its to say."""
    blank = replace(wait(number), id=UUID(int=1000 + number), attempt=0, number=0, opened_at=0)
    return replace(blank, key=key, **changes)
