"""No-op tasks: `tasks.py PROGRAM COUNT REPEATS`, one by one, all at once, again, or many kept."""

from __future__ import annotations

import gc
import json
import os
import sys
import time

from signoff import flow, task
from signoff.cache_policies import INPUTS

times: list[float] = []


@task
def nothing(number: int) -> int:
    """Give back what came."""
    return number


@flow
def sequential(count: int) -> None:
    """Time every call by itself, in ms."""
    for number in range(count):
        start = time.perf_counter()
        nothing(number)
        times.append((time.perf_counter() - start) * 1000)


@flow
def submitted(count: int) -> None:
    """Time all of them together, in ms per task."""
    start = time.perf_counter()
    futures = [nothing.submit(number) for number in range(count)]
    for future in futures:
        future.result()
    times.append((time.perf_counter() - start) * 1000 / count)


@flow
def mapped(count: int) -> None:
    """Time all of them together, in ms per task."""
    start = time.perf_counter()
    nothing.map(range(count)).result()
    times.append((time.perf_counter() - start) * 1000 / count)


@task(cache_policy=INPUTS)
def remembered(number: int) -> int:
    """Give back what came, and remember it."""
    return number


@flow
def cached(count: int) -> None:
    """Time every call by itself whose result is known already, in ms."""
    remembered(count)
    for _ in range(count):
        start = time.perf_counter()
        remembered(count)
        times.append((time.perf_counter() - start) * 1000)


def resident() -> int:
    """Bytes of memory this process has."""
    gc.collect()
    with open("/proc/self/statm") as facts:
        return int(facts.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@flow
def kept(count: int) -> None:
    """What a finished task leaves behind in a running flow, in KiB."""
    before = resident()
    for number in range(count):
        nothing(number)
    times.append((resident() - before) / 1024 / count)


PROGRAMS = {
    "sequential": sequential,
    "submitted": submitted,
    "mapped": mapped,
    "cached": cached,
    "kept": kept,
}


def main() -> None:
    """Run once to warm up, then as often as asked."""
    program = PROGRAMS[sys.argv[1]]
    count, repeats = int(sys.argv[2]), int(sys.argv[3])
    program(20)
    times.clear()
    for _ in range(repeats):
        program(count)
    print(json.dumps({"ms": times}), flush=True)


if __name__ == "__main__":
    main()
