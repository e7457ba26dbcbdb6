"""Runs, waits and tasks for the tests of the store, with a clock that tests move by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from signoff.core.ports import Store, Tx
from signoff.model.actors import Actor, Via
from signoff.model.events import Kind
from signoff.model.forms import Form
from signoff.model.ids import uuid7
from signoff.model.journal import (
    EntryRecord,
    Liveness,
    LogLine,
    NewRun,
    Process,
    Result,
    ResultKind,
    TaskRecord,
    TaskStart,
)
from signoff.model.runs import Phase, Run
from signoff.model.states import StateType
from signoff.model.waits import DeadlineAction, Wait, WaitKind, WaitStatus

MINUTE = 60_000_000
_EPOCH = 1_700_000_000_000_000
ANNA = Actor("anna", Via.PYTHON, "laptop", True)
BEN = Actor("ben", Via.HTTP, "10.0.0.7", False)
ENTRY = EntryRecord(
    host="laptop",
    user="anna",
    interpreter="/usr/bin/python3",
    directory="/home/anna",
    path=("/home/anna", "/usr/lib/python3"),
    file="/home/anna/flow.py",
    module=None,
    qualname="cleanup",
    source_hash="0123456789abcdef",
)
FORM = Form(
    schema={"type": "object", "properties": {"b": {"type": "integer"}, "a": {"type": "string"}}},
    title="Delete them?",
    description="**47** runs",
    initial={"b": 3},
)


class World:
    """One store, and what is needed to put things into it.

    Attributes:
        now: the time; every step moves it on.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = _EPOCH
        self._ids = 0

    def id(self) -> UUID:
        """A fresh id, later than the ones before."""
        self._ids += 1
        return uuid7(_EPOCH + 1_000 * self._ids, self._ids)

    def tick(self, microseconds: int = 1_000) -> int:
        """Let time pass."""
        self.now += microseconds
        return self.now

    def new(self, **known: Any) -> NewRun:
        """What is known of a run when it is created."""
        fields: dict[str, Any] = {"id": self.id(), "flow_name": "cleanup", "name": "brave-otter"}
        return NewRun(**{**fields, **known})

    def start(self, phase: Phase = Phase.RUNNING, owner: str | None = "p1", **known: Any) -> Run:
        """A stored run."""
        new = self.new(**known)
        run = fresh(new, phase, owner, self.now)
        with self.store.write(durable=False) as tx:
            assert self.insert(tx, new, run)
        return run

    def insert(self, tx: Tx, new: NewRun, run: Run) -> bool:
        """Insert a run and its first line of history."""
        flow_id = tx.flow_id(new.flow_name, self.now, self.id)
        inserted = tx.insert_run(new, run, flow_id, ANNA, self.now)
        if inserted:
            tx.append_history(run, Kind.START, ANNA, self.now)
        return inserted

    def change(self, run: Run, result: Result | None = None, **fields: Any) -> Run:
        """Save a run with some fields changed."""
        after = changed(run, self.tick(), **fields)
        with self.store.write(durable=False) as tx:
            before = tx.lock_run(run.id)
            assert before is not None
            tx.save_run(run, after, self.now, result)
        return after

    def ask(self, run: Run, **fields: Any) -> Run:
        """Open a wait, and save it with its run."""
        return self.change(run, **self.asking(run, **fields))

    def asking(self, run: Run, **fields: Any) -> dict[str, Any]:
        """The fields of a run that opens one more wait."""
        number = run.opened + 1
        wait = self.wait(number, attempt=run.attempt, **fields)
        return {"phase": Phase.PAUSED, "waits": (*run.waits, wait), "opened": number}

    def wait(self, number: int = 1, **fields: Any) -> Wait:
        """A wait that is not stored."""
        wait = Wait(
            id=self.id(),
            key=f"key-{number}",
            attempt=1,
            number=number,
            kind=WaitKind.INPUT,
            status=WaitStatus.OPEN,
            title="Go on?",
            form=None,
            deadline=None,
            on_deadline=DeadlineAction.FAIL,
            default=None,
            scope="",
            task_run_id=None,
            child=None,
            address=None,
            opened_at=self.now,
        )
        return replace(wait, **fields)

    def task(self, run: Run, **fields: Any) -> TaskRecord:
        """A finished task that is not stored."""
        task = TaskRecord(
            id=self.id(),
            run_id=run.id,
            entry=run.entry,
            attempt=run.attempt,
            scope="",
            task_key="flow.double",
            inputs="00ff00ff00ff00ff",
            occurrence=0,
            place="aabbccdd#0",
            name="double-1",
            state_type=StateType.COMPLETED,
            state_name="Completed",
            message=None,
            result=Result(ResultKind.PICKLE, b"\x80\x00four", None, "4"),
            started=self.now,
            ended=self.tick(),
            run_count=1,
        )
        return replace(task, **fields)

    def task_start(self, run: Run, **fields: Any) -> TaskStart:
        """A started task that is not stored."""
        start = TaskStart(
            self.id(), run.id, run.attempt, "", "flow.double", "double-1", self.now, 1
        )
        return replace(start, **fields)

    def line(self, run: Run, message: str = "hello", **fields: Any) -> LogLine:
        """A log line that is not stored."""
        line = LogLine(self.id(), run.id, None, 20, "signoff.flow_runs", message, self.now)
        return replace(line, **fields)

    def locked(self, run_id: UUID, key: str | None = None) -> Run:
        """A run as the rules would see it."""
        with self.store.read() as tx:
            run = tx.lock_run(run_id, key)
        assert run is not None
        return run


def fresh(new: NewRun, phase: Phase, owner: str | None, now: int) -> Run:
    """A run as it is when it has just been created."""
    begun = phase is Phase.RUNNING
    return Run(
        id=new.id,
        phase=phase,
        name=phase.state_name,
        message=None,
        since=now,
        version=1,
        entry=int(begun),
        attempt=1,
        begun=begun,
        hold=False,
        scheduled=None,
        owner=owner,
        parent=new.parent_run_id,
        deployment=new.deployment_id,
    )


def changed(run: Run, now: int, **fields: Any) -> Run:
    """A run after a change: one version later, and named after its phase."""
    phase = fields.get("phase", run.phase)
    name = fields.setdefault("name", phase.state_name if phase is not run.phase else run.name)
    since = now if (phase, name) != (run.phase, run.name) else run.since
    return replace(run, **{"version": run.version + 1, "since": since, **fields})


def process(name: str, address: str | None = None) -> Process:
    """A process on this machine."""
    return Process(name, "laptop", 4711, "anna", Liveness.LOCK, address)
