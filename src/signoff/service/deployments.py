"""Deployments: storing, changing, reading them, and making runs of them.

Owns what a run inherits from its deployment, and that its parameters fit. Must not know when runs
are due (`schedules.py`) or who starts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from signoff.core.entrypoints import entry_record
from signoff.core.nearest import did_you_mean
from signoff.core.pulling import source_of
from signoff.core.shared.job_templates import merged
from signoff.engine.names import run_name
from signoff.model import deploying as d
from signoff.model.commands import CreateRun
from signoff.model.deployments import (
    DeploymentCreate,
    DeploymentResponse,
    DeploymentUpdate,
)
from signoff.model.errors import (
    InvalidRequest,
    ObjectAlreadyExists,
    ObjectNotFound,
    TransitionRefused,
)
from signoff.model.forms import FieldError, Form, Json
from signoff.model.journal import EntryRecord, NewRun
from signoff.model.queries import ReadFlow
from signoff.model.replies import Done, RunHandle
from signoff.model.runs import Phase
from signoff.service import planning, sealing
from signoff.service.runs import create_run
from signoff.service.table import Handlers
from signoff.service.unit import Unit

_FORBIDDEN = frozenset("/%")
DISABLED = "system.disabled"
"""Label of a deployment of which no run may start."""
_MOST, _SHOWN = 200, 10
"""Deployments among which the one that was meant is looked for, and that are named in an error."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# Looking -----------------------------------------------------------------------------------


def found(unit: Unit, deployment_id: UUID) -> DeploymentResponse:
    """The deployment.

    Raises:
        ObjectNotFound: there is none with this id.
    """
    deployment = unit.tx.deployments.get(deployment_id)
    if deployment is None:
        raise ObjectNotFound(
            f"There is no deployment {deployment_id}; it may have been deleted. "
            "`signoff deployment ls` lists those there are."
        )
    return deployment


def locked(unit: Unit, deployment_id: UUID) -> DeploymentResponse:
    """The deployment, which nobody else changes until the end."""
    unit.tx.deployments.lock(deployment_id)
    return found(unit, deployment_id)


def read_deployment(unit: Unit, query: d.ReadDeployment) -> DeploymentResponse:
    if query.deployment_id is not None:
        return found(unit, query.deployment_id)
    if query.flow_name is None or query.deployment_name is None:
        raise InvalidRequest(
            "A deployment is read by its id, or by the names of its flow and its own; give either."
        )
    known = unit.tx.deployments.named(query.flow_name, query.deployment_name)
    if known is None:
        raise ObjectNotFound(_unknown_name(unit, query.flow_name, query.deployment_name))
    return found(unit, known)


