"""Documented import path: futures of submitted tasks."""

from signoff.authoring.futures import (
    DoneAndNotDoneFutures,
    SignoffConcurrentFuture,
    SignoffDistributedFuture,
    SignoffFuture,
    SignoffFutureList,
    as_completed,
    wait,
)

__all__ = [
    "DoneAndNotDoneFutures",
    "SignoffConcurrentFuture",
    "SignoffDistributedFuture",
    "SignoffFuture",
    "SignoffFutureList",
    "as_completed",
    "wait",
]
