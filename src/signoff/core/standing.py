"""What a process may do with a run it works on, given how the run stands.

Part of the rules of `transitions.py`, kept apart because processes that run user code need it
without the table.
"""

from __future__ import annotations

from enum import StrEnum

from signoff.model.runs import FINAL, Phase


class Standing(StrEnum):
    """What a process may do with a run it works on."""

    GO = "go"
    """Go on."""
    QUEUE = "queue"
    """Wait at the next task boundary, and with every answer, until there is a place."""
    HOLD = "hold"
    """Wait at the next task boundary."""
    SUSPEND = "suspend"
    """Stop at the next task boundary; the run will wait without a process."""
    STOP = "stop"
    """Stop and say so: the run is being cancelled."""
    GONE = "gone"
    """Stop without a word: the run ended, was deleted, or belongs to a newer process."""


AWAKE = (Standing.GO, Standing.HOLD, Standing.QUEUE)
"""Standings in which a process may sleep on."""


def standing(phase: Phase, entry: int, hold: bool, mine: int, suspend: bool = False) -> Standing:
    """What the process of entry number `mine` may do, given how the run stands."""
    if entry != mine or phase in FINAL or phase is Phase.ABSENT:
        return Standing.GONE
    if phase is Phase.CANCELLING:
        return Standing.STOP
    if suspend or phase is Phase.SUSPENDED:
        return Standing.SUSPEND
    if lacks_place(phase):
        return Standing.QUEUE
    return Standing.HOLD if hold else Standing.GO


def goes_on(phase: Phase) -> bool:
    """Whether a run that an earlier process left in `phase` can be gone on with as it is.

    A crash is no decision: the same attempt goes on, once `rerun` has said so.
    """
    return phase not in FINAL or phase is Phase.CRASHED


def awaits_somebody(phase: Phase) -> bool:
    """Whether a run in `phase` waits for an answer, or for a place to go on with one, so that its
    time limits stand still."""
    return phase in (Phase.PAUSED, Phase.SUSPENDED, Phase.QUEUED)


def awaits_process(phase: Phase) -> bool:
    """Whether a run in `phase` is for a process to take, once it is due and nobody has."""
    return phase in (Phase.SCHEDULED, Phase.PENDING, Phase.RESUMING, Phase.RETRYING)


def lacks_place(phase: Phase) -> bool:
    """Whether the process of a run in `phase` has to wait for a place before it goes on."""
    return phase is Phase.QUEUED


class Progress(StrEnum):
    """How far a run is that somebody started a process for, as its supervisor sees it."""

    COMING = "coming"
    """No process has entered it yet."""
    WORKING = "working"
    """Its process works."""
    WAITING = "waiting"
    """Its process waits, and loses nothing by being ended."""
    STOPPING = "stopping"
    """Its process has been told to stop."""
    OVER = "over"
    """It has ended, was deleted, or waits without a process."""


def progress(phase: Phase) -> Progress:
    """How far a run in `phase` is."""
    return _PROGRESS.get(phase, Progress.OVER)


_PROGRESS = {
    Phase.PENDING: Progress.COMING,
    Phase.RUNNING: Progress.WORKING,
    Phase.RETRYING: Progress.WORKING,
    Phase.PAUSED: Progress.WAITING,
    Phase.QUEUED: Progress.WAITING,
    Phase.CANCELLING: Progress.STOPPING,
}


def holds_slot(phase: Phase, owner: str | None) -> bool:
    """Whether a run counts against the limits of its deployment, pool and queue: while a process
    works on it or is on its way, and not while it waits for somebody or for a place."""
    return phase in _WORKING or (phase is Phase.PENDING and owner is not None)


def ends(before: Phase, after: Phase) -> bool:
    """Whether a run ends with this change, and with it whatever it kept."""
    return after in FINAL and before not in FINAL


def keeps_place(phase: Phase, owner: str | None, entry: int) -> bool:
    """Whether a run counts for those that have not begun, where waiting runs keep their place: from
    its beginning to its end."""
    return holds_slot(phase, owner) or (entry > 0 and phase not in FINAL)


_WORKING = frozenset({Phase.RUNNING, Phase.RETRYING, Phase.CANCELLING})
