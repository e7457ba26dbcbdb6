"""What a run is called that is due, and that nobody has started: for want of a place, or at all.

Part of the rules of `transitions.py`. Owns the names; must not know when a run counts as late.
"""

from __future__ import annotations

from signoff.core.changing import replace
from signoff.model.events import Decision, Event, Replayed
from signoff.model.runs import Phase, Run

LATE = "Late"
"""Name of the state of a run that should have been started, or entered again, a while ago."""
AWAITING_SLOT = Phase.QUEUED.state_name
"""Name of the state of a run that is due and finds no free place."""


def queued(run: Run, event: Event, now: int) -> Run:
    return replace(run, name=AWAITING_SLOT)


def not_queued_yet(run: Run, event: Event, now: int) -> Decision | None:
    return Replayed(run) if run.name == AWAITING_SLOT else None


def late(run: Run, event: Event, now: int) -> Run:
    return replace(run, name=LATE)


def not_late_yet(run: Run, event: Event, now: int) -> Decision | None:
    return Replayed(run) if run.name == LATE else None
