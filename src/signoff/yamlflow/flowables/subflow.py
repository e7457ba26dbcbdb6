"""Subflow: running another saved flow."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from signoff.core.moments import parse_datetime
from signoff.engine.frames import current_tags
from signoff.model.errors import ExpressionError, ObjectNotFound
from signoff.model.filters import FlowRunFilter, FlowRunFilterTags
from signoff.model.lookups import ReadEntry
from signoff.model.queries import ReadRuns
from signoff.model.saved_flows import ReadRevision, ReadSavedFlow
from signoff.model.starting import StartFlow
from signoff.model.states import State
from signoff.model.waits import WaitKind, WaitStatus
from signoff.yamlflow.document import Document
from signoff.yamlflow.flowables.asking import ask, withdrawn
from signoff.yamlflow.inputs import nested, value_at
from signoff.yamlflow.running.ids import derived_id
from signoff.yamlflow.running.labels import tags_of
from signoff.yamlflow.running.life import task_run_id
from signoff.yamlflow.running.logger import logger_of
from signoff.yamlflow.running.outcome import STATES, Outcome, TaskEnded, Verdict
from signoff.yamlflow.running.secrecy import holds, masked_in
from signoff.yamlflow.running.visit import Visit

CORRELATION = "system.correlationId"
"""Label that a run shares with those that it starts: the id of the first of them."""
_STARTED_BY = "system.taskRunId"
"""Label of a run that another one started: the task run it stands for there."""


def subflow(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run another flow, and wait for its end when the task says so."""
    labels = _labels(visit, properties)
    inputs = dict(properties.get("inputs") or {})
    scheduled = _scheduled(properties)
    if not properties.get("wait", True):
        return _started(visit, properties, inputs, labels, scheduled)
    if scheduled is not None and not _is_time(visit, scheduled):
        return withdrawn()
    labels[_STARTED_BY] = _task_run(visit)
    failed = _failed_before(visit) if _runs_failed_again(properties) else None
    flow = _flow(visit, properties, labels) if failed is None else _flow_of(visit, failed)
    _warn(visit, flow.document, inputs)
    token = current_tags.set(frozenset(tags_of(labels)))
    try:
        state: State[Any]
        if failed is None:
            state = flow(return_state=True, **inputs)
        else:
            state = flow.go_on(failed, inputs)
    finally:
        current_tags.reset(token)
    return _outcome(visit, properties, state)


def _warn(visit: Visit, document: Document, inputs: Mapping[str, Any]) -> None:
    """Say which secrets the other flow keeps readable, because it takes them for plain values."""
    secrets = visit.execution.masked
    if not holds(inputs, secrets):
        return
    given = nested(inputs)
    for one in document.inputs:
        plain = "SECRET" not in (one.type, one.item_type)
        if plain and holds(value_at(given, one.id.split(".")), secrets):
            logger_of(visit).warning(
                "Input %r of %s/%s is given a secret, and keeps it readable; make it an input of "
                "type SECRET there.",
                *(one.id, document.namespace, document.id),
            )


