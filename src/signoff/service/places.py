"""The places of a deployment with a concurrency limit.

Owns who has one: every run that a process works on or is started for, and none that waits, unless
its deployment holds their places. A run that waits takes a place again before it goes on: with the
claim for its next process, or in the process that waits, which is held back until it is admitted.
So the limit is exact whatever waits or dies: the deployment is locked while its places are counted.
Must not know which runs may be claimed.
"""

from __future__ import annotations

from uuid import UUID

from signoff.model.collisions import ConcurrencyLimitStrategy
from signoff.model.events import Event, Kind
from signoff.model.runs import Phase, Run
from signoff.service.unit import Unit

FULL = "The concurrency limit of its deployment, {limit}, was reached."


def takes_place(unit: Unit, run: Run) -> bool:
    """Whether a process may have the run now. A run that may not waits for a place
    (AwaitingConcurrencySlot); one that has never begun is cancelled or has failed instead, where
    its deployment says so."""
    limit = full(unit, run)
    if limit is None:
        return True
    number, strategy = limit
    text = FULL.format(limit=number)
    if run.entry > 0 or strategy is ConcurrencyLimitStrategy.ENQUEUE:
        # Whoever answered a run that had begun counts on it to go on.
        unit.attempt(run, Event(Kind.QUEUE, unit.actor))
    elif strategy is ConcurrencyLimitStrategy.CANCEL_NEW:
        unit.attempt(run, Event(Kind.CANCEL, unit.actor, message=text, alive=False))
    else:
        failed = Event(Kind.FORCE, unit.actor, phase=Phase.FAILED, message=text, alive=False)
        unit.attempt(run, failed)
    return False


def full(unit: Unit, run: Run) -> tuple[int, ConcurrencyLimitStrategy] | None:
    """The limit that keeps a run from being worked on; None when there is a place."""
    if run.deployment is None:
        return None
    limit = unit.tx.deployments.limit(run.deployment)
    if limit is None:
        return None
    number, strategy, holds = limit
    return None if taken(unit, run, run.deployment, holds) < number else (number, strategy)


def taken(unit: Unit, run: Run, deployment_id: UUID, holds: bool) -> int:
    """How many places are taken as a run sees it.

    Where waiting runs keep theirs, that is for those that have not begun. One that has begun has a
    place of its own: were it kept back by others that wait, none of them might ever go on.
    """
    kept = holds and run.entry == 0
    return unit.tx.deployments.places_taken(deployment_id, run.id, kept)


def admit(unit: Unit, deployment_id: UUID) -> None:
    """Give free places to the runs that wait for one in their process, the longest first.

    One that somebody else has locked is passed over: it gets its place with the next sweep.
    """
    # First, so that whoever is counting at this moment has queued its run before they are listed.
    unit.tx.deployments.limit(deployment_id)
    for run_id in unit.tx.deployments.queued_runs(deployment_id):
        run = unit.tx.lock_free_run(run_id)
        if run is None:
            continue
        if full(unit, run):
            break
        unit.attempt(run, Event(Kind.ADMIT, unit.actor, alive=unit.alive(run)))
