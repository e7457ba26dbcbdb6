"""The documented `Runner`: deployments are added one by one, then their runs are started here.

Owns the documented class of `signoff.runner`. Claiming runs and starting their processes is the
runner room's, as for `serve`.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any
from uuid import UUID

from signoff.authoring.deployments import RunnerDeployment, refuse_unsupported
from signoff.authoring.dispatch import async_dispatch, off_loop
from signoff.authoring.serving import pause_schedules, runner_of, store
from signoff.runner.runner import Runner as Claimer
from signoff.runner.runner import stop_on_signals


class Runner:
    """Starts the runs of the deployments that were added to it.

    ::

        runner = Runner(name="here")
        runner.add_flow(my_flow, name="nightly", cron="0 3 * * *")
        asyncio.run(runner.start())

    Args:
        name: accepted as documented.
        query_seconds, prefetch_seconds, heartbeat_seconds: accepted as documented and not needed:
            runs are heard of when they are due.
        limit: how many runs may work at the same time; the setting `SIGNOFF_RUNNER_PROCESS_LIMIT`
            when not given.
        pause_on_shutdown: pause the schedules of its deployments when it ends.
        webserver: not supported.

    Raises:
        ValueError: something that is not supported was asked for.
    """

    def __init__(
        self,
        name: str | None = None,
        query_seconds: float | None = None,
        prefetch_seconds: float = 10,
        heartbeat_seconds: float | None = None,
        limit: int | None = None,
        pause_on_shutdown: bool = True,
        webserver: bool = False,
    ) -> None:
        refuse_unsupported({"webserver": webserver or None}, {})
        self.name = name
        self.limit = limit
        self.pause_on_shutdown = pause_on_shutdown
        self._deployments: dict[UUID, RunnerDeployment] = {}
        self._claimer: Claimer | None = None

    async def aadd_deployment(self, deployment: RunnerDeployment) -> UUID:
        """Like `add_deployment`, for asynchronous code."""
        return await off_loop(self._add)(deployment)

    @async_dispatch(aadd_deployment)
    def add_deployment(self, deployment: RunnerDeployment) -> UUID:
        """Store a deployment and start its runs from now on; returns its id."""
        return self._add(deployment)

    def _add(self, deployment: RunnerDeployment) -> UUID:
        (deployment_id,) = store((deployment,), False)
        self._deployments[deployment_id] = deployment
        return deployment_id

    async def aadd_flow(self, flow: Any, name: str | None = None, **options: Any) -> UUID:
        """Like `add_flow`, for asynchronous code."""
        return await self.aadd_deployment(await flow.ato_deployment(name or flow.name, **options))

    @async_dispatch(aadd_flow)
    def add_flow(self, flow: Any, name: str | None = None, **options: Any) -> UUID:
        """Make a deployment of a flow, as `flow.to_deployment`, and add it; returns its id."""
        return self._add(flow.to_deployment(name or flow.name, **{"_sync": True, **options}))

    async def start(self, run_once: bool = False, webserver: bool | None = None) -> None:
        """Start runs until `stop` is called, or only those that are due now.

        Raises:
            ValueError: no deployment was added.
        """
        refuse_unsupported({"webserver": webserver or None}, {})
        if not self._deployments:
            raise ValueError("Add a deployment first: runner.add_flow(...) or add_deployment(...).")
        self._claimer = claimer = runner_of(tuple(self._deployments), self.limit)
        if threading.current_thread() is threading.main_thread():
            stop_on_signals(claimer)
        running = asyncio.ensure_future(asyncio.to_thread(claimer.run, run_once))
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.to_thread(claimer.stop)
            await running
            raise
        finally:
            if self.pause_on_shutdown:
                deployments = tuple(self._deployments.values())
                await asyncio.to_thread(pause_schedules, deployments, tuple(self._deployments))

    async def stop(self) -> None:
        """Start no more runs; those that work are left to finish."""
        if self._claimer is not None:
            await asyncio.to_thread(self._claimer.stop)
