"""The documented filters and sort orders of shared state as parameterised SQL.

Owns the meaning of each filter field in terms of columns, like `filtering.py`. The aliases are
those of `statements/shared.sql`: `v` variables, `a` artifacts.
"""

from __future__ import annotations

from collections.abc import Mapping

from signoff.model.shared.artifacts import (
    ArtifactCollectionFilter,
    ArtifactCollectionSort,
    ArtifactFilter,
    ArtifactFilterKey,
    ArtifactFilterType,
    ArtifactSort,
)
from signoff.model.shared.variables import VariableFilter, VariableSort
from signoff.store.combining import all_of, combine
from signoff.store.filtering import Conditions

ARTIFACT_ORDER: Mapping[ArtifactSort, str] = {
    ArtifactSort.CREATED_DESC: "a.created DESC, a.no DESC",
    ArtifactSort.UPDATED_DESC: "a.updated DESC, a.no DESC",
    ArtifactSort.ID_DESC: "a.no DESC",
    ArtifactSort.KEY_DESC: "a.artifact_key DESC, a.no DESC",
    ArtifactSort.KEY_ASC: "a.artifact_key, a.no",
}
COLLECTION_ORDER: Mapping[ArtifactCollectionSort, str] = {
    sort: ARTIFACT_ORDER[ArtifactSort(sort.value)] for sort in ArtifactCollectionSort
}
VARIABLE_ORDER: Mapping[VariableSort, str] = {
    VariableSort.CREATED_DESC: "v.created DESC, v.id DESC",
    VariableSort.UPDATED_DESC: "v.updated DESC, v.id DESC",
    VariableSort.NAME_DESC: "v.name DESC",
    VariableSort.NAME_ASC: "v.name",
}


class SharedConditions(Conditions):
    """Compiles filters of shared state for one statement."""

    def variables(self, given: VariableFilter | None) -> str:
        """Which variables."""
        if given is None:
            return all_of(())
        parts = []
        if given.id is not None:
            parts.append(self._ids("v.id", given.id.any_))
        if given.name is not None:
            parts.append(self._names("v.name", given.name))
        if given.tags is not None:
            parts.append(self._tags("v.tags", given.tags))
        return combine(given.operator, parts)

    def artifacts(self, given: ArtifactFilter | None) -> str:
        """Which artifacts."""
        if given is None:
            return all_of(())
        parts = [] if given.id is None else [self._ids("a.id", given.id.any_)]
        return combine(given.operator, parts + self._artifact(given))

    def collections(self, given: ArtifactCollectionFilter | None) -> str:
        """Which newest versions."""
        if given is None:
            return all_of(())
        parts = [] if given.latest_id is None else [self._ids("a.id", given.latest_id.any_)]
        return combine(given.operator, parts + self._artifact(given))

    def _artifact(self, given: ArtifactFilter | ArtifactCollectionFilter) -> list[str]:
        parts = []
        if given.key is not None:
            parts.append(self._key(given.key))
        if given.flow_run_id is not None:
            parts.append(self._ids("a.flow_run", given.flow_run_id.any_))
        if given.task_run_id is not None:
            parts.append(self._ids("a.task_run", given.task_run_id.any_))
        if given.type is not None:
            parts.append(self._kind(given.type))
        return parts

    def _key(self, given: ArtifactFilterKey) -> str:
        parts = [self._names("a.artifact_key", given)]
        if given.exists_ is not None:
            parts.append(f"a.artifact_key IS {'NOT ' if given.exists_ else ''}NULL")
        return all_of(parts)

    def _kind(self, given: ArtifactFilterType) -> str:
        wanted = self._texts("a.kind", given.any_)
        return all_of((wanted, self._not_texts("a.kind", given.not_any_)))
