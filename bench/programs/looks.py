"""Looking and answering among many waiting runs: `looks.py METHOD TARGET BODY RUN...`, times in ms.

Asks for the first page of what waits (the request is given, because the sides differ in it), reads
each run, then answers each.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from signoff.client.orchestration import get_client
from signoff.flow_runs import resume_flow_run

FIRST = 2
"""Calls that do not count: they load code and open connections."""


def timed(name: str, calls: list[Callable[[], Any]]) -> None:
    """Each call by itself."""
    times = []
    for call in calls:
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    sys.stdout.write(json.dumps({name: times[FIRST:]}) + "\n")


def main() -> None:
    """Look, then answer."""
    method, target, body, *texts = sys.argv[1:]
    runs = [UUID(text) for text in texts]
    api = urlsplit(os.environ["SIGNOFF_API_URL"])
    connection = http.client.HTTPConnection(api.hostname or "", api.port)

    def page() -> None:
        headers = {"Content-Type": "application/json"}
        connection.request(method, api.path + target, body or None, headers)
        answer = connection.getresponse()
        if answer.status != 200 or not json.loads(answer.read()):
            raise SystemExit(f"the page of waiting runs is empty: {answer.status}")

    timed("page", [page] * len(runs))
    with get_client(sync_client=True) as client:
        timed("read", [partial(client.read_flow_run, run) for run in runs])
    start = time.perf_counter()
    timed("answer", [partial(resume_flow_run, run, {"approved": True}) for run in runs])
    rate = len(runs) / (time.perf_counter() - start)
    sys.stdout.write(json.dumps({"answers_per_second": [rate]}) + "\n")


if __name__ == "__main__":
    main()
