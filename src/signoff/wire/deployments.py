"""The documented REST operations on deployments whose shape differs from a request of the model.

Like `documented.py`: a request class of its own with a recipe for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any
from uuid import UUID

from signoff.core.ports import NewId
from signoff.model.commands import Request
from signoff.model.deploying import CreateDeployment, CreateDeploymentRun
from signoff.model.deployments import DeploymentCreate, DeploymentResponse
from signoff.model.forms import Json
from signoff.model.queries import ReadRun
from signoff.model.replies import RunHandle
from signoff.model.states import State
from signoff.model.values import dataclass
from signoff.model.views import FlowRun
from signoff.wire.recipes import Known, Recipe, Steps, microseconds


@dataclass(frozen=True, slots=True)
class PostDeployment(Request[DeploymentResponse]):
    """Store a deployment, or change the one of this name."""

    deployment: DeploymentCreate


@dataclass(frozen=True, slots=True)
class PostDeploymentRun(Request[FlowRun]):
    """Register a run of a deployment; `state` says when it starts."""

    deployment_id: UUID
    name: str | None = None
    parameters: Mapping[str, Json] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    state: State[Any] | None = None
    idempotency_key: str | None = None
    parent_task_run_id: UUID | None = None
    work_queue_name: str | None = None
    job_variables: Mapping[str, Json] | None = None
    enforce_parameter_schema: bool | None = None


def post_deployment(request: PostDeployment, new_id: NewId) -> Steps[DeploymentResponse | Known]:
    """Store it; one that was there before is answered with 200."""
    stored: DeploymentResponse = yield CreateDeployment(request.deployment)
    return stored if stored.created == stored.updated else Known(stored)


def post_deployment_run(request: PostDeploymentRun, new_id: NewId) -> Steps[FlowRun | Known]:
    """Register the run, and show it."""
    when = request.state.state_details.scheduled_time if request.state is not None else None
    handle: RunHandle = yield CreateDeploymentRun(
        deployment_id=request.deployment_id,
        run_id=new_id(),
        name=request.name,
        parameters=request.parameters,
        tags=request.tags,
        scheduled=None if when is None else microseconds(when),
        idempotency_key=request.idempotency_key,
        parent_task_run_id=request.parent_task_run_id,
        work_queue_name=request.work_queue_name,
        job_variables=request.job_variables,
        enforce_parameter_schema=request.enforce_parameter_schema,
    )
    shown: FlowRun = yield ReadRun(handle.run_id)
    return shown if handle.created else Known(shown)


RECIPES: Mapping[type[Request[Any]], Recipe] = {
    PostDeployment: post_deployment,
    PostDeploymentRun: post_deployment_run,
}
"""How each of these operations is carried out."""
