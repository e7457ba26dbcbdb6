"""Published task types. Owns the columns of `task_types`."""

from __future__ import annotations

from collections.abc import Mapping

from signoff.model.forms import Json
from signoff.store.codes import load
from signoff.store.session import Session


class TaskTypeRows:
    """See `core.task_type_ports.TaskTypes` for what each method promises.

    Args:
        session: the connection, inside a transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, name: str, body: str, now: int) -> bool:
        values = {"name": name, "body": body, "now": now}
        return self._session.run("put_task_type", values) == 1

    def listed(self) -> tuple[Mapping[str, Json], ...]:
        return tuple(load(body) for (body,) in self._session.all("task_types", {}))
