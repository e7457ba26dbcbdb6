"""Runs that ask a person again and again: `asks.py RUNS QUESTIONS quiet|burning`.

Prints every run's id, then for every question the moment the line after the pause is reached. The
clock is the machine's monotonic one, which all processes share, and the wall's beside it, which
states are stamped with.
"""

from __future__ import annotations

import json
import sys
import threading
import time

from signoff import flow, pause_flow_run
from signoff.context import FlowRunContext
from signoff.input import RunInput


class Approval(RunInput):
    """What the person is asked."""

    approved: bool


@flow
def ask(questions: int) -> int:
    """Ask, with default settings, and say when the answer is here."""
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    run = str(context.flow_run.id)
    sys.stdout.write(json.dumps({"run": run}) + "\n")
    approved = 0
    for number in range(questions):
        answer = pause_flow_run(wait_for_input=Approval, key=f"question-{number}")
        arrived = time.monotonic_ns(), time.time_ns()
        approved += answer.approved
        sys.stdout.write(json.dumps({"line": [run, number, *arrived]}) + "\n")
    return approved


def burn() -> None:
    """Keep one core busy with Python code."""
    while True:
        sum(range(1000))


def main() -> None:
    """Run the flows side by side, in threads."""
    runs, questions, load = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    if load == "burning":
        threading.Thread(target=burn, daemon=True).start()
    threads = [threading.Thread(target=ask, args=(questions,)) for _ in range(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
