"""The state machine of `tests.core` against the whole service, on SQLite and on PostgreSQL.

The moves and what should come of them are the same as for the rules alone; here each is a request
to the orchestrator, and the run is read back from the database.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import Phase as Step
from hypothesis import strategies as st

from signoff.core.waiting import is_overdue
from signoff.model.commands import (
    AnswerWait,
    BeginAttempt,
    CancelRun,
    Command,
    CreateRun,
    DeleteRun,
    EnterRun,
    FinishRun,
    HoldRun,
    LeaveRun,
    OpenWait,
    PollWait,
    ProposedState,
    ReopenWait,
    RerunRun,
    RetryAttempt,
    SetRunState,
    StartRun,
    SuspendRun,
    TakeOutcome,
    WithdrawWait,
)
from signoff.model.errors import RequestRefused
from signoff.model.forms import FieldError, Form
from signoff.model.journal import Result, ResultKind
from signoff.model.queries import ReadRun
from signoff.model.replies import AnswerAccepted, RunHandle, StateSet, WaitOutcome
from signoff.model.runs import Phase
from signoff.model.states import StateType
from signoff.model.waits import DeadlineAction, WaitKind
from signoff.store import open_store
from tests.core.machine import SECOND, Facts, RunMachine, drive
from tests.service.test_deployments import deploy
from tests.service.world import BOB, FLOW, World

pytestmark = pytest.mark.service

FORM = Form(
    {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}},
        "required": ["ok"],
        "additionalProperties": False,
    },
    title="Go on?",
)
WRONG = (FieldError(("ok",), "The flow does not like this.", True),)
NOTHING = Result(ResultKind.NONE)


class ServiceOnDatabase:
    """One run in a database, and the service that looks after it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.run_id = UUID(int=0)
        self.other: RunHandle | None = None

    def reset(self) -> int:
        # Another life begins where nothing of the one before is due any more.
        self.world.now += 100 * SECOND
        self.world.dead = set()
        self.other = None
        self.run_id = UUID(int=0)
        self._prefix = f"{self.world.now}-"
        name = f"limited-{self.world.now}"
        self.deployment = deploy(self.world, name=name, concurrency_limit=1).id
        return self.world.now

    def _told(self, command: Command[Any], inside: bool = False) -> str:
        try:
            reply = self.world.ask(command, FLOW if inside else BOB)
        except RequestRefused as refusal:
            return refusal.code
        if isinstance(reply, WaitOutcome):
            return reply.status.value
        if isinstance(reply, AnswerAccepted):
            return "same" if reply.replayed else "ok"
        if isinstance(reply, StateSet):
            return "ok" if reply.status == "ACCEPT" else "transition-refused"
        return "ok"

    def _process(self, name: str) -> str:
        return self.world.process(self._prefix + name)

    def start(self, process: str) -> str:
        new = self.world.new(deployment_id=self.deployment)
        self.run_id = new.id
        return self._told(StartRun(new, self._process(process)), inside=True)

    def create(self) -> str:
        new = self.world.new(deployment_id=self.deployment)
        self.run_id = new.id
        return self._told(CreateRun(new, Phase.PENDING))

    def enter(self, process: str) -> str:
        return self._told(EnterRun(self.run_id, self._process(process)), inside=True)

    def ask(self, entry: int, key: str, timeout: int | None, action: str, leaving: bool) -> str:
        command = OpenWait(
            self.run_id,
            entry,
            key,
            WaitKind.INPUT,
            "Go on?",
            FORM,
            timeout,
            DeadlineAction(action),
            {"ok": False} if action == "default" else None,
            address=f"poll:entry-{entry}",
            leaving=leaving,
        )
        return self._told(command, inside=True)

    def leave(self, entry: int) -> str:
        return self._told(LeaveRun(self.run_id, entry), inside=True)

    def suspend(self, key: str, named: bool) -> str:
        if not named:
            return self._told(SuspendRun(self.run_id))
        return self._told(SuspendRun(self.run_id, key))

    def stop_at_boundary(self, entry: int, key: str) -> str:
        address = f"poll:entry-{entry}"
        command = OpenWait(
            self.run_id, entry, key, WaitKind.HOLD, "The flow was paused", address=address
        )
        return self._told(command, inside=True)

    def reopen(self, entry: int, key: str) -> str:
        return self._told(ReopenWait(self.run_id, entry, key, WRONG), inside=True)

    def withdraw(self, entry: int, key: str) -> str:
        return self._told(WithdrawWait(self.run_id, entry, key), inside=True)

    def take(self, entry: int, key: str) -> None:
        outcome = self.world.ask(PollWait(self.run_id, entry, key), FLOW)
        self._told(TakeOutcome(self.run_id, entry, outcome.wait_id), inside=True)

    def finish(self, entry: int, phase: str) -> str:
        command = FinishRun(self.run_id, entry, Phase(phase), None, None, NOTHING)
        return self._told(command, inside=True)

    def retry(self, entry: int) -> str:
        command = RetryAttempt(self.run_id, entry, self.world.now, "It failed.")
        return self._told(command, inside=True)

    def begin(self, entry: int) -> str:
        return self._told(BeginAttempt(self.run_id, entry), inside=True)

    def answer(self, key: str | None, given: bool) -> str:
        return self._told(AnswerWait(self.run_id, {"ok": given}, key))

    def pause(self) -> str:
        return self._told(HoldRun(self.run_id))

    def cancel(self) -> str:
        return self._told(CancelRun(self.run_id))

    def rerun(self) -> str:
        return self._told(RerunRun(self.run_id))

    def force(self, phase: str) -> str:
        wanted = ProposedState(StateType(phase.upper()))
        return self._told(SetRunState(self.run_id, wanted, force=True))

    def delete(self) -> str:
        return self._told(DeleteRun(self.run_id))

    def die(self, process: str) -> None:
        self.world.dead.add(self._prefix + process)

    def crowd(self) -> None:
        self.other = self.world.start("other", deployment_id=self.deployment)

    def clear(self) -> None:
        assert self.other is not None
        self.world.finish(self.other)
        self.other = None

    def pass_time(self, microseconds: int) -> None:
        self.world.now += microseconds

    def sweep(self) -> None:
        self.world.service.sweep()

    def facts(self) -> Facts | None:
        with self.world.store.read() as tx:
            run = tx.lock_run(self.run_id)
            waits = tx.waits(self.run_id) if run is not None else ()
        if run is None:
            return None
        if not any(is_overdue(wait, self.world.now) for wait in run.open_waits):
            # Reading applies due deadlines, which is not for this look to do.
            shown = self.world.ask(ReadRun(self.run_id))
            assert shown.state_type is run.phase.state_type
            assert shown.state_name == run.name
            assert shown.run_count == run.run_count
        return Facts(
            run.phase.value,
            run.version,
            run.entry,
            run.attempt,
            run.run_count,
            run.hold,
            run.owner.removeprefix(self._prefix) if run.owner is not None else None,
            tuple(
                (wait.key, wait.attempt, wait.status.value, wait.answer and wait.answer["ok"])
                for wait in sorted(waits, key=lambda wait: wait.number)
            ),
        )


def _machine(world: World) -> type[RunMachine]:
    class ServiceMachine(RunMachine):
        make: Callable[[], ServiceOnDatabase] = staticmethod(lambda: ServiceOnDatabase(world))

    return ServiceMachine


@pytest.mark.timeout(300)
def test_long_lives(db_url: str, tmp_path: Path) -> None:
    store = open_store(db_url, home=tmp_path)
    machine = _machine(World(store, tmp_path))

    # Not shrunk: against a database that takes minutes. The moves made so far are in the error.
    @settings(
        max_examples=6,
        phases=[Step.explicit, Step.reuse, Step.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(st.binary(min_size=250, max_size=400))
    def lives(drawn: bytes) -> None:
        drive(machine, drawn)

    try:
        lives()
    finally:
        store.close()
