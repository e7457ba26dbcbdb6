"""Runs, and how they were created.

Owns the columns of `runs` and `parameters`, and the columns derived from a change of state: start
and end, and the time spent running.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from signoff.core.ports import NewId, RunFacts
from signoff.model.actors import Actor
from signoff.model.ids import NO_RUN, uuid_of_bytes
from signoff.model.journal import NewRun, Result
from signoff.model.replies import RunSignal
from signoff.model.runs import FINAL, Phase, Run
from signoff.model.waits import Wait, WaitStatus
from signoff.store.codes import (
    HOLD,
    PERSON_FACING,
    PHASE,
    RESULT_KIND,
    SUSPEND,
    clean,
    clean_some,
    dump,
    dump_some,
    id_bytes,
    id_of,
    load,
    requests_of,
    tags_of,
    tags_text,
)
from signoff.store.repository.waits import WaitRows, number_of_alias
from signoff.store.session import Row

INBOX = "inbox"
"""Counter of the open waits that ask a person."""

_COLUMNS = 17
"""Columns of a run's row, before those of a wait."""
_SMALL = 200
"""Characters of parameters that are kept in the run's own row, which is written again with every
change of its state."""
_BELONGINGS = (
    "delete_responses",
    "delete_waits",
    "delete_history",
    "delete_reentries",
    "delete_task_runs",
    "delete_task_inputs",
    "delete_logs",
    "delete_inputs",
    "delete_parameters",
    "delete_run_trigger",
    "delete_files",
)


