"""Scripts that make runs at their top level, loaded again by each process that works on one."""

from __future__ import annotations

import pytest

from signoff.model.states import StateType
from tests.scenarios import desk
from tests.support.processes import Spawner

pytestmark = pytest.mark.usefixtures("home")

SCRIPT = """
import asyncio
from signoff import flow, get_client
from signoff.deployments import run_deployment
from signoff.states import Scheduled

@flow
def main():
    return "done"

async def registered():
    async with get_client() as client:
        await client.create_flow_run(main, state=Scheduled())
"""
WAYS = {
    "client": "asyncio.run(registered())",
    "synchronous": "get_client(sync_client=True).create_flow_run(main, state=Scheduled())",
    "deployment": "main.to_deployment('x').apply()\nrun_deployment('main/x', timeout=0)",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_script_without_a_guard_makes_its_run_once(way: str, spawn_python: Spawner) -> None:
    spawn_python(SCRIPT + WAYS[way]).wait_ok()
    made = desk.only_run()
    spawn_python(["-m", "signoff", "flow-run", "execute", str(made.id)]).wait_ok()
    assert desk.only_run().id == made.id
    assert desk.run(made.id).state_type is StateType.COMPLETED
