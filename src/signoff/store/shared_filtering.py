"""The documented filters and sort orders of shared state as parameterised SQL.

Owns the meaning of each filter field in terms of columns, like `filtering.py`. The aliases are
those of `statements/shared.sql`: `v` variables, `a` artifacts.
"""

from __future__ import annotations

from collections.abc import Mapping

from signoff.model.shared.variables import VariableFilter, VariableSort
from signoff.store.combining import all_of, combine
from signoff.store.filtering import Conditions

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
