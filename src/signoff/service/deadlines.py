"""Applying due deadlines where nobody asked about the run.

A deadline fires exactly once, because expiring a wait is an event like any other: decided on the
locked run. Whoever comes first applies it; everybody else finds the wait closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from signoff.model.actors import SERVICE
from signoff.model.errors import ObjectNotFound
from signoff.service.unit import Unit
from signoff.service.units import Units

BATCH = 100
"""Runs settled in one commit, so that others never wait long for their turn."""


def expire_some(units: Units, first: Iterable[UUID] = ()) -> frozenset[UUID]:
    """Apply the oldest due deadlines, in one commit; returns the runs that were looked at.

    Args:
        first: runs whose deadlines are applied in any case.
    """
    asked = tuple(first)

    def work(unit: Unit) -> frozenset[UUID]:
        due = unit.tx.due_waits(unit.now, BATCH)
        run_ids = frozenset((*asked, *(run_id for run_id, _ in due)))
        # Always in one order, so that two who do this at once do not wait for each other.
        _expire(unit, sorted(run_ids))
        return run_ids

    return units.change(SERVICE, True, work)


def expire_all(units: Units) -> None:
    """Apply every due deadline, a batch at a time."""
    seen: set[UUID] = set()
    while True:
        with units.read(SERVICE) as unit:
            due = unit.tx.due_waits(unit.now, 1)
        if not due:
            return
        done = expire_some(units)
        if done <= seen:
            # What is left does not go away by being looked at again.
            return
        seen |= done


def _expire(unit: Unit, run_ids: Iterable[UUID]) -> None:
    for run_id in run_ids:
        try:
            unit.run(run_id)
        except ObjectNotFound:
            continue
