"""Documented import path: events that user code emits."""

from signoff.authoring.emitting import emit_event
from signoff.model.emitted import Event, RelatedResource, Resource

__all__ = ["Event", "RelatedResource", "Resource", "emit_event"]


def __getattr__(name: str) -> object:
    from signoff.model.absent import advice

    said = advice(f"signoff.events.{name}")
    if said is not None:
        raise ImportError(f"cannot import name {name!r} from 'signoff.events': {said}")
    raise AttributeError(f"module 'signoff.events' has no attribute {name!r}")
