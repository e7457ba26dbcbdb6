"""Whose claimers are relied on, as the server knows from their polls."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from signoff.model.claims import Scope
from signoff.model.journal import Liveness, Process
from signoff.server.doorbells import Doorbells
from signoff.wire.watching import WatchDue
from tests.server.serving import record

SERVED = uuid4()
WATCH = WatchDue(
    Process("c1", "host", 1, "ann", Liveness.LEASE, "poll:c1"), Scope(deployments=(SERVED,)), 60.0
)


def test_who_hangs_up_while_it_polls_is_relied_on_no_more() -> None:
    async def test() -> tuple[bool, bool, bool]:
        bells = Doorbells()
        await bells.poll(WATCH, 60)
        between = bells.takes(record(), SERVED)
        one, other = (asyncio.ensure_future(bells.poll(WATCH, 60)) for _ in range(2))
        await asyncio.sleep(0)
        one.cancel()
        await asyncio.wait([one])
        connected_again = bells.takes(record(), SERVED)
        other.cancel()
        await asyncio.wait([other])
        return between, connected_again, bells.takes(record(), SERVED)

    assert asyncio.run(test()) == (True, True, False)


def test_who_serves_a_deployment_takes_its_runs_alone() -> None:
    async def test() -> tuple[bool, bool]:
        bells = Doorbells()
        await bells.poll(WATCH, 60)
        return bells.takes(record(), None), bells.takes(record(), uuid4())

    assert asyncio.run(test()) == (False, False)
