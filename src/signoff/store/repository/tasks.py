"""Task runs: the journal, and what people see of it while tasks run.

Owns the columns of `task_runs` and `logs`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from signoff.model.ids import uuid_of_bytes
from signoff.model.journal import LogLine, Result, TaskInputs, TaskRecord, TaskStart
from signoff.model.state_types import StateType
from signoff.store.codes import (
    RESULT_KIND,
    STATE_TYPE,
    clean,
    id_bytes,
    id_of,
    tags_of,
    tags_text,
)
from signoff.store.repository.lookups import Lookups
from signoff.store.repository.runs import result_of
from signoff.store.session import Row

_DEFAULT_NAMES = {kind: kind.value.capitalize() for kind in StateType}


def finished(task: TaskRecord) -> dict[str, Any]:
    """The values of the statement `finish_task`."""
    result, kind = task.result, task.state_type
    message, preview = task.message, result.preview
    return {
        "run_id": task.run_id.bytes,
        "id": task.id.bytes,
        "attempt": task.attempt,
        "entry": task.entry,
        "occurrence": task.occurrence,
        "state_type": STATE_TYPE.number[kind],
        "run_count": task.run_count,
        "started": task.started,
        "ended": task.ended,
        "scope": task.scope,
        "task_key": task.task_key,
        "inputs": task.inputs,
        "place": task.place,
        "name": clean(task.name),
        "state_name": None if task.state_name == _DEFAULT_NAMES[kind] else task.state_name,
        "message": None if message is None else clean(message),
        "tags": tags_text(task.tags) if task.tags else None,
        "child": None if task.child is None else task.child.bytes,
        "kind": RESULT_KIND.number[result.kind],
        "location": result.location,
        "preview": None if preview is None else clean(preview),
        "body": result.body,
    }


def task_state_name(kind: StateType, name: str | None) -> str:
    """The name of a task's state; stored only when it is not the type's own."""
    return _DEFAULT_NAMES[kind] if name is None else name


class TaskRows(Lookups):
    """Part of a transaction: see `core.ports.Tx` for what each method promises."""

    def start_tasks(self, tasks: Sequence[TaskStart]) -> None:
        self._session.run_many(
            "start_task",
            [
                {
                    "run_id": task.run_id.bytes,
                    "id": task.id.bytes,
                    "attempt": task.attempt,
                    "run_count": task.run_count,
                    "started": task.started,
                    "scope": task.scope,
                    "task_key": task.task_key,
                    "name": clean(task.name),
                    "tags": tags_text(task.tags),
                    "inputs": task.inputs,
                    "occurrence": task.occurrence,
                    "place": task.place,
                    "child": id_bytes(task.child),
                }
                for task in tasks
            ],
        )

    def put_task_inputs(self, inputs: Sequence[TaskInputs]) -> None:
        self._session.run_many(
            "put_task_inputs",
            [
                {"run_id": each.run_id.bytes, "id": each.id.bytes, "body": _documented(each)}
                for each in inputs
            ],
        )

    def begun(self, run_id: UUID, attempt: int) -> tuple[TaskStart, ...]:
        rows = self._session.all("begun", {"id": run_id.bytes, "attempt": attempt})
        return tuple(_start(run_id, attempt, row) for row in rows)

    def give_up_tasks(self, run_id: UUID, message: str, now: int) -> None:
        values = {"run": self.number(run_id), "message": clean(message), "now": now}
        self._session.run("give_up_tasks", values)

    def finish_task(self, task: TaskRecord) -> bool:
        """Put a finished task on record; False when its run is gone or was entered anew."""
        return self._session.run("finish_task", finished(task)) == 1

    def journal(self, run_id: UUID) -> tuple[TaskRecord, ...]:
        rows = self._session.all("journal", {"id": run_id.bytes})
        return tuple(_record(run_id, row) for row in rows)

    def task_result(self, task_run_id: UUID) -> Result | None:
        row = self._session.one("task_result", {"id": task_run_id.bytes})
        return None if row is None else result_of(row)

    def write_logs(self, logs: Sequence[LogLine]) -> None:
        self._session.run_many(
            "write_log",
            [
                {
                    "run_id": line.run_id.bytes,
                    "at": line.at,
                    "id": line.id.bytes,
                    "task_run": id_bytes(line.task_run_id),
                    "level": line.level,
                    "name": clean(line.name),
                    "message": clean(line.message),
                }
                for line in logs
            ],
        )


def _documented(inputs: TaskInputs) -> str:
    """By parameter, in the documented form."""
    found: dict[str, list[dict[str, str]]] = {}
    for each in inputs.given:
        given = {"input_type": each.type, "id": str(each.id)}
        found.setdefault(clean(each.parameter), []).append(given)
    return json.dumps(found, separators=(",", ":"))


def _start(run_id: UUID, attempt: int, row: Row) -> TaskStart:
    task_id, scope, task_key, name, started, run_count, tags = row[:7]
    inputs, occurrence, place, child = row[7:]
    return TaskStart(
        id=uuid_of_bytes(task_id),
        run_id=run_id,
        attempt=attempt,
        scope=scope,
        task_key=task_key,
        name=name,
        started=started,
        run_count=run_count,
        tags=tags_of(tags),
        inputs=inputs,
        occurrence=occurrence,
        place=place,
        child=id_of(child),
    )


def _record(run_id: UUID, row: Row) -> TaskRecord:
    task_id, entry, attempt, scope, task_key, inputs, occurrence, place, name = row[:9]
    kind, state_name, message, *result = row[9:16]
    started, ended, run_count, tags, child = row[16:]
    state_type = STATE_TYPE.member[kind]
    return TaskRecord(
        id=uuid_of_bytes(task_id),
        run_id=run_id,
        entry=entry,
        attempt=attempt,
        scope=scope,
        task_key=task_key,
        inputs=inputs,
        occurrence=occurrence,
        place=place,
        name=name,
        state_type=state_type,
        state_name=task_state_name(state_type, state_name),
        message=message,
        result=result_of(tuple(result)),
        started=started,
        ended=ended,
        run_count=run_count,
        tags=tags_of(tags),
        child=id_of(child),
    )
