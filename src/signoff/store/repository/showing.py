"""What every view needs: statements filled in for one occasion, the conditions of lists that look
at several tables, and stored times as moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from signoff.model.filters import FlowFilter, FlowRunFilter, TaskRunFilter
from signoff.store import statements
from signoff.store.combining import all_of
from signoff.store.filtering import Conditions
from signoff.store.session import Session

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def statement(session: Session, name: str, where: str, order: str = "") -> str:
    """A named statement with its conditions and order filled in."""
    text = statements.load(session.dialect.name)[name]
    return statements.fill(text, {"where": where, "order": order})


def flows_where(
    session: Session,
    conditions: Conditions,
    flows: FlowFilter | None,
    flow_runs: FlowRunFilter | None,
    task_runs: TaskRunFilter | None,
) -> str:
    """Which flows (`f`): those with a matching run, and a matching task run in it, where asked."""
    parts = [conditions.flows(flows)]
    if flow_runs is not None or task_runs is not None:
        inner = [conditions.flow_runs(flow_runs)]
        if task_runs is not None:
            inner.append(statement(session, "with_task_runs", conditions.task_runs(task_runs)))
        parts.append(statement(session, "with_flow_runs", all_of(inner)))
    return all_of(parts)


def task_runs_where(
    session: Session,
    conditions: Conditions,
    flows: FlowFilter | None,
    flow_runs: FlowRunFilter | None,
    task_runs: TaskRunFilter | None,
) -> str:
    """Which task runs (`t`), of which flow runs (`r`), of which flows."""
    parts = [conditions.flow_runs(flow_runs), conditions.task_runs(task_runs)]
    if flows is not None:
        parts.append(statement(session, "with_flow", conditions.flows(flows)))
    return all_of(parts)


def moment(microseconds: int) -> datetime:
    """A stored time."""
    return _EPOCH + timedelta(microseconds=microseconds)
