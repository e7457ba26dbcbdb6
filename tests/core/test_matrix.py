"""Every cell of the reviewed matrix, against the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from signoff.core.transitions import decide
from signoff.model import errors
from signoff.model.events import Accepted, Event, Kind, Refused, Replayed
from signoff.model.runs import Phase, Run
from signoff.model.waits import DeadlineAction, WaitKind, WaitStatus
from tests.core import situations
from tests.core.situations import (
    ANNE,
    DUE,
    NO,
    NOW,
    P1,
    YES,
    asked,
    event,
    imposed,
    run,
    usual,
    wait,
)

pytestmark = pytest.mark.rules

MATRIX = Path(__file__).with_name("matrix.txt")
ERRORS = {
    "!missing": errors.ObjectNotFound,
    "!exists": errors.ObjectAlreadyExists,
    "!stale": errors.StaleEntry,
    "!refused": errors.TransitionRefused,
    "!not-paused": errors.NotPausedError,
    "!ambiguous": errors.AmbiguousWait,
    "!conflict": errors.AnswerConflict,
    "!too-late": errors.DeadlinePassed,
}
Case = tuple[Run, Event, int]
ANSWERED, EXPIRED, WITHDRAWN = WaitStatus.ANSWERED, WaitStatus.EXPIRED, WaitStatus.WITHDRAWN


def answer(key: str | None = None, given: Any = None, alive: bool = True) -> Event:
    return event(Kind.ANSWER, key=key, answer=given, alive=alive)


def _usual(row: str, column: str, alive: bool = True) -> Case:
    kind = Kind(column)
    before = usual(Phase(row))
    now = DUE if kind is Kind.EXPIRE else NOW
    return before, event(kind, before.entry, alive=alive), now


def _dead(row: str, column: str) -> Case:
    return _usual(row, column, alive=False)


def _fenced(row: str, column: str) -> Case:
    return replace(usual(Phase(row)), entry=2), event(Kind(column), entry=1), NOW


def _outside(row: str, column: str) -> Case:
    return usual(Phase(row)), event(Kind(column), actor=ANNE, entry=None), NOW


def _repeated(row: str, column: str) -> Case:
    return usual(Phase(row)), event(Kind(column), owner=P1), NOW


def _answers(row: str, column: str) -> Case:
    waits = [wait(1, ANSWERED), wait(2, EXPIRED), wait(3, WITHDRAWN)]
    if row in ("paused", "suspended"):
        waits.append(wait(4))
    events = {
        "agree": answer("q1", YES),
        "disagree": answer("q1", NO),
        "expired": answer("q2", YES),
        "withdrawn": answer("q3", YES),
        "unknown": answer("q9", YES),
    }
    return run(Phase(row), *waits), events[column], NOW


def _asking(row: str, column: str) -> Case:
    before = run(
        Phase(row), wait(1, attempt=2), wait(2, ANSWERED, attempt=2), wait(3, ANSWERED), attempt=2
    )
    asks = {
        "again": asked("q1", 1),
        "elsewhere": asked("q1", 1, address="there"),
        "answered": asked("q2", 2),
        "earlier": asked("q3", 3),
        "alias": asked("paused-1", 4),
    }
    return before, event(Kind.OPEN, wait=asks[column], key=asks[column].key), NOW


def _several(row: str, column: str) -> Case:
    child = wait(3, kind=WaitKind.CHILD, key="child:1", child=UUID(int=1))
    before = run(Phase(row), wait(1), wait(2))
    cases = {
        "nokey": (before, answer()),
        "by-key": (before, answer("q1")),
        "by-alias": (before, answer("paused-2")),
        "by-key-dead": (before, answer("q1", alive=False)),
        "nokey-child": (run(Phase(row), wait(1), child), answer()),
        "key-of-child": (run(Phase(row), wait(1), child), answer("child:1")),
        "withdraw": (before, event(Kind.WITHDRAW)),
        "only-child": (run(Phase(row), child), answer()),
    }
    return *cases[column], NOW


def _late(row: str, column: str) -> Case:
    moment = {"before": DUE - 1, "at": DUE, "after": DUE + 1}[column]
    return usual(Phase(row)), answer("q1"), moment


def _deadline(row: str, column: str) -> Case:
    due = wait(1, deadline=DUE, on_deadline=DeadlineAction(row), default=YES)
    waits = [due]
    if column.startswith("other"):
        waits.append(wait(2))
    if column == "closed":
        waits = [wait(1, ANSWERED, deadline=DUE, on_deadline=DeadlineAction(row)), wait(2)]
    alive = not column.endswith("dead")
    now = DUE - 1 if column == "early" else DUE
    return run(Phase.PAUSED, *waits), event(Kind.EXPIRE, alive=alive), now


def _deadline_cold(row: str, column: str) -> Case:
    before, happened, now = _deadline(row, "alive" if column in ("gone", "leaving") else column)
    owner = P1 if column == "leaving" else None
    return replace(before, phase=Phase.SUSPENDED, owner=owner), happened, now


def _refused(row: str, column: str) -> Case:
    given = wait(1, ANSWERED, deadline=DUE, on_deadline=DeadlineAction(row), taken=False)
    return run(Phase.RUNNING, given), event(Kind.REOPEN), DUE if column == "overdue" else NOW


def _held(row: str, column: str) -> Case:
    events = {
        "hold-again": event(Kind.HOLD),
        "stop-there": event(Kind.OPEN, wait=asked("hold", 5, kind=WaitKind.HOLD), key="hold"),
        "take-back": answer(),
        "take-back-key": answer("q1" if row == "paused" else "q9"),
    }
    before = run(Phase.PAUSED, wait(1)) if row == "paused" else run(Phase(row))
    return replace(before, hold=True), events[column], NOW


def _boundary(row: str, column: str) -> Case:
    waits = []
    if row == "paused":
        waits = [wait(1, kind=WaitKind.HOLD) if column == "shared" else wait(1)]
    held = asked("hold-2", 5, kind=WaitKind.HOLD)
    return run(Phase(row), *waits), event(Kind.OPEN, wait=held, key=held.key), NOW


def _lost(row: str, column: str) -> Case:
    untaken = {
        "nothing": wait(1, ANSWERED),
        "answer": wait(1, ANSWERED, taken=False),
        "continued": wait(1, EXPIRED, on_deadline=DeadlineAction.CONTINUE),
        "timed-out": wait(1, EXPIRED, on_deadline=DeadlineAction.FAIL),
        "earlier": wait(1, ANSWERED, taken=False, attempt=1),
        "sixth-death": wait(1, ANSWERED, taken=False),
        "suspended": imposed(1),
    }[row]
    before = run(Phase.RUNNING, untaken)
    if row == "earlier":
        before = replace(before, attempt=2)
    if row == "sixth-death":
        before = replace(before, entry=7)
    if row == "suspended":
        before = replace(before, suspend=True)
    return before, event(Kind.LOST, alive=False), NOW


def _suspending(row: str, column: str) -> Case:
    q1, s1 = wait(1, deadline=DUE), imposed(3, key="s1", deadline=DUE)
    before = {
        "asked": run(Phase.RUNNING, s1, suspend=True),
        "waiting": run(Phase.SUSPENDED, q1, s1, suspend=True, owner=P1),
        "leaving": run(Phase.SUSPENDED, q1, owner=P1),
        "hot": run(Phase.PAUSED, q1),
        "plain": run(Phase.RUNNING),
        "called": run(Phase.RUNNING, parent=UUID(int=5)),
        "queued": usual(Phase.QUEUED),
    }[row]
    leaving = {"wait": asked("q2", 2, address=None), "key": "q2", "leaving": True}
    special = {
        "enter-dead": event(Kind.ENTER, alive=False),
        "leave-for": event(Kind.OPEN, **leaving),
        "leave-for-q1": event(Kind.OPEN, **{**leaving, "wait": asked("q1", 1), "key": "q1"}),
        "again": event(Kind.SUSPEND, key=None),
        "other": event(Kind.SUSPEND, wait=replace(s1, key="s2"), key="s2"),
        "go-on": answer("s1"),
        "answer": answer("q1", YES),
        "expire": event(Kind.EXPIRE, key="s1" if row == "asked" else "q1"),
        "lost": event(Kind.LOST, alive=False),
    }
    happened = special.get(column) or event(Kind(column))
    return before, happened, DUE if column == "expire" else NOW


def _forced(row: str, column: str) -> Case:
    return usual(Phase(row)), event(Kind.FORCE, phase=Phase(column)), NOW


def _crowded(row: str, column: str) -> Case:
    action = {"continue": DeadlineAction.CONTINUE, "default": DeadlineAction.DEFAULT}.get(column)
    action = DeadlineAction.CANCEL if column == "cancel" else action or DeadlineAction.FAIL
    q1 = wait(1, deadline=DUE, on_deadline=action, default=YES)
    before = {
        "waiting": run(Phase.PAUSED, q1),
        "several": run(Phase.PAUSED, q1, wait(2)),
        "leaving": run(Phase.SUSPENDED, q1, owner=P1),
        "asked": run(Phase.RUNNING, imposed(3, key="s1"), suspend=True),
    }[row]
    events = {
        "answer": answer("s1" if row == "asked" else "q1", YES),
        "answer-dead": answer("s1" if row == "asked" else "q1", YES, alive=False),
        "withdraw": event(Kind.WITHDRAW),
    }
    happened = events.get(column) or event(Kind.EXPIRE)
    now = DUE if happened.kind is Kind.EXPIRE else NOW
    return before, replace(happened, crowded=True), now


def _admitted(row: str, column: str) -> Case:
    before = usual(Phase(row))
    if column == "again":
        before = usual(Phase.RUNNING)
    before = replace(before, hold=column == "held")
    return before, event(Kind.ADMIT, alive=column != "dead"), NOW


def _claimed(row: str, column: str) -> Case:
    before = usual(Phase.PENDING) if row == "resumed" else usual(Phase(row))
    before = replace(before, owner=P1, entry=0 if row == "pending" else 1)
    cases = {
        "again": event(Kind.CLAIM, owner=P1),
        "others": event(Kind.CLAIM),
        "child": event(Kind.ENTER, claimer=P1),
        "another": event(Kind.ENTER),
        "foreign": event(Kind.ENTER, claimer="process-3"),
        "return": event(Kind.RETURN, owner=P1),
        "claimer-lost": event(Kind.LOST, alive=False),
        "claim-lost": event(Kind.CLAIM, alive=False),
        "cancel": event(Kind.CANCEL),
    }
    return before, cases[column], NOW


def _due(row: str, column: str) -> Case:
    moment = {"before": DUE - 1, "at": DUE, "after": DUE + 1}[column]
    return replace(usual(Phase(row)), owner=None, scheduled=DUE), event(Kind.CLAIM), moment


def _unloadable(row: str, column: str) -> Case:
    events = {
        "rerun": event(Kind.RERUN, reentrant=False),
        "suspend": event(Kind.SUSPEND, reentrant=False),
        "leave-for": event(Kind.OPEN, leaving=True, reentrant=False),
    }
    return usual(Phase(row)), events[column], NOW


SITUATIONS: dict[str, Callable[[str, str], Case]] = {
    "usual": _usual,
    "dead": _dead,
    "fenced": _fenced,
    "outside": _outside,
    "repeated": _repeated,
    "answers": _answers,
    "asking": _asking,
    "several": _several,
    "late": _late,
    "deadline": _deadline,
    "deadline-cold": _deadline_cold,
    "refused": _refused,
    "held": _held,
    "boundary": _boundary,
    "lost": _lost,
    "suspending": _suspending,
    "forced": _forced,
    "crowded": _crowded,
    "admitted": _admitted,
    "claimed": _claimed,
    "due": _due,
    "unloadable": _unloadable,
}


def cells() -> Iterator[tuple[str, str, str, str]]:
    """(situation, row, column, expected) of every cell that is filled in."""
    situation, columns = "", []
    for line in MATRIX.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("== "):
            situation = line[3:].strip()
        elif line.startswith(" "):
            columns = line.split()
        else:
            row, *expected = line.split()
            assert len(expected) == len(columns), f"{situation}: row {row} has holes"
            for column, cell in zip(columns, expected, strict=True):
                if cell != "-":
                    yield situation, row, column, cell


@pytest.mark.parametrize(("situation", "row", "column", "expected"), list(cells()))
def test_cell(situation: str, row: str, column: str, expected: str) -> None:
    before, happened, now = SITUATIONS[situation](row, column)
    decision = decide(before, happened, now)
    match decision:
        case Accepted():
            assert decision.run.phase.value == expected
        case Replayed():
            assert expected == "same"
            assert decision.run == before
        case Refused():
            assert decision.error is ERRORS.get(expected), decision.message


def test_every_phase_and_every_kind_is_reviewed() -> None:
    """The block `usual` is the whole table: no pair is left to chance."""
    reviewed = {(row, column) for situation, row, column, _ in cells() if situation == "usual"}
    assert reviewed == {(phase.value, kind.value) for phase in Phase for kind in Kind}


def test_every_situation_is_in_the_matrix() -> None:
    assert {situation for situation, *_ in cells()} == set(SITUATIONS)


def test_typical_runs_are_what_the_matrix_says() -> None:
    """The builder and the text agree on who owns a run and which question is open."""
    for phase in Phase:
        before = usual(phase)
        assert (before.owner is not None) == (phase in situations.OWNED)
        assert bool(before.open_waits) == (phase in (Phase.PAUSED, Phase.SUSPENDED))
