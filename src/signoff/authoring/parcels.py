"""Tasks that were sent to another process: carried out there, as if the flow's process did it.

Owns the receiving side of process pools and clusters. The task works on the sender's run under the
sender's entry number, and has its own way to the service, so that it can wait for a person and put
its result on record.
"""

from __future__ import annotations

import importlib
import threading
from typing import TYPE_CHECKING

from signoff.authoring.process import runtime
from signoff.engine import entry, results
from signoff.engine.arguments import Arguments
from signoff.engine.clock import new_id
from signoff.engine.frames import RunFrame, Runtime, current_run, current_transaction
from signoff.engine.journal import Journal, Step
from signoff.engine.pauses import boundary
from signoff.engine.processes import Parcel
from signoff.engine.promises import Ending, Promise
from signoff.engine.tasks import TaskCall, run_new
from signoff.engine.threads import drive, keep_promise
from signoff.gateway.connect import is_sqlite
from signoff.gateway.liveness import machine_id
from signoff.gateway.settings import current_settings
from signoff.model.errors import MissingContextError
from signoff.model.lookups import ReadBegun, ReadJournal, ReadSignals

if TYPE_CHECKING:
    from signoff.engine.effects import Program
    from signoff.engine.frames import Slot
    from signoff.engine.keeping.transactions import BaseTransaction

_loading = threading.Lock()


def open_parcel(body: bytes, slot: Slot | None, home: str | None = None) -> bytes:
    """Carry out a task that was sent here, and return its ending, pickled.

    Args:
        body: what `engine.processes` packed.
        slot: the task's place, to be given back while it waits.
        home: the sender's machine, when the sender keeps its state in a file of that machine.
    """
    promise = Promise(new_id())
    keep_promise(promise, lambda: _opened(body, slot, home))
    ending = promise.ending
    if ending is None:
        raise RuntimeError("a kept promise has an ending")
    return sendable(ending)


def here(api_url: str | None) -> str | None:
    """This machine, as far as tasks on other machines must know it; None when any will do."""
    settings = current_settings()
    if api_url or not is_sqlite(settings):
        return None
    return machine_id(settings.home)


def _opened(body: bytes, slot: Slot | None, home: str | None) -> Ending:
    if home is not None and machine_id(current_settings().home) != home:
        raise MissingContextError(
            "The flow keeps its state in a file of another machine, which this worker cannot "
            "reach. Start `signoff server start` and set SIGNOFF_API_URL for the flow and for "
            "every worker."
        )
    script, inner = results.loads(body)
    if script is not None:
        with _loading:
            entry.load(script)
    parcel: Parcel = results.loads(inner)
    return carry_out(parcel, slot)


def carry_out(parcel: Parcel, slot: Slot | None) -> Ending:
    """Run the task of a parcel; its ending is on record when this returns."""
    process = runtime()
    gateway = process.gateway
    frame = _frame(parcel, process)
    stop = gateway.listen(frame.run_id, frame.signals)
    token = current_run.set(frame)
    joined = current_transaction.set(_standing_in() if parcel.joined else None)
    try:
        for signal in gateway.send(ReadSignals((frame.run_id,))):
            frame.signals(signal)
        if parcel.entry > 1 or parcel.attempt > 1:
            records = gateway.send(ReadJournal(frame.run_id))
            # What was called within the task goes on as it would in the flow's own process.
            begun = gateway.send(ReadBegun(frame.run_id, parcel.attempt))
            frame.journal = Journal(parcel.attempt, records, begun)
        call = _call(parcel, frame, slot)
        ending = drive(call, _run(call))
        gateway.settle()
        # Lines of its log too: this process may be ended as soon as its task is over.
        gateway.send(ReadSignals((frame.run_id,)))
        ending.deferred = False
        return ending
    finally:
        current_transaction.reset(joined)
        current_run.reset(token)
        stop()


def _run(call: TaskCall) -> Program[Ending]:
    """The sender has looked in the journal whether it has to run."""
    yield from boundary(call.frame, call.outer)
    given = call.arguments()
    return (yield from run_new(call, call.identity(given), given))


def _standing_in() -> BaseTransaction:
    """Stands for the sender's transaction: whatever joins it is neither committed nor undone
    here."""
    made: BaseTransaction = importlib.import_module(
        "signoff.engine.keeping.transactions"
    ).BaseTransaction()
    return made


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


def _call(parcel: Parcel, frame: RunFrame, slot: Slot | None) -> TaskCall:
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


def sendable(ending: Ending) -> bytes:
    """The ending as bytes; a value that cannot be pickled becomes an error that says so."""
    try:
        return results.dumps(ending)
    except results.Unserialisable as error:
        text = f"What the task returned or raised cannot leave its process: {error}"
        return results.dumps(Ending(ending.type, None, TypeError(text), "Failed", text, ending.at))
