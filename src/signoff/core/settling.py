"""What phase follows from the waits of a run, and what its state is called.

Part of the rules of `transitions.py`: it owns what holds after every event, whichever it was.
"""

from __future__ import annotations

from signoff.core import waiting
from signoff.core.changing import replace
from signoff.model.actors import SERVICE
from signoff.model.events import Event, Kind
from signoff.model.runs import FINAL, Phase, Run


def settled(run: Run, event: Event, now: int) -> Run:
    """A run waits exactly while a wait is open; then a living process goes on, or a new one.

    A process goes on only with a place where its deployment limits them; until then it is queued.

    Two things only look like exceptions. A run that was suspended from outside is Running until
    its process has heard of it. A called run leaves with the run that called it, whatever it waits
    for itself.
    """
    if run.phase not in LIVELY:
        return replace(run, suspend=False) if run.suspend else run
    suspend = waiting.imposed(run) is not None
    phase = _waits(run, suspend) or _goes_on(run, event)
    if (phase, suspend) == (run.phase, run.suspend):
        return run
    if phase is Phase.RESUMING:
        run = replace(run, scheduled=now)
    return into(replace(run, suspend=suspend), phase, PLAIN)


def _waits(run: Run, suspend: bool) -> Phase | None:
    """How a run waits; None when it waits for nothing."""
    if not run.open_waits:
        return None
    if run.phase is Phase.SUSPENDED or (suspend and run.owner is None):
        return Phase.SUSPENDED
    if run.phase is not Phase.QUEUED and all(map(waiting.is_imposed, run.open_waits)):
        return Phase.RUNNING
    return Phase.SUSPENDED if suspend else Phase.PAUSED


def _goes_on(run: Run, event: Event) -> Phase:
    """What follows when nothing is waited for any more."""
    if run.phase in (Phase.RUNNING, Phase.QUEUED):
        return run.phase
    if event.alive and run.owner is not None:
        return Phase.QUEUED if event.crowded else Phase.RUNNING
    left = event.kind is Kind.LEAVE and run.parent is not None
    return Phase.SUSPENDED if left else Phase.RESUMING


PLAIN = Event(Kind.BEGIN, SERVICE)
"""An event that carries no state name and no message of its own."""


def into(run: Run, phase: Phase, event: Event) -> Run:
    """`run` in `phase`, under the state name and message the event gives or the phase's own."""
    return replace(
        run,
        phase=phase,
        name=event.name or _name(run, phase),
        message=event.message,
        owner=None if phase in FINAL or phase in UNBEGUN else run.owner,
        hold=False if phase in FINAL else run.hold,
        scheduled=run.scheduled if phase in _SCHEDULED else None,
    )


def _name(run: Run, phase: Phase) -> str:
    """The name of a state that nobody gave another; some say what is about to happen."""
    if phase is Phase.RUNNING and (run.suspend or run.hold):
        return SUSPENDING if run.suspend else PAUSING
    leaves = phase is Phase.SUSPENDED and run.owner is not None
    return SUSPENDING if leaves else phase.state_name


PAUSING = "Pausing"
"""Name of the state of a run that goes on until its next task boundary and waits there."""
SUSPENDING = "Suspending"
"""Name of the state of a run whose process has not stopped yet, to let it wait without one."""
LIVELY = (Phase.RUNNING, Phase.PAUSED, Phase.SUSPENDED, Phase.QUEUED)
"""Phases in which a run goes on or waits, whichever its waits say."""
UNBEGUN = (Phase.SCHEDULED, Phase.PENDING, Phase.RESUMING)
"""Phases in which no process works on the run."""
_SCHEDULED = frozenset({Phase.SCHEDULED, Phase.RESUMING, Phase.RETRYING})
