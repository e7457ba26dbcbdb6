"""Artifacts: keeping, changing and reading them. Which keys are allowed is decided by
`core.shared.names`."""

from __future__ import annotations

from uuid import UUID

from signoff.core.shared.names import artifact_data, artifact_key, wrong
from signoff.model.errors import ObjectNotFound
from signoff.model.replies import Done
from signoff.model.shared.artifacts import (
    Artifact,
    ArtifactCollection,
    CountArtifacts,
    CountLatestArtifacts,
    CreateArtifact,
    DeleteArtifact,
    ReadArtifact,
    ReadArtifacts,
    ReadLatestArtifact,
    ReadLatestArtifacts,
    UpdateArtifact,
)
from signoff.model.shared.unchanged import UNCHANGED
from signoff.service.paging import paged
from signoff.service.table import Handlers
from signoff.service.unit import Unit


def create_artifact(unit: Unit, request: CreateArtifact) -> Artifact:
    if request.key is not None:
        artifact_key(request.key)
    id, data = unit.means.new_id(), artifact_data(request.data)
    unit.wrote = True
    unit.tx.artifacts.add(id, request, data, unit.now)
    return _the(unit, id)


def update_artifact(unit: Unit, request: UpdateArtifact) -> Done:
    known = _the(unit, request.artifact_id)
    data = known.data if request.data is UNCHANGED else request.data
    description, metadata = request.description, request.metadata_
    if description is UNCHANGED:
        description = known.description
    elif not (description is None or isinstance(description, str)):
        raise wrong("description", description, "The description of an artifact is text")
    if metadata is UNCHANGED:
        metadata = known.metadata_
    elif not _are_texts(metadata):
        raise wrong("metadata_", metadata, "The metadata of an artifact are texts by name")
    unit.wrote = True
    unit.tx.artifacts.change(known.id, artifact_data(data), description, metadata, unit.now)
    return Done()


def delete_artifact(unit: Unit, request: DeleteArtifact) -> Done:
    unit.wrote = True
    if not unit.tx.artifacts.remove(request.artifact_id):
        raise _missing(request.artifact_id)
    return Done()


def read_artifact(unit: Unit, query: ReadArtifact) -> Artifact:
    return _the(unit, query.artifact_id)


def read_latest_artifact(unit: Unit, query: ReadLatestArtifact) -> Artifact:
    found = unit.tx.artifacts.latest(query.key)
    if found is None:
        raise _missing(query.key)
    return found


def read_artifacts(unit: Unit, query: ReadArtifacts) -> tuple[Artifact, ...]:
    paged(query.limit, query.offset)
    return unit.tx.artifacts.listed(query)


def count_artifacts(unit: Unit, query: CountArtifacts) -> int:
    return unit.tx.artifacts.count(query)


def read_latest_artifacts(unit: Unit, query: ReadLatestArtifacts) -> tuple[ArtifactCollection, ...]:
    paged(query.limit, query.offset)
    return unit.tx.artifacts.collections(query)


def count_latest_artifacts(unit: Unit, query: CountLatestArtifacts) -> int:
    return unit.tx.artifacts.count(query)


def _the(unit: Unit, id: UUID) -> Artifact:
    found = unit.tx.artifacts.find(id)
    if found is None:
        raise _missing(id)
    return found


def _missing(called: object) -> ObjectNotFound:
    return ObjectNotFound(f"There is no artifact {called!s}.")


def _are_texts(metadata: object) -> bool:
    return metadata is None or (
        isinstance(metadata, dict) and all(isinstance(each, str) for each in metadata.values())
    )


HANDLERS: Handlers = {
    CreateArtifact: create_artifact,
    UpdateArtifact: update_artifact,
    DeleteArtifact: delete_artifact,
    ReadArtifact: read_artifact,
    ReadLatestArtifact: read_latest_artifact,
    ReadArtifacts: read_artifacts,
    CountArtifacts: count_artifacts,
    ReadLatestArtifacts: read_latest_artifacts,
    CountLatestArtifacts: count_latest_artifacts,
}
