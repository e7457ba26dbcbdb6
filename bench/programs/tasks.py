"""No-op tasks: `tasks.py sequential|submitted COUNT REPEATS`, one by one or all at once."""

from __future__ import annotations

import json
import sys
import time

from signoff import flow, task

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


def main() -> None:
    """Run once to warm up, then as often as asked."""
    program = sequential if sys.argv[1] == "sequential" else submitted
    count, repeats = int(sys.argv[2]), int(sys.argv[3])
    program(20)
    times.clear()
    for _ in range(repeats):
        program(count)
    print(json.dumps({"ms": times}), flush=True)


if __name__ == "__main__":
    main()
