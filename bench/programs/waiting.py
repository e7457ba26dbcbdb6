"""Many runs paused in one process: `waiting.py COUNT`. Prints once all of them wait, then stays."""

from __future__ import annotations

import asyncio
import json
import sys
from uuid import UUID

from signoff import apause_flow_run, flow
from signoff.client.orchestration import get_client
from signoff.context import FlowRunContext

runs: list[str] = []


@flow
async def wait() -> None:
    """Wait for a person."""
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    runs.append(str(context.flow_run.id))
    await apause_flow_run(timeout=3600)


async def paused(number: int, waiting: list[asyncio.Task[None]]) -> None:
    """Come back when the run of this number is seen as paused; fail when a run ended."""
    async with get_client() as client:
        while True:
            for task in waiting:
                if task.done():
                    task.result()
                    raise SystemExit("a run ended instead of waiting")
            if len(runs) > number:
                state = (await client.read_flow_run(UUID(runs[number]))).state
                if state is not None and state.is_paused():
                    return
            await asyncio.sleep(0.02)


async def main() -> None:
    """Start the runs, ten at a time, and stay with them until the process is ended."""
    count, group = int(sys.argv[1]), 10
    waiting: list[asyncio.Task[None]] = []
    while len(waiting) < count:
        waiting += [asyncio.create_task(wait()) for _ in range(min(group, count - len(waiting)))]
        for number in range(len(waiting) - group, len(waiting)):
            await paused(number, waiting)
    sys.stdout.write(json.dumps({"paused": count}) + "\n")
    await asyncio.gather(*waiting)


if __name__ == "__main__":
    asyncio.run(main())
