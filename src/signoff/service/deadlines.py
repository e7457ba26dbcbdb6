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
    with units.write(SERVICE) as unit:
        due = unit.tx.due_waits(unit.now, BATCH)
        run_ids = list(dict.fromkeys([*first, *(run_id for run_id, _ in due)]))
        _expire(unit, run_ids)
    return frozenset(run_ids)


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