def _unknown_name(unit: Unit, flow_name: str, name: str) -> str:
    known = [each.full_name for each in unit.tx.deployments.find(d.ReadDeployments(limit=_MOST))]
    shown = ", ".join(known[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
    meant = did_you_mean(f"{flow_name}/{name}", known)
    return f"There is no deployment '{flow_name}/{name}'; " + (
        f"there are: {shown}.{meant}" if known else "there are none yet."
    )


def read_deployments(unit: Unit, query: d.ReadDeployments) -> tuple[DeploymentResponse, ...]:
    for name, number in (("limit", query.limit), ("offset", query.offset)):
        if number < 0:
            raise InvalidRequest(f"{name} must not be negative, got {number}.", {"errors": [name]})
    return unit.tx.deployments.find(query)


def count_deployments(unit: Unit, query: d.CountDeployments) -> int:
    return unit.tx.deployments.count(query)


# Changing ----------------------------------------------------------------------------------


def create_deployment(unit: Unit, request: d.CreateDeployment) -> DeploymentResponse:
    asked = request.deployment
    if not asked.name.strip() or _FORBIDDEN & set(asked.name):
        raise _wrong("name", f"must be a word without '/' or '%', got {asked.name!r}")
    flow_name = _flow_name(unit, asked)
    flow_id = unit.tx.flow_id(flow_name, unit.now, unit.means.new_id)
    known = unit.tx.deployments.named(flow_name, asked.name)
    fields = _given(asked)
    record, source = request.entry_record, source_of(asked.pull_steps)
    if record is None and asked.entrypoint is not None:
        record = entry_record(asked.entrypoint, asked.path, source)
    unit.wrote = True
    if known is None:
        deployment = DeploymentResponse(
            id=unit.means.new_id(),
            name=asked.name,
            flow_id=flow_id,
            flow_name=flow_name,
            created=moment(unit.now),
            updated=moment(unit.now),
            **fields,
        )
        _judge_defaults(unit, deployment)
        _judge_place(unit, deployment, fields)
        if not unit.tx.deployments.insert(deployment, record):
            raise ObjectAlreadyExists(f"Deployment {deployment.full_name} has just been stored.")
    else:
        deployment = _changed(unit, locked(unit, known), fields)
        unit.tx.deployments.save(deployment, record)
        unit.free_places(deployment.id)
    if asked.schedules is not None:
        planning.replace_schedules(unit, deployment, asked.schedules)
    elif known is not None:
        planning.settle(unit, deployment)
    return found(unit, deployment.id)


def _flow_name(unit: Unit, asked: DeploymentCreate) -> str:
    if asked.flow_id is not None:
        flow = unit.tx.flow(ReadFlow(flow_id=asked.flow_id))
        if flow is None:
            raise ObjectNotFound(f"There is no flow {asked.flow_id}.")
        return flow.name
    if not asked.flow_name:
        raise _wrong("flow_id", "is missing: give the id of a flow, or flow_name")
    return asked.flow_name


def _given(asked: DeploymentCreate | DeploymentUpdate) -> dict[str, Any]:
    """The fields that were given, apart from identity and schedules. Nothing given for a field that
    always has a value is as good as not given."""
    given = asked.model_dump(
        exclude_unset=True, exclude={"name", "flow_id", "flow_name", "schedules"}
    )
    return {
        name: value
        for name, value in given.items()
        if value is not None or DeploymentResponse.model_fields[name].default is None
    }


def _changed(unit: Unit, known: DeploymentResponse, fields: dict[str, Any]) -> DeploymentResponse:
    told = known.model_dump() | fields | {"updated": moment(unit.now)}
    deployment = DeploymentResponse.model_validate(told)
    if {"parameters", "parameter_openapi_schema", "enforce_parameter_schema"} & set(fields):
        _judge_defaults(unit, deployment)
    _judge_place(unit, deployment, fields)
    return deployment


def _judge_place(unit: Unit, deployment: DeploymentResponse, given: Iterable[str]) -> None:
    """Runs that are sent to a pool or queue that is not there, or with variables that their workers
    do not know, would wait for ever. What was not given is not looked at."""
    given = frozenset(given)
    pool, queue = deployment.work_pool_name, deployment.work_queue_name
    if {"work_pool_name", "work_queue_name"} & given:
        _check_queue(unit, pool, queue)
    if {"work_pool_name", "job_variables"} & given and deployment.job_variables:
        # A run may add what is missing.
        _variables().check(unit, pool, deployment.job_variables, whole=False)


def _check_queue(unit: Unit, pool: str | None, queue: str | None) -> None:
    if pool is not None:
        import_module("signoff.service.work_pools").check_queue(unit, pool, queue)
    elif queue is not None:
        raise _wrong(
            "work_queue_name", f"is {queue!r}, but there is no work pool; give work_pool_name, too"
        )


def _variables() -> Any:
    # Loaded on first use: few deployments have any.
    return import_module("signoff.service.job_variables")


def update_deployment(unit: Unit, request: d.UpdateDeployment) -> Done:
    known = locked(unit, request.deployment_id)
    fields = _given(request.changes)
    deployment = _changed(unit, known, fields)
    unit.wrote = True
    unit.tx.deployments.save(deployment, None)
    if request.changes.schedules is not None:
        planning.replace_schedules(unit, deployment, request.changes.schedules)
    elif deployment.paused != known.paused:
        planning.settle(unit, deployment)
    unit.free_places(deployment.id)
    return Done()


def delete_deployment(unit: Unit, request: d.DeleteDeployment) -> Done:
    deployment = locked(unit, request.deployment_id)
    unit.wrote = True
    planning.withdraw(unit, deployment.id, None)
    unit.tx.deployments.delete(deployment.id)
    unit.free_places(deployment.id)
    return Done()


def pause_deployment(unit: Unit, request: d.PauseDeployment) -> Done:
    return update_deployment(
        unit, d.UpdateDeployment(request.deployment_id, DeploymentUpdate(paused=True))
    )


def resume_deployment(unit: Unit, request: d.ResumeDeployment) -> Done:
    return update_deployment(
        unit, d.UpdateDeployment(request.deployment_id, DeploymentUpdate(paused=False))
    )


# Runs --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run of a deployment is to have that the deployment does not say.

    Args: as for `CreateDeploymentRun`; `schedule_id` when a schedule makes the run.
    """

    run_id: UUID
    name: str | None = None
    parameters: Mapping[str, Json] = field(default_factory=dict)
    tags: Sequence[str] = ()
    idempotency_key: str | None = None
    parent_run_id: UUID | None = None
    parent_task_run_id: UUID | None = None
    journal_key: str | None = None
    work_queue_name: str | None = None
    job_variables: Mapping[str, Json] | None = None
    schedule_id: UUID | None = None


def check_enabled(deployment: DeploymentResponse) -> None:
    """Raises:
    TransitionRefused: no run of it may start.
    """
    if deployment.labels.get(DISABLED):
        raise TransitionRefused(
            f"Flow {deployment.full_name} is disabled, so that no run of it may start; "
            "`signoff flow enable` changes that."
        )


def check_variables(
    unit: Unit, deployment: DeploymentResponse, given: Mapping[str, Json] | None
) -> None:
    """Raises:
    InvalidRequest: job variables of a run that its pool has not.
    """
    if given or deployment.work_pool_name is not None:
        variables = merged(deployment.job_variables, given)
        told = f" of {deployment.full_name}"
        _variables().check(unit, deployment.work_pool_name, variables, True, told)


def create_deployment_run(unit: Unit, request: d.CreateDeploymentRun) -> RunHandle:
    deployment = found(unit, request.deployment_id)
    check_enabled(deployment)
    sealing.refuse_sealed(request.parameters)
    enforce = request.enforce_parameter_schema
    if deployment.enforce_parameter_schema if enforce is None else enforce:
        judge(unit, deployment, deployment.parameters | dict(request.parameters))
    if request.work_queue_name is not None and deployment.work_pool_name is None:
        raise _wrong(
            "work_queue_name",
            f"is {request.work_queue_name!r}, but deployment {deployment.full_name} has no work "
            "pool; leave it out, or deploy to a pool",
        )
    if request.work_queue_name is not None:
        _check_queue(unit, deployment.work_pool_name, request.work_queue_name)
    check_variables(unit, deployment, request.job_variables)
    wanted = Wanted(
        run_id=request.run_id,
        name=request.name,
        parameters=request.parameters,
        tags=request.tags,
        idempotency_key=request.idempotency_key,
        parent_run_id=request.parent_run_id,
        parent_task_run_id=request.parent_task_run_id,
        journal_key=request.journal_key,
        work_queue_name=request.work_queue_name,
        job_variables=request.job_variables,
    )
    scheduled = unit.now if request.scheduled is None else request.scheduled
    handle = make_run(unit, deployment, wanted, scheduled)
    if request.call is not None:
        # Of a repeated call it is the first one's run that goes on record.
        call = replace(request.call, name=handle.name, child=handle.run_id)
        unit.wrote = True
        unit.tx.start_tasks((call,))
    return handle


def make_run(
    unit: Unit,
    deployment: DeploymentResponse,
    wanted: Wanted,
    at: int,
    record: EntryRecord | None = None,
) -> RunHandle:
    """Register a run that starts at a moment; its parameters are taken as they are.

    `record`: the entry record of the deployment, where it was looked up before.
    """
    variables = merged(deployment.job_variables, wanted.job_variables)
    parameters = deployment.parameters | dict(wanted.parameters)
    new = NewRun(
        id=wanted.run_id,
        flow_name=deployment.flow_name or "",
        name=wanted.name or run_name(),
        parameters=sealing.sealed(unit, deployment.parameter_openapi_schema, parameters),
        entry_record=record or unit.tx.deployments.entry_record(deployment.id),
        tags=tuple(sorted({*deployment.tags, *wanted.tags})),
        flow_version=deployment.version,
        parent_run_id=wanted.parent_run_id,
        parent_task_run_id=wanted.parent_task_run_id,
        journal_key=wanted.journal_key,
        idempotency_key=wanted.idempotency_key,
        deployment_id=deployment.id,
        schedule_id=wanted.schedule_id,
        work_pool=deployment.work_pool_name,
        work_queue=wanted.work_queue_name or deployment.work_queue_name,
        job_variables=variables or None,
    )
    return create_run(unit, CreateRun(new, Phase.SCHEDULED, at))


def judge(unit: Unit, deployment: DeploymentResponse, parameters: Mapping[str, Json]) -> None:
    """Raises:
    InvalidRequest: parameters of a run do not fit; one entry in `details["errors"]` per field.
    """
    errors = _errors(unit, deployment, parameters, deployment.parameter_openapi_schema)
    if errors:
        raise InvalidRequest(
            f"Parameters do not fit deployment {deployment.full_name}: {_said(errors)}.",
            {"errors": [_named(error) for error in errors]},
        )


def _judge_defaults(unit: Unit, deployment: DeploymentResponse) -> None:
    """Default parameters have to fit as far as they go; a run may add what is missing."""
    if not deployment.enforce_parameter_schema or not deployment.parameters:
        return
    schema = {
        name: part
        for name, part in deployment.parameter_openapi_schema.items()
        if name != "required"
    }
    errors = _errors(unit, deployment, deployment.parameters, schema)
    if errors:
        raise InvalidRequest(
            f"Field `parameters` of deployment {deployment.full_name}: {_said(errors)}.",
            {"errors": [_named(error) for error in errors]},
        )


def _errors(
    unit: Unit,
    deployment: DeploymentResponse,
    parameters: Mapping[str, Json],
    schema: Mapping[str, Json],
) -> tuple[FieldError, ...]:
    if not schema:
        return ()
    try:
        return unit.means.forms.errors(Form(schema), dict(parameters))
    except ValueError as broken:
        raise _wrong("parameter_openapi_schema", f"cannot be used: {broken}") from None


def _named(error: FieldError) -> dict[str, Json]:
    return {
        "field": ".".join(("parameters", *map(str, error.path))),
        "message": error.message,
    }


def _said(errors: Iterable[FieldError]) -> str:
    return "; ".join(str(error) for error in errors)


def _wrong(name: str, why: str) -> InvalidRequest:
    return InvalidRequest(f"Field `{name}` {why}.", {"errors": [{"field": name, "message": why}]})


def moment(microseconds: int) -> datetime:
    """A time of the store's clock."""
    return _EPOCH + timedelta(microseconds=microseconds)


HANDLERS: Handlers = {
    d.CreateDeployment: create_deployment,
    d.UpdateDeployment: update_deployment,
    d.DeleteDeployment: delete_deployment,
    d.PauseDeployment: pause_deployment,
    d.ResumeDeployment: resume_deployment,
    d.CreateDeploymentRun: create_deployment_run,
    d.ReadDeployment: read_deployment,
    d.ReadDeployments: read_deployments,
    d.CountDeployments: count_deployments,
}
