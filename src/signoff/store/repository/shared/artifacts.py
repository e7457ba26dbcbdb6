"""Artifacts. Owns the columns of `artifacts`."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import NAMESPACE_OID, UUID, uuid5

from signoff.model.ids import uuid_of_bytes
from signoff.model.shared.artifacts import (
    Artifact,
    ArtifactCollection,
    CountArtifacts,
    CountLatestArtifacts,
    CreateArtifact,
    ReadArtifacts,
    ReadLatestArtifacts,
)
from signoff.store.codes import clean_some, dump_some, id_bytes, id_of, load
from signoff.store.repository.showing import moment, statement
from signoff.store.session import Row, Session
from signoff.store.shared_filtering import (
    ARTIFACT_ORDER,
    COLLECTION_ORDER,
    SharedConditions,
)

_Asked = ReadArtifacts | CountArtifacts | ReadLatestArtifacts | CountLatestArtifacts


class ArtifactRows:
    """See `core.shared.ports.Artifacts` for what each method promises.

    Args:
        session: the connection, inside a transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, id: UUID, new: CreateArtifact, data: str | None, now: int) -> None:
        values = {
            "id": id.bytes,
            "key": new.key,
            "kind": clean_some(new.type),
            "description": clean_some(new.description),
            "data": data,
            "metadata": _metadata(new.metadata_),
            "flow_run": id_bytes(new.flow_run_id),
            "task_run": id_bytes(new.task_run_id),
            "now": now,
        }
        self._session.run("add_artifact", values)

    def change(
        self,
        id: UUID,
        data: str | None,
        description: str | None,
        metadata: Mapping[str, str] | None,
        now: int,
    ) -> None:
        values = {
            "id": id.bytes,
            "data": data,
            "description": clean_some(description),
            "metadata": _metadata(metadata),
            "now": now,
        }
        self._session.run("change_artifact", values)

    def remove(self, id: UUID) -> bool:
        return self._session.run("remove_artifact", {"id": id.bytes}) == 1

    def find(self, id: UUID) -> Artifact | None:
        row = self._session.one("artifact_by_id", {"id": id.bytes})
        return None if row is None else _artifact(row)

    def latest(self, key: str) -> Artifact | None:
        row = self._session.one("latest_artifact", {"key": key})
        return None if row is None else _artifact(row)

    def listed(self, query: ReadArtifacts) -> tuple[Artifact, ...]:
        conditions, where = self._where(query)
        text = statement(self._session, "artifacts", where, ARTIFACT_ORDER[query.sort])
        page = {"limit": query.limit, "offset": query.offset}
        return tuple(map(_artifact, self._session.ask(text, {**conditions.values, **page})))

    def collections(self, query: ReadLatestArtifacts) -> tuple[ArtifactCollection, ...]:
        conditions, where = self._where(query)
        text = statement(self._session, "artifacts", where, COLLECTION_ORDER[query.sort])
        page = {"limit": query.limit, "offset": query.offset}
        return tuple(map(_collection, self._session.ask(text, {**conditions.values, **page})))

    def count(self, query: CountArtifacts | CountLatestArtifacts) -> int:
        conditions, where = self._where(query)
        text = statement(self._session, "count_artifacts", where)
        number: int = self._session.ask(text, conditions.values)[0][0]
        return number

    def _where(self, query: _Asked) -> tuple[SharedConditions, str]:
        conditions = SharedConditions(self._session.dialect)
        if isinstance(query, ReadLatestArtifacts | CountLatestArtifacts):
            newest = statement(self._session, "newest_artifact", "")
            parts = [newest, conditions.collections(query.artifacts)]
        else:
            parts = [conditions.artifacts(query.artifacts)]
        if query.flow_runs is not None:
            runs = conditions.flow_runs(query.flow_runs)
            parts.append(statement(self._session, "artifact_of_runs", runs))
        if query.task_runs is not None:
            tasks = conditions.task_runs(query.task_runs)
            parts.append(statement(self._session, "artifact_of_tasks", tasks))
        return conditions, " AND ".join(f"({part})" for part in parts)


def _metadata(metadata: Mapping[str, str] | None) -> str | None:
    return dump_some(None if metadata is None else dict(metadata))


def _artifact(row: Row) -> Artifact:
    id, key, kind, description, data, metadata, flow_run, task_run, created, updated = row
    return Artifact(
        id=uuid_of_bytes(id),
        key=key,
        type=kind,
        description=description,
        data=load(data),
        metadata_=load(metadata),
        flow_run_id=id_of(flow_run),
        task_run_id=id_of(task_run),
        created=moment(created),
        updated=moment(updated),
    )


def _collection(row: Row) -> ArtifactCollection:
    newest = _artifact(row)
    facts = newest.model_dump(exclude={"id"})
    # A collection is no row of its own; its id follows from its key.
    return ArtifactCollection(
        id=uuid5(NAMESPACE_OID, f"artifact:{newest.key}"), latest_id=newest.id, **facts
    )
