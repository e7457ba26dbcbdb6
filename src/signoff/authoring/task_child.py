"""A process of a process pool: runs the tasks it is sent, one at a time.

Started as `python -m signoff.authoring.task_child FD`. Its counterpart is `engine/processes.py`.
It works on the parent's run under the parent's entry number, and has its own way to the service,
so that a task inside it can wait for a person and put its result on record.
"""

from __future__ import annotations

import os
import socket
import sys
import threading

from signoff.authoring.process import runtime
from signoff.engine import entry, results
from signoff.engine.clock import new_id
from signoff.engine.frames import RunFrame, Runtime, current_run
from signoff.engine.journal import Journal, Step
from signoff.engine.processes import GO, RESUMED, WAITING, Line, Parcel
from signoff.engine.promises import Ending, Promise
from signoff.engine.tasks import Arguments, TaskCall, run_task
from signoff.engine.threads import drive, keep_promise
from signoff.model.errors import NotReentrant
from signoff.model.lookups import ReadJournal, ReadSignals


class _Slot:
    """The slot in the parent's pool, held on behalf of this process."""

    def __init__(self, line: Line, go: threading.Semaphore) -> None:
        self._line = line
        self._go = go

    def release(self) -> None:
        self._line.send(WAITING)

    def acquire(self) -> None:
        self._line.send(RESUMED)
        self._go.acquire()


class _Child:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._go = threading.Semaphore(0)
        self._work = threading.Semaphore(0)
        self._parcel = b""

    def serve(self) -> None:
        """Run tasks until the parent hangs up or dies."""
        threading.Thread(target=self._listen, name="signoff-parent", daemon=True).start()
        while True:
            self._work.acquire()
            promise = Promise(new_id())
            keep_promise(promise, self._run)
            ending = promise.ending
            if ending is not None:
                self._line.send(_sendable(ending))

    def _listen(self) -> None:
        while True:
            message = self._line.receive()
            if message is None:
                # The parent is gone: whatever runs here belongs to nobody any more.
                os._exit(0)
            if message == GO:
                self._go.release()
            else:
                self._parcel = message
                self._work.release()

    def _run(self) -> Ending:
        script, body = results.loads(self._parcel)
        if script is not None:
            entry.load(script)
        parcel: Parcel = results.loads(body)
        process = runtime()
        gateway = process.gateway
        frame = _frame(parcel, process)
        stop = gateway.listen(frame.run_id, frame.signals)
        token = current_run.set(frame)
        try:
            for signal in gateway.send(ReadSignals((frame.run_id,))):
                frame.signals(signal)
            if parcel.entry > 1 or parcel.attempt > 1:
                records = gateway.send(ReadJournal(frame.run_id))
                frame.journal = Journal(parcel.attempt, records)
            call = _call(parcel, frame, _Slot(self._line, self._go))
            ending = drive(call, run_task(call))
            gateway.settle()
            ending.deferred = False
            return ending
        finally:
            current_run.reset(token)
            stop()


def _frame(parcel: Parcel, process: Runtime) -> RunFrame:
    return RunFrame(
        process,
        parcel.flow.spec,
        parcel.run_id,
        parcel.flow_id,
        parcel.run_name,
        parcel.entry,
        parcel.attempt,
        parcel.parameters,
        None,
        parcel.tags,
        parcel.started,
    )


def _call(parcel: Parcel, frame: RunFrame, slot: _Slot) -> TaskCall:
    given = Arguments(parcel.args, parcel.kwargs, parcel.task_parameters)
    step = Step(parcel.scope, parcel.task.spec.key, parcel.inputs, parcel.occurrence, parcel.place)
    return TaskCall(
        parcel.task.spec,
        frame,
        None,
        parcel.id,
        parcel.place,
        lambda: given,
        (),
        step,
        slot,
        parcel.task_tags,
    )


def _sendable(ending: Ending) -> bytes:
    """The ending as bytes; a value that cannot be pickled becomes an error that says so."""
    try:
        return results.dumps(ending)
    except results.Unserialisable as error:
        text = f"What the task returned or raised cannot leave its process: {error}"
        return results.dumps(Ending(ending.type, None, TypeError(text), "Failed", text, ending.at))


def main() -> None:
    """Entry point of the process."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    try:
        _Child(Line(connection)).serve()
    except NotReentrant as error:
        sys.exit(str(error))
    except OSError:
        # The parent hung up between two messages.
        sys.exit(0)


if __name__ == "__main__":
    main()
