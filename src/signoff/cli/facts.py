"""What `--output json` says: one function per kind of thing, with stable field names.

Owns the names. `tests/cli` pins them: a field is added, never renamed or taken away. Times are
ISO 8601 in UTC, durations seconds.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from signoff.cli.moments import iso

if TYPE_CHECKING:
    from signoff.model.actors import Actor
    from signoff.model.emitted import Event
    from signoff.model.events import HistoryEntry
    from signoff.model.key_values import KeyFacts, KeyValue
    from signoff.model.replies import AnswerAccepted, InboxItem, RunHandle, WaitView
    from signoff.model.saved_flows import FlowRevision, SavedFlow
    from signoff.model.shared.artifacts import Artifact, ArtifactCollection
    from signoff.model.shared.limits import ConcurrencyLimit, GlobalConcurrencyLimit
    from signoff.model.shared.variables import Variable
    from signoff.model.views import Flow, FlowRun, Log, TaskRun

Facts = dict[str, Any]


def run_facts(run: FlowRun) -> Facts:
    """A flow run."""
    return {
        "id": str(run.id),
        "name": run.name,
        "flow_id": str(run.flow_id),
        "flow_name": run.flow_name,
        "flow_version": run.flow_version,
        "state_type": run.state_type,
        "state_name": run.state_name,
        "state_message": run.state.message if run.state else None,
        "state_timestamp": iso(run.state.timestamp) if run.state else None,
        "parameters": run.parameters,
        "tags": run.tags,
        "run_count": run.run_count,
        "entries": run.entries,
        "reentry": asdict(run.reentry) if run.reentry else None,
        "created": iso(run.created),
        "created_by": run.created_by,
        "expected_start_time": iso(run.expected_start_time),
        "start_time": iso(run.start_time),
        "end_time": iso(run.end_time),
        "total_run_time": run.total_run_time.total_seconds(),
        "parent_flow_run_id": str(run.parent_flow_run_id) if run.parent_flow_run_id else None,
    }


def flow_facts(flow: Flow, saved: SavedFlow | None = None) -> Facts:
    """A flow, and what is known of one written as YAML."""
    return {
        "id": str(flow.id),
        "name": flow.name,
        "tags": flow.tags,
        "created": iso(flow.created),
        "namespace": saved.latest.namespace if saved else None,
        "revision": saved.latest.revision if saved else None,
        "disabled": saved.disabled if saved else False,
    }


def task_facts(task: TaskRun) -> Facts:
    """A task run."""
    return {
        "id": str(task.id),
        "name": task.name,
        "task_key": task.task_key,
        "state_type": task.state_type,
        "state_name": task.state_name,
        "run_count": task.run_count,
        "start_time": iso(task.start_time),
        "end_time": iso(task.end_time),
        "total_run_time": task.total_run_time.total_seconds(),
        "flow_run_id": str(task.flow_run_id) if task.flow_run_id else None,
        "tags": task.tags,
        "state_message": task.state.message if task.state else None,
    }


def inbox_facts(item: InboxItem) -> Facts:
    """Something that waits for a person."""
    return {
        "run_id": str(item.run_id),
        "run_name": item.run_name,
        "flow_name": item.flow_name,
        "key": item.key,
        "kind": item.kind,
        "title": item.title,
        "opened_at": iso(item.opened_at),
        "deadline": iso(item.deadline),
        "on_deadline": item.on_deadline if item.deadline is not None else None,
        "alive": item.alive,
        "has_form": item.has_form,
    }


def wait_facts(wait: WaitView) -> Facts:
    """A wait with its form and, when it is answered, its answer."""
    form = wait.form
    return {
        **inbox_facts(wait.item),
        "status": wait.status,
        "description": form.description if form else None,
        "schema": dict(form.schema) if form else None,
        "initial": dict(form.initial) if form else None,
        "message": wait.message,
        "errors": [{"field": each.dotted, "message": each.message} for each in wait.errors],
        "answer": wait.answer,
        "answered_by": actor_facts(wait.answered_by),
        "closed_at": iso(wait.closed_at),
    }


def actor_facts(actor: Actor | None) -> Facts | None:
    """Somebody who did something, and from where."""
    if actor is None:
        return None
    return {
        "name": actor.name,
        "via": actor.via,
        "host": actor.host,
        "verified": actor.verified,
    }


def history_facts(entry: HistoryEntry) -> Facts:
    """One line of a run's history."""
    return {
        "at": iso(entry.at),
        "event": entry.kind,
        "state_type": entry.phase.state_type,
        "state_name": entry.name,
        "message": entry.message,
        "key": entry.key,
        "by": actor_facts(entry.actor),
        "reentry": asdict(entry.reentry) if entry.reentry else None,
    }


