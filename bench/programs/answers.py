"""The person, in a process of their own: `answers.py QUESTIONS DELAY POLL RUN...`.

Waits until a run asks, thinks for a random time of up to DELAY seconds, answers through the public
API, and prints when the call began and when it returned. In the end it asks when each answer was
accepted: that is when the run's state became Running again.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from signoff.client.orchestration import get_client
from signoff.flow_runs import resume_flow_run

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def answer(run: UUID, questions: int, delay: float, poll: float) -> None:
    """Answer every question of one run."""
    thinking = random.Random(run.int % 1000)
    answered = None
    for number in range(questions):
        with get_client(sync_client=True) as client:
            while True:
                state = client.read_flow_run(run).state
                if state is not None and state.is_paused() and state.id != answered:
                    break
                time.sleep(poll)
        answered = state.id
        time.sleep(thinking.uniform(0, delay))
        while True:
            called = time.monotonic_ns()
            try:
                resume_flow_run(run, run_input={"approved": True})
            except RuntimeError as error:
                # A server that shows the paused run before its form.
                if "schema not found" not in str(error):
                    raise
                time.sleep(poll)
                continue
            break
        line = json.dumps({"answer": [str(run), number, called, time.monotonic_ns()]})
        sys.stdout.write(line + "\n")
    with get_client(sync_client=True) as client:
        states = client.read_flow_run_states(run)
    running = sorted(state.timestamp for state in states if state.type.value == "RUNNING")
    for number, accepted in enumerate(running[1:]):
        at = (accepted - EPOCH) // timedelta(microseconds=1) * 1000
        sys.stdout.write(json.dumps({"accepted": [str(run), number, at]}) + "\n")


def main() -> None:
    """One thread for each run that asks."""
    questions, delay, poll = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    runs = [UUID(text) for text in sys.argv[4:]]
    threads = [threading.Thread(target=answer, args=(run, questions, delay, poll)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
