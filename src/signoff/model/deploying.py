"""What can be asked about deployments: commands and queries, each tied to its reply.

Kept apart from `commands.py` and `queries.py`, whose users mostly have no deployments. Field names
are those of the documented HTTP API. Times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from uuid import UUID

from signoff.model.commands import Command
from signoff.model.deployments import DeploymentCreate, DeploymentResponse, DeploymentUpdate
from signoff.model.filters import DeploymentFilter, DeploymentSort, FlowFilter
from signoff.model.forms import Json
from signoff.model.journal import EntryRecord, TaskStart
from signoff.model.lookups import Query
from signoff.model.replies import Done, RunHandle
from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class CreateDeployment(Command[DeploymentResponse]):
    """Store a deployment, or change the one of this name.

    Args:
        deployment: what is asked for.
        entry_record: how its flow is loaded; None keeps what is known.
    """

    deployment: DeploymentCreate
    entry_record: EntryRecord | None = None


@dataclass(frozen=True, slots=True)
class UpdateDeployment(Command[Done]):
    """Change the fields that are given."""

    deployment_id: UUID
    changes: DeploymentUpdate


@dataclass(frozen=True, slots=True)
class DeleteDeployment(Command[Done]):
    """Delete a deployment with its schedules and the runs they made ahead; other runs stay."""

    deployment_id: UUID


@dataclass(frozen=True, slots=True)
class PauseDeployment(Command[Done]):
    """Make no runs by schedule, and withdraw those made ahead."""

    deployment_id: UUID


@dataclass(frozen=True, slots=True)
class ResumeDeployment(Command[Done]):
    """Make runs by schedule again."""

    deployment_id: UUID


@dataclass(frozen=True, slots=True)
class CreateDeploymentRun(Command[RunHandle]):
    """Register a run of a deployment.

    Args:
        deployment_id: the deployment.
        run_id: made by the sender, so that a repeated request is recognised.
        name: of the run; made up when not given.
        parameters: over those of the deployment.
        tags: besides those of the deployment.
        scheduled: when it shall start; at once when not given.
        idempotency_key: a second run with this key is the first one.
        parent_run_id, parent_task_run_id, journal_key: the call of another run it stands for.
        call: that call as it goes on the other run's record; the name of the run is its name.
        work_queue_name, job_variables: instead of (over) those of the deployment.
        enforce_parameter_schema: instead of what the deployment says.
    """

    deployment_id: UUID
    run_id: UUID
    name: str | None = None
    parameters: Mapping[str, Json] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    scheduled: int | None = None
    idempotency_key: str | None = None
    parent_run_id: UUID | None = None
    parent_task_run_id: UUID | None = None
    journal_key: str | None = None
    work_queue_name: str | None = None
    job_variables: Mapping[str, Json] | None = None
    enforce_parameter_schema: bool | None = None
    call: TaskStart | None = None


@dataclass(frozen=True, slots=True)
class ReadDeployment(Query[DeploymentResponse]):
    """One deployment, by id or by the names of flow and deployment."""

    deployment_id: UUID | None = None
    flow_name: str | None = None
    deployment_name: str | None = None


@dataclass(frozen=True, slots=True)
class ReadDeployments(Query[tuple[DeploymentResponse, ...]]):
    """Deployments that match every given filter."""

    deployments: DeploymentFilter | None = None
    flows: FlowFilter | None = None
    sort: DeploymentSort = DeploymentSort.NAME_ASC
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class CountDeployments(Query[int]):
    deployments: DeploymentFilter | None = None
    flows: FlowFilter | None = None
