"""States as a person recognises them: a word, an icon and a tone; never a colour alone.

Owns the one table of them; `style.css` has a colour for every tone, in light and dark.
"""

from __future__ import annotations

from dataclasses import dataclass

from signoff.model.replies import InboxItem
from signoff.model.runs import Phase, phase_of
from signoff.model.state_types import StateType
from signoff.model.waits import WaitStatus


@dataclass(frozen=True, slots=True)
class Badge:
    """How a state looks.

    Args:
        word: its name.
        icon: which picture of `icons.html`.
        tone: `wait`, `go`, `good`, `bad`, `off` or `plan`.
    """

    word: str
    icon: str
    tone: str


_PHASES = {
    Phase.SCHEDULED: ("clock", "plan"),
    Phase.PENDING: ("dots", "plan"),
    Phase.RUNNING: ("play", "go"),
    Phase.PAUSED: ("pause", "wait"),
    Phase.SUSPENDED: ("moon", "wait"),
    Phase.RESUMING: ("again", "go"),
    Phase.RETRYING: ("again", "plan"),
    Phase.CANCELLING: ("stop", "off"),
    Phase.COMPLETED: ("check", "good"),
    Phase.FAILED: ("cross", "bad"),
    Phase.CANCELLED: ("stop", "off"),
    Phase.CRASHED: ("bolt", "bad"),
    Phase.ABSENT: ("dots", "off"),
}
_WAITS = {
    WaitStatus.OPEN: Badge("Waiting", "pause", "wait"),
    WaitStatus.ANSWERED: Badge("Answered", "check", "good"),
    WaitStatus.EXPIRED: Badge("Expired", "clock", "bad"),
    WaitStatus.WITHDRAWN: Badge("Withdrawn", "stop", "off"),
}


def of_phase(phase: Phase, name: str | None = None) -> Badge:
    """The badge of a run in a phase; `name` is what the flow calls the state."""
    icon, tone = _PHASES[phase]
    return Badge(name or phase.state_name, icon, tone)


def of_state(state_type: StateType | str | None, name: str | None) -> Badge:
    """The badge of a documented state."""
    if state_type is None:
        return of_phase(Phase.ABSENT, name or "Unknown")
    return of_phase(phase_of(StateType(state_type), name), name)


def of_wait(status: WaitStatus) -> Badge:
    """The badge of a wait."""
    return _WAITS[status]


def of_item(item: InboxItem) -> Badge:
    """Whether a process waits for the answer, or will be started by it."""
    return of_phase(Phase.PAUSED if item.alive else Phase.SUSPENDED)
