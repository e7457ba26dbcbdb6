"""What can be read from the service: queries, each tied to its reply.

Owns the vocabulary; must not know how a query is answered. Loaded on first use only, because the
views and filters are Pydantic models. Times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from uuid import UUID

from signoff.model.events import HistoryEntry
from signoff.model.filters import (
    DeploymentFilter,
    FlowFilter,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunSort,
    FlowSort,
    LogFilter,
    LogSort,
    TaskRunFilter,
    TaskRunSort,
)
from signoff.model.journal import Result
from signoff.model.lookups import Query
from signoff.model.replies import InboxItem, SettledItem, WaitView
from signoff.model.values import dataclass
from signoff.model.views import Flow, FlowRun, FlowRunInput, Log, TaskRun
from signoff.model.waits import WaitStatus


@dataclass(frozen=True, slots=True)
class ReadRun(Query[FlowRun]):
    run_id: UUID


@dataclass(frozen=True, slots=True)
class ReadRuns(Query[tuple[FlowRun, ...]]):
    """Flow runs that match every given filter."""

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    sort: FlowRunSort = FlowRunSort.ID_DESC
    limit: int = 200
    offset: int = 0
    deployments: DeploymentFilter | None = None


@dataclass(frozen=True, slots=True)
class CountRuns(Query[int]):
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    deployments: DeploymentFilter | None = None


RESUMING = FlowRunFilter(state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Resuming"])))
"""Runs that wait for a process to go on."""


@dataclass(frozen=True, slots=True)
class ReadHistory(Query[tuple[HistoryEntry, ...]]):
    """What happened to a run, oldest first."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class ReadTaskResult(Query[Result]):
    """The kept result of a task run."""

    task_run_id: UUID


@dataclass(frozen=True, slots=True)
class ReadWaits(Query[tuple[WaitView, ...]]):
    """Every wait of a run, oldest first."""

    run_id: UUID


@dataclass(frozen=True, slots=True)
class ReadWait(Query[WaitView]):
    """One wait, by key or alias; without a key the only open one (`AmbiguousWait` when several)."""

    run_id: UUID
    key: str | None = None


@dataclass(frozen=True, slots=True)
class ReadInbox(Query[tuple[InboxItem, ...]]):
    """What waits for a person, nearest deadline first, then oldest.

    Args:
        limit, offset: page; at most 200 items.
        text: only where run name, flow name or title contains it.
    """

    limit: int = 50
    offset: int = 0
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ReadSettled(Query[tuple[SettledItem, ...]]):
    """What waited for a person and was answered, or expired; newest first.

    Args:
        status: `answered` or `expired`.
        limit, offset, text: as in `ReadInbox`.
    """

    status: WaitStatus = WaitStatus.ANSWERED
    limit: int = 50
    offset: int = 0
    text: str | None = None


@dataclass(frozen=True, slots=True)
class CountInbox(Query[int]):
    """How many waits are open for a person (kept as a counter)."""


@dataclass(frozen=True, slots=True)
class ReadFlow(Query[Flow]):
    """One flow, by id or by name."""

    flow_id: UUID | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ReadFlows(Query[tuple[Flow, ...]]):
    """Flows that match, of those that have a matching flow run or task run where asked."""

    flows: FlowFilter | None = None
    sort: FlowSort = FlowSort.NAME_ASC
    limit: int = 200
    offset: int = 0
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None


@dataclass(frozen=True, slots=True)
class ReadTaskRun(Query[TaskRun]):
    task_run_id: UUID


@dataclass(frozen=True, slots=True)
class ReadTaskRuns(Query[tuple[TaskRun, ...]]):
    """Task runs that match every given filter."""

    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
    sort: TaskRunSort = TaskRunSort.ID_DESC
    limit: int = 200
    offset: int = 0
    flows: FlowFilter | None = None


@dataclass(frozen=True, slots=True)
class ReadLogs(Query[tuple[Log, ...]]):
    logs: LogFilter | None = None
    sort: LogSort = LogSort.TIMESTAMP_ASC
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ReadInput(Query[FlowRunInput]):
    run_id: UUID
    key: str


@dataclass(frozen=True, slots=True)
class FilterInputs(Query[tuple[FlowRunInput, ...]]):
    """Inputs of a run whose key starts with `prefix`, oldest first."""

    run_id: UUID
    prefix: str
    limit: int = 1
    exclude_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadEvents(Query[tuple[HistoryEntry, ...]]):
    """What happened in the whole store after `after`, oldest first."""

    after: int
    limit: int = 200
