"""What the client's methods about deployments ask, and what they make of the reply.

Owns the documented names, parameters and defaults of these, like `plans.py` those of runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from signoff.authoring.client.plan import Plan, as_it_is, as_list, nothing
from signoff.authoring.client.results import with_result
from signoff.authoring.ids import as_id
from signoff.authoring.parameters import as_json
from signoff.core.ports import Gateway
from signoff.engine.clock import new_id
from signoff.engine.entry import check_not_loading
from signoff.engine.viewing import microseconds
from signoff.model import deploying as d
from signoff.model import filters as f
from signoff.model import scheduling as s
from signoff.model.deployments import (
    ConcurrencyOptions,
    DeploymentCreate,
    DeploymentResponse,
    DeploymentUpdate,
)
from signoff.model.errors import InvalidRequest
from signoff.model.queries import ReadRun
from signoff.model.replies import RunHandle
from signoff.model.schedules import (
    DeploymentSchedule,
    DeploymentScheduleCreate,
    DeploymentScheduleUpdate,
    Rule,
)
from signoff.model.states import State
from signoff.model.views import FlowRun


def create_deployment(
    flow_id: UUID,
    name: str,
    version: str | None = None,
    schedules: Sequence[DeploymentScheduleCreate] | None = None,
    concurrency_limit: int | None = None,
    concurrency_options: ConcurrencyOptions | None = None,
    parameters: Mapping[str, Any] | None = None,
    description: str | None = None,
    work_queue_name: str | None = None,
    work_pool_name: str | None = None,
    tags: Iterable[str] | None = None,
    path: str | None = None,
    entrypoint: str | None = None,
    parameter_openapi_schema: Mapping[str, Any] | None = None,
    paused: bool | None = None,
    pull_steps: Sequence[Mapping[str, Any]] | None = None,
    enforce_parameter_schema: bool | None = None,
    job_variables: Mapping[str, Any] | None = None,
) -> Plan[UUID]:
    """Store a deployment, or change the one of this name; returns its id.

    Raises:
        InvalidRequest: a field has a value that is not allowed; the message names it.
        ObjectNotFound: there is no such flow.
    """
    given = {
        "version": version,
        "schedules": None if schedules is None else list(schedules),
        "concurrency_limit": concurrency_limit,
        "concurrency_options": concurrency_options,
        "parameters": None if parameters is None else as_json(parameters),
        "description": description,
        "work_queue_name": work_queue_name,
        "work_pool_name": work_pool_name,
        "tags": None if tags is None else sorted(set(tags)),
        "path": path,
        "entrypoint": entrypoint,
        "parameter_openapi_schema": parameter_openapi_schema,
        "paused": paused,
        "pull_steps": pull_steps,
        "enforce_parameter_schema": enforce_parameter_schema,
        "job_variables": job_variables,
    }
    asked = {field: value for field, value in given.items() if value is not None}
    deployment = DeploymentCreate.model_validate({"name": name, "flow_id": flow_id, **asked})
    return Plan(d.CreateDeployment(deployment), _id)


def _id(reply: DeploymentResponse, gateway: Gateway) -> UUID:
    return reply.id


def update_deployment(deployment_id: UUID, deployment: DeploymentUpdate) -> Plan[None]:
    """Change the fields that are given. Raises `ObjectNotFound`."""
    return Plan(d.UpdateDeployment(deployment_id, deployment), nothing)


def pause_deployment(deployment_id: UUID | str) -> Plan[None]:
    """Make no runs by schedule. Raises `ObjectNotFound`."""
    return Plan(d.PauseDeployment(as_id(deployment_id, "deployment_id")), nothing)


def resume_deployment(deployment_id: UUID | str) -> Plan[None]:
    """Make runs by schedule again. Raises `ObjectNotFound`."""
    return Plan(d.ResumeDeployment(as_id(deployment_id, "deployment_id")), nothing)


def delete_deployment(deployment_id: UUID) -> Plan[None]:
    """Delete a deployment, its schedules and the runs they made ahead. Raises `ObjectNotFound`."""
    return Plan(d.DeleteDeployment(deployment_id), nothing)


def read_deployment(deployment_id: UUID | str) -> Plan[DeploymentResponse]:
    """One deployment. Raises `ObjectNotFound`."""
    return Plan(d.ReadDeployment(as_id(deployment_id, "deployment_id")), as_it_is)


def read_deployment_by_name(name: str) -> Plan[DeploymentResponse]:
    """The deployment called `flow/deployment`.

    Raises:
        ObjectNotFound: there is none; the message lists some that there are.
        InvalidRequest: the name is not of that form.
    """
    return Plan(named(name), as_it_is)


def named(name: str) -> d.ReadDeployment:
    """The query for a deployment by its full name."""
    flow_name, slash, deployment_name = name.partition("/")
    if not slash or not flow_name or not deployment_name:
        raise InvalidRequest(
            f"{name!r} names no deployment; write 'flow-name/deployment-name'.",
            {"errors": [{"field": "name", "message": "must be 'flow-name/deployment-name'"}]},
        )
    return d.ReadDeployment(flow_name=flow_name, deployment_name=deployment_name)


def read_deployments(
    *,
    flow_filter: f.FlowFilter | None = None,
    deployment_filter: f.DeploymentFilter | None = None,
    limit: int | None = None,
    sort: f.DeploymentSort | None = None,
    offset: int = 0,
) -> Plan[list[DeploymentResponse]]:
    """Deployments that match every given filter; at most 200 when no limit is given."""
    query = d.ReadDeployments(
        deployment_filter,
        flow_filter,
        sort or f.DeploymentSort.NAME_ASC,
        200 if limit is None else limit,
        offset,
    )
    return Plan(query, as_list)


def count_deployments(
    *,
    flow_filter: f.FlowFilter | None = None,
    deployment_filter: f.DeploymentFilter | None = None,
) -> Plan[int]:
    """How many deployments match."""
    return Plan(d.CountDeployments(deployment_filter, flow_filter), as_it_is)


# Schedules ---------------------------------------------------------------------------------


def create_deployment_schedules(
    deployment_id: UUID,
    schedules: Sequence[DeploymentScheduleCreate | tuple[Rule, bool]],
) -> Plan[list[DeploymentSchedule]]:
    """Add schedules: as they are asked for, or pairs of when and whether active.

    Raises:
        ObjectNotFound: there is no such deployment.
        ObjectAlreadyExists: a slug is taken.
    """
    asked = tuple(
        each
        if isinstance(each, DeploymentScheduleCreate)
        else DeploymentScheduleCreate(schedule=each[0], active=each[1])
        for each in schedules
    )
    return Plan(s.CreateSchedules(deployment_id, asked), as_list)


def read_deployment_schedules(deployment_id: UUID) -> Plan[list[DeploymentSchedule]]:
    """The schedules of a deployment, oldest first. Raises `ObjectNotFound`."""
    return Plan(s.ReadSchedules(deployment_id), as_list)


def update_deployment_schedule(
    deployment_id: UUID,
    schedule_id: UUID,
    active: bool | None = None,
    schedule: Rule | None = None,
) -> Plan[None]:
    """Change when a schedule is due, or whether it is active. Raises `ObjectNotFound`."""
    given = {"active": active, "schedule": schedule}
    changes = {field: value for field, value in given.items() if value is not None}
    update = DeploymentScheduleUpdate.model_validate(changes)
    return Plan(s.UpdateSchedule(deployment_id, schedule_id, update), nothing)


def delete_deployment_schedule(deployment_id: UUID, schedule_id: UUID) -> Plan[None]:
    """Delete a schedule, and the runs it made ahead. Raises `ObjectNotFound`."""
    return Plan(s.DeleteSchedule(deployment_id, schedule_id), nothing)


# Runs --------------------------------------------------------------------------------------


def create_flow_run_from_deployment(
    deployment_id: UUID,
    *,
    parameters: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    state: State[Any] | None = None,
    name: str | None = None,
    tags: Iterable[str] | None = None,
    idempotency_key: str | None = None,
    parent_task_run_id: UUID | None = None,
    work_queue_name: str | None = None,
    job_variables: Mapping[str, Any] | None = None,
    enforce_parameter_schema: bool | None = None,
) -> Plan[FlowRun]:
    """Register a run of a deployment; whoever serves the deployment starts it.

    Args:
        context: accepted as documented; it is not used.
        state: when it shall start (`Scheduled(...)`); at once when not given.

    Raises:
        ObjectNotFound: there is no such deployment.
        InvalidRequest: the parameters do not fit; one entry in `details["errors"]` per field.
    """
    check_not_loading()
    when = None if state is None else state.state_details.scheduled_time
    request = d.CreateDeploymentRun(
        deployment_id=deployment_id,
        run_id=new_id(),
        name=name,
        parameters=as_json(parameters or {}),
        tags=tuple(sorted(set(tags or ()))),
        scheduled=None if when is None else microseconds(when),
        idempotency_key=idempotency_key,
        parent_task_run_id=parent_task_run_id,
        work_queue_name=work_queue_name,
        job_variables=job_variables,
        enforce_parameter_schema=enforce_parameter_schema,
    )
    return Plan(request, _shown)


def _shown(handle: RunHandle, gateway: Gateway) -> FlowRun:
    return with_result(gateway.send(ReadRun(handle.run_id)), gateway)
