"""Answering many waiting runs by one call: `many.py answer SIZE IDS`, `many.py others IDS`.

IDS is a file with an id a line. `answer` freezes the first SIZE of them, answers them by one call
and counts the receipts. `others` reads a run and answers it, one after another, until it is ended:
what everybody else feels meanwhile.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from uuid import UUID

from signoff.client.orchestration import get_client
from signoff.flow_runs import resume_flow_run

PAGE = 200
PAUSE = 0.005


def say(**row: object) -> None:
    """One line for the bench."""
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def answer(runs: list[UUID]) -> None:
    """Answer the runs by one call."""
    with get_client(sync_client=True) as client:
        bulk = client.preview_bulk("resume", flow_run_ids=runs, run_input={"approved": True})
        began = time.monotonic_ns()
        start = time.perf_counter()
        done = client.run_bulk(bulk)
        elapsed = time.perf_counter() - start
        ended = time.monotonic_ns()
        receipts = sum(
            len(client.read_bulk_receipts(done.id, outcome="done", after=after, limit=PAGE))
            for after in range(0, len(runs), PAGE)
        )
    if receipts != len(runs):
        raise SystemExit(f"{receipts} receipts of {len(runs)}")
    say(answered=[began, ended, len(runs) / elapsed])


def others(runs: list[UUID]) -> None:
    """Read and answer, again and again."""
    with get_client(sync_client=True) as client:
        for number, run in enumerate(runs):
            for work in (
                client.read_flow_run,
                lambda run: resume_flow_run(run, {"approved": True}),
            ):
                start = time.monotonic_ns()
                work(run)
                say(other=[start, time.monotonic_ns()])
            if number == 2:
                say(warm=True)
            time.sleep(PAUSE)


def main() -> None:
    """Do what is asked for."""
    ids = [UUID(line) for line in Path(sys.argv[-1]).read_text().split()]
    if sys.argv[1] == "answer":
        answer(ids[: int(sys.argv[2])])
    else:
        others(ids)


if __name__ == "__main__":
    main()
