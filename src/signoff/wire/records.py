"""The documented REST operations on flows, task runs and pages of lists.

Owns the shapes that differ from a request of the model, with their recipes, and the rows of the
endpoint table. Must not know how a request is carried out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any
from uuid import UUID

from signoff.core.ports import NewId
from signoff.model import filters as f
from signoff.model.commands import Request
from signoff.model.queries import CountRuns, ReadFlows, ReadRuns, ReadTaskRun, ReadTaskRuns
from signoff.model.records import (
    CountFlows,
    CountTaskRuns,
    CreateTaskRun,
    SetTaskRunState,
    TaskStateSet,
)
from signoff.model.states import State
from signoff.model.values import dataclass
from signoff.model.views import Flow, FlowRun, TaskRun
from signoff.wire.recipes import OrchestrationResult, Recipe, Steps, proposed


@dataclass(frozen=True, slots=True)
class FlowPage:
    """One page of flows.

    Args:
        results: what is on it.
        count: how many there are altogether.
        limit: the most that are on a page.
        pages: how many pages there are.
        page: which one this is, from 1.
    """

    results: tuple[Flow, ...]
    count: int
    limit: int
    pages: int
    page: int


@dataclass(frozen=True, slots=True)
class FlowRunPage:
    """One page of flow runs.

    Args:
        results: what is on it.
        count: how many there are altogether.
        limit: the most that are on a page.
        pages: how many pages there are.
        page: which one this is, from 1.
    """

    results: tuple[FlowRun, ...]
    count: int
    limit: int
    pages: int
    page: int


@dataclass(frozen=True, slots=True)
class TaskRunPage:
    """One page of task runs.

    Args:
        results: what is on it.
        count: how many there are altogether.
        limit: the most that are on a page.
        pages: how many pages there are.
        page: which one this is, from 1.
    """

    results: tuple[TaskRun, ...]
    count: int
    limit: int
    pages: int
    page: int


@dataclass(frozen=True, slots=True)
class PageOfFlows(Request[FlowPage]):
    """A page of the flows that match."""

    flows: f.FlowFilter | None = None
    flow_runs: f.FlowRunFilter | None = None
    task_runs: f.TaskRunFilter | None = None
    sort: f.FlowSort = f.FlowSort.NAME_ASC
    limit: int = 200
    page: int = 1


@dataclass(frozen=True, slots=True)
class PageOfFlowRuns(Request[FlowRunPage]):
    """A page of the flow runs that match."""

    flows: f.FlowFilter | None = None
    flow_runs: f.FlowRunFilter | None = None
    task_runs: f.TaskRunFilter | None = None
    sort: f.FlowRunSort = f.FlowRunSort.ID_DESC
    limit: int = 200
    page: int = 1


@dataclass(frozen=True, slots=True)
class PageOfTaskRuns(Request[TaskRunPage]):
    """A page of the task runs that match."""

    flows: f.FlowFilter | None = None
    flow_runs: f.FlowRunFilter | None = None
    task_runs: f.TaskRunFilter | None = None
    sort: f.TaskRunSort = f.TaskRunSort.ID_DESC
    limit: int = 200
    page: int = 1


@dataclass(frozen=True, slots=True)
class NewTaskRun(Request[TaskRun]):
    """Register a run of a task that no flow's code has called."""

    flow_run_id: UUID
    task_key: str
    dynamic_key: str
    id: UUID | None = None
    name: str | None = None
    tags: tuple[str, ...] = ()
    state: State[Any] | None = None
    task_inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProposeTaskRunState(Request[OrchestrationResult]):
    """Ask for a state of a task run; `force` changes one that has ended, too."""

    task_run_id: UUID
    state: State[Any]
    force: bool = False


@dataclass(frozen=True, slots=True)
class ReadTaskRunStates(Request[tuple[State[Any], ...]]):
    """The states of a task run that are on record: the present one."""

    task_run_id: UUID


def _offset(limit: int, page: int) -> int:
    return (page - 1) * limit


def _pages(count: int, limit: int) -> int:
    return -(-count // limit) if limit else 0


def page_of_flows(request: PageOfFlows, new_id: NewId) -> Steps[FlowPage]:
    """The page, and how many there are."""
    r = request
    offset = _offset(r.limit, r.page)
    found = yield ReadFlows(r.flows, r.sort, r.limit, offset, r.flow_runs, r.task_runs)
    count = yield CountFlows(r.flows, r.flow_runs, r.task_runs)
    return FlowPage(found, count, r.limit, _pages(count, r.limit), r.page)


def page_of_flow_runs(request: PageOfFlowRuns, new_id: NewId) -> Steps[FlowRunPage]:
    """The page, and how many there are."""
    r = request
    offset = _offset(r.limit, r.page)
    found = yield ReadRuns(r.flows, r.flow_runs, r.task_runs, r.sort, r.limit, offset)
    count = yield CountRuns(r.flows, r.flow_runs, r.task_runs)
    return FlowRunPage(found, count, r.limit, _pages(count, r.limit), r.page)


def page_of_task_runs(request: PageOfTaskRuns, new_id: NewId) -> Steps[TaskRunPage]:
    """The page, and how many there are."""
    r = request
    offset = _offset(r.limit, r.page)
    found = yield ReadTaskRuns(r.flow_runs, r.task_runs, r.sort, r.limit, offset, r.flows)
    count = yield CountTaskRuns(r.flows, r.flow_runs, r.task_runs)
    return TaskRunPage(found, count, r.limit, _pages(count, r.limit), r.page)


def new_task_run(request: NewTaskRun, new_id: NewId) -> Steps[TaskRun]:
    """The same, with a state of the model."""
    made: TaskRun = yield CreateTaskRun(
        request.flow_run_id,
        request.task_key,
        request.dynamic_key,
        request.name,
        request.tags,
        proposed(request.state) if request.state is not None else None,
        request.id,
        request.task_inputs or None,
    )
    return made


def propose_task_run_state(
    request: ProposeTaskRunState, new_id: NewId
) -> Steps[OrchestrationResult]:
    """Set a state; a refusal is a result here, as documented."""
    done: TaskStateSet = yield SetTaskRunState(
        request.task_run_id, proposed(request.state), request.force
    )
    details: dict[str, Any] = {"type": f"{done.status.lower()}_details"}
    if done.reason is not None:
        details["reason"] = done.reason
    return OrchestrationResult(done.task_run.state, done.status, details)


def read_task_run_states(
    request: ReadTaskRunStates, new_id: NewId
) -> Steps[tuple[State[Any], ...]]:
    """The state of the task run."""
    run: TaskRun = yield ReadTaskRun(request.task_run_id)
    return (run.state,) if run.state is not None else ()


RECIPES: dict[type[Request[Any]], Recipe] = {
    PageOfFlows: page_of_flows,
    PageOfFlowRuns: page_of_flow_runs,
    PageOfTaskRuns: page_of_task_runs,
    NewTaskRun: new_task_run,
    ProposeTaskRunState: propose_task_run_state,
    ReadTaskRunStates: read_task_run_states,
}
"""How each of these operations is carried out."""
