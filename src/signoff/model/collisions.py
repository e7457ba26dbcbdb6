"""What happens to a run that finds no free slot."""

from __future__ import annotations

from enum import StrEnum


class ConcurrencyLimitStrategy(StrEnum):
    """What happens to a run that finds no free slot of its deployment."""

    ENQUEUE = "ENQUEUE"
    """It waits for one (AwaitingConcurrencySlot)."""
    CANCEL_NEW = "CANCEL_NEW"
    """It is cancelled."""
    FAIL_NEW = "FAIL_NEW"
    """It has failed."""
