"""Artifacts: what runs leave for people to read.

Owns the documented schemas, filters and requests of artifacts. All artifacts with one key are
versions of one thing; an `ArtifactCollection` is that thing as its newest version shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from signoff.model.commands import Command
from signoff.model.filter_base import Combined, Filter
from signoff.model.filters import FlowFilterId, FlowRunFilter, TaskRunFilter
from signoff.model.forms import Json
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.shared.unchanged import UNCHANGED
from signoff.model.values import dataclass


class Artifact(BaseModel):
    """An artifact. `created` and `updated` are UTC."""

    id: UUID
    key: str | None = None
    type: str | None = None
    description: str | None = None
    data: Any = None
    metadata_: dict[str, str] | None = None
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None
    created: datetime | None = None
    updated: datetime | None = None


class ArtifactCollection(BaseModel):
    """All versions under a key, as the newest shows them."""

    id: UUID
    key: str
    latest_id: UUID
    type: str | None = None
    description: str | None = None
    data: Any = None
    metadata_: dict[str, str] | None = None
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None
    created: datetime | None = None
    updated: datetime | None = None


class ArtifactCreate(BaseModel):
    """An artifact to make."""

    key: str | None = None
    type: str | None = None
    description: str | None = None
    data: Any = None
    metadata_: dict[str, str] | None = None
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None


class ArtifactUpdate(BaseModel):
    """What to change; a field that is not given stays as it is."""

    data: Any = None
    description: str | None = None
    metadata_: dict[str, str] | None = None


class ArtifactFilterId(FlowFilterId):
    pass


class ArtifactFilterKey(Filter):
    any_: list[str] | None = None
    like_: str | None = None
    exists_: bool | None = None


class ArtifactFilterFlowRunId(FlowFilterId):
    pass


class ArtifactFilterTaskRunId(FlowFilterId):
    pass


class ArtifactFilterType(Filter):
    any_: list[str] | None = None
    not_any_: list[str] | None = None


class ArtifactFilter(Combined):
    """Which artifacts."""

    id: ArtifactFilterId | None = None
    key: ArtifactFilterKey | None = None
    flow_run_id: ArtifactFilterFlowRunId | None = None
    task_run_id: ArtifactFilterTaskRunId | None = None
    type: ArtifactFilterType | None = None


class ArtifactCollectionFilterLatestId(FlowFilterId):
    pass


class ArtifactCollectionFilterKey(ArtifactFilterKey):
    pass


class ArtifactCollectionFilterFlowRunId(FlowFilterId):
    pass


class ArtifactCollectionFilterTaskRunId(FlowFilterId):
    pass


class ArtifactCollectionFilterType(ArtifactFilterType):
    pass


class ArtifactCollectionFilter(Combined):
    """Which collections, judged by their newest version."""

    latest_id: ArtifactCollectionFilterLatestId | None = None
    key: ArtifactCollectionFilterKey | None = None
    flow_run_id: ArtifactCollectionFilterFlowRunId | None = None
    task_run_id: ArtifactCollectionFilterTaskRunId | None = None
    type: ArtifactCollectionFilterType | None = None


class ArtifactSort(StrEnum):
    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    ID_DESC = "ID_DESC"
    KEY_DESC = "KEY_DESC"
    KEY_ASC = "KEY_ASC"


class ArtifactCollectionSort(StrEnum):
    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    ID_DESC = "ID_DESC"
    KEY_DESC = "KEY_DESC"
    KEY_ASC = "KEY_ASC"


@dataclass(frozen=True, slots=True)
class CreateArtifact(Command[Artifact]):
    """Keep an artifact; one with a key becomes the newest version under it."""

    key: str | None = None
    type: str | None = None
    description: str | None = None
    data: Json = None
    metadata_: Mapping[str, str] | None = None
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class UpdateArtifact(Command[Done]):
    """Change an artifact."""

    artifact_id: UUID
    data: Any = UNCHANGED
    description: Any = UNCHANGED
    metadata_: Any = UNCHANGED


@dataclass(frozen=True, slots=True)
class DeleteArtifact(Command[Done]):
    """Delete an artifact; the version before it is the newest then."""

    artifact_id: UUID


@dataclass(frozen=True, slots=True)
class ReadArtifact(Query[Artifact]):
    """One artifact."""

    artifact_id: UUID


@dataclass(frozen=True, slots=True)
class ReadLatestArtifact(Query[Artifact]):
    """The newest version under a key."""

    key: str


@dataclass(frozen=True, slots=True)
class ReadArtifacts(Query[tuple[Artifact, ...]]):
    """Artifacts that match every given filter."""

    artifacts: ArtifactFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    sort: ArtifactSort = ArtifactSort.ID_DESC
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class CountArtifacts(Query[int]):
    artifacts: ArtifactFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None


@dataclass(frozen=True, slots=True)
class ReadLatestArtifacts(Query[tuple[ArtifactCollection, ...]]):
    """Collections that match every given filter."""

    artifacts: ArtifactCollectionFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    sort: ArtifactCollectionSort = ArtifactCollectionSort.ID_DESC
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class CountLatestArtifacts(Query[int]):
    artifacts: ArtifactCollectionFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
