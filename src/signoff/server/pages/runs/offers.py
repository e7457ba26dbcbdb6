"""What may be done to a run now.

Owns the words for each action. Whether one is legal says the rules table, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from signoff.core.settling import PAUSING, SUSPENDING
from signoff.core.transitions import RULES
from signoff.model.events import Kind
from signoff.model.runs import Phase


@dataclass(frozen=True, slots=True)
class Offer:
    """An action on a run.

    Args:
        name: last part of the address it is posted to.
        kind: the event it is.
        label: on the button.
        icon: which picture of `icons.html`.
        what: what happens then, in one sentence.
        there: phases and names of states in which a run is there already, or on its way.
        confirmed: it is asked for twice, because it cannot be taken back.
    """

    name: str
    kind: Kind
    label: str
    icon: str
    what: str
    there: frozenset[str]
    confirmed: bool = False


_OFFERS = (
    Offer(
        "retry",
        Kind.RERUN,
        "Retry",
        "again",
        "The run starts again. Tasks that have finished keep their results.",
        frozenset({Phase.RESUMING}),
    ),
    Offer(
        "pause",
        Kind.HOLD,
        "Pause",
        "pause",
        "The run stops before its next task, and goes on when somebody resumes it.",
        frozenset({Phase.PAUSED, PAUSING, SUSPENDING}),
    ),
    Offer(
        "suspend",
        Kind.SUSPEND,
        "Suspend",
        "moon",
        "The process ends before its next task; the run goes on in a new one when resumed.",
        frozenset({Phase.SUSPENDED, SUSPENDING}),
    ),
    Offer(
        "cancel",
        Kind.CANCEL,
        "Cancel",
        "stop",
        "The run ends, with every run it has called. This cannot be undone.",
        frozenset({Phase.CANCELLING}),
        confirmed=True,
    ),
)


def offers(phase: Phase, name: str | None) -> tuple[Offer, ...]:
    """What the rules allow a person to do to a run, the most useful first.

    Args:
        phase: where the run is in its life.
        name: of its state.
    """
    return tuple(
        each for each in _OFFERS if (phase, each.kind) in RULES and not each.there & {phase, name}
    )
