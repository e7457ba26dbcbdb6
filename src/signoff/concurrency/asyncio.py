"""Documented import path: limits in asynchronous code."""

from signoff.authoring.concurrency import aconcurrency as concurrency
from signoff.authoring.concurrency import arate_limit as rate_limit
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
