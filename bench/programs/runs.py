"""No-op flow runs one after another: `runs.py COUNT REPEATS` prints runs per second."""

from __future__ import annotations

import json
import sys
import time

from signoff import flow


@flow
def nothing() -> None:
    """Do nothing."""


def main() -> None:
    """Run a few to warm up, then as often as asked."""
    count, repeats = int(sys.argv[1]), int(sys.argv[2])
    for _ in range(5):
        nothing()
    rates = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(count):
            nothing()
        rates.append(count / (time.perf_counter() - start))
    print(json.dumps({"per_second": rates}), flush=True)


if __name__ == "__main__":
    main()
