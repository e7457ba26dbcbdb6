"""Deployments: the documented views, and what can be asked for.

Owns what a deployment is to clients. Must not know how it is stored. Loaded with the first
deployment only. Documented as Pydantic models, so they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from signoff.model.collisions import ConcurrencyLimitStrategy
from signoff.model.schedules import AsGiven, DeploymentSchedule, DeploymentScheduleCreate


class ConcurrencyOptions(BaseModel):
    """How the concurrency limit of a deployment is kept.

    Args:
        collision_strategy: what happens to one more.
        hold_while_waiting: a run that waits for somebody keeps its place: no other one begins
            before it has ended.
    """

    model_config = ConfigDict(extra="ignore")

    collision_strategy: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.ENQUEUE
    hold_while_waiting: bool = False


class ConcurrencyLimitConfig(ConcurrencyOptions):
    """How many runs of a deployment may run at the same time.

    Args:
        limit: how many.
        collision_strategy, hold_while_waiting: as in `ConcurrencyOptions`.
    """

    limit: Annotated[int, Field(ge=0)]


class DeploymentResponse(BaseModel):
    """A deployment: a flow, where its code is, and how and when it runs.

    Args:
        name, flow_id, flow_name: identity; the name is unique within the flow.
        version, description, tags, labels: for people; runs get the tags.
        parameters: defaults of its runs, over those of the flow.
        parameter_openapi_schema: what parameters must be, as JSON Schema.
        enforce_parameter_schema: whether a run with other parameters is refused.
        paused: schedules make no runs.
        concurrency_limit, concurrency_options: how many runs at the same time, and what happens to
            one more.
        work_pool_name, work_queue_name, job_variables: whose workers start its runs, and how.
        entrypoint, path: where the code is.
    """

    model_config = ConfigDict(extra="ignore")

    id: UUID
    name: str
    flow_id: UUID
    flow_name: str | None = None
    created: datetime | None = None
    updated: datetime | None = None
    version: str | None = None
    description: str | None = None
    tags: list[str] = Field(default_factory=list)
    labels: dict[str, Any] = Field(default_factory=dict)
    parameters: dict[str, Any] = Field(default_factory=dict)
    parameter_openapi_schema: dict[str, Any] = Field(default_factory=dict)
    enforce_parameter_schema: bool = True
    paused: bool = False
    schedules: list[DeploymentSchedule] = Field(default_factory=list)
    concurrency_limit: int | None = None
    concurrency_options: ConcurrencyOptions | None = None
    work_pool_name: str | None = None
    work_queue_name: str | None = None
    job_variables: dict[str, Any] = Field(default_factory=dict)
    entrypoint: str | None = None
    path: str | None = None
    pull_steps: list[dict[str, Any]] | None = None

    @property
    def collision_strategy(self) -> ConcurrencyLimitStrategy:
        """What happens to a run that finds no free slot."""
        options = self.concurrency_options or ConcurrencyOptions()
        return options.collision_strategy

    @property
    def holds(self) -> bool:
        """Whether its runs keep their place while they wait."""
        return self.concurrency_options is not None and self.concurrency_options.hold_while_waiting

    @property
    def full_name(self) -> str:
        """`flow/deployment`, by which people name it."""
        return f"{self.flow_name}/{self.name}"


class _Asked(AsGiven):
    version: str | None = None
    description: str | None = None
    tags: list[str] | None = None
    labels: dict[str, Any] | None = None
    parameters: dict[str, Any] | None = None
    parameter_openapi_schema: dict[str, Any] | None = None
    enforce_parameter_schema: bool | None = None
    paused: bool | None = None
    schedules: list[DeploymentScheduleCreate] | None = None
    concurrency_limit: Annotated[int, Field(ge=0)] | None = None
    concurrency_options: ConcurrencyOptions | None = None
    work_pool_name: str | None = None
    work_queue_name: str | None = None
    job_variables: dict[str, Any] | None = None
    entrypoint: str | None = None
    path: str | None = None
    pull_steps: list[dict[str, Any]] | None = None


class DeploymentCreate(_Asked):
    """A deployment as it is asked for; one of the same name is changed.

    Args:
        name: unique within the flow.
        flow_id, flow_name: the flow, by one of them; a new name is registered.
        schedules: None leaves those of an existing deployment; otherwise exactly these.
    """

    name: str
    flow_id: UUID | None = None
    flow_name: str | None = None


class DeploymentUpdate(_Asked):
    """What changes of a deployment: the fields that are given; None clears one."""
