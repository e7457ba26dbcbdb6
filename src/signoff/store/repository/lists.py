"""The documented views: flows, flow runs, task runs, logs and inputs, one by one and in lists.

Owns how columns become views. Loaded with the first list only: views and filters are Pydantic
models. Functions of a session rather than methods, so that transactions need not know them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from signoff.core.task_states import has_begun
from signoff.model import queries
from signoff.model.filters import FlowRunFilter, FlowRunFilterId, TaskRunFilter, TaskRunFilterId
from signoff.model.ids import NO_RUN, uuid_of_bytes
from signoff.model.journal import Reentry
from signoff.model.runs import Phase
from signoff.model.states import State, StateDetails, StateType
from signoff.model.views import Flow, FlowRun, FlowRunInput, Log, TaskRun
from signoff.store import statements
from signoff.store.codes import PHASE, STATE_TYPE, load, tags_of
from signoff.store.filtering import (
    FLOW_ORDER,
    LOG_ORDER,
    TASK_RUN_ORDER,
    Conditions,
)
from signoff.store.repository.history import reentry_of
from signoff.store.repository.lookups import Lookups
from signoff.store.repository.showing import flows_where, task_runs_where
from signoff.store.repository.showing import moment as _moment
from signoff.store.repository.showing import statement as _statement
from signoff.store.repository.tasks import task_state_name
from signoff.store.run_order import ORDERS
from signoff.store.session import Row, Session

_ONE = 1


# Flow runs ---------------------------------------------------------------------------------


def flow_run(session: Session, lookups: Lookups, run_id: UUID) -> FlowRun | None:
    wanted = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
    found = flow_runs(session, lookups, queries.ReadRuns(flow_runs=wanted, limit=_ONE))
    return found[0] if found else None


def flow_runs(session: Session, lookups: Lookups, query: queries.ReadRuns) -> tuple[FlowRun, ...]:
    conditions, where = runs_where(session, query)
    text = _statement(session, "flow_runs", where, ORDERS[query.sort].text())
    page = {"limit": query.limit, "offset": query.offset}
    return shown(session, lookups, session.ask(text, {**conditions.values, **page}))


def shown(session: Session, lookups: Lookups, rows: Sequence[Row]) -> tuple[FlowRun, ...]:
    """The runs of these rows of the statement `flow_runs`."""
    paused = _pauses(session, [row[0] for row in rows if row[5] in _WAITING])
    reentries = _reentries(session, [row[0] for row in rows if row[10] > 1])
    return tuple(_flow_run(lookups, row, paused.get(row[0]), reentries.get(row[0])) for row in rows)


def count_runs(session: Session, query: queries.CountRuns) -> int:
    conditions, where = runs_where(session, query)
    text = _statement(session, "count_runs", where)
    number: int = session.ask(text, conditions.values)[0][0]
    return number


def runs_where(
    session: Session, query: queries.ReadRuns | queries.CountRuns
) -> tuple[Conditions, str]:
    conditions = Conditions(session.dialect)
    parts = [conditions.flows(query.flows), conditions.flow_runs(query.flow_runs)]
    if query.deployments is not None:
        made_from = conditions.deployments(query.deployments)
        parts.append(_statement(session, "with_deployment", made_from))
    if query.task_runs is not None:
        tasks = conditions.task_runs(query.task_runs)
        parts.append(_statement(session, "with_task_runs", tasks))
    return conditions, " AND ".join(f"({part})" for part in parts)


_WAITING = frozenset({PHASE.number[Phase.PAUSED], PHASE.number[Phase.SUSPENDED]})


@dataclass(frozen=True, slots=True)
class _Pause:
    """What a paused state says about its waits: the nearest deadline, and the first of them."""

    deadline: int | None
    key: str
    number: int | None


def _pauses(session: Session, numbers: list[int]) -> dict[int, _Pause]:
    if not numbers:
        return {}
    found: dict[int, _Pause] = {}
    names = {f"p{index}": number for index, number in enumerate(numbers)}
    runs = ", ".join(session.dialect.named % name for name in names)
    text = statements.load(session.dialect.name)["open_waits"]
    for run, number, key, deadline, form in session.ask(
        statements.fill(text, {"runs": runs}), names
    ):
        first = found.get(run)
        asking = number if form is not None else None
        if first is None:
            found[run] = _Pause(deadline, key, asking)
        else:
            times = [each for each in (first.deadline, deadline) if each is not None]
            found[run] = _Pause(min(times, default=None), first.key, first.number or asking)
    return found


def _reentries(session: Session, numbers: list[int]) -> dict[int, Reentry]:
    """What became of earlier work in the newest entries of runs that were entered again."""
    if not numbers:
        return {}
    names = {f"p{index}": number for index, number in enumerate(numbers)}
    runs = ", ".join(session.dialect.named % name for name in names)
    text = statements.load(session.dialect.name)["newest_reentries"]
    rows = session.ask(statements.fill(text, {"runs": runs}), names)
    return {run: reentry_of(body) for run, body in rows}


def _flow_run(lookups: Lookups, row: Row, pause: _Pause | None, reentry: Reentry | None) -> FlowRun:
    _, run_id, name, flow_id, flow_name, phase_number, _, _, since = row[:9]
    version, entry, attempt, begun, scheduled, expected, started, ended, run_time = row[9:18]
    created, created_by, parent, parent_task, idempotency, flow_version, tags = row[18:25]
    deployment, schedule, pool, queue, variables, body = row[25:]
    phase = PHASE.member[phase_number]
    state = _run_state(row, phase, scheduled, pause)
    return FlowRun(
        id=uuid_of_bytes(run_id),
        name=name,
        flow_id=uuid_of_bytes(flow_id),
        flow_name=flow_name,
        state=state,
        state_id=state.id,
        state_type=state.type,
        state_name=state.name,
        deployment_id=_id(deployment),
        work_pool_name=pool,
        work_queue_name=queue,
        job_variables=load(variables),
        auto_scheduled=schedule is not None,
        flow_version=flow_version,
        parameters=load(body) or {},
        idempotency_key=idempotency,
        tags=list(tags_of(tags)),
        parent_task_run_id=_id(parent_task),
        parent_flow_run_id=_id(parent),
        run_count=attempt if begun else attempt - 1,
        entries=entry,
        reentry=reentry,
        version=version,
        expected_start_time=_moment(created if expected is None else expected),
        next_scheduled_start_time=_moment_some(scheduled),
        start_time=_moment_some(started),
        end_time=_moment_some(ended),
        total_run_time=timedelta(microseconds=run_time),
        created=_moment(created),
        updated=_moment(max(since, created)),
        created_by=str(lookups.actor(created_by)),
    )


def _run_state(row: Row, phase: Phase, scheduled: int | None, pause: _Pause | None) -> State[Any]:
    run_id, state_name, message, since, version = row[1], row[6], row[7], row[8], row[9]
    details = StateDetails(
        flow_run_id=uuid_of_bytes(run_id), scheduled_time=_moment_some(scheduled)
    )
    if pause is not None:
        details.pause_timeout = _moment_some(pause.deadline)
        details.pause_key = pause.key
        details.pause_reschedule = phase.state_name != Phase.PAUSED.state_name
        if pause.number is not None:
            alias = f"{phase.value}-{pause.number}"
            parts = ("description", "response", "schema")
            details.run_input_keyset = {part: f"{alias}-{part}" for part in parts}
    return State(
        id=_state_id(run_id, version),
        type=phase.state_type,
        name=phase.state_name if state_name is None else state_name,
        timestamp=_moment(since),
        message=message,
        state_details=details,
    )


def _state_id(owner: bytes, version: int) -> UUID:
    """States are not stored apart from their run; their ids follow from it, one per version."""
    return UUID(int=int.from_bytes(owner, "big") ^ (version + 1) << 16)


# Flows -------------------------------------------------------------------------------------


def flow(session: Session, query: queries.ReadFlow) -> Flow | None:
    if query.flow_id is not None:
        row = session.one("flow_by_id", {"id": query.flow_id.bytes})
    else:
        row = session.one("flow_by_name", {"name": query.name})
    return None if row is None else _flow(row)


def flows(session: Session, query: queries.ReadFlows) -> tuple[Flow, ...]:
    conditions = Conditions(session.dialect)
    where = flows_where(session, conditions, query.flows, query.flow_runs, query.task_runs)
    text = _statement(session, "flows", where, FLOW_ORDER[query.sort])
    page = {"limit": query.limit, "offset": query.offset}
    return tuple(_flow(row) for row in session.ask(text, {**conditions.values, **page}))


def _flow(row: Row) -> Flow:
    flow_id, name, created, tags = row
    moment = _moment(created)
    labels = list(tags_of(tags))
    return Flow(id=uuid_of_bytes(flow_id), name=name, created=moment, updated=moment, tags=labels)


# Task runs ---------------------------------------------------------------------------------


def task_run(session: Session, task_run_id: UUID) -> TaskRun | None:
    wanted = TaskRunFilter(id=TaskRunFilterId(any_=[task_run_id]))
    found = task_runs(session, queries.ReadTaskRuns(task_runs=wanted, limit=_ONE))
    return found[0] if found else None


def task_runs(session: Session, query: queries.ReadTaskRuns) -> tuple[TaskRun, ...]:
    conditions = Conditions(session.dialect)
    where = task_runs_where(session, conditions, query.flows, query.flow_runs, query.task_runs)
    text = _statement(session, "task_runs", where, TASK_RUN_ORDER[query.sort])
    page = {"limit": query.limit, "offset": query.offset}
    return tuple(_task_run(row) for row in session.ask(text, {**conditions.values, **page}))


def _task_run(row: Row) -> TaskRun:
    task_id, run_id, name, task_key, place, occurrence, kind_number, state_name, message = row[:9]
    started, ended, run_count, attempt, tags, child, inputs = row[9:]
    kind: StateType = STATE_TYPE.member[kind_number]
    details = StateDetails(
        flow_run_id=_run_id(run_id),
        task_run_id=uuid_of_bytes(task_id),
        child_flow_run_id=_id(child),
    )
    state: State[Any] = State(
        id=_state_id(task_id, 2 * run_count + (ended is not None)),
        type=kind,
        name=task_state_name(kind, state_name),
        timestamp=_moment(started if ended is None else ended),
        message=message,
        state_details=details,
    )
    return TaskRun(
        id=uuid_of_bytes(task_id),
        name=name,
        flow_run_id=_run_id(run_id),
        task_key=task_key,
        dynamic_key=place or str(occurrence),
        state=state,
        state_id=state.id,
        state_type=state.type,
        state_name=state.name,
        tags=list(tags_of(tags)),
        task_inputs=json.loads(inputs) if inputs else {},
        run_count=run_count,
        flow_run_run_count=attempt,
        start_time=_moment(started) if has_begun(kind) else None,
        end_time=_moment_some(ended) if has_begun(kind) else None,
        expected_start_time=_moment(started),
        total_run_time=timedelta(microseconds=0 if ended is None else ended - started),
        created=_moment(started),
        updated=_moment(started if ended is None else ended),
        child_flow_run_id=_id(child),
    )


# Logs and inputs ---------------------------------------------------------------------------


def logs(session: Session, query: queries.ReadLogs) -> tuple[Log, ...]:
    conditions = Conditions(session.dialect)
    where = conditions.logs(query.logs)
    text = _statement(session, "logs", where, LOG_ORDER[query.sort])
    page = {"limit": query.limit, "offset": query.offset}
    return tuple(_logs(session.ask(text, {**conditions.values, **page})))


def _logs(rows: Iterable[Row]) -> Iterable[Log]:
    for log_id, name, level, message, at, run_id, task_run_id in rows:
        yield Log(
            id=uuid_of_bytes(log_id),
            name=name,
            level=level,
            message=message,
            timestamp=_moment(at),
            flow_run_id=_run_id(run_id),
            task_run_id=_id(task_run_id),
        )


def input_of(run_id: UUID, row: Row) -> FlowRunInput:
    key, value, sender, created = row
    return FlowRunInput(
        flow_run_id=run_id, key=key, value=value, sender=sender, created=_moment(created)
    )


# Values ------------------------------------------------------------------------------------


def _moment_some(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _moment(microseconds)


def _run_id(value: bytes) -> UUID | None:
    """The run that a task or log line belongs to; None when it was called outside of flows."""
    return None if value == NO_RUN.bytes else uuid_of_bytes(value)


def _id(value: bytes | None) -> UUID | None:
    return None if value is None else uuid_of_bytes(value)
