"""Log lines: `logs.py COUNT REPEATS` prints lines per second, until the last one is on record.

A line counts when the public client can read it: what is only in a queue may still be lost.
"""

from __future__ import annotations

import json
import sys
import time
from uuid import UUID

from signoff import flow, get_run_logger
from signoff.client.orchestration import get_client
from signoff.client.schemas.filters import LogFilter, LogFilterFlowRunId
from signoff.context import FlowRunContext


@flow
def talk(count: int) -> str:
    """Write lines, and say which run this is."""
    logger = get_run_logger()
    for number in range(count):
        logger.info("line %s", number)
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    return str(context.flow_run.id)


def wait_for_all(run: str, count: int) -> None:
    """Return when the last line can be read."""
    wanted = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[UUID(run)]))
    with get_client(sync_client=True) as client:
        while not client.read_logs(wanted, limit=1, offset=count - 1):
            time.sleep(0.01)


def main() -> None:
    """Write a few lines to warm up, then as often as asked."""
    count, repeats = int(sys.argv[1]), int(sys.argv[2])
    wait_for_all(talk(20), 20)
    rates = []
    for _ in range(repeats):
        start = time.perf_counter()
        wait_for_all(talk(count), count)
        rates.append(count / (time.perf_counter() - start))
    print(json.dumps({"per_second": rates}), flush=True)


if __name__ == "__main__":
    main()
