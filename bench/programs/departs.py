"""Runs that wait without a process: `departs.py serve`, `deploy`, `here COUNT` or `make COUNT`.

The flow is suspended, and when it is entered again it writes down the moment of the line after
that, in a file that its caller names. `serve` stays; `deploy` says where a worker finds the flow,
and ends; `here` starts runs in this very process, which leaves them one after another; `make` has
runs of a deployment made by one call, each with parameters and an idempotency key.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from signoff import flow, serve, suspend_flow_run
from signoff.client.orchestration import get_client
from signoff.context import FlowRunContext
from signoff.exceptions import Pause
from signoff.flows import Flow
from signoff.input import RunInput

NAME, POOL = "bench", "bench"


class Approval(RunInput):
    """What the person is asked."""

    approved: bool


@flow
def depart(lines: str) -> None:
    """Ask, leave, and say when the answer is here."""
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    suspend_flow_run(wait_for_input=Approval, timeout=86_400)
    say(lines, str(context.flow_run.id))


@flow
def pass_by(lines: str) -> None:
    """Say when the run has begun."""
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    say(lines, str(context.flow_run.id))


def say(lines: str, run: str) -> None:
    """Write down that a run has reached its line; many processes may do so at the same time."""
    row = json.dumps([run, time.time_ns()]) + "\n"
    file = os.open(lines, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, row.encode())
    os.close(file)


def main() -> None:
    """Do what is asked for."""
    here = Path(__file__).resolve()
    if sys.argv[1] == "serve":
        serve(depart.to_deployment(name=NAME), pass_by.to_deployment(name=NAME))
    elif sys.argv[1] == "deploy":
        for each in (depart, pass_by):
            entrypoint = f"{here.name}:{each.fn.__name__}"
            found: Any = Flow.from_source(source=str(here.parent), entrypoint=entrypoint)
            found.deploy(name=NAME, work_pool_name=POOL)
    elif sys.argv[1] == "make":
        make(int(sys.argv[2]))
    else:
        count = int(sys.argv[2])
        leave("")
        start = time.perf_counter()
        for _ in range(count):
            leave("")
        rate = count / (time.perf_counter() - start)
        sys.stdout.write(json.dumps({"per_second": [rate]}) + "\n")


def make(count: int) -> None:
    """Have runs made by one call, and count the receipts."""
    deployment: Any = depart.to_deployment(name=NAME).apply()
    with get_client(sync_client=True) as client:
        call: Any = client.create_flow_runs_from_deployment
        call(deployment, [{"parameters": {"lines": ""}}])
        wanted = [
            {"parameters": {"lines": str(place)}, "idempotency_key": str(place)}
            for place in range(count)
        ]
        start = time.perf_counter()
        receipts = call(deployment, wanted)
        rate = count / (time.perf_counter() - start)
    if sum(receipt.created for receipt in receipts) != count:
        raise SystemExit("not every run was made")
    sys.stdout.write(json.dumps({"per_second": [rate]}) + "\n")


def leave(lines: str) -> None:
    """Start a run in this process, which goes on when the run is suspended."""
    with contextlib.suppress(Pause):
        depart(lines)


if __name__ == "__main__":
    main()
