"""Submitted tasks in processes of their own.

Owns the pool's side of the conversation: a thread of the pool speaks for each child, so that slots,
waiting and time limits work as on threads. The child's side is `authoring/task_child.py`. Children
are started as fresh interpreters, never by a plain fork, which would copy locks and connections.
"""

from __future__ import annotations

import importlib
import os
import socket
import struct
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.engine import results
from signoff.engine.arguments import Arguments
from signoff.engine.clock import now_us
from signoff.engine.effects import Log, Post, Send
from signoff.engine.frames import current_transaction
from signoff.engine.pauses import boundary
from signoff.engine.promises import Ending
from signoff.engine.tasks import TaskCall, default_name, join, recall_call, tell_inputs
from signoff.engine.threads import ThreadTaskPool, drive
from signoff.model.commands import FinishTasks
from signoff.model.errors import Abort, CrashedRun, Pause
from signoff.model.journal import TaskRecord
from signoff.model.lookups import ReadJournal
from signoff.model.state_types import StateType

if TYPE_CHECKING:
    from signoff.engine.effects import Program
    from signoff.engine.frames import RunFrame, Slot
    from signoff.engine.specs import FlowSpec
    from signoff.model.journal import EntryRecord

_LENGTH = struct.Struct("!Q")
ERROR = 40

WAITING, RESUMED, GO = b"waiting", b"resumed", b"go"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A task for a child: everything its frame is made of.

    Args:
        flow, task: the decorated objects.
        run_id, flow_id, run_name, entry, attempt, parameters, tags, started: the run.
        id, place, task_tags: the task run.
        args, kwargs, task_parameters: the call.
        inputs, occurrence, scope: its identity in the journal.
        joined: it is part of a transaction of the sender, who commits or undoes it.
    """

    flow: Any
    task: Any
    run_id: UUID
    flow_id: UUID
    run_name: str
    entry: int
    attempt: int
    parameters: Any
    tags: tuple[str, ...]
    started: int
    id: UUID
    place: str
    task_tags: frozenset[str]
    args: Sequence[Any]
    kwargs: Any
    task_parameters: Any
    inputs: str
    occurrence: int
    scope: str
    joined: bool = False


class Line:
    """A connection between pool and child that carries messages whole."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._sending = threading.Lock()

    def send(self, message: bytes) -> None:
        """Raises `OSError` when the other side is gone."""
        with self._sending:
            self._connection.sendall(_LENGTH.pack(len(message)) + message)

    def receive(self) -> bytes | None:
        """The next message; None when the other side is gone."""
        head = self._exactly(_LENGTH.size)
        return None if head is None else self._exactly(_LENGTH.unpack(head)[0])

    def _exactly(self, size: int) -> bytes | None:
        parts = []
        while size:
            try:
                part = self._connection.recv(min(size, 1 << 20))
            except OSError:
                return None
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        self._connection.close()


class _Child:
    """One child process."""

    def __init__(self, command: Sequence[str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno())], pass_fds=(theirs.fileno(),)
            )
        self.line = Line(ours)

    def work(self, parcel: bytes, frame: RunFrame, slot: Slot) -> Ending:
        """Have the child run a task; waiting inside it gives the slot back."""
        try:
            self.line.send(parcel)
        except OSError:
            raise self._died() from None
        while True:
            message = self.line.receive()
            if message is None:
                raise self._died()
            if message == WAITING:
                frame.started_waiting()
                slot.release()
            elif message == RESUMED:
                slot.acquire()
                frame.ended_waiting()
                self.line.send(GO)
            else:
                ending: Ending = results.loads(message)
                return ending

    def _died(self) -> CrashedRun:
        code = self._process.wait()
        reason = f"signal {-code}" if code < 0 else f"exit code {code}"
        return CrashedRun(f"The process of the task ended with {reason}.")

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """Hang up; the child ends by itself, at once when it is idle."""
        self.line.close()
        threading.Thread(target=self._process.wait, name="signoff-reaper", daemon=True).start()


