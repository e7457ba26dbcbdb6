"""The state machine against the rules alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.core import waiting
from signoff.core.standing import holds_slot
from signoff.core.transitions import decide
from signoff.model.actors import SERVICE
from signoff.model.errors import TransitionRefused
from signoff.model.events import Accepted, Event, Kind, Refused, Replayed
from signoff.model.runs import Phase, Run
from signoff.model.waits import DeadlineAction, Wait, WaitKind
from tests.core.machine import Facts, RunMachine, drive
from tests.core.situations import ANNE, PROCESS, asked, run

pytestmark = pytest.mark.rules

ENDS = {
    "completed": Kind.COMPLETE,
    "failed": Kind.FAIL,
    "cancelled": Kind.STOP,
    "crashed": Kind.CRASH,
}


class PureRules:
    """One run in memory: the rules, and a clock."""

    def reset(self) -> int:
        self.now = 1_000_000
        self.run: Run = run(Phase.ABSENT, version=0)
        self.dead: set[str] = set()
        self.crowded = False
        self.decision: Accepted | Replayed | Refused | None = None
        return self.now

    def _happens(self, kind: Kind, entry: int | None = None, **facts: Any) -> str:
        alive = self.run.owner is not None and self.run.owner not in self.dead
        actor = ANNE if entry is None else PROCESS
        facts = {"alive": alive, "crowded": self.crowded, **facts}
        event = Event(kind, actor, entry=entry, **facts)
        self.decision = decide(self.run, event, self.now)
        if isinstance(self.decision, Refused):
            return self.decision.error.code
        if isinstance(self.decision, Replayed):
            return "same"
        self.run = self.decision.run
        return "ok"

    def start(self, process: str) -> str:
        return self._happens(Kind.START, owner=process)

    def create(self) -> str:
        return self._happens(Kind.CREATE, phase=Phase.PENDING)

    def enter(self, process: str) -> str:
        before = self.run
        told = self._happens(Kind.ENTER, owner=process)
        if self.crowded and not _placed(before) and _placed(self.run):
            # Whoever lets a process in asks for a place first; the rules do not.
            self.run = before
            return TransitionRefused.code
        return told

    def ask(
        self, entry: int, key: str, timeout: int | None, action: str, leaving: bool = False
    ) -> str:
        wait = replace(
            asked(key, 0),
            deadline=None if timeout is None else self.now + timeout,
            on_deadline=DeadlineAction(action),
            default={"ok": False},
        )
        return self._open(entry, wait, leaving)

    def leave(self, entry: int) -> str:
        return self._happens(Kind.LEAVE, entry)

    def suspend(self, key: str, named: bool) -> str:
        wait = replace(asked(key, 0), kind=WaitKind.HOLD, taken=True, address=None)
        wait = replace(wait, id=UUID(int=self.run.opened + 1))
        return self._happens(Kind.SUSPEND, wait=wait, key=key if named else None)

    def stop_at_boundary(self, entry: int, key: str) -> str:
        return self._open(entry, replace(asked(key, 0), kind=WaitKind.HOLD))

    def _open(self, entry: int, wait: Wait, leaving: bool = False) -> str:
        wait = replace(wait, id=UUID(int=self.run.opened + 1), address=f"entry-{entry}")
        told = self._happens(Kind.OPEN, entry, wait=wait, key=wait.key, alive=True, leaving=leaving)
        if isinstance(self.decision, Replayed) and self.decision.wait is not None:
            return self.decision.wait.status.value
        return self._status(wait.key) if told == "ok" else told

    def _status(self, key: str) -> str:
        wait = waiting.find(self.run, key)
        assert wait is not None
        return wait.status.value

    def reopen(self, entry: int, key: str) -> str:
        told = self._happens(Kind.REOPEN, entry, key=key, message="no", alive=True)
        return self._status(key) if told in ("ok", "same") else told

    def withdraw(self, entry: int, key: str) -> str:
        return self._happens(Kind.WITHDRAW, entry, key=key, alive=True)

    def take(self, entry: int, key: str) -> None:
        wait = waiting.find(self.run, key)
        if wait is not None and not wait.is_open and wait.status.value != "withdrawn":
            self.run = waiting.put(self.run, replace(wait, taken=True))

    def finish(self, entry: int, phase: str) -> str:
        return self._happens(ENDS[phase], entry)

    def retry(self, entry: int) -> str:
        return self._happens(Kind.RETRY, entry, scheduled=self.now)

    def begin(self, entry: int) -> str:
        return self._happens(Kind.BEGIN, entry)

    def answer(self, key: str | None, given: bool) -> str:
        self._apply_deadlines()
        meant = waiting.meant(self.run, Event(Kind.ANSWER, ANNE, key=key))
        asks = meant is not None and meant.kind is not WaitKind.HOLD
        return self._happens(Kind.ANSWER, key=key, answer={"ok": given} if asks else None)

    def pause(self) -> str:
        return self._happens(Kind.HOLD)

    def cancel(self) -> str:
        return self._happens(Kind.CANCEL)

    def rerun(self) -> str:
        return self._happens(Kind.RERUN)

    def force(self, phase: str) -> str:
        return self._happens(Kind.FORCE, phase=Phase(phase))

    def delete(self) -> str:
        self.run = run(Phase.ABSENT, version=0)
        return "ok"

    def die(self, process: str) -> None:
        self.dead.add(process)

    def crowd(self) -> None:
        self.crowded = True

    def clear(self) -> None:
        self.crowded = False
        self._happens(Kind.ADMIT)

    def pass_time(self, microseconds: int) -> None:
        self.now += microseconds

    def sweep(self) -> None:
        self._apply_deadlines()
        if self.run.owner in self.dead:
            self._happens(Kind.LOST)

    def _apply_deadlines(self) -> None:
        while due := [wait for wait in self.run.open_waits if waiting.is_overdue(wait, self.now)]:
            assert self._happens(Kind.EXPIRE, key=due[0].key) == "ok"

    def facts(self) -> Facts | None:
        present = self.run
        if present.phase is Phase.ABSENT:
            return None
        return Facts(
            present.phase.value,
            present.version,
            present.entry,
            present.attempt,
            present.run_count,
            present.hold,
            present.owner,
            tuple(
                (wait.key, wait.attempt, wait.status.value, wait.answer and wait.answer["ok"])
                for wait in present.waits
            ),
        )


def _placed(run: Run) -> bool:
    return holds_slot(run.phase, run.owner)


class PureMachine(RunMachine):
    make = PureRules


PureMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestRules = PureMachine.TestCase


@given(st.binary(min_size=200, max_size=400))
def test_long_lives(drawn: bytes) -> None:
    drive(PureMachine, drawn)


def test_deadlines_are_signoffs_own_word() -> None:
    """The machine's deadlines carry no person; make sure the rules do not need one."""
    rules = PureRules()
    rules.reset()
    rules.start("p1")
    rules.ask(1, "a", 10, "default")
    rules.now += 10
    event = Event(Kind.EXPIRE, SERVICE, key="a")
    decision = decide(rules.run, event, rules.now)
    assert isinstance(decision, Accepted)
    assert decision.changed[0].answered_by == SERVICE
