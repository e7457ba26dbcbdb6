"""Flows and task runs as records that clients make, change and remove.

Owns the columns of `flows` that runs do not need.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from signoff.model import records
from signoff.model.ids import uuid_of_bytes
from signoff.model.journal import Result
from signoff.model.state_types import StateType
from signoff.store.codes import RESULT_KIND, STATE_TYPE, clean, clean_some, tags_text
from signoff.store.filtering import Conditions
from signoff.store.repository.showing import flows_where, statement, task_runs_where
from signoff.store.session import Session


class RecordRows:
    """See `core.record_ports.Records` for what each method promises.

    Args:
        session: the connection, inside a transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    # Flows --------------------------------------------------------------------------------

    def show_flow(self, flow_id: UUID) -> None:
        self._session.run("show_flow", {"id": flow_id.bytes})

    def hide_flow(self, flow_id: UUID, now: int) -> None:
        self._session.run("hide_flow", {"id": flow_id.bytes, "now": now})

    def tag_flow(self, flow_id: UUID, tags: Sequence[str]) -> None:
        self._session.run("tag_flow", {"id": flow_id.bytes, "tags": tags_text(list(tags))})

    def runs_of_flow(self, flow_id: UUID) -> tuple[UUID, ...]:
        rows = self._session.all("runs_of_flow", {"id": flow_id.bytes})
        return tuple(uuid_of_bytes(row[0]) for row in rows)

    def deployments_of_flow(self, flow_id: UUID) -> tuple[str, ...]:
        rows = self._session.all("deployments_of_flow", {"id": flow_id.bytes})
        return tuple(row[0] for row in rows)

    def count_flows(self, query: records.CountFlows) -> int:
        conditions = Conditions(self._session.dialect)
        where = flows_where(
            self._session, conditions, query.flows, query.flow_runs, query.task_runs
        )
        return self._counted("count_flows", conditions, where)

    # Task runs ----------------------------------------------------------------------------

    def add_task_run(
        self, id: UUID, new: records.CreateTaskRun, name: str, state: StateType, now: int
    ) -> bool:
        wanted = new.state
        values = {
            "run_id": new.flow_run_id.bytes,
            "id": id.bytes,
            "state_type": STATE_TYPE.number[state],
            "state_name": _own_name(state, wanted.name if wanted else None),
            "message": clean_some(wanted.message if wanted else None),
            "started": now,
            "ended": None,
            # A scope of its own: no call of the flow's code is ever taken for it.
            "scope": f"client:{id}",
            "task_key": new.task_key,
            "place": new.dynamic_key,
            "name": clean(name),
            "tags": tags_text(list(new.tags)),
        }
        if self.task_state(id) is not None:
            return False
        if self._session.run("add_task_run", values) != 1:
            return False
        if new.task_inputs:
            body = clean(json.dumps(new.task_inputs, separators=(",", ":")))
            told = {"run_id": new.flow_run_id.bytes, "id": id.bytes, "body": body}
            self._session.run("put_task_inputs", told)
        return True

    def task_state(self, task_run_id: UUID) -> StateType | None:
        row = self._session.one("task_state", {"id": task_run_id.bytes})
        if row is None:
            return None
        found: StateType = STATE_TYPE.member[row[0]]
        return found

    def set_task_state(
        self,
        task_run_id: UUID,
        state: StateType,
        name: str | None,
        message: str | None,
        ended: int | None,
        result: Result | None,
    ) -> None:
        values = {
            "id": task_run_id.bytes,
            "state_type": STATE_TYPE.number[state],
            "state_name": _own_name(state, name),
            "message": clean_some(message),
            "ended": ended,
        }
        self._session.run("set_task_state", values)
        if result is not None:
            kept = {
                "id": task_run_id.bytes,
                "kind": RESULT_KIND.number[result.kind],
                "location": result.location,
                "preview": clean_some(result.preview),
                "body": result.body,
            }
            self._session.run("set_task_result", kept)

    def rename_task_run(self, task_run_id: UUID, name: str) -> bool:
        values = {"id": task_run_id.bytes, "name": clean(name)}
        return self._session.run("rename_task_run", values) == 1

    def remove_task_run(self, task_run_id: UUID) -> bool:
        self._session.run("remove_task_inputs", {"id": task_run_id.bytes})
        return self._session.run("remove_task_run", {"id": task_run_id.bytes}) == 1

    def count_task_runs(self, query: records.CountTaskRuns) -> int:
        conditions = Conditions(self._session.dialect)
        where = task_runs_where(
            self._session, conditions, query.flows, query.flow_runs, query.task_runs
        )
        return self._counted("count_task_runs", conditions, where)

    def _counted(self, name: str, conditions: Conditions, where: str) -> int:
        text = statement(self._session, name, where)
        number: int = self._session.ask(text, conditions.values)[0][0]
        return number


def _own_name(state: StateType, name: str | None) -> str | None:
    """The name of a state where it is not the one of its type."""
    return None if name is None or name == state.value.capitalize() else clean(name)
