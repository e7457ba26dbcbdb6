"""The documented views of the run and task at hand, made without asking the service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from signoff.model.states import State, StateType
from signoff.model.views import FlowRun, TaskRun

if TYPE_CHECKING:
    from signoff.engine.frames import RunFrame, TaskFrame


def moment(us: int) -> datetime:
    """A time in UTC from microseconds since the Unix epoch."""
    return datetime.fromtimestamp(us / 1_000_000, UTC)


def microseconds(moment: datetime) -> int:
    """Microseconds since the Unix epoch from a time; one without a time zone is UTC."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def running(since: int) -> State[Any]:
    """The state of a run whose code reads it: Running."""
    return State(type=StateType.RUNNING, timestamp=moment(since))


def flow_run_view(frame: RunFrame, state: State[Any] | None = None) -> FlowRun:
    """The run as its own code sees it."""
    return FlowRun(
        id=frame.run_id,
        name=frame.name,
        flow_id=frame.flow_id,
        flow_name=frame.spec.name,
        state=state,
        state_type=state.type if state else None,
        state_name=state.name if state else None,
        parameters=dict(frame.parameters),
        tags=list(frame.tags),
        run_count=frame.attempt,
        entries=frame.entry,
        flow_version=frame.spec.version,
        parent_flow_run_id=frame.parent.run_id if frame.parent else None,
        start_time=moment(frame.started),
        expected_start_time=moment(frame.expected),
    )


def task_run_view(task: TaskFrame, state: State[Any] | None = None) -> TaskRun:
    """The task run as its own code sees it."""
    return TaskRun(
        id=task.id,
        name=task.name,
        flow_run_id=task.run.flow_run_id,
        task_key=task.spec.key,
        dynamic_key=task.scope,
        state=state,
        state_type=state.type if state else None,
        state_name=state.name if state else None,
        tags=sorted(task.tags),
        run_count=task.run_count,
        flow_run_run_count=task.run.attempt,
        start_time=moment(task.started),
    )
