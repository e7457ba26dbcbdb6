"""Flow triggers: what happened to runs since the last look, and starting runs because of it.

Owns that every event counts once: the cursor moves in the unit that makes the runs. Whether a
trigger fires is decided by whoever asks, for the service knows no expressions of documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from signoff.model.errors import RequestRefused
from signoff.model.events import HistoryEntry, Kind
from signoff.model.following import (
    Followed,
    FollowedTrigger,
    FollowRuns,
    FollowStart,
    FollowWork,
    ReadFollowWork,
    Seen,
)
from signoff.model.journal import ResultKind
from signoff.model.lookups import ReadResult
from signoff.model.runs import Phase
from signoff.model.saved_flows import SAVED, TriggerKind
from signoff.model.starting import StartFlow
from signoff.service.flow_starts import start_flow
from signoff.service.lookups import read_result
from signoff.service.paging import paged
from signoff.service.table import Handlers
from signoff.service.unit import Unit

CURSOR = "flow-triggers"

_STATES: Mapping[tuple[Phase, str], str] = {
    (Phase.COMPLETED, "Warning"): "WARNING",
    (Phase.COMPLETED, "Skipped"): "SKIPPED",
    (Phase.CANCELLED, "Killed"): "KILLED",
    (Phase.FAILED, "Retried"): "RETRIED",
}
_USUAL: Mapping[Phase, str] = {
    Phase.COMPLETED: "SUCCESS",
    Phase.FAILED: "FAILED",
    Phase.CRASHED: "FAILED",
    Phase.CANCELLED: "CANCELLED",
}
_ENDS = frozenset({*_STATES.values(), *_USUAL.values()})
_BY_KIND: Mapping[Kind, str] = {
    Kind.CREATE: "CREATED",
    Kind.START: "RUNNING",
    Kind.ENTER: "RUNNING",
    Kind.OPEN: "PAUSED",
    Kind.HOLD: "PAUSED",
    Kind.QUEUE: "QUEUED",
    Kind.RERUN: "RESTARTED",
    Kind.RETRY: "RETRYING",
}
_CHILD = "child:"


def read_follow_work(unit: Unit, query: ReadFollowWork) -> FollowWork:
    paged(query.limit, 0)
    rows = unit.tx.saved_flows.triggers_of_kind(TriggerKind.FLOW)
    if not rows:
        return FollowWork(0, 0)
    triggers = tuple(
        FollowedTrigger(each.namespace, each.flow, each.facts, each.since, each.state)
        for each in rows
    )
    known = unit.tx.saved_flows.cursor(CURSOR) or 0
    # Nobody has to look at what happened before the first of them was saved.
    after = max(known, min(each.since for each in triggers))
    events = unit.tx.events(after, query.limit)
    return FollowWork(
        after=known,
        upto=events[-1].seq if events else after,
        triggers=triggers,
        seen=tuple(_seen(unit, events)),
        more=len(events) == query.limit,
    )


def _seen(unit: Unit, events: tuple[HistoryEntry, ...]) -> Iterator[Seen]:
    for event in events:
        state = None if _goes_on_waiting(unit, event) else state_of(event)
        run = unit.tx.flow_run(event.run_id) if state is not None else None
        if state is None or run is None:
            continue
        namespace, flow = "", run.flow_name or ""
        if run.deployment_id is not None:
            deployment = unit.tx.deployments.get(run.deployment_id)
            name = None if deployment is None else deployment.labels.get(SAVED)
            if isinstance(name, str):
                namespace, _, flow = name.partition("/")
        yield Seen(
            seq=event.seq,
            at=event.at,
            run_id=event.run_id,
            namespace=namespace,
            flow=flow,
            revision=_revision(run.flow_version) if namespace else 0,
            state=state,
            tags=tuple(run.tags),
            outputs=_outputs(unit, event) if state in _ENDS else None,
        )


def _goes_on_waiting(unit: Unit, event: HistoryEntry) -> bool:
    """Whether a question that was open already is only put down with its process."""
    if event.kind is not Kind.OPEN:
        return False
    before = [
        each
        for each in unit.tx.history(event.run_id)
        if each.seq < event.seq and each.key == event.key
    ]
    return bool(before) and before[-1].kind is Kind.OPEN


def state_of(event: HistoryEntry) -> str | None:
    """The state that a run has reached by an event, as the YAML side names it; None when it has
    reached none that it had not before."""
    ended = _STATES.get((event.phase, event.name)) or _USUAL.get(event.phase)
    if ended is not None:
        return ended
    if event.kind is Kind.OPEN and (event.key or "").startswith(_CHILD):
        # The run goes on by itself: it is one that it called that waits.
        return None
    return _BY_KIND.get(event.kind)


def _revision(version: str | None) -> int:
    return int(version) if version is not None and version.isdecimal() else 0


def _outputs(unit: Unit, event: HistoryEntry) -> Any:
    """What a run gave back, where that is kept as JSON; nothing is ever unpickled here."""
    result = read_result(unit, ReadResult(event.run_id))
    if result.kind is not ResultKind.JSON or result.body is None:
        return None
    try:
        return json.loads(result.body)
    except ValueError:
        return None


def follow_runs(unit: Unit, request: FollowRuns) -> Followed:
    flows = unit.tx.saved_flows
    if (flows.cursor(CURSOR, lock=True) or 0) != request.after:
        return Followed(False)
    run_ids, refused = [], []
    for start in request.starts:
        try:
            with unit.tx.savepoint():
                run_ids.append(start_flow(unit, _start(start)).run_id)
        except RequestRefused as refusal:
            refused.append(
                f"Trigger {start.trigger_id} of {start.namespace}/{start.flow}: {refusal.message}"
            )
    rows = {
        (each.namespace, each.flow, each.facts.id): each
        for each in flows.triggers_of_kind(TriggerKind.FLOW)
    }
    for state in request.states:
        row = rows.get((state.namespace, state.flow, state.trigger_id))
        if row is not None:
            flows.remember(row, state.state)
    flows.move_cursor(CURSOR, request.upto)
    unit.wrote = True
    return Followed(True, tuple(run_ids), tuple(refused))


def _start(start: FollowStart) -> StartFlow:
    return StartFlow(
        start.namespace,
        start.flow,
        inputs=start.inputs,
        trigger=start.trigger,
        idempotency_key=f"trigger {start.namespace}/{start.flow} {start.trigger_id} {start.seq}",
    )


HANDLERS: Handlers = {ReadFollowWork: read_follow_work, FollowRuns: follow_runs}
