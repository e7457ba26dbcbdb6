"""Queries: what can be read, and in which words.

Owns reading. Every function looks through a transaction that changes nothing; due deadlines have
been applied before (`FRESH` names the queries that show their outcome). Loaded with the first query
only, because the views and filters are heavy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from signoff.core import waiting
from signoff.core.transitions import decide
from signoff.model import queries
from signoff.model.actors import SERVICE
from signoff.model.commands import Request
from signoff.model.errors import InvalidRequest, ObjectNotFound
from signoff.model.events import Event, HistoryEntry, Kind, Refused
from signoff.model.journal import Result, ResultKind
from signoff.model.replies import InboxItem, SettledItem, WaitView
from signoff.model.runs import Run
from signoff.model.views import Flow, FlowRun, Log, TaskRun
from signoff.model.waits import WaitStatus
from signoff.service.lookups import facts_of
from signoff.service.paging import paged
from signoff.service.reading_inputs import filter_inputs, read_input
from signoff.service.sealing import masked
from signoff.service.table import Handlers
from signoff.service.unit import Unit
from signoff.service.viewing import wait_view

T = TypeVar("T")
MOST_INBOX_ITEMS = 200


def _found(value: T | None, what: str) -> T:
    if value is None:
        raise ObjectNotFound(f"There is no {what}.")
    return value


# Runs --------------------------------------------------------------------------------------


def read_run(unit: Unit, query: queries.ReadRun) -> FlowRun:
    return masked(_found(unit.tx.flow_run(query.run_id), f"flow run {query.run_id}"))


def read_runs(unit: Unit, query: queries.ReadRuns) -> tuple[FlowRun, ...]:
    paged(query.limit, query.offset)
    return tuple(map(masked, unit.tx.flow_runs(query)))


def count_runs(unit: Unit, query: queries.CountRuns) -> int:
    return unit.tx.count_runs(query)


def read_history(unit: Unit, query: queries.ReadHistory) -> tuple[HistoryEntry, ...]:
    facts_of(unit, query.run_id)
    return unit.tx.history(query.run_id)


def read_events(unit: Unit, query: queries.ReadEvents) -> tuple[HistoryEntry, ...]:
    paged(query.limit, 0)
    return unit.tx.events(query.after, query.limit)


def read_task_result(unit: Unit, query: queries.ReadTaskResult) -> Result:
    result = _found(unit.tx.task_result(query.task_run_id), f"ended task run {query.task_run_id}")
    if result.kind is ResultKind.SEALED:
        # Only the process that works on its run is given it.
        return Result(ResultKind.MISSING, preview=result.preview)
    return result


# Waits -------------------------------------------------------------------------------------


def read_waits(unit: Unit, query: queries.ReadWaits) -> tuple[WaitView, ...]:
    run = unit.locked(query.run_id)
    facts, alive = facts_of(unit, run.id), unit.alive(run)
    waits = sorted(unit.tx.waits(run.id), key=lambda wait: wait.number)
    return tuple(wait_view(unit, run.id, facts, wait, alive) for wait in waits)


def read_wait(unit: Unit, query: queries.ReadWait) -> WaitView:
    run = unit.locked(query.run_id, query.key)
    event = Event(Kind.ANSWER, SERVICE, key=query.key)
    wait = waiting.meant(run, event)
    if wait is None:
        raise _no_such_wait(unit, run, event)
    return wait_view(unit, run.id, facts_of(unit, run.id), wait, unit.alive(run))


def _no_such_wait(unit: Unit, run: Run, event: Event) -> Exception:
    """Why there is no wait to show: what an answer would be told."""
    if event.key is not None:
        keys = ", ".join(wait.key for wait in run.open_waits if wait.child is None) or "none"
        return ObjectNotFound(f"Flow run {run.id} has no wait {event.key!r}; open: {keys}.")
    decision = decide(run, event, unit.now)
    if isinstance(decision, Refused):
        return decision.error(decision.message, decision.details)
    return ObjectNotFound(f"Flow run {run.id} waits for nothing.")


def _inbox_page(limit: int, offset: int) -> None:
    paged(limit, offset)
    if limit > MOST_INBOX_ITEMS:
        raise InvalidRequest(
            f"limit must be at most {MOST_INBOX_ITEMS}, got {limit}; use offset for more.",
            {"errors": ["limit"]},
        )


def read_inbox(unit: Unit, query: queries.ReadInbox) -> tuple[InboxItem, ...]:
    _inbox_page(query.limit, query.offset)
    items = unit.tx.inbox(query.limit, query.offset, query.text)
    owners = unit.tx.owners_of([item.run_id for item in items if item.alive])
    judged: dict[str, bool] = {}
    for owner in owners.values():
        if owner.process.id not in judged:
            judged[owner.process.id] = unit.means.is_alive(owner, unit.now)
    alive = {run_id for run_id, owner in owners.items() if judged[owner.process.id]}
    return tuple(
        item if item.alive == (item.run_id in alive) else replace(item, alive=False)
        for item in items
    )


def read_settled(unit: Unit, query: queries.ReadSettled) -> tuple[SettledItem, ...]:
    _inbox_page(query.limit, query.offset)
    if query.status not in (WaitStatus.ANSWERED, WaitStatus.EXPIRED):
        raise InvalidRequest(
            f"status must be answered or expired, got {query.status}; the inbox has what is open.",
            {"errors": ["status"]},
        )
    return unit.tx.settled(query.status, query.limit, query.offset, query.text)


def count_inbox(unit: Unit, query: queries.CountInbox) -> int:
    return unit.tx.inbox_count()


# Flows, tasks and logs ---------------------------------------------------------------------


def read_flow(unit: Unit, query: queries.ReadFlow) -> Flow:
    if query.flow_id is None and query.name is None:
        raise InvalidRequest("A flow is read by its id or by its name; give one of them.")
    wanted = query.name if query.flow_id is None else query.flow_id
    return _found(unit.tx.flow(query), f"flow {wanted}")


def read_flows(unit: Unit, query: queries.ReadFlows) -> tuple[Flow, ...]:
    paged(query.limit, query.offset)
    return unit.tx.flows(query)


def read_task_run(unit: Unit, query: queries.ReadTaskRun) -> TaskRun:
    return _found(unit.tx.task_run(query.task_run_id), f"task run {query.task_run_id}")


def read_task_runs(unit: Unit, query: queries.ReadTaskRuns) -> tuple[TaskRun, ...]:
    paged(query.limit, query.offset)
    return unit.tx.task_runs(query)


def read_logs(unit: Unit, query: queries.ReadLogs) -> tuple[Log, ...]:
    paged(query.limit, query.offset)
    return unit.tx.logs(query)


HANDLERS: Handlers = {
    queries.ReadRun: read_run,
    queries.ReadRuns: read_runs,
    queries.CountRuns: count_runs,
    queries.ReadHistory: read_history,
    queries.ReadEvents: read_events,
    queries.ReadTaskResult: read_task_result,
    queries.ReadWaits: read_waits,
    queries.ReadWait: read_wait,
    queries.ReadInbox: read_inbox,
    queries.ReadSettled: read_settled,
    queries.CountInbox: count_inbox,
    queries.ReadFlow: read_flow,
    queries.ReadFlows: read_flows,
    queries.ReadTaskRun: read_task_run,
    queries.ReadTaskRuns: read_task_runs,
    queries.ReadLogs: read_logs,
    queries.ReadInput: read_input,
    queries.FilterInputs: filter_inputs,
}

FRESH: Mapping[type[Request[Any]], str | None] = {
    queries.ReadRun: "run_id",
    queries.ReadHistory: "run_id",
    queries.ReadWaits: "run_id",
    queries.ReadWait: "run_id",
    queries.ReadInput: "run_id",
    queries.ReadRuns: None,
    queries.CountRuns: None,
    queries.ReadInbox: None,
    queries.ReadSettled: None,
    queries.CountInbox: None,
    queries.ReadEvents: None,
}
"""Queries that show what a deadline does, and the field that names the one run they concern."""
