"""Serving: this process starts the runs of some deployments, until it is told to stop.

Owns the documented `serve`. Claiming runs and starting their processes is the runner's.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from signoff.authoring.deployments import RunnerDeployment, refuse_unsupported
from signoff.authoring.dispatch import async_dispatch
from signoff.authoring.process import runtime
from signoff.authoring.telling import tell
from signoff.engine.entry import check_not_loading
from signoff.gateway.settings import current_settings
from signoff.model.claims import Scope
from signoff.model.deploying import PauseDeployment
from signoff.model.errors import SignoffException
from signoff.runner.runner import Runner, stop_on_signals


async def aserve(
    *deployments: RunnerDeployment,
    pause_on_shutdown: bool = True,
    print_starting_message: bool = True,
    limit: int | None = None,
    webserver: bool = False,
) -> None:
    """Like `serve`, for asynchronous code; cancelling it stops serving."""
    ids = await asyncio.to_thread(store, deployments, webserver)
    runner = runner_of(ids, limit)
    serving = asyncio.ensure_future(
        asyncio.to_thread(
            _serve, runner, deployments, ids, pause_on_shutdown, print_starting_message
        )
    )
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        await asyncio.to_thread(runner.stop)
        await serving
        raise


@async_dispatch(aserve)
def serve(
    *deployments: RunnerDeployment,
    pause_on_shutdown: bool = True,
    print_starting_message: bool = True,
    limit: int | None = None,
    webserver: bool = False,
) -> None:
    """Store deployments and start their runs from this process, until it is told to stop.

    Each run has a process of its own. Without a server, this process also looks after the
    schedules.

    Args:
        deployments: from `flow.to_deployment`.
        pause_on_shutdown: pause their schedules when serving ends.
        print_starting_message: say what is served and how a run is made.
        limit: how many runs may work at the same time (one that waits takes no place); the setting
            `SIGNOFF_RUNNER_PROCESS_LIMIT` when not given.
        webserver: not supported.

    Raises:
        InvalidRequest: a deployment has a value that is not allowed; the message names it.
    """
    ids = store(deployments, webserver)
    runner = runner_of(ids, limit)
    if threading.current_thread() is threading.main_thread():
        stop_on_signals(runner)
    _serve(runner, deployments, ids, pause_on_shutdown, print_starting_message)


def store(deployments: Sequence[RunnerDeployment], webserver: bool) -> list[UUID]:
    """Store deployments that shall be served; returns their ids."""
    check_not_loading()
    refuse_unsupported({"webserver": webserver or None}, {})
    if not deployments:
        raise ValueError("Give at least one deployment to serve: flow.to_deployment(...).")
    for each in deployments:
        if not isinstance(each, RunnerDeployment):
            raise TypeError(
                f"serve() takes what flow.to_deployment() returns, not a {type(each).__name__}."
            )
    return [each.store(None, None) for each in deployments]


def runner_of(ids: Sequence[UUID], limit: int | None) -> Runner:
    """Who claims the runs of these deployments."""
    settings = current_settings()
    most = settings.runner_process_limit if limit is None else limit
    return Runner(runtime().gateway, Scope(deployments=tuple(ids)), settings, limit=most)


def _serve(
    runner: Runner,
    deployments: Sequence[RunnerDeployment],
    ids: Sequence[UUID],
    pause_on_shutdown: bool,
    print_starting_message: bool,
) -> None:
    if print_starting_message:
        _say(deployments)
    try:
        runner.run()
    finally:
        if pause_on_shutdown:
            pause_schedules(deployments, ids)


def _say(deployments: Sequence[RunnerDeployment]) -> None:
    if len(deployments) == 1:
        (only,) = deployments
        tell(f"Your flow {only.flow_name!r} is being served and polling for scheduled runs!")
    else:
        tell("Your deployments are being served and polling for scheduled runs!")
    tell("", "To trigger a run, use:", "")
    for each in deployments:
        tell(f"    $ signoff deployment run '{each.full_name}'")
    tell("")


def pause_schedules(deployments: Sequence[RunnerDeployment], ids: Sequence[UUID]) -> None:
    """Pause the schedules of deployments that are served no longer."""
    for each, deployment_id in zip(deployments, ids, strict=True):
        if not each.schedules:
            continue
        try:
            runtime().gateway.send(PauseDeployment(deployment_id))
        except SignoffException as error:
            tell(f"The schedules of {each.full_name} could not be paused: {error}")
        else:
            tell(f"The schedules of {each.full_name} are paused; serving it again resumes them.")


def serve_flow(flow: Any, name: str | None, limits: dict[str, Any], options: dict[str, Any]) -> Any:
    """Serve one flow; `Flow.serve` documents the arguments."""
    refuse_unsupported({"triggers": options.pop("triggers", None)}, {})
    options |= {"paused": bool(options.get("paused")), "_sync": True}
    return serve(flow.to_deployment(name or flow.name, **options), **limits)
