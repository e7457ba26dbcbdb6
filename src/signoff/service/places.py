"""The places of a deployment with a concurrency limit.

Owns who has one: every unfinished run that a process has, from the moment it is claimed, also while
it waits in a living process. A suspended run, and one whose process died while it waited, has none
and takes one when it is claimed again. So the limit is exact whatever dies: the deployment is
locked while its places are counted. Must not know which runs may be claimed.
"""

from __future__ import annotations

from signoff.core.standing import only_waits
from signoff.model.collisions import ConcurrencyLimitStrategy
from signoff.model.events import Event, Kind
from signoff.model.runs import Run
from signoff.service.unit import Unit

FULL = "The concurrency limit of its deployment, {limit}, was reached."


def takes_place(unit: Unit, run: Run) -> bool:
    """Whether a process may have the run now. A run that may not waits for a place
    (AwaitingConcurrencySlot), or is cancelled, as its deployment says."""
    limit = full(unit, run)
    if limit is None:
        return True
    number, strategy = limit
    if strategy is ConcurrencyLimitStrategy.CANCEL_NEW:
        text = FULL.format(limit=number)
        unit.attempt(run, Event(Kind.CANCEL, unit.actor, message=text, alive=False))
    else:
        unit.attempt(run, Event(Kind.QUEUE, unit.actor))
    return False


def full(unit: Unit, run: Run) -> tuple[int, ConcurrencyLimitStrategy] | None:
    """The limit that keeps a run from being given to a process; None when there is a place."""
    if run.deployment is None:
        return None
    limit = unit.tx.deployments.limit(run.deployment)
    if limit is None:
        return None
    number, _ = limit
    taken = sum(
        not only_waits(phase) or unit.lives(owner)
        for run_id, owner, phase in unit.tx.deployments.in_hand(run.deployment)
        if run_id != run.id
    )
    return limit if taken >= number else None