def event_facts(event: Event) -> Facts:
    """An event that user code has emitted."""
    return {
        "occurred": iso(event.occurred),
        "event": event.event,
        "resource": dict(event.resource.root),
        "related": [dict(each.root) for each in event.related],
        "payload": event.payload,
        "id": str(event.id),
        "follows": str(event.follows) if event.follows else None,
        "received": iso(event.received),
    }


def log_facts(log: Log) -> Facts:
    """One line of a log."""
    return {
        "timestamp": iso(log.timestamp),
        "level": log.level,
        "level_name": logging.getLevelName(log.level),
        "name": log.name,
        "message": log.message,
        "flow_run_id": str(log.flow_run_id) if log.flow_run_id else None,
        "task_run_id": str(log.task_run_id) if log.task_run_id else None,
    }


def handle_facts(handle: RunHandle, pid: int | None = None) -> Facts:
    """Where a run stands after a command; `pid` of the process started for it."""
    return {
        "run_id": str(handle.run_id),
        "name": handle.name,
        "state_type": handle.phase.state_type,
        "state_name": handle.state_name,
        "message": handle.message,
        "needs_entry": handle.needs_entry,
        "pid": pid,
    }


def answer_facts(accepted: AnswerAccepted, pid: int | None) -> Facts:
    """An accepted answer; `pid` of the process started to go on with the run."""
    return {
        "run_id": str(accepted.run_id),
        "key": accepted.key,
        "replayed": accepted.replayed,
        "state_type": accepted.phase.state_type,
        "state_name": accepted.phase.state_name,
        "answered_by": actor_facts(accepted.answered_by),
        "answered_at": iso(accepted.answered_at),
        "needs_entry": accepted.needs_entry,
        "pid": pid,
    }


def variable_facts(variable: Variable) -> Facts:
    """A variable."""
    return {
        "id": str(variable.id),
        "name": variable.name,
        "value": variable.value,
        "tags": variable.tags,
        "created": iso(variable.created),
        "updated": iso(variable.updated),
    }


def saved_flow_facts(flow: SavedFlow) -> Facts:
    """A flow written as YAML."""
    return {
        **revision_facts(flow.latest),
        "deployment_id": str(flow.deployment_id),
        "disabled": flow.disabled,
        "description": flow.description,
        "tags": list(flow.tags),
        "triggers": list(flow.triggers),
        "work_pool": flow.work_pool,
        "warnings": list(flow.warnings),
        "created": iso(flow.created),
        "updated": iso(flow.updated),
    }


def revision_facts(revision: FlowRevision) -> Facts:
    """One text of a flow written as YAML."""
    return {
        "namespace": revision.namespace,
        "flow": revision.flow,
        "revision": revision.revision,
        "digest": revision.digest,
        "by": revision.by,
        "via": revision.via,
        "at": iso(revision.at),
    }


def key_facts(pair: KeyFacts | KeyValue) -> Facts:
    """A key-value pair without its value."""
    return {
        "namespace": pair.namespace,
        "key": pair.key,
        "type": pair.kind.value,
        "created": iso(pair.created),
        "updated": iso(pair.updated),
        "expires": iso(pair.expires),
    }


def key_value_facts(pair: KeyValue) -> Facts:
    """A key-value pair."""
    return key_facts(pair) | {"value": pair.value}


def artifact_facts(artifact: Artifact | ArtifactCollection) -> Facts:
    """An artifact, or what is under a key as its newest version shows it."""
    latest = getattr(artifact, "latest_id", artifact.id)
    return {
        "id": str(latest),
        "key": artifact.key,
        "type": artifact.type,
        "description": artifact.description,
        "data": artifact.data,
        "metadata": artifact.metadata_,
        "flow_run_id": str(artifact.flow_run_id) if artifact.flow_run_id else None,
        "task_run_id": str(artifact.task_run_id) if artifact.task_run_id else None,
        "created": iso(artifact.created),
        "updated": iso(artifact.updated),
    }


def limit_facts(limit: GlobalConcurrencyLimit) -> Facts:
    """A global limit."""
    return {
        "id": str(limit.id),
        "name": limit.name,
        "limit": limit.limit,
        "active": limit.active,
        "active_slots": limit.active_slots,
        "slot_decay_per_second": limit.slot_decay_per_second,
        "created": iso(limit.created),
        "updated": iso(limit.updated),
    }


def tag_limit_facts(limit: ConcurrencyLimit) -> Facts:
    """The limit of a tag."""
    return {
        "id": str(limit.id),
        "tag": limit.tag,
        "concurrency_limit": limit.concurrency_limit,
        "active_slots": [str(each) for each in limit.active_slots],
        "created": iso(limit.created),
        "updated": iso(limit.updated),
    }
