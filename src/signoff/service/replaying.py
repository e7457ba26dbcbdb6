"""Repeating a run from one of its tasks on: a new run that begins with part of a journal."""

from __future__ import annotations

from dataclasses import replace

from signoff.core.replaying import kept_before
from signoff.engine.names import run_name
from signoff.model.commands import CreateRun
from signoff.model.errors import InvalidRequest, ObjectNotFound
from signoff.model.journal import NewRun
from signoff.model.replaying import ORIGINAL, ReplayRun
from signoff.model.replies import RunHandle
from signoff.model.runs import Phase
from signoff.service.runs import create_run
from signoff.service.table import Handlers
from signoff.service.unit import Unit


def replay_run(unit: Unit, request: ReplayRun) -> RunHandle:
    known = unit.tx.lock_run(request.new_id)
    if known is not None:
        return unit.handle(known, created=True)
    first = unit.tx.new_run(request.run_id)
    if first is None:
        raise ObjectNotFound(f"There is no flow run {request.run_id}.")
    if first.entry_record is None or first.entry_record.refusal is not None:
        why = first.entry_record.refusal if first.entry_record is not None else None
        raise InvalidRequest(
            f"Flow run {request.run_id} cannot be repeated, because no process can load its flow: "
            f"{why or 'it was made without telling how'}. Call the flow again instead."
        )
    kept = kept_before(unit.tx.journal(request.run_id), request.from_task)
    new = _repeated(first, request)
    handle = create_run(unit, CreateRun(new, Phase.SCHEDULED, unit.now))
    for record in kept:
        id = unit.means.new_id()
        unit.tx.finish_task(replace(record, id=id, run_id=new.id, entry=0, attempt=1))
    trigger = unit.tx.saved_flows.what_started(request.run_id)
    if trigger is not None:
        unit.tx.saved_flows.started_by(new.id, trigger)
    # A worker starts what belongs to a pool; anything else is started by whoever asked.
    return replace(handle, needs_entry=new.work_pool is None)


def _repeated(first: NewRun, request: ReplayRun) -> NewRun:
    mark = f"{ORIGINAL}:"
    original = next((tag for tag in first.tags if tag.startswith(mark)), mark + str(first.id))
    return replace(
        first,
        id=request.new_id,
        name=run_name(),
        tags=tuple(sorted({*first.tags, original})),
        parent_run_id=None,
        parent_task_run_id=None,
        journal_key=None,
        idempotency_key=None,
        schedule_id=None,
    )


HANDLERS: Handlers = {ReplayRun: replay_run}
