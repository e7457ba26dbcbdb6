"""Flows and task runs as records that a client makes, changes and removes by itself.

Owns these requests and their replies. Runs of user code make their records in other ways
(`commands.py`); must not know what a change means for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from signoff.model.commands import Command, ProposedState
from signoff.model.filters import FlowFilter, FlowRunFilter, TaskRunFilter
from signoff.model.forms import Json
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.values import dataclass
from signoff.model.views import Flow, TaskRun


@dataclass(frozen=True, slots=True)
class CreateFlow(Command[Flow]):
    """Register a flow; the one of that name when there is one.

    Args:
        name: its name.
        tags: labels; None leaves those of a known flow as they are.
    """

    name: str
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class UpdateFlow(Command[Done]):
    """Change the labels of a flow."""

    flow_id: UUID
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class DeleteFlow(Command[Done]):
    """Delete a flow with all of its runs. A flow that has deployments is refused."""

    flow_id: UUID


@dataclass(frozen=True, slots=True)
class CountFlows(Query[int]):
    """How many flows match, of those that have a matching flow run or task run where asked."""

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None


@dataclass(frozen=True, slots=True)
class ReadVersion(Query[str]):
    """The version of the service."""


@dataclass(frozen=True, slots=True)
class CreateTaskRun(Command[TaskRun]):
    """Register a run of a task that no flow's code has called.

    Args:
        flow_run_id: the flow run it belongs to.
        task_key: which task.
        dynamic_key: which call of it.
        name: its name; derived from the task when left out.
        tags: labels.
        state: its state; Pending when left out.
        id: identifier; made when left out.
        task_inputs: what its arguments came from, by parameter, in the documented form.
    """

    flow_run_id: UUID
    task_key: str
    dynamic_key: str
    name: str | None = None
    tags: tuple[str, ...] = ()
    state: ProposedState | None = None
    id: UUID | None = None
    task_inputs: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class UpdateTaskRun(Command[Done]):
    """Rename a task run."""

    task_run_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class TaskStateSet:
    """What became of a proposed state of a task run.

    Args:
        status: `ACCEPT` or `ABORT`.
        task_run: the task run as it is now.
        reason: why it was not accepted.
    """

    status: str
    task_run: TaskRun
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SetTaskRunState(Command[TaskStateSet]):
    """Propose a state for a task run; `force` changes one that has ended, too."""

    task_run_id: UUID
    state: ProposedState
    force: bool = False


@dataclass(frozen=True, slots=True)
class DeleteTaskRun(Command[Done]):
    """Delete the record of a task run; entered again, its flow runs the task again."""

    task_run_id: UUID


@dataclass(frozen=True, slots=True)
class CountTaskRuns(Query[int]):
    """How many task runs match every given filter."""

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    task_runs: TaskRunFilter | None = None
