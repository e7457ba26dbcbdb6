"""Random lives of a run, for laws that must hold in all of them.

Owns how a walk is drawn: any event after any other, more often one that has a rule. A walk is
made from a string of bytes, one for each choice: Hypothesis draws and shrinks that fastest. Knows
nothing of what the rules say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from hypothesis import strategies as st

from signoff.core.transitions import RULES, decide
from signoff.model.actors import Actor, Via
from signoff.model.events import Accepted, Decision, Event, Kind
from signoff.model.runs import FINAL, Phase, Run
from signoff.model.waits import DeadlineAction, Wait, WaitKind, WaitStatus
from tests.core.situations import FROM_PROCESS, P1, P2, asked, run

T = TypeVar("T")

KEYS = ("a", "b", "paused-1")
PEOPLE = (Actor("anne", Via.CLI, "laptop", True), Actor("bob", Via.PAGE, "10.0.0.7"))
RARE = frozenset({Kind.FORCE, Kind.COMPLETE, Kind.FAIL, Kind.STOP, Kind.CRASH, Kind.CANCEL})
"""What ends a life: drawn less often, or walks would be over before they begin."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One step of a walk, with what was decided."""

    before: Run
    event: Event
    now: int
    decision: Decision

    @property
    def after(self) -> Run:
        return self.decision.run if isinstance(self.decision, Accepted) else self.before


_BY_PHASE = {
    phase: tuple(
        kind
        for kind in Kind
        if (phase, kind) in RULES and (kind not in RARE)
        for _ in range(
            3 if kind in (Kind.OPEN, Kind.ANSWER, Kind.ENTER, Kind.RERUN, Kind.CLAIM) else 1
        )
    )
    for phase in Phase
}


class Choices:
    """Spends one byte on each choice."""

    def __init__(self, drawn: bytes) -> None:
        self._left = list(reversed(drawn))

    def __bool__(self) -> bool:
        """Whether there is enough left for another event."""
        return len(self._left) >= 17

    def of(self, *options: T) -> T:
        return options[self._left.pop() % len(options)]

    def one(self, options: Sequence[T]) -> T:
        return self.of(*options)


def walk(drawn: bytes) -> list[Taken]:
    """What happens to a run from the moment it does not exist."""
    return list(_steps(Choices(drawn)))


def _steps(choose: Choices) -> Iterator[Taken]:
    present, now = run(Phase.ABSENT, version=0, name=""), 1000
    while choose:
        now += choose.of(0, 1, 20)
        if choose.of(False, True):
            present = receive(present)
        event = draw_event(choose, present, now)
        taken = Taken(present, event, now, decide(present, event, now))
        yield taken
        present = taken.after


choices = st.binary(min_size=300, max_size=600)
"""What a walk is made from."""


def draw_event(choose: Choices, run: Run, now: int) -> Event:
    """Anything that may be said of `run`, by its process, an older one, or from outside."""
    any_kind = choose.of(*[False] * 5, True)
    kind = choose.one(tuple(Kind) if any_kind else _BY_PHASE[run.phase])
    crowded = choose.of(True, False, False)
    event = Event(kind, choose.one(PEOPLE), alive=choose.of(True, False), crowded=crowded)
    if kind in FROM_PROCESS and choose.of(*[True] * 5, False):
        event = replace(event, entry=max(run.entry - choose.of(0, 0, 0, 0, 1), 0))
    if kind is Kind.OPEN:
        wait = _question(choose, run, now)
        return replace(event, wait=wait, key=wait.key, leaving=choose.of(False, False, True))
    if kind is Kind.SUSPEND:
        wait = replace(_question(choose, run, now), kind=WaitKind.HOLD, taken=True, address=None)
        return replace(event, wait=wait, key=choose.of(None, wait.key))
    if kind in (Kind.ANSWER, Kind.REOPEN, Kind.WITHDRAW, Kind.EXPIRE):
        return replace(event, key=_key(choose, run), answer={"ok": choose.of(True, False)})
    if kind in (Kind.START, Kind.CLAIM, Kind.RETURN):
        return replace(event, owner=choose.of(P1, P2))
    if kind is Kind.ENTER:
        return replace(event, owner=choose.of(P1, P2), claimer=choose.of(None, P1, P2))
    if kind in (Kind.FORCE, Kind.CREATE):
        return replace(event, phase=choose.one(tuple(Phase)), scheduled=now + 10)
    if kind is Kind.RERUN:
        return replace(event, reentrant=choose.of(True, True, True, False))
    return replace(event, scheduled=now + 10) if kind is Kind.RETRY else event


def _key(choose: Choices, run: Run) -> str | None:
    asking = [wait.key for wait in run.open_waits]
    recent = [name for wait in run.waits[-4:] for name in (wait.key, wait.alias)]
    return choose.of(None, *asking, *asking, "a", *recent)


def _question(choose: Choices, run: Run, now: int) -> Wait:
    kind = choose.of(*[WaitKind.INPUT] * 3, WaitKind.HOLD, WaitKind.CHILD)
    timeout = choose.of(None, 1, 10, 30)
    holds = kind is WaitKind.HOLD
    return replace(
        asked(f"hold-{run.version}" if holds else choose.one(KEYS), 0),
        id=UUID(int=run.version + 1),
        kind=kind,
        deadline=None if timeout is None else now + timeout,
        on_deadline=choose.one(tuple(DeadlineAction)),
        default={"ok": False},
        address=choose.of("here", "there"),
        child=UUID(int=9) if kind is WaitKind.CHILD else None,
    )


def receive(run: Run) -> Run:
    """The process takes every outcome that is there (no event: nothing is decided by it)."""
    if run.phase in FINAL:
        return run
    outcomes = (WaitStatus.ANSWERED, WaitStatus.EXPIRED)
    waits = tuple(
        replace(wait, taken=True) if wait.status in outcomes else wait for wait in run.waits
    )
    return replace(run, waits=waits)
