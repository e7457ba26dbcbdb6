"""`emit_event`: saying that something happened.

Owns what an event carries without being told: its time, its identity, and the run it came from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from signoff.engine.clock import new_id
from signoff.engine.frames import current_run, current_task
from signoff.gateway.connect import get_gateway
from signoff.model.emitted import ID, NAME, ROLE, EmitEvents, Event, RelatedResource, Resource


def emit_event(
    event: str,
    resource: Mapping[str, str] | Resource,
    occurred: datetime | None = None,
    related: Sequence[Mapping[str, str] | RelatedResource] | None = None,
    payload: Mapping[str, Any] | None = None,
    id: UUID | None = None,
    follows: Event | None = None,
    **kwargs: Any,
) -> Event:
    """Say that something happened. The event is put on record soon; nothing is waited for.

    Args:
        event: what happened: a name such as `invoice.paid`.
        resource: to what: labels, of which `signoff.resource.id` is required.
        occurred: when; now when left out.
        related: what else has to do with it: labels, of which `signoff.resource.id` and
            `signoff.resource.role` are required. The present run is added.
        payload: facts about it, as JSON.
        id: identifier; made when left out.
        follows: the event it came after.
        **kwargs: accepted as documented.

    Raises:
        ValueError: a name or a label is missing, or the payload is not JSON; the message says what.
    """
    try:
        json.dumps(dict(payload or {}), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The payload of event {event!r} is not JSON: {error}.") from None
    moment = occurred or datetime.now(UTC)
    made = Event(
        occurred=moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC),
        event=event,
        resource=resource if isinstance(resource, Resource) else Resource(resource),
        related=[*map(_related, related or ()), *_present()],
        payload=dict(payload or {}),
        id=id or new_id(),
        follows=follows.id if follows is not None else None,
    )
    run = current_run.get()
    gateway = run.gateway if run is not None else get_gateway()
    gateway.post(EmitEvents((made,)))
    return made


def _related(given: Mapping[str, str] | RelatedResource) -> RelatedResource:
    return given if isinstance(given, RelatedResource) else RelatedResource(dict(given))


def _present() -> list[RelatedResource]:
    """The run around the present line."""
    run, task = current_run.get(), current_task.get()
    if run is None:
        return []
    found = [
        (f"signoff.flow-run.{run.run_id}", "flow-run", run.name),
        (f"signoff.flow.{run.flow_id}", "flow", run.spec.name),
    ]
    if task is not None:
        found.insert(1, (f"signoff.task-run.{task.id}", "task-run", task.name))
    return [RelatedResource({ID: id, ROLE: role, NAME: name}) for id, role, name in found]