class ProcessTaskPool(ThreadTaskPool):
    """Runs the submitted tasks of one flow run in processes.

    Args:
        max_workers: tasks that run at a time; None for the number of processors.
        name: of the threads that speak for the children.
        command: starts a child; the number of its connection is appended.
    """

    def __init__(self, max_workers: int | None, name: str, command: Sequence[str]) -> None:
        super().__init__(max_workers or os.cpu_count() or 1, name)
        self._command = command
        self._idle: list[_Child] = []
        self._guard = threading.Lock()
        self._ended = False

    def _run(self, call: TaskCall) -> Ending:
        return drive(call, self._hand_over(call))

    def _hand_over(self, call: TaskCall) -> Program[Ending]:
        """Everything up to the task itself happens here, the task and its record in the child."""
        yield from boundary(call.frame, call.outer)
        failed = yield from join(call)
        if failed is not None:
            return failed
        given = call.arguments()
        recalled = yield from recall_call(call, call.identity(given))
        if recalled is not None:
            return recalled
        parcel, since = parcel_of(call, given), now_us()
        if call.slot is None:
            raise RuntimeError("a task in a process needs a slot")
        child = self._take()
        try:
            ending = child.work(packed(parcel), call.frame, call.slot)
        except CrashedRun as crash:
            return (yield from lost(parcel, since, crash))
        self._give_back(child)
        if isinstance(ending.error, Abort):
            raise ending.error
        if isinstance(ending.error, Pause):
            call.frame.leave()
        yield from adopt(parcel, call.frame, ending)
        return ending

    def _take(self) -> _Child:
        with self._guard:
            while self._idle:
                child = self._idle.pop()
                if child.alive:
                    return child
        return _Child(self._command)

    def _give_back(self, child: _Child) -> None:
        with self._guard:
            if not self._ended:
                self._idle.append(child)
                return
        child.stop()

    def close(self, drop: bool) -> None:
        super().close(drop)
        with self._guard:
            self._ended = True
            idle, self._idle = self._idle, []
        for child in idle:
            child.stop()


def packed(parcel: Parcel) -> bytes:
    """A parcel as it travels: how to load the script its objects come from, then itself."""
    return results.dumps((_script(parcel.flow.spec), results.dumps(parcel)))


def lost(parcel: Parcel, since: int, crash: CrashedRun) -> Program[Ending]:
    """What became of a task whose process died: what it has put on record, or else a crash.

    Args:
        parcel: the task.
        since: when it was sent, UTC microseconds.
        crash: says how its process died.
    """
    records: tuple[TaskRecord, ...] = yield Send(ReadJournal(parcel.run_id))
    known = next((record for record in records if record.id == parcel.id), None)
    if known is not None:
        value = results.decode(known.result)
        failed = known.state_type is not StateType.COMPLETED
        error = value if failed and isinstance(value, BaseException) else None
        kept = None if failed else value
        kind, name = known.state_type, known.state_name
        return Ending(
            kind,
            kept,
            error,
            name,
            known.message,
            known.ended,
            run_id=known.run_id,
            task_run_id=known.id,
        )
    spec, text = parcel.task.spec, str(crash)
    yield Log(ERROR, "Task %r: %s", (spec.name, text))
    record = TaskRecord(
        id=parcel.id,
        run_id=parcel.run_id,
        entry=parcel.entry,
        attempt=parcel.attempt,
        scope=parcel.scope,
        task_key=spec.key,
        inputs=parcel.inputs,
        occurrence=parcel.occurrence,
        place=parcel.place,
        name=default_name(spec, parcel.id),
        state_type=StateType.CRASHED,
        state_name="Crashed",
        message=text,
        result=results.NOTHING,
        started=since,
        ended=now_us(),
        run_count=1,
        tags=tuple(sorted(spec.tags | parcel.task_tags)),
    )
    yield Post(FinishTasks((record,)))
    return Ending(
        StateType.CRASHED,
        None,
        crash,
        "",
        text,
        record.ended,
        run_id=parcel.run_id,
        task_run_id=parcel.id,
        deferred=True,
    )


def _script(spec: FlowSpec) -> EntryRecord | None:
    """How the child loads the script whose classes the parcel may hold; None for modules."""
    entry = spec.entry()
    return entry if entry is not None and entry.module is None and entry.file else None


def parcel_of(call: TaskCall, given: Arguments) -> Parcel:
    """A task for another process; what it depends on is told here."""
    frame = call.frame
    if call.inputs:
        tell_inputs(call)
    step = call.identity(given)
    return Parcel(
        flow=frame.spec.owner,
        task=call.spec.owner,
        run_id=frame.run_id,
        flow_id=frame.flow_id,
        run_name=frame.name,
        entry=frame.entry,
        attempt=frame.attempt,
        parameters=dict(frame.parameters),
        tags=frame.tags,
        started=frame.started,
        id=call.id,
        place=call.place,
        task_tags=call.tags,
        args=tuple(given.args),
        kwargs=dict(given.kwargs),
        task_parameters=dict(given.parameters),
        inputs=step.inputs,
        occurrence=step.occurrence,
        scope=step.scope,
        joined=current_transaction.get() is not None,
    )


def adopt(parcel: Parcel, frame: RunFrame, ending: Ending) -> Program[None]:
    """A task that came back is part of the transaction it was sent from."""
    if parcel.joined and ending.completed and parcel.task.spec.hooks.of_transactions:
        # Loaded with the first that a transaction may have to undo.
        running = importlib.import_module("signoff.engine.keeping.running")
        yield from running.adopt(frame, parcel.task.spec, ending.task_run_id or parcel.id, ending)