def _warn_of_saved(visit: Visit, properties: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
    """The same, of a flow that others run."""
    if not holds(inputs, visit.execution.masked):
        return
    stored = importlib.import_module("signoff.yamlflow.stored")
    _warn(visit, stored.flow_by_text(_text(visit, properties)).document, inputs)


def _scheduled(properties: Mapping[str, Any]) -> datetime | None:
    """When the other flow shall start; None for at once.

    Raises:
        TaskEnded: `scheduleDate` is no moment.
    """
    written = str(properties.get("scheduleDate") or "")
    if not written:
        return None
    when = parse_datetime(written)
    if when is None:
        message = (
            f"Property `scheduleDate` must be a date and time such as 2026-03-01T09:30:00Z, got "
            f"{written!r}."
        )
        raise TaskEnded(Outcome(Verdict.FAILED, message=message))
    return when if when.tzinfo is not None else when.replace(tzinfo=UTC)


def _is_time(visit: Visit, when: datetime) -> bool:
    """Wait until a moment; False when nobody needs the other flow any more."""
    rest = (when - datetime.now(UTC)).total_seconds()
    if rest <= 0:
        return True
    title = f"{visit.execution.document.id}: {visit.node.id} starts later"
    reply, _ = ask(visit, WaitKind.TIMER, title, None, rest)
    return reply.status is not WaitStatus.WITHDRAWN


def _task_run(visit: Visit) -> str:
    return str(visit.task.id) if visit.task is not None else ""


def _labels(visit: Visit, properties: Mapping[str, Any]) -> dict[str, str]:
    """Labels of the other run, those of its own document aside."""
    execution, given = visit.execution, properties.get("labels") or {}
    if not isinstance(given, Mapping):
        given = {each["key"]: each["value"] for each in given}
    inherited = execution.labels if properties.get("inheritLabels") else {}
    own = {key: value for key, value in inherited.items() if not key.startswith("system.")}
    first = execution.labels.get(CORRELATION) or execution.id
    written = {str(key): str(value) for key, value in given.items()}
    return {**own, **masked_in(written, execution.masked), CORRELATION: first}


def _flow(visit: Visit, properties: Mapping[str, Any], labels: Mapping[str, str]) -> Any:
    """The flow that is run: the one this task began with, also when another text was saved since.

    Raises:
        TaskEnded: there is no such flow.
    """
    execution = visit.execution
    # Loaded on first use: `flows` makes use of this room.
    stored = importlib.import_module("signoff.yamlflow.stored")
    if execution.frame.entry > 1:
        for run_id in _runs_for(visit, labels[_STARTED_BY]):
            return _flow_of(visit, run_id)
    return stored.flow_by_text(_text(visit, properties))


def _runs_failed_again(properties: Mapping[str, Any]) -> bool:
    return bool(properties.get("restartBehavior", "RETRY_FAILED") == "RETRY_FAILED")


def _failed_before(visit: Visit) -> UUID | None:
    """The run that an earlier attempt of this one began here, and that did not end well."""
    task, frame = visit.task, visit.execution.frame
    if task is None or task.run_count > 1:
        return None
    for attempt in range(frame.attempt - 1, 0, -1):
        for run_id in _runs_for(visit, str(task_run_id(frame, task.step, attempt))):
            return run_id
    return None


def _runs_for(visit: Visit, task_run: str) -> list[UUID]:
    """The run that a task run began, when there is one whose document is kept."""
    gateway = visit.execution.frame.gateway
    known = FlowRunFilter(tags=FlowRunFilterTags(all_=list(tags_of({_STARTED_BY: task_run}))))
    runs = (run.id for run in gateway.send(ReadRuns(flow_runs=known, limit=1)))
    entries = ((run_id, gateway.send(ReadEntry(run_id))) for run_id in runs)
    return [run_id for run_id, record in entries if record is not None and record.is_document]


def _flow_of(visit: Visit, run_id: UUID) -> Any:
    """The flow of a run, with the text it began with."""
    stored = importlib.import_module("signoff.yamlflow.stored")
    record = visit.execution.frame.gateway.send(ReadEntry(run_id))
    assert record is not None
    return getattr(stored, record.qualname)


def _text(visit: Visit, properties: Mapping[str, Any]) -> str:
    namespace, flow_id = str(properties["namespace"]), str(properties["flowId"])
    revision, gateway = properties.get("revision"), visit.execution.frame.gateway
    try:
        if revision is not None:
            found = gateway.send(ReadRevision(namespace, flow_id, int(revision)))
        else:
            found = gateway.send(ReadSavedFlow(namespace, flow_id)).latest
    except ObjectNotFound as error:
        message = f"Task {visit.node.id!r} cannot run {namespace}/{flow_id}: {error}"
        raise TaskEnded(Outcome(Verdict.FAILED, message=message)) from None
    return found.source or ""


def _outcome(visit: Visit, properties: Mapping[str, Any], state: State[Any]) -> Outcome:
    verdict = _verdict(state)
    values = state.result(raise_on_failure=False) if state.is_completed() else {}
    found = values if isinstance(values, Mapping) else {}
    wanted = properties.get("outputs")
    # Of one that failed there are none, and its failure is what there is to tell.
    if wanted and not verdict.stops:
        found = _made_of(visit, wanted, found)
    outputs = {
        "executionId": str(state.state_details.flow_run_id),
        "state": str(verdict),
        "outputs": found,
    }
    if properties.get("transmitFailed", True):
        ends = verdict if verdict in (Verdict.KILLED, Verdict.CANCELLED) else None
        return Outcome(verdict, outputs, message=state.message, ends=ends)
    return Outcome(Verdict.SUCCESS, outputs)


def _made_of(visit: Visit, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Any:
    """The outputs that the task itself makes of the other flow's.

    Raises:
        TaskEnded: they cannot be had.
    """
    try:
        return visit.execution.render_tree(wanted, True, {**visit.variables(), "outputs": found})
    except ExpressionError as error:
        message = f"Task {visit.node.id!r} ({visit.node.mark}): property 'outputs': {error}"
        raise TaskEnded(Outcome(Verdict.FAILED, message=message)) from None


def _verdict(state: State[Any]) -> Verdict:
    """How the other run ended, in the words of the language."""
    for verdict, (kind, name) in STATES.items():
        if state.type is kind and name == state.name:
            return verdict
    plain = {kind: verdict for verdict, (kind, name) in STATES.items() if not name}
    return plain.get(state.type, Verdict.FAILED)


def _started(
    visit: Visit,
    properties: Mapping[str, Any],
    inputs: Mapping[str, Any],
    labels: Mapping[str, str],
    scheduled: datetime | None,
) -> Outcome:
    """Have workers run the other flow; this run does not wait for it."""
    _warn_of_saved(visit, properties, inputs)
    request = StartFlow(
        str(properties["namespace"]),
        str(properties["flowId"]),
        # Derived from the task run, so that a task that is run again starts no second run.
        derived_id(visit.task.id, "subflow") if visit.task is not None else None,
        inputs,
        tags=tags_of(labels),
        scheduled=None if scheduled is None else int(scheduled.timestamp() * 1_000_000),
    )
    try:
        handle = visit.execution.frame.gateway.send(request)
    except ObjectNotFound as error:
        raise TaskEnded(Outcome(Verdict.FAILED, message=str(error))) from None
    return Outcome(outputs={"executionId": str(handle.run_id), "state": "CREATED", "outputs": {}})
