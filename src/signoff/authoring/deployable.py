"""What deploying adds to flows: the documented methods.

Owns their signatures. What they do is loaded on first use, since most flows are just called.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.authoring.dispatch import async_dispatch, off_loop

if TYPE_CHECKING:
    from signoff.authoring.deployments import RunnerDeployment


async def _afrom_source(source: Any, entrypoint: str) -> Any:
    sources: Any = importlib.import_module("signoff.authoring.sources")
    return await off_loop(sources.from_source)(source, entrypoint)


class Deployable:
    """The part of a flow that deploys and serves it.

    Called where code is asynchronous, the methods return what their `a` twins return: something to
    await.
    """

    afrom_source = staticmethod(_afrom_source)
    """Like `from_source`, for asynchronous code."""

    @staticmethod
    @async_dispatch(_afrom_source)
    def from_source(source: Any, entrypoint: str) -> Any:
        """Load a flow from a folder or a git repository.

        Args:
            source: a folder, the URL of a git repository, or a `GitRepository`.
            entrypoint: `path/to/file.py:function` in it.

        Returns:
            The flow, ready to be called, served or deployed.

        Raises:
            NotReentrant: the code or the flow in it is not to be had; the message says why.
        """
        return importlib.import_module("signoff.authoring.sources").from_source(source, entrypoint)

    async def ato_deployment(self, *args: Any, **options: Any) -> RunnerDeployment:
        """Like `to_deployment`, for asynchronous code."""
        return await off_loop(self.to_deployment)(*args, **{"_sync": True, **options})

    @async_dispatch(ato_deployment)
    def to_deployment(
        self,
        name: str,
        interval: Any = None,
        cron: Any = None,
        rrule: Any = None,
        paused: bool | None = None,
        schedule: Any = None,
        schedules: Iterable[Any] | None = None,
        concurrency_limit: Any = None,
        parameters: Mapping[str, Any] | None = None,
        triggers: Any = None,
        description: str | None = None,
        tags: Iterable[str] | None = None,
        version: str | None = None,
        enforce_parameter_schema: bool = True,
        work_pool_name: str | None = None,
        work_queue_name: str | None = None,
        job_variables: Mapping[str, Any] | None = None,
        entrypoint_type: Any = None,
    ) -> RunnerDeployment:
        """The flow with what it takes to run it, for `serve` or `deploy`.

        Args:
            name: of the deployment; unique within the flow.
            interval, cron, rrule: seconds, a cron expression, a recurrence rule; also several.
            paused: whether schedules make no runs; None leaves an existing deployment as it is.
            schedule, schedules: `Cron(...)`, `Interval(...)` or `RRule(...)` with their options.
            concurrency_limit: how many may run at once: a number or `ConcurrencyLimitConfig`.
            parameters: of its runs, over the defaults of the flow; must be JSON.
            triggers: not supported. entrypoint_type: not needed; file and module are kept.
            description, tags, version: for people; the flow's own when not given.
            enforce_parameter_schema: refuse runs whose parameters do not fit the signature.
            work_pool_name, work_queue_name, job_variables: whose workers start its runs, and how.

        Raises:
            ValueError, NotReentrant: an argument, or the flow, cannot be used; it says why.
        """
        deployments = importlib.import_module("signoff.authoring.deployments")
        deployments.refuse_unsupported({"triggers": triggers}, {})
        made: RunnerDeployment = deployments.deployment_of(
            self,
            name,
            interval=interval,
            cron=cron,
            rrule=rrule,
            paused=paused,
            schedule=schedule,
            schedules=schedules,
            concurrency_limit=concurrency_limit,
            parameters=parameters,
            description=description,
            tags=tags,
            version=version,
            enforce_parameter_schema=enforce_parameter_schema,
            work_pool_name=work_pool_name,
            work_queue_name=work_queue_name,
            job_variables=job_variables,
        )
        return made

    def serve(
        self,
        name: str | None = None,
        interval: Any = None,
        cron: Any = None,
        rrule: Any = None,
        paused: bool | None = None,
        schedule: Any = None,
        schedules: Iterable[Any] | None = None,
        global_limit: Any = None,
        triggers: Any = None,
        parameters: Mapping[str, Any] | None = None,
        description: str | None = None,
        tags: Iterable[str] | None = None,
        version: str | None = None,
        enforce_parameter_schema: bool = True,
        pause_on_shutdown: bool = True,
        print_starting_message: bool = True,
        limit: int | None = None,
        webserver: bool = False,
        entrypoint_type: Any = None,
    ) -> Any:
        """Deploy the flow and start its runs from this process, until it is told to stop.

        Args:
            name: of the deployment; the name of the flow when not given.
            global_limit: how many of its runs may run at the same time, wherever.
            pause_on_shutdown, print_starting_message, limit, webserver: as for `serve`.
            entrypoint_type: accepted as documented; file and module are kept anyway.
            interval, cron, rrule, paused, schedule, schedules, triggers, parameters, description,
                tags, version, enforce_parameter_schema: as for `to_deployment`.

        Raises:
            ValueError: a name, schedule or argument cannot be used; the message says why.
            NotReentrant: no other process could load the flow.
        """
        serving = importlib.import_module("signoff.authoring.serving")
        limits = {
            "pause_on_shutdown": pause_on_shutdown,
            "print_starting_message": print_starting_message,
            "limit": limit,
            "webserver": webserver,
        }
        options = {
            "interval": interval,
            "cron": cron,
            "rrule": rrule,
            "paused": paused,
            "schedule": schedule,
            "schedules": schedules,
            "concurrency_limit": global_limit,
            "triggers": triggers,
            "parameters": parameters,
            "description": description,
            "tags": tags,
            "version": version,
            "enforce_parameter_schema": enforce_parameter_schema,
        }
        return serving.serve_flow(self, name, limits, options)

    async def adeploy(self, *args: Any, **options: Any) -> UUID:
        """Like `deploy`, for asynchronous code."""
        return await off_loop(self.deploy)(*args, **{"_sync": True, **options})

    @async_dispatch(adeploy)
    def deploy(
        self,
        name: str,
        work_pool_name: str | None = None,
        image: Any = None,
        build: bool = True,
        push: bool = True,
        print_next_steps: bool = True,
        ignore_warnings: bool = False,
        **options: Any,
    ) -> UUID:
        """Store a deployment whose runs the workers of a pool start.

        Args:
            name: of the deployment; unique within the flow.
            work_pool_name: the pool.
            image, build, push: not supported: runs are processes.
            print_next_steps: say how runs are started.
            ignore_warnings: accepted as documented.
            options: those of `to_deployment`.

        Returns:
            The id of the deployment.

        Raises:
            ValueError: no pool is named, or an argument cannot be used; the message says why.
            ObjectNotFound: there is no such pool, or no such queue in it.
            NotReentrant: no other process could load the flow.
        """
        deployments = importlib.import_module("signoff.authoring.deployments")
        wanted = {**options, "work_pool_name": work_pool_name, "_sync": True}
        made: list[UUID] = deployments.deploy(
            self.to_deployment(name, **wanted),
            image=image,
            build=build,
            push=push,
            print_next_steps_message=print_next_steps,
            ignore_warnings=ignore_warnings,
            _sync=True,
        )
        return made[0]
