"""Waiting runs as the peer can make them without a process: `holds.py COUNT`.

A run is made running, then paused, by two requests of the public client (suspending one takes a
deployment, and stores the same). Prints the runs.
"""

from __future__ import annotations

import json
import sys
import time

from signoff import flow
from signoff.client.orchestration import get_client
from signoff.states import Paused, Running


@flow
def held(lines: str) -> None:
    """Never called."""


def main() -> None:
    """Make them, and say how many in a second."""
    count = int(sys.argv[1])
    runs = []
    with get_client(sync_client=True) as client:
        start = time.perf_counter()
        for _ in range(count):
            run = client.create_flow_run(held, parameters={"lines": ""}, state=Running())
            client.set_flow_run_state(run.id, Paused(timeout_seconds=86_400))
            runs.append(str(run.id))
        rate = count / (time.perf_counter() - start)
    sys.stdout.write(json.dumps({"per_second": [rate]}) + "\n")
    sys.stdout.write(json.dumps({"runs": runs}) + "\n")


if __name__ == "__main__":
    main()
