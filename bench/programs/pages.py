"""Runs whose pages are looked at: `pages.py RUNS LINES`.

Each of RUNS runs asks a person; then one more that has written LINES log lines, in ten tasks.
Prints the ids once all of them wait, then stays.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from uuid import UUID

from signoff import flow, get_run_logger, pause_flow_run, task
from signoff.client.orchestration import get_client
from signoff.context import FlowRunContext
from signoff.input import RunInput

TASKS = 10

said: list[str] = []


class Approval(RunInput):
    """What the person is asked."""

    approved: bool


@task
def talk(count: int) -> None:
    """Write lines."""
    logger = get_run_logger()
    for number in range(count):
        logger.info("line %s of this task, as long as lines usually are", number)


@flow
def ask(lines: int) -> bool:
    """Write, ask, and say which run this is."""
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    if lines:
        for _ in range(TASKS):
            talk(lines // TASKS)
    said.append(str(context.flow_run.id))
    answer = pause_flow_run(wait_for_input=Approval, key="ok", timeout=3000)
    return answer.approved


def paused(count: int, lines: int) -> list[str]:
    """Start runs, in threads of their own; their ids once all wait."""
    said.clear()
    for _ in range(count):
        threading.Thread(target=ask, args=(lines,), daemon=True).start()
    with get_client(sync_client=True) as client:
        while len(said) < count:
            time.sleep(0.05)
        for run in said:
            while True:
                state = client.read_flow_run(UUID(run)).state
                if state is not None and state.is_paused():
                    break
                time.sleep(0.05)
    return list(said)


def main() -> None:
    """Ask, and stay until the process is ended."""
    runs, lines = int(sys.argv[1]), int(sys.argv[2])
    asking = paused(runs, 0)
    busy = paused(1, lines) if lines else []
    sys.stdout.write(json.dumps({"runs": [asking, busy]}) + "\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main()
