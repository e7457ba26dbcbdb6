"""What people do to a run from outside: pause, suspend, cancel, retry, rename, delete.

Must not know which of it is legal: `core.transitions` decides.
"""

from __future__ import annotations

import json
from dataclasses import replace

from signoff.core import waiting
from signoff.model.commands import (
    CancelRun,
    DeleteRun,
    HoldRun,
    OpenWait,
    RerunRun,
    SuspendRun,
    UpdateRun,
)
from signoff.model.errors import InvalidRequest, ObjectNotFound
from signoff.model.events import Accepted, Event, Kind, Replayed
from signoff.model.replies import Done, RunHandle, RunSuspended
from signoff.model.runs import Run
from signoff.model.waits import WaitKind
from signoff.service.handover import top_of, why_not_again
from signoff.service.table import Handlers
from signoff.service.unit import Unit
from signoff.service.waits import new_wait, outcome_of


def hold_run(unit: Unit, request: HoldRun) -> RunHandle:
    return unit.handle(hold(unit, unit.run(request.run_id)).run)


def hold(unit: Unit, run: Run) -> Accepted | Replayed:
    return unit.carry(run, Event(Kind.HOLD, unit.actor, alive=unit.alive(run)))


def suspend_run(unit: Unit, request: SuspendRun) -> RunSuspended:
    decision = suspend(unit, unit.run(request.run_id, request.key), request)
    if isinstance(decision, Accepted):
        wait = waiting.find(decision.run, decision.changed[0].key)
    else:
        wait = decision.wait
    if wait is None:
        raise ObjectNotFound(f"Flow run {decision.run.id} has no wait {request.key!r}.")
    return RunSuspended(unit.handle(decision.run), outcome_of(unit, decision.run, wait))


def suspend(unit: Unit, run: Run, request: SuspendRun) -> Accepted | Replayed:
    """Open a wait that no line of the flow asks for, and on which everything stops."""
    top = top_of(unit, run)
    if top.id != run.id:
        top = unit.run(top.id, request.key)
    key = request.key or str(unit.means.new_id())
    facts = unit.tx.run_facts(top.id)
    title = f"{facts.flow_name if facts is not None else 'The flow'} was suspended"
    asked = OpenWait(
        top.id,
        top.entry,
        key,
        WaitKind.HOLD,
        request.title or title,
        request.form,
        request.timeout,
        request.on_deadline,
        request.default,
        until=request.until,
    )
    why = why_not_again(unit, top)
    event = Event(
        Kind.SUSPEND,
        unit.actor,
        wait=replace(new_wait(unit, asked), taken=True),
        key=request.key,
        alive=unit.alive(top),
        reentrant=why is None,
        message=why,
    )
    return unit.carry(top, event)


def cancel_run(unit: Unit, request: CancelRun) -> RunHandle:
    return unit.handle(cancel(unit, unit.run(request.run_id)).run)


def cancel(
    unit: Unit, run: Run, name: str | None = None, message: str | None = None
) -> Accepted | Replayed:
    alive = unit.alive(run)
    event = Event(Kind.CANCEL, unit.actor, name=name, message=message, alive=alive)
    return unit.carry(run, event)


def rerun_run(unit: Unit, request: RerunRun) -> RunHandle:
    decision = rerun(unit, unit.run(request.run_id))
    return unit.handle(decision.run, needs_entry=_needs_entry(decision))


def rerun(unit: Unit, run: Run, scheduled: int | None = None) -> Accepted | Replayed:
    facts = unit.tx.run_facts(run.id)
    record = facts.entry_record if facts is not None else None
    event = Event(
        Kind.RERUN,
        unit.actor,
        scheduled=scheduled,
        alive=False,
        reentrant=record is not None and record.refusal is None,
    )
    return unit.carry(run, event)


def _needs_entry(decision: Accepted | Replayed) -> bool:
    return isinstance(decision, Accepted) and decision.needs_entry


def delete_run(unit: Unit, request: DeleteRun) -> Done:
    """Delete the run; whoever waits in it, or works on it or on its children, is told."""
    run = unit.locked(request.run_id)
    # Cancelling closes the waits, tells the waiters and the parent, and takes children along.
    cancelled = unit.attempt(run, Event(Kind.CANCEL, unit.actor, alive=unit.alive(run)))
    unit.tell_owner(run if cancelled is None else cancelled.run)
    unit.wrote = True
    unit.tx.delete_run(run.id)
    return Done()


def update_run(unit: Unit, request: UpdateRun) -> Done:
    if request.name is not None and not request.name.strip():
        raise InvalidRequest("The name of a run must not be empty.", {"errors": ["name"]})
    if unit.tx.lock_run(request.run_id) is None:
        raise ObjectNotFound(f"There is no flow run {request.run_id}.")
    parameters = None if request.parameters is None else json.dumps(dict(request.parameters))
    unit.wrote = True
    unit.tx.update_run(request.run_id, request.name, request.tags, parameters)
    return Done()


HANDLERS: Handlers = {
    HoldRun: hold_run,
    SuspendRun: suspend_run,
    CancelRun: cancel_run,
    RerunRun: rerun_run,
    DeleteRun: delete_run,
    UpdateRun: update_run,
}
