"""What a process must know of the runs it works on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from signoff.core.ports import Tx
from signoff.model.replies import RunSignal
from signoff.model.runs import Phase

NEWEST = 2**31 - 1
"""Version and entry of a run that is gone: newer than any its process has heard of."""


def signals(tx: Tx, run_ids: Sequence[UUID]) -> tuple[RunSignal, ...]:
    """Where the runs stand, in the given order; a deleted one is `absent`."""
    known = {signal.run_id: signal for signal in tx.signals(run_ids)}
    return tuple(
        known.get(run_id) or RunSignal(run_id, NEWEST, NEWEST, Phase.ABSENT, False)
        for run_id in run_ids
    )
