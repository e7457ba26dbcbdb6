"""Variables. Owns the columns of `variables`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from signoff.model.ids import uuid_of_bytes
from signoff.model.shared.variables import (
    CountVariables,
    ReadVariables,
    Variable,
)
from signoff.store.codes import load, tags_of, tags_text
from signoff.store.repository.showing import moment, statement
from signoff.store.session import Row, Session
from signoff.store.shared_filtering import VARIABLE_ORDER, SharedConditions


class VariableRows:
    """See `core.shared.ports.Variables` for what each method promises.

    Args:
        session: the connection, inside a transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, id: UUID, name: str, value: str, tags: Sequence[str], now: int
    ) -> Variable | None:
        values = {"id": id.bytes, "name": name, "value": value, "tags": tags_text(list(tags))}
        if self._session.run("add_variable", {**values, "now": now}) == 0:
            return None
        return self.find(id, None)

    def change(
        self,
        id: UUID,
        name: str,
        value: str | None,
        tags: Sequence[str] | None,
        now: int,
    ) -> bool:
        other = self._session.one("variable_by_name", {"name": name})
        if other is not None and other[0] != id.bytes:
            return False
        values: dict[str, Any] = {"id": id.bytes, "name": name, "value": value, "now": now}
        self._session.run("change_variable", values)
        if tags is not None:
            self._session.run("tag_variable", {"id": id.bytes, "tags": tags_text(list(tags))})
        return True

    def remove(self, id: UUID) -> bool:
        return self._session.run("remove_variable", {"id": id.bytes}) == 1

    def find(self, id: UUID | None, name: str | None) -> Variable | None:
        if id is not None:
            row = self._session.one("variable_by_id", {"id": id.bytes})
        else:
            row = self._session.one("variable_by_name", {"name": name})
        return None if row is None else _variable(row)

    def listed(self, query: ReadVariables) -> tuple[Variable, ...]:
        conditions = SharedConditions(self._session.dialect)
        where = conditions.variables(query.variables)
        text = statement(self._session, "variables", where, VARIABLE_ORDER[query.sort])
        page = {"limit": query.limit, "offset": query.offset}
        return tuple(map(_variable, self._session.ask(text, {**conditions.values, **page})))

    def count(self, query: CountVariables) -> int:
        conditions = SharedConditions(self._session.dialect)
        text = statement(self._session, "count_variables", conditions.variables(query.variables))
        number: int = self._session.ask(text, conditions.values)[0][0]
        return number


def _variable(row: Row) -> Variable:
    id, name, value, tags, created, updated = row
    return Variable(
        id=uuid_of_bytes(id),
        name=name,
        value=load(value),
        tags=list(tags_of(tags)),
        created=moment(created),
        updated=moment(updated),
    )
