"""Many runs paused in one process: `waiting.py COUNT`. Prints once all of them wait, then stays."""

from __future__ import annotations

import asyncio
import json
import sys

from signoff import apause_flow_run, flow
from signoff.client.orchestration import get_client
from signoff.runtime import flow_run

runs: list[str] = []


@flow
async def wait() -> None:
    """Wait for a person."""
    runs.append(str(flow_run.id))
    await apause_flow_run(timeout=3600)


async def all_paused(count: int) -> None:
    """Come back when every run is seen as paused."""
    async with get_client() as client:
        for number in range(count):
            while len(runs) <= number:
                await asyncio.sleep(0.05)
            while True:
                state = (await client.read_flow_run(runs[number])).state
                if state is not None and state.is_paused():
                    break
                await asyncio.sleep(0.05)


async def main() -> None:
    """Start the runs and stay with them until the process is ended."""
    count = int(sys.argv[1])
    waiting = [asyncio.create_task(wait()) for _ in range(count)]
    await all_paused(count)
    sys.stdout.write(json.dumps({"paused": count}) + "\n")
    await asyncio.gather(*waiting)


if __name__ == "__main__":
    asyncio.run(main())