class RunRows(WaitRows):
    """Part of a transaction: see `core.ports.Tx` for what each method promises."""

    # Creating -----------------------------------------------------------------------------

    def flow_id(self, name: str, now: int, new_id: NewId) -> UUID:
        known = self._known.flows.get(name)
        if known is None and self._fresh is not None:
            known = self._fresh.flows.get(name)
        if known is not None:
            return known[1]
        row = self._session.one("find_flow", {"name": name})
        if row is None:
            values = {"id": new_id().bytes, "name": name, "created": now}
            self._session.run("insert_flow", values)
            row = self._session.one("find_flow", {"name": name})
        assert row is not None
        number, flow_id = row[0], uuid_of_bytes(row[1])
        fresh = self._learn()
        fresh.flows[name], fresh.flow_numbers[flow_id] = (number, flow_id), number
        return flow_id

    def insert_run(self, new: NewRun, run: Run, flow_id: UUID, by: Actor, now: int) -> bool:
        record = new.entry_record
        body = dump(new.parameters) if new.parameters else None
        small = new.pickled is None and (body is None or len(body) <= _SMALL)
        values = {
            **state_values(run, now),
            "id": new.id.bytes,
            "flow": self.flow_number(flow_id),
            "name": clean(new.name),
            "created": now,
            "created_by": self.actor_number(by),
            "entry_record": None if record is None else self.put_entry_record(record),
            "parent": id_bytes(new.parent_run_id),
            "parent_task": id_bytes(new.parent_task_run_id),
            "journal_key": new.journal_key,
            "idempotency_key": new.idempotency_key,
            "flow_version": new.flow_version,
            "tags": tags_text(new.tags),
            "deployment": id_bytes(new.deployment_id),
            "schedule": id_bytes(new.schedule_id),
            "pool": new.work_pool,
            "queue": new.work_queue,
            "job_variables": dump_some(new.job_variables),
            "given": body if small else None,
        }
        row = self._session.one("insert_run", values)
        if row is None:
            return False
        self._numbers[new.id] = row[0]
        if not small:
            parameters = {"run": row[0], "body": body or dump({}), "pickled": new.pickled}
            self._session.run("insert_parameters", parameters)
        for wait in run.waits:
            self.insert_wait(row[0], wait)
        self.count(INBOX, asks(run))
        return True

    def find_idempotent(self, flow_id: UUID, key: str) -> UUID | None:
        values = {"flow": self.flow_number(flow_id), "key": key}
        row = self._session.one("find_idempotent", values)
        return None if row is None else uuid_of_bytes(row[0])

    # Reading and saving -------------------------------------------------------------------

    def lock_run(self, run_id: UUID, key: str | None = None, seen: Run | None = None) -> Run | None:
        if run_id == NO_RUN:
            return None
        if key is not None and not self._writing:
            return self._read_with_waits(run_id, key)
        statement = "lock_run" if self._writing else "read_run"
        row = self._session.one(statement, {"id": run_id.bytes})
        if row is None:
            return None
        self._numbers[run_id] = row[0]
        if seen is not None and seen.version == row[5]:
            self._labels[run_id] = row[-2:]
            return seen
        return self._run(run_id, row, key)

    def _read_with_waits(self, run_id: UUID, key: str) -> Run | None:
        """In one statement: whoever waits is in a hurry."""
        values = {"id": run_id.bytes, "key": key, "number": number_of_alias(key)}
        rows = self._session.all("read_run_and_waits", values)
        if not rows:
            return None
        run = rows[0][:_COLUMNS]
        self._numbers[run_id] = run[0]
        waits = tuple(self.wait_of(row[_COLUMNS:]) for row in rows if row[_COLUMNS] is not None)
        return self._run(run_id, run, key, waits)

    def lock_free_run(self, run_id: UUID) -> Run | None:
        row = self._session.one("lock_free_run", {"id": run_id.bytes})
        if row is None:
            return None
        self._numbers[run_id] = row[0]
        return self._run(run_id, row, None)

    def _run(
        self, run_id: UUID, row: Row, key: str | None, waits: tuple[Wait, ...] | None = None
    ) -> Run:
        (number, phase, name, message, since, version, entry, attempt) = row[:8]
        (begun, hold, scheduled, owner, parent, opened, deployment, *label) = row[8:]
        self._labels[run_id] = label
        member = PHASE.member[phase]
        if waits is None:
            waits = self.waits_to_decide(number, attempt, key) if opened else ()
        return Run(
            id=run_id,
            phase=member,
            name=member.state_name if name is None else name,
            message=message,
            since=since,
            version=version,
            entry=entry,
            attempt=attempt,
            begun=bool(begun),
            hold=bool(hold & HOLD),
            suspend=bool(hold & SUSPEND),
            scheduled=scheduled,
            owner=owner,
            parent=id_of(parent),
            waits=waits,
            opened=opened,
            deployment=id_of(deployment),
        )

    def save_run(self, before: Run, after: Run, now: int, result: Result | None = None) -> None:
        number = self.number(after.id)
        ran = 0
        if before.phase is Phase.RUNNING and after.since != before.since:
            ran = after.since - before.since
        values: dict[str, Any] = {
            **state_values(after, now),
            "no": number,
            "before": before.version,
            "ran": ran,
        }
        if result is None:
            changed = self._session.run("save_run", values)
        else:
            changed = self._session.run("end_run", {**values, **result_values(result)})
        if changed != 1 or number is None:
            raise RuntimeError(f"flow run {after.id} changed while it was locked")
        if after.waits != before.waits:
            self.save_waits(number, before, after)
            self.count(INBOX, asks(after) - asks(before))

    def update_run(
        self, run_id: UUID, name: str | None, tags: Sequence[str] | None, parameters: str | None
    ) -> None:
        self._labels.pop(run_id, None)
        if name is not None:
            self._session.run("rename_run", {"id": run_id.bytes, "name": clean(name)})
        if tags is not None:
            self._session.run("tag_run", {"id": run_id.bytes, "tags": tags_text(list(tags))})
        number = self.number(run_id) if parameters is not None else None
        if number is not None:
            self._session.run("put_parameters", {"run": number, "body": parameters})

    def delete_run(self, run_id: UUID) -> bool:
        row = self._session.one("lock_run", {"id": run_id.bytes})
        if row is None:
            return False
        number = self._numbers[run_id] = row[0]
        open_asks = sum(
            wait.status is WaitStatus.OPEN and wait.kind in PERSON_FACING
            for wait in self.waits(run_id)
        )
        for statement in _BELONGINGS:
            self._session.run(statement, {"run": number})
        deleted = self._session.run("delete_run", {"run": number}) == 1
        self._numbers.pop(run_id, None)
        self._labels.pop(run_id, None)
        self.count(INBOX, -open_asks)
        return deleted

    # What else is known of a run ----------------------------------------------------------

    def run_facts(self, run_id: UUID) -> RunFacts | None:
        row = self._session.one("run_facts", {"id": run_id.bytes})
        if row is None:
            return None
        flow_id, flow_name, name, parent, record, created, deployment, pool, queue, variables = row
        return RunFacts(
            flow_id=uuid_of_bytes(flow_id),
            flow_name=flow_name,
            name=name,
            parent_run_id=id_of(parent),
            entry_record=self.entry_record(record),
            created=created,
            deployment_id=id_of(deployment),
            work_pool=pool,
            work_queue=queue,
            job_variables=load(variables),
        )

    def run_label(self, run_id: UUID) -> tuple[UUID, str] | None:
        label = self._labels.get(run_id)
        if label is not None:
            flow, name = label
            return self.flow_of_number(flow), name
        facts = self.run_facts(run_id)
        return None if facts is None else (facts.flow_id, facts.name)

    def new_run(self, run_id: UUID) -> NewRun | None:
        row = self._session.one("new_run", {"id": run_id.bytes})
        if row is None:
            return None
        flow, name, parameters, pickled, record, tags, version, parent, task = row[:9]
        journal, key, deployment, schedule, pool, queue, variables = row[9:]
        return NewRun(
            id=run_id,
            flow_name=flow,
            name=name,
            parameters=load(parameters) or {},
            pickled=pickled,
            entry_record=self.entry_record(record),
            tags=tags_of(tags),
            flow_version=version,
            parent_run_id=id_of(parent),
            parent_task_run_id=id_of(task),
            journal_key=journal,
            idempotency_key=key,
            deployment_id=id_of(deployment),
            schedule_id=id_of(schedule),
            work_pool=pool,
            work_queue=queue,
            job_variables=load(variables),
        )

    def unfinished_children(self, run_id: UUID) -> tuple[UUID, ...]:
        rows = self._session.all("unfinished_children", {"parent": run_id.bytes})
        return tuple(uuid_of_bytes(row[0]) for row in rows)

    def result(self, run_id: UUID) -> Result | None:
        row = self._session.one("run_result", {"id": run_id.bytes})
        return None if row is None or row[0] is None else result_of(row)

    def signals(self, run_ids: Sequence[UUID]) -> tuple[RunSignal, ...]:
        return tuple(
            RunSignal(
                uuid_of_bytes(run_id),
                version,
                entry,
                PHASE.member[phase],
                bool(hold & HOLD),
                bool(hold & SUSPEND),
            )
            for run_id, version, entry, phase, hold in self.rows_of("signals", run_ids)
        )

    def inbox_count(self) -> int:
        return self.counted(INBOX)


def asks(run: Run) -> int:
    """How many open waits of the run ask a person."""
    return sum(wait.is_open and wait.kind in PERSON_FACING for wait in run.waits)


def state_values(run: Run, now: int) -> dict[str, Any]:
    """The columns of a run's state."""
    return {
        "phase": PHASE.number[run.phase],
        "begun": int(run.begun),
        "hold": requests_of(run.hold, run.suspend),
        "version": run.version,
        "entry": run.entry,
        "attempt": run.attempt,
        "opened": run.opened,
        "since": run.since,
        "started": run.since if run.phase is Phase.RUNNING else None,
        "ended": now if run.phase in FINAL else None,
        "scheduled": run.scheduled,
        "owner": run.owner,
        "state_name": None if run.name == run.phase.state_name else clean(run.name),
        "message": clean_some(run.message),
    }


def result_values(result: Result) -> dict[str, Any]:
    """The columns of a result."""
    return {
        "kind": RESULT_KIND.number[result.kind],
        "body": result.body,
        "location": result.location,
        "preview": clean_some(result.preview),
    }


def result_of(row: Row) -> Result:
    """The result in a row of kind, body, location and preview."""
    kind, body, location, preview = row
    return Result(RESULT_KIND.member[kind], body, location, preview)
