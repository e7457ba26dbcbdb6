"""A run that calls many tasks keeps little of each that has ended."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from signoff import flow, task
from signoff.gateway.connect import close_gateways
from tests.support.waiting import wait_until

MANY = 1_000
PER_TASK = 400
"""Bytes; docs/concepts/journal.md states it."""


@task
def echo(value: int) -> int:
    return value


@task
def nothing() -> bytes:
    return b"x" * 10_000


def by_calling() -> None:
    for number in range(MANY):
        echo(number)


def by_submitting() -> None:
    for future in [echo.submit(number) for number in range(MANY)]:
        future.wait()


def without_arguments() -> None:
    for _ in range(MANY):
        nothing()


@pytest.mark.parametrize("work", [by_calling, by_submitting, without_arguments])
def test_ended_tasks_cost_little(signoff_home: Path, work: Callable[[], None]) -> None:
    @flow
    def measured() -> None:
        # Whatever is loaded and started on first use does not count.
        echo(-1)
        echo.submit(-2).wait()
        gc.collect()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]

            def kept() -> float:
                gc.collect()
                return (tracemalloc.get_traced_memory()[0] - before) / MANY

            work()
            # What is written behind is kept until it has been written.
            wait_until(lambda: kept() < PER_TASK, message=lambda: f"{kept()} bytes each")
        finally:
            tracemalloc.stop()

    try:
        measured()
    finally:
        close_gateways()
