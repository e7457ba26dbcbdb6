"""Documented import path: futures of submitted tasks."""

from signoff.authoring.futures import (
    DoneAndNotDoneFutures,
    SignoffConcurrentFuture,
    SignoffFuture,
    SignoffFutureList,
    as_completed,
    wait,
)

__all__ = [
    "DoneAndNotDoneFutures",
    "SignoffConcurrentFuture",
    "SignoffFuture",
    "SignoffFutureList",
    "as_completed",
    "wait",
]
