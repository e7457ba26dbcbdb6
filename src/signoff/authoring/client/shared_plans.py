"""What the client's methods about shared state ask: variables, artifacts and limits.

Owns the documented names, parameters and defaults of these, like `plans.py` those of runs.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from signoff.authoring.client.plan import Plan, as_it_is, as_list, nothing
from signoff.core.ports import Gateway
from signoff.core.shared.names import artifact_data, artifact_key, variable_value
from signoff.model.errors import ObjectAlreadyExists, ObjectNotFound, RequestRefused
from signoff.model.filters import FlowRunFilter, TaskRunFilter
from signoff.model.shared import artifacts as a
from signoff.model.shared import limits as m
from signoff.model.shared import slots as s
from signoff.model.shared import variables as v
from signoff.model.shared.unchanged import UNCHANGED


def _none_if_missing(refusal: RequestRefused, gateway: Gateway) -> None:
    if not isinstance(refusal, ObjectNotFound):
        raise refusal


# Variables ---------------------------------------------------------------------------------


def create_variable(variable: v.VariableCreate) -> Plan[v.Variable]:
    """Make a variable. Raises `ObjectAlreadyExists` when the name is taken."""
    tags = tuple(sorted(set(variable.tags or ())))
    return Plan(v.CreateVariable(variable.name, variable_value(variable.value), tags), as_it_is)


def update_variable(variable: v.VariableUpdate) -> Plan[None]:
    """Change value and tags of the variable of that name, where they are given.

    Raises:
        ObjectNotFound: there is none.
    """
    given = variable.model_fields_set
    request = v.UpdateVariable(
        variable_name=variable.name or "",
        value=variable_value(variable.value) if "value" in given else UNCHANGED,
        tags=tuple(sorted(set(variable.tags))) if variable.tags is not None else None,
    )
    return Plan(request, nothing)


def read_variable_by_name(name: str) -> Plan[v.Variable | None]:
    """The variable of a name; None when there is none."""
    return Plan(v.ReadVariable(name=name), as_it_is, _none_if_missing)


def read_variables(
    limit: int | None = None,
    *,
    variable_filter: v.VariableFilter | None = None,
    sort: v.VariableSort | None = None,
    offset: int = 0,
) -> Plan[list[v.Variable]]:
    """Variables that match, by name; at most 200 when no limit is given."""
    query = v.ReadVariables(
        variable_filter, sort or v.VariableSort.NAME_ASC, 200 if limit is None else limit, offset
    )
    return Plan(query, as_list)


def delete_variable_by_name(name: str) -> Plan[None]:
    """Delete a variable. Raises `ObjectNotFound`."""
    return Plan(v.DeleteVariable(name=name), nothing)


# Artifacts ---------------------------------------------------------------------------------


def create_artifact(artifact: a.ArtifactCreate) -> Plan[a.Artifact]:
    """Keep an artifact; one with a key becomes the newest version under it."""
    if artifact.key is not None:
        artifact_key(artifact.key)
    artifact_data(artifact.data)
    return Plan(a.CreateArtifact(**dict(artifact)), as_it_is)


def update_artifact(artifact_id: UUID, artifact: a.ArtifactUpdate) -> Plan[None]:
    """Change what is given of an artifact. Raises `ObjectNotFound`."""
    given = {name: getattr(artifact, name) for name in artifact.model_fields_set}
    artifact_data(given.get("data"))
    return Plan(a.UpdateArtifact(artifact_id, **given), nothing)


def delete_artifact(artifact_id: UUID) -> Plan[None]:
    """Delete an artifact. Raises `ObjectNotFound`."""
    return Plan(a.DeleteArtifact(artifact_id), nothing)


def read_artifacts(
    *,
    artifact_filter: a.ArtifactFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    task_run_filter: TaskRunFilter | None = None,
    sort: a.ArtifactSort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Plan[list[a.Artifact]]:
    """Artifacts that match every given filter, newest first; at most 200 without a limit."""
    query = a.ReadArtifacts(
        artifact_filter,
        flow_run_filter,
        task_run_filter,
        sort or a.ArtifactSort.ID_DESC,
        200 if limit is None else limit,
        offset,
    )
    return Plan(query, as_list)


def read_latest_artifacts(
    *,
    artifact_filter: a.ArtifactCollectionFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    task_run_filter: TaskRunFilter | None = None,
    sort: a.ArtifactCollectionSort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Plan[list[a.ArtifactCollection]]:
    """What there is under each key, as its newest version shows it."""
    query = a.ReadLatestArtifacts(
        artifact_filter,
        flow_run_filter,
        task_run_filter,
        sort or a.ArtifactCollectionSort.ID_DESC,
        200 if limit is None else limit,
        offset,
    )
    return Plan(query, as_list)


# Global limits -----------------------------------------------------------------------------


def create_global_concurrency_limit(
    concurrency_limit: m.GlobalConcurrencyLimitCreate,
) -> Plan[UUID]:
    """Make a global limit. Raises `ObjectAlreadyExists` when the name is taken."""
    return Plan(m.CreateLimit(**dict(concurrency_limit)), _id)


def update_global_concurrency_limit(
    name: str, concurrency_limit: m.GlobalConcurrencyLimitUpdate
) -> Plan[None]:
    """Change what is given of a global limit. Raises `ObjectNotFound`."""
    return Plan(m.UpdateLimit(name, **dict(concurrency_limit)), nothing)


def delete_global_concurrency_limit_by_name(name: str) -> Plan[None]:
    """Delete a global limit. Raises `ObjectNotFound`."""
    return Plan(m.DeleteLimit(name), nothing)


def read_global_concurrency_limit_by_name(name: str) -> Plan[m.GlobalConcurrencyLimit]:
    """A global limit. Raises `ObjectNotFound`."""
    return Plan(m.ReadLimit(name), as_it_is)


def read_global_concurrency_limits(
    limit: int = 10, offset: int = 0
) -> Plan[list[m.GlobalConcurrencyLimit]]:
    """Global limits, by name."""
    return Plan(m.ReadLimits(limit, offset), as_list)


def upsert_global_concurrency_limit_by_name(
    name: str, limit: int, slot_decay_per_second: float | None = None
) -> Plan[None]:
    """Make a global limit, or change the one of that name."""
    new = m.CreateLimit(name, limit, slot_decay_per_second=slot_decay_per_second or 0.0)
    change = m.UpdateLimit(name, limit=limit, slot_decay_per_second=slot_decay_per_second)

    def instead(refusal: RequestRefused, gateway: Gateway) -> None:
        if not isinstance(refusal, ObjectAlreadyExists):
            raise refusal
        gateway.send(change)

    return Plan(new, nothing, instead)


def _id(made: Any, gateway: Gateway) -> UUID:
    id: UUID = made.id
    return id


# Slots -------------------------------------------------------------------------------------


def increment_concurrency_slots(
    names: list[str], slots: int, mode: str
) -> Plan[list[s.MinimalConcurrencyLimitResponse]]:
    """Count slots as taken, held by nobody. Raises `SlotsTaken` when there are too few."""
    return Plan(s.IncrementSlots(tuple(names), slots, s.SlotMode(mode)), as_list)


def increment_concurrency_slots_with_lease(
    names: list[str],
    slots: int,
    mode: str,
    lease_duration: float,
    holder: s.ConcurrencyLeaseHolder | None = None,
) -> Plan[s.ConcurrencyLimitWithLeaseResponse]:
    """Take slots and hold them under a lease. Raises `SlotsTaken` when there are too few."""
    request = s.IncrementWithLease(tuple(names), slots, s.SlotMode(mode), lease_duration, holder)
    return Plan(request, as_it_is)


def renew_concurrency_lease(lease_id: UUID, lease_duration: float) -> Plan[None]:
    """Hold on to slots. Raises `ObjectNotFound` when the lease is lost."""
    return Plan(s.RenewLease(lease_id, lease_duration), nothing)


def release_concurrency_slots(
    names: list[str], slots: int, occupancy_seconds: float
) -> Plan[list[s.MinimalConcurrencyLimitResponse]]:
    """Count slots that nobody holds as free again."""
    return Plan(s.DecrementSlots(tuple(names), slots, occupancy_seconds), as_list)


def release_concurrency_slots_with_lease(lease_id: UUID) -> Plan[None]:
    """Give slots back."""
    return Plan(s.ReleaseSlots(lease_id), nothing)


# Limits of tags ----------------------------------------------------------------------------


def create_concurrency_limit(tag: str, concurrency_limit: int) -> Plan[UUID]:
    """Limit the task runs with a tag, or change their limit."""
    return Plan(m.SetTagLimit(tag, concurrency_limit), _id)


def read_concurrency_limit_by_tag(tag: str) -> Plan[m.ConcurrencyLimit]:
    """The limit of a tag. Raises `ObjectNotFound`."""
    return Plan(m.ReadTagLimit(tag=tag), as_it_is)


def read_concurrency_limits(limit: int, offset: int) -> Plan[list[m.ConcurrencyLimit]]:
    """Limits of tags, by tag."""
    return Plan(m.ReadTagLimits(limit, offset), as_list)


def reset_concurrency_limit_by_tag(
    tag: str, slot_override: list[UUID | str] | None = None
) -> Plan[None]:
    """Free every slot of a tag, or say which task runs hold them. Raises `ObjectNotFound`."""
    holders = tuple(UUID(str(each)) for each in slot_override or ())
    return Plan(m.ResetTagLimit(tag, holders), nothing)


def delete_concurrency_limit_by_tag(tag: str) -> Plan[None]:
    """Lift the limit of a tag. Raises `ObjectNotFound`."""
    return Plan(m.DeleteTagLimit(tag=tag), nothing)
