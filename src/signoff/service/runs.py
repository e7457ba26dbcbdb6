"""The life of a run, as the process that works on it reports it.

Owns registering processes, creating, starting, entering and ending runs, and their attempts. Must
not know which changes are legal: `core.transitions` decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from signoff.core import waiting
from signoff.core.standing import holds_slot
from signoff.core.transitions import decide
from signoff.model.commands import (
    BeginAttempt,
    CreateRun,
    EnterRun,
    FinishRun,
    LeaveRun,
    RegisterProcess,
    RetryAttempt,
    StartRun,
)
from signoff.model.errors import (
    InvalidRequest,
    ObjectAlreadyExists,
    ObjectNotFound,
    TransitionRefused,
)
from signoff.model.events import Accepted, Event, Kind
from signoff.model.journal import Liveness, NewRun
from signoff.model.replies import Done, EnteredRun, RunHandle
from signoff.model.runs import Phase, Run
from signoff.service.lookups import journal_of
from signoff.service.table import Handlers
from signoff.service.unit import Unit, handle_of

_ENDS: Mapping[Phase, Kind] = {
    Phase.COMPLETED: Kind.COMPLETE,
    Phase.FAILED: Kind.FAIL,
    Phase.CANCELLED: Kind.STOP,
    Phase.CRASHED: Kind.CRASH,
}


def register_process(unit: Unit, request: RegisterProcess) -> Done:
    process = request.process
    leased = process.liveness is Liveness.LEASE
    lease_until = unit.now + unit.means.lease if leased else None
    unit.tx.put_process(process, lease_until, unit.now)
    return Done()


def create_run(unit: Unit, request: CreateRun) -> RunHandle:
    event = Event(
        Kind.CREATE, unit.actor, phase=request.phase, scheduled=request.scheduled, alive=False
    )
    return _new(unit, request.run, event)


def start_run(unit: Unit, request: StartRun) -> RunHandle:
    event = Event(Kind.START, unit.actor, owner=request.process_id)
    handle = _new(unit, request.run, event)
    if request.call is not None:
        unit.tx.start_tasks((request.call,))
    return handle


def _new(unit: Unit, new: NewRun, event: Event) -> RunHandle:
    """Store a run that the event creates; a request that comes twice gets the same reply."""
    if new.secret_schema is not None:
        new = import_module("signoff.service.sealing").sealed_run(unit, new)
    flow_id = unit.tx.flow_id(new.flow_name, unit.now, unit.means.new_id)
    decision = decide(_absent(new, unit.now), event, unit.now)
    if not isinstance(decision, Accepted):
        raise InvalidRequest(f"A run cannot begin with {event.kind.value!r}.")
    run = decision.run
    if unit.tx.insert_run(new, run, flow_id, unit.actor, unit.now):
        unit.wrote = True
        unit.tell_claimers(decision)
        unit.tx.append_history(run, event.kind, unit.actor, unit.now)
        return handle_of(run, flow_id, new.name, created=True)
    known = unit.tx.lock_run(new.id)
    if known is not None:
        # The id was made by the sender: the same id is the same request.
        return unit.handle(unit.carry(known, event).run, created=True)
    key = new.idempotency_key
    first = unit.tx.find_idempotent(flow_id, key) if key is not None else None
    if first is None:
        raise ObjectAlreadyExists(f"Flow run {new.id} cannot be stored: its id is taken.")
    return unit.handle(unit.locked(first))


def _absent(new: NewRun, now: int) -> Run:
    return Run(
        id=new.id,
        phase=Phase.ABSENT,
        name="",
        message=None,
        since=now,
        version=0,
        entry=0,
        attempt=1,
        begun=False,
        hold=False,
        scheduled=None,
        owner=None,
        parent=new.parent_run_id,
        deployment=new.deployment_id,
    )


def enter_run(unit: Unit, request: EnterRun) -> EnteredRun:
    run = unit.run(request.run_id)
    event = Event(
        Kind.ENTER,
        unit.actor,
        owner=request.process_id,
        claimer=request.claimed_by,
        alive=unit.alive(run),
    )
    if run.deployment is not None:
        _check_place(unit, run, event)
    entered = unit.carry(run, event).run
    new, facts = unit.tx.new_run(run.id), unit.tx.run_facts(run.id)
    if new is None or facts is None:
        raise ObjectNotFound(f"There is no flow run {run.id}.")
    record = new.entry_record
    if run.deployment is not None or (record is not None and record.is_document):
        # Only their parameters may be sealed; loaded on first use.
        new = import_module("signoff.service.sealing").opened_run(unit, new)
    handle = handle_of(entered, facts.flow_id, facts.name)
    expected = facts.created if run.scheduled is None else run.scheduled
    begun = unit.tx.begun(run.id, run.attempt) if run.entry else ()
    return EnteredRun(handle, new, journal_of(unit, run.id), expected, begun)


def _check_place(unit: Unit, run: Run, event: Event) -> None:
    """A claimer has taken a place for the run; whoever enters without one needs a free place."""
    decision = decide(run, event, unit.now)
    if not isinstance(decision, Accepted) or holds_slot(run.phase, run.owner):
        return
    if not holds_slot(decision.run.phase, decision.run.owner):
        return
    # Loaded on first use: most runs belong to no deployment.
    limit = import_module("signoff.service.places").full(unit, run)
    if limit is not None:
        raise TransitionRefused(
            f"Flow run {run.id} cannot be started: {limit[0]} runs of its deployment are being "
            "worked on, as many as its concurrency limit allows. It starts when one of them ends "
            "or waits."
        )


def begin_attempt(unit: Unit, request: BeginAttempt) -> RunHandle:
    run = unit.locked(request.run_id)
    event = Event(Kind.BEGIN, unit.actor, entry=request.entry)
    return unit.handle(unit.carry(run, event).run)


def retry_attempt(unit: Unit, request: RetryAttempt) -> RunHandle:
    run = unit.locked(request.run_id)
    event = Event(
        Kind.RETRY,
        unit.actor,
        entry=request.entry,
        scheduled=request.scheduled,
        message=request.message,
    )
    return unit.handle(unit.carry(run, event).run)


def leave_run(unit: Unit, request: LeaveRun) -> RunHandle:
    run = unit.run(request.run_id)
    decision = unit.carry(run, Event(Kind.LEAVE, unit.actor, entry=request.entry, alive=False))
    needs_entry = isinstance(decision, Accepted) and decision.needs_entry
    if decision.run.open_waits and waiting.worth_entering(decision.run):
        # One branch was answered while the process left for another that still waits.
        needs_entry = True
    return unit.handle(decision.run, needs_entry=needs_entry)


def finish_run(unit: Unit, request: FinishRun) -> RunHandle:
    kind = _ENDS.get(request.phase)
    if kind is None:
        ends = ", ".join(phase.value for phase in _ENDS)
        raise InvalidRequest(f"A run ends as one of {ends}, not as {request.phase.value!r}.")
    run = unit.locked(request.run_id)
    event = Event(kind, unit.actor, entry=request.entry, name=request.name, message=request.message)
    return unit.handle(unit.carry(run, event, request.result).run)


HANDLERS: Handlers = {
    RegisterProcess: register_process,
    CreateRun: create_run,
    StartRun: start_run,
    EnterRun: enter_run,
    BeginAttempt: begin_attempt,
    RetryAttempt: retry_attempt,
    LeaveRun: leave_run,
    FinishRun: finish_run,
}
