"""A service on a real database, with a clock that tests set and processes that die on demand.

Owns the small vocabulary in which the tests of the service are written.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from signoff.core.forms.checking import check
from signoff.core.ports import Owner, Poke, Store
from signoff.gateway.vault import FernetVault
from signoff.model.actors import Actor, Via
from signoff.model.commands import (
    AnswerWait,
    CreateRun,
    EnterRun,
    FinishRun,
    OpenWait,
    PollWait,
    RegisterProcess,
    Request,
    StartRun,
)
from signoff.model.forms import Form
from signoff.model.ids import uuid7
from signoff.model.journal import (
    EntryRecord,
    Liveness,
    NewRun,
    Process,
    Result,
    ResultKind,
    TaskRecord,
)
from signoff.model.queries import ReadHistory, ReadRun
from signoff.model.replies import AnswerAccepted, EnteredRun, RunHandle, WaitOutcome
from signoff.model.runs import Phase
from signoff.model.states import StateType
from signoff.model.views import FlowRun
from signoff.model.waits import DeadlineAction, WaitKind
from signoff.service.orchestrator import Orchestrator

R = TypeVar("R")

SECOND = 1_000_000
START = 1_700_000_000 * SECOND

FLOW = Actor("ann", Via.PYTHON, "desk", True)
"""Who runs the flows."""
BOB = Actor("bob", Via.CLI, "laptop", True)
CAROL = Actor("carol", Via.HTTP, "10.0.0.9")

RECORD = EntryRecord("host", "ann", "/python", "/", (), "/flow.py", None, "flow", "0")

YES_NO = Form(
    {
        "type": "object",
        "properties": {
            "approved": {"type": "boolean"},
            "reason": {"type": "string", "default": "none given"},
        },
        "required": ["approved"],
        "additionalProperties": False,
    },
    title="Go on?",
    description="Please *decide*.",
)
LOGIN = Form(
    {
        "type": "object",
        "properties": {
            "user": {"type": "string"},
            "password": {"type": "string", "format": "password", "writeOnly": True},
        },
        "required": ["user", "password"],
    }
)
KEPT = Result(ResultKind.JSON, b"42", None, "42")


class World:
    """A service and what surrounds it.

    Attributes:
        now: the clock, in microseconds.
        dead: processes that died.
        pokes: whom the service told, oldest first.
        delivers: the service also really tells them, in the store's way.
    """

    def __init__(
        self,
        store: Store,
        home: Path,
        delivers: bool = False,
        lives: Callable[[Owner, int], bool] | None = None,
    ) -> None:
        self.delivers = delivers
        self.store = store
        self.now = START
        self.dead: set[str] = set()
        self.pokes: list[Poke] = []
        self._ids = itertools.count(1)
        self.service = Orchestrator(
            store,
            lambda: self.now,
            self.new_id,
            lives or self._lives,
            check,
            FernetVault(home),
            self._wake,
        )

    def new_id(self) -> UUID:
        return uuid7(self.now, next(self._ids))

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now += int(seconds * SECOND)

    def ask(self, request: Request[R], actor: Actor = BOB) -> R:
        return self.service.apply(request, actor)

    def process(self, name: str) -> str:
        """A process that hears at `poll:<name>`."""
        process = Process(name, "host", 1, "ann", Liveness.LOCK, f"poll:{name}")
        self.ask(RegisterProcess(process), FLOW)
        return name

    def new(self, **facts: Any) -> NewRun:
        given: dict[str, Any] = {
            "flow_name": "deploy",
            "name": "swift-otter",
            "entry_record": RECORD,
        } | facts
        return NewRun(id=given.pop("id", None) or self.new_id(), **given)

    def start(self, process: str = "p1", **facts: Any) -> RunHandle:
        self.process(process)
        return self.ask(StartRun(self.new(**facts), process), FLOW)

    def create(self, **facts: Any) -> RunHandle:
        return self.ask(CreateRun(self.new(**facts)), FLOW)

    def enter(self, run: RunHandle, process: str) -> EnteredRun:
        self.process(process)
        return self.ask(EnterRun(run.run_id, process), FLOW)

    def open(self, run: RunHandle, key: str = "go", **facts: Any) -> WaitOutcome:
        """Wait in the process that works on the run; `timeout` is in seconds."""
        timeout = facts.pop("timeout", None)
        form = facts.get("form")
        given = {
            "kind": WaitKind.INPUT if form else WaitKind.APPROVAL,
            "title": "Go on?",
            "timeout": None if timeout is None else int(timeout * SECOND),
            "address": "poll:p1",
        } | facts
        return self.ask(OpenWait(run.run_id, facts.pop("entry", run.entry), key, **given), FLOW)

    def poll(self, run: RunHandle, key: str = "go") -> WaitOutcome:
        return self.ask(PollWait(run.run_id, run.entry, key), FLOW)

    def answer(
        self,
        run: RunHandle,
        given: Any = None,
        key: str | None = None,
        by: Actor = BOB,
        request_id: UUID | None = None,
    ) -> AnswerAccepted:
        return self.ask(AnswerWait(run.run_id, given, key, request_id), by)

    def finish(self, run: RunHandle, phase: Phase = Phase.COMPLETED) -> RunHandle:
        return self.ask(FinishRun(run.run_id, run.entry, phase, None, None, KEPT), FLOW)

    def view(self, run: RunHandle) -> FlowRun:
        return self.ask(ReadRun(run.run_id))

    def phase(self, run: RunHandle) -> str:
        """The documented name of the state the run is in."""
        return str(self.view(run).state_name)

    def told(self) -> set[tuple[str, UUID]]:
        """Whom the service told since the last look, and of which run."""
        told = {(poke.address, poke.run_id) for poke in self.pokes}
        self.pokes.clear()
        return told

    def history(self, run: RunHandle) -> list[tuple[str, str, str | None]]:
        """What happened to the run: kind, who, which wait."""
        lines = self.ask(ReadHistory(run.run_id))
        return [(line.kind.value, line.actor.name, line.key) for line in lines]

    def task(self, run: RunHandle, **facts: Any) -> TaskRecord:
        given: dict[str, Any] = {
            "id": self.new_id(),
            "run_id": run.run_id,
            "entry": run.entry,
            "attempt": run.attempt,
            "scope": "",
            "task_key": "add",
            "inputs": "",
            "occurrence": 0,
            "place": "line",
            "name": "add-0",
            "state_type": StateType.COMPLETED,
            "state_name": "Completed",
            "message": None,
            "result": KEPT,
            "started": self.now,
            "ended": self.now,
            "run_count": 1,
        }
        return TaskRecord(**(given | facts))

    def _lives(self, owner: Owner, now: int) -> bool:
        return owner.process.id not in self.dead

    def _wake(self, pokes: Iterable[Poke]) -> None:
        told = list(pokes)
        for poke in told:
            # What is told along is what the database says after the commit, or said before another
            # thread went on from there.
            (stands,) = self.service.signals((poke.run_id,))
            told_along = poke.signal or stands
            assert told_along == stands or told_along.version < stands.version
        self.pokes += told
        if self.delivers:
            self.store.wake(told)


FAIL, CONTINUE = DeadlineAction.FAIL, DeadlineAction.CONTINUE
DEFAULT, CANCEL = DeadlineAction.DEFAULT, DeadlineAction.CANCEL
