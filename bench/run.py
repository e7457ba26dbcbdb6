"""`make bench`: measure every workload on every side, in one run, and say which goals are met.

Owns the order, the printing and the exit code: 0 when everything was measured (met or missed), 1
when any side of any row could not be. A missed goal is printed, not hidden behind an exit code.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench import floors, subjects
from bench.figures import Failure, Figures, Line, goal_text, number, shown
from bench.measuring import Sides
from bench.workloads import WORKLOADS

RESULTS = Path(__file__).resolve().parent / "results"

Workload = Callable[[Sides], list[Line]]


def parse(arguments: Sequence[str], workloads: Mapping[str, Workload]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "--only", action="append", choices=[*workloads], help="measure one workload (repeatable)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the repetitions: to try it, not to quote"
    )
    return parser.parse_args(arguments)


def heading(sides: Sides) -> str:
    """What was measured, on what, when: the conditions a figure is worth nothing without."""
    load = os.getloadavg()[0]
    cores = os.cpu_count() or 1
    lines = [
        f"Signoff {sides.signoff.version} beside Prefect {sides.prefect.version}",
        f"{platform.machine()}, {cores} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load {load:.2f} before the start",
        "Default settings on all sides, loopback only, Prefect's analytics off.",
    ]
    if load > cores / 4:
        lines.append(f"WARNING: the machine is busy (load {load:.2f}); do not quote these figures.")
    if sides.quick:
        lines.append("WARNING: --quick measures a tenth; do not quote these figures.")
    return "\n".join(lines)


def row(line: Line) -> str:
    """One row, over two lines: a table of this width would wrap in every terminal."""
    return (
        f"{line.name} [{line.unit}]\n"
        f"    {line.verdict():7} signoff {shown(line.signoff, line)}"
        f" | floor {shown(line.floor, line)} {line.floor_name}"
        f" | prefect {shown(line.prefect, line)}"
        f" | {line.ratio()} | goal {goal_text(line)}"
    )


def failures(line: Line) -> list[str]:
    """What could not be measured in a row, each with its reason."""
    sides = {"signoff": line.signoff, "floor": line.floor, "prefect": line.prefect}
    return [
        f"{line.name}, {name}: {side.reason}"
        for name, side in sides.items()
        if isinstance(side, Failure)
    ]


def as_data(line: Line) -> dict[str, object]:
    """A row for machines: every single value, so that other sums can be made later."""

    def side(measured: Figures | Failure | None) -> object:
        if measured is None:
            return None
        if isinstance(measured, Failure):
            return {"failed": measured.reason}
        return {"values": list(measured.values), "note": measured.note}

    return {
        "name": line.name,
        "unit": line.unit,
        "signoff": side(line.signoff),
        "prefect": side(line.prefect),
        "floor": {"name": line.floor_name, "measured": side(line.floor)},
        "goal": goal_text(line),
        "verdict": line.verdict(),
    }


def print_floors() -> None:
    """The machine itself, before anything else."""
    print("\nFloors of this machine: p50 / p99 (n), ms")
    rows = {
        "SQLite WAL commit, full sync": floors.commit("full"),
        "SQLite WAL commit, normal sync": floors.commit("normal"),
        "python -c pass": floors.bare_python(),
        "HTTP round trip with a commit, normal sync": floors.http_round_trip("normal"),
        "HTTP round trip with a commit, full sync": floors.http_round_trip("full"),
        "full commit, then a unix datagram wakes another process": floors.wake_up("full"),
    }
    for name, figures in rows.items():
        print(f"  {name}: {number(figures.p50)} / {number(figures.tail())} ({figures.n})")


def main(
    arguments: Sequence[str],
    workloads: Mapping[str, Workload] = WORKLOADS,
    results: str = "latest.json",
) -> int:
    """Measure, print, and keep the values in a file of `bench/results`."""
    options = parse(arguments, workloads)
    began = time.monotonic()
    try:
        sides = Sides(subjects.signoff(), subjects.prefect(), options.quick)
    except subjects.PeerUnavailable as error:
        print(f"The peer could not be installed, so nothing was compared: {error}", file=sys.stderr)
        return 1
    head = heading(sides)
    print(head)
    print_floors()
    print("\nRows: p50 / p99 (n); ratio = how many times better than Prefect by the medians\n")
    lines: list[Line] = []
    for name in options.only or workloads:
        for line in workloads[name](sides):
            lines.append(line)
            print(row(line), flush=True)
    verdicts = [line.verdict() for line in lines]
    lacking = [text for line in lines for text in failures(line)]
    RESULTS.mkdir(exist_ok=True)
    data = {"conditions": head.splitlines(), "rows": [as_data(line) for line in lines]}
    (RESULTS / results).write_text(json.dumps(data, indent=1) + "\n")
    print(
        f"\n{verdicts.count('met')} goals met, {verdicts.count('missed')} missed, "
        f"{verdicts.count('failed')} failed, in {time.monotonic() - began:.0f} s; "
        f"every value is in {RESULTS / results}"
    )
    for text in lacking:
        print(f"NOT MEASURED {text}", file=sys.stderr)
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
