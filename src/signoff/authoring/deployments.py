"""Deployments as they are written in Python: the documented `RunnerDeployment`, and `deploy`.

Owns what a flow and its options become when they are deployed. Must not know who starts the runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from signoff.authoring.dispatch import async_dispatch, off_loop
from signoff.authoring.parameters import as_json, parameter_schema
from signoff.authoring.process import runtime
from signoff.authoring.schedules import all_asked
from signoff.authoring.telling import tell
from signoff.core.pulling import pull_steps
from signoff.engine.entry import check_not_loading
from signoff.model.deploying import CreateDeployment
from signoff.model.deployments import (
    ConcurrencyLimitConfig,
    ConcurrencyOptions,
    DeploymentCreate,
)
from signoff.model.errors import NotReentrant
from signoff.model.journal import EntryRecord
from signoff.model.schedules import DeploymentScheduleCreate
from signoff.model.shared.work_pools import ReadWorkPool, ReadWorkQueue

if TYPE_CHECKING:
    from signoff.engine.specs import FlowSpec


class EntrypointType(Enum):
    """How a deployment names its flow. Signoff keeps file and module, whichever is asked for."""

    FILE_PATH = "file_path"
    MODULE_PATH = "module_path"


NOT_SUPPORTED = {
    "image": "Signoff starts runs as processes and builds no images",
    "build": "Signoff starts runs as processes and builds no images",
    "push": "Signoff starts runs as processes and builds no images",
    "triggers": "Signoff has no triggers of deployments yet; give it a schedule, or call "
    "run_deployment",
    "webserver": "a served flow has no web server of its own; `signoff server start` has one",
    "job_template": "Signoff has process pools only",
    "storage": "call flow.from_source(...) and deploy what it returns",
}


def refuse_unsupported(given: Mapping[str, Any], usual: Mapping[str, Any]) -> None:
    """Raise ValueError for a documented argument that has no meaning here.

    Args:
        given: the arguments by name.
        usual: values that ask for nothing, by name; None where a name is missing.
    """
    for name, value in given.items():
        if value is None or value == usual.get(name):
            continue
        why = NOT_SUPPORTED.get(name)
        if why is None:
            raise TypeError(f"unexpected argument {name!r}")
        raise ValueError(f"`{name}` is not supported: {why}.")


@dataclass(slots=True)
class RunnerDeployment:
    """A flow with what it takes to run it: stored by `apply`, served by `serve`.

    Attributes:
        name, flow_name: identity.
        entry_record: how the flow is loaded.
        entrypoint: the same for people: file and function.
        parameter_openapi_schema: what its parameters have to be.
        schedules: None leaves those of an existing deployment.
        paused: None leaves an existing deployment as it is.
        Others as for `DeploymentCreate`.
    """

    name: str
    flow_name: str
    entry_record: EntryRecord
    entrypoint: str | None = None
    parameter_openapi_schema: dict[str, Any] = field(default_factory=dict)
    description: str | None = None
    version: str | None = None
    tags: list[str] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    schedules: list[DeploymentScheduleCreate] | None = None
    paused: bool | None = None
    concurrency_limit: int | None = None
    concurrency_options: ConcurrencyOptions | None = None
    enforce_parameter_schema: bool = True
    work_pool_name: str | None = None
    work_queue_name: str | None = None
    job_variables: dict[str, Any] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """`flow/deployment`, by which people name it."""
        return f"{self.flow_name}/{self.name}"

    async def aapply(
        self, schedules: Sequence[Any] | None = None, work_pool_name: str | None = None
    ) -> UUID:
        """Like `apply`, for asynchronous code."""
        return await off_loop(self.store)(schedules, work_pool_name)

    @async_dispatch(aapply)
    def apply(
        self, schedules: Sequence[Any] | None = None, work_pool_name: str | None = None
    ) -> UUID:
        """Store the deployment, or change the one of this name.

        Args:
            schedules: instead of its own.
            work_pool_name: instead of its own.

        Returns:
            The id of the deployment.

        Raises:
            InvalidRequest: a field has a value that is not allowed; the message names it.
        """
        return self.store(schedules, work_pool_name)

    def store(self, schedules: Sequence[Any] | None, work_pool_name: str | None) -> UUID:
        """Do what `apply` does, whoever calls."""
        pool = work_pool_name or self.work_pool_name
        told: dict[str, Any] = {
            "name": self.name,
            "flow_name": self.flow_name,
            "version": self.version,
            "description": self.description,
            "tags": self.tags,
            "parameters": self.parameters,
            "parameter_openapi_schema": self.parameter_openapi_schema,
            "enforce_parameter_schema": self.enforce_parameter_schema,
            "concurrency_limit": self.concurrency_limit,
            "concurrency_options": self.concurrency_options,
            "work_pool_name": pool,
            "work_queue_name": self.work_queue_name,
            "job_variables": self.job_variables,
            "entrypoint": self.entrypoint,
            "path": self.entry_record.directory or None,
        }
        if self.entry_record.source is not None:
            told["pull_steps"] = pull_steps(self.entry_record.source)
        wanted = self.schedules if schedules is None else all_asked(None, None, None, schedules)
        told |= {} if wanted is None else {"schedules": wanted}
        told |= {} if self.paused is None else {"paused": self.paused}
        record = self.entry_record
        if pool is not None:
            # Whichever worker of the pool has the code runs it with its own Python.
            record = replace(record, host="", user="", interpreter="")
        request = CreateDeployment(DeploymentCreate.model_validate(told), record)
        return runtime().gateway.send(request).id


class Deployed(Protocol):
    """What a deployment needs of its flow."""

    @property
    def name(self) -> str: ...

    @property
    def description(self) -> str | None: ...

    @property
    def version(self) -> str | None: ...

    @property
    def fn(self) -> Callable[..., Any]: ...

    @property
    def spec(self) -> FlowSpec: ...


def deployment_of(
    flow: Deployed,
    name: str,
    *,
    interval: Any = None,
    cron: Any = None,
    rrule: Any = None,
    paused: bool | None = None,
    schedule: Any = None,
    schedules: Iterable[Any] | None = None,
    concurrency_limit: int | ConcurrencyLimitConfig | None = None,
    parameters: Mapping[str, Any] | None = None,
    description: str | None = None,
    tags: Iterable[str] | None = None,
    version: str | None = None,
    enforce_parameter_schema: bool = True,
    work_pool_name: str | None = None,
    work_queue_name: str | None = None,
    job_variables: Mapping[str, Any] | None = None,
) -> RunnerDeployment:
    """What a flow becomes when it is deployed; `Flow.to_deployment` documents the arguments."""
    check_not_loading()
    if not name.strip() or set("/%") & set(name):
        raise ValueError(f"`name` must be a word without '/' or '%', got {name!r}.")
    record = flow.spec.entry()
    if record is None or record.refusal is not None:
        why = "nobody could load it" if record is None else record.refusal
        raise NotReentrant(f"Flow {flow.name!r} cannot be deployed: {why}.")
    if schedule is not None:
        schedules = [*(schedules or ()), schedule]
    limit, options = _limit(concurrency_limit)
    return RunnerDeployment(
        name=name,
        flow_name=flow.name,
        entry_record=record,
        entrypoint=f"{record.file or record.module}:{record.qualname}",
        parameter_openapi_schema=parameter_schema(flow.fn),
        description=description if description is not None else flow.description,
        version=version if version is not None else flow.version,
        tags=sorted(set(tags or ())),
        parameters=as_json(parameters or {}),
        schedules=all_asked(interval, cron, rrule, schedules),
        paused=paused,
        concurrency_limit=limit,
        concurrency_options=options,
        enforce_parameter_schema=enforce_parameter_schema,
        work_pool_name=work_pool_name,
        work_queue_name=work_queue_name,
        job_variables=dict(job_variables or {}),
    )


def check_pools(deployments: Iterable[RunnerDeployment], instead: str | None = None) -> None:
    """Before any of them is stored: the pools and queues they name are there.

    Args:
        instead: the pool of all of them, whichever they name.

    Raises:
        ObjectNotFound: one is not; the message names those that are, and how to make it.
    """
    for each in deployments:
        pool = instead or each.work_pool_name
        if pool is None:
            continue
        runtime().gateway.send(ReadWorkPool(pool))
        if each.work_queue_name is not None:
            runtime().gateway.send(ReadWorkQueue(pool, each.work_queue_name))


def _limit(
    given: int | ConcurrencyLimitConfig | None,
) -> tuple[int | None, ConcurrencyOptions | None]:
    if isinstance(given, ConcurrencyLimitConfig):
        return given.limit, ConcurrencyOptions(**given.model_dump(exclude={"limit"}))
    return given, None


async def adeploy(*deployments: Any, **options: Any) -> list[UUID]:
    """Like `deploy`, for asynchronous code."""
    return await off_loop(deploy)(*deployments, **{"_sync": True, **options})


@async_dispatch(adeploy)
def deploy(
    *deployments: RunnerDeployment,
    work_pool_name: str | None = None,
    image: Any = None,
    build: bool = True,
    push: bool = True,
    print_next_steps_message: bool = True,
    ignore_warnings: bool = False,
) -> list[UUID]:
    """Store deployments whose runs the workers of a pool start.

    Args:
        deployments: from `flow.to_deployment`.
        work_pool_name: the pool; that of each deployment when not given.
        image, build, push: not supported: runs are processes.
        print_next_steps_message: say how runs are started.
        ignore_warnings: accepted as documented.

    Returns:
        The ids, in order.

    Raises:
        ValueError: a deployment has no pool, or an argument is not supported.
        ObjectNotFound: there is no such pool, or no such queue in it; nothing was stored.
    """
    refuse_unsupported(
        {"image": image, "build": build, "push": push}, {"build": True, "push": True}
    )
    for each in deployments:
        if not (work_pool_name or each.work_pool_name):
            raise ValueError(
                f"Deployment {each.full_name!r} has no work pool: give `work_pool_name`, or call "
                "flow.serve() to run it from this process."
            )
    check_pools(deployments, work_pool_name)
    made = [each.store(None, work_pool_name) for each in deployments]
    if print_next_steps_message:
        for each in deployments:
            tell(f"Deployed {each.full_name} to pool {work_pool_name or each.work_pool_name}.")
        if deployments:
            pool = work_pool_name or deployments[0].work_pool_name
            tell(f"Start a worker:  signoff worker start --pool {pool}")
            tell(f"Run it:          signoff deployment run {deployments[0].full_name}")
    return made
