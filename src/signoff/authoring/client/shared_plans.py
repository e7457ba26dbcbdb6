"""What the client's methods about shared state ask: variables, artifacts and limits.

Owns the documented names, parameters and defaults of these, like `plans.py` those of runs.
"""

from __future__ import annotations

from uuid import UUID

from signoff.authoring.client.plan import Plan, as_it_is, as_list, nothing
from signoff.core.ports import Gateway
from signoff.core.shared.names import artifact_data, artifact_key, variable_value
from signoff.model.errors import ObjectNotFound, RequestRefused
from signoff.model.filters import FlowRunFilter, TaskRunFilter
from signoff.model.shared import artifacts as a
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
