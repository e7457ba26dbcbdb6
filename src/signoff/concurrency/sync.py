"""Documented import path: limits in synchronous code."""

from signoff.authoring.concurrency import concurrency, rate_limit
from signoff.model.errors import (
    AcquireConcurrencySlotTimeoutError,
    ConcurrencySlotAcquisitionError,
)

__all__ = [
    "AcquireConcurrencySlotTimeoutError",
    "ConcurrencySlotAcquisitionError",
    "concurrency",
    "rate_limit",
]
