"""Documented import path: events that user code emits."""

from signoff.authoring.emitting import emit_event
from signoff.model.emitted import Event, RelatedResource, Resource

__all__ = ["Event", "RelatedResource", "Resource", "emit_event"]
