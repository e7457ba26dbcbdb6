"""What the client's methods about flows and task runs ask, beside reading them.

Owns the documented names, parameters and defaults. Must not know whether the caller waits or
awaits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python

from signoff.authoring.client.plan import Plan, as_it_is, nothing
from signoff.authoring.client.plans import proposal
from signoff.authoring.client.schemas import (
    OrchestrationResult,
    SetStateStatus,
    StateResponseDetails,
)
from signoff.authoring.flow import Flow
from signoff.authoring.ids import as_id
from signoff.authoring.task import Task
from signoff.core.ports import Gateway
from signoff.engine.clock import new_id
from signoff.model import commands as c
from signoff.model import filters as f
from signoff.model import records as r
from signoff.model import views
from signoff.model.states import State

# Flows -------------------------------------------------------------------------------------


def create_flow(flow: Flow[Any, Any]) -> Plan[UUID]:
    """Register a flow; returns its id."""
    return create_flow_from_name(flow.name)


def create_flow_from_name(flow_name: str) -> Plan[UUID]:
    """Register a flow by its name; returns its id."""
    return Plan(r.CreateFlow(flow_name), _id)


def update_flow(flow_id: UUID, tags: Iterable[str] | None = None) -> Plan[None]:
    """Change the labels of a flow. Raises `ObjectNotFound`."""
    labels = None if tags is None else tuple(sorted(set(tags)))
    return Plan(r.UpdateFlow(as_id(flow_id, "flow_id"), labels), nothing)


def delete_flow(flow_id: UUID) -> Plan[None]:
    """Delete a flow with all of its runs. Raises `ObjectNotFound`."""
    return Plan(r.DeleteFlow(as_id(flow_id, "flow_id")), nothing)


def count_flows(
    *,
    flow_filter: f.FlowFilter | None = None,
    flow_run_filter: f.FlowRunFilter | None = None,
    task_run_filter: f.TaskRunFilter | None = None,
) -> Plan[int]:
    """How many flows match."""
    return Plan(r.CountFlows(flow_filter, flow_run_filter, task_run_filter), as_it_is)


def api_version() -> Plan[str]:
    """The version of the service."""
    return Plan(r.ReadVersion(), as_it_is)


# Flow runs ---------------------------------------------------------------------------------


def set_flow_run_name(flow_run_id: UUID, name: str) -> Plan[None]:
    """Rename a flow run. Raises `ObjectNotFound`."""
    return Plan(c.UpdateRun(as_id(flow_run_id), name), nothing)


# Task runs ---------------------------------------------------------------------------------


def create_task_run(
    task: Task[Any, Any],
    flow_run_id: UUID,
    dynamic_key: str,
    id: UUID | None = None,
    name: str | None = None,
    extra_tags: Iterable[str] | None = None,
    state: State[Any] | None = None,
    task_inputs: Mapping[str, Any] | None = None,
) -> Plan[views.TaskRun]:
    """Register a run of a task that no flow's code has called.

    Args:
        task: the task.
        flow_run_id: the flow run it belongs to.
        dynamic_key: which call of the task it is.
        id: identifier; made when left out.
        name: its name; derived from the task when left out.
        extra_tags: labels besides those of the task.
        state: its state; Pending when left out.
        task_inputs: what its arguments came from, by parameter.
    """
    request = r.CreateTaskRun(
        as_id(flow_run_id),
        task.spec.key,
        str(dynamic_key),
        name,
        tuple(sorted({*task.spec.tags, *(extra_tags or ())})),
        None if state is None else proposal(state, flow_run_id),
        # Made here, so that a repeated request is the same one.
        id or new_id(),
        None if task_inputs is None else to_jsonable_python(dict(task_inputs)),
    )
    return Plan(request, as_it_is)


def set_task_run_name(task_run_id: UUID, name: str) -> Plan[None]:
    """Rename a task run. Raises `ObjectNotFound`."""
    return Plan(r.UpdateTaskRun(as_id(task_run_id, "task_run_id"), name), nothing)


def set_task_run_state(
    task_run_id: UUID, state: State[Any], force: bool = False
) -> Plan[OrchestrationResult]:
    """Propose a state for a task run; `force` changes one that has ended, too.

    When its flow run is entered again, a task run that was set to Completed gives back the data of
    the state instead of running.
    """
    wanted = proposal(state, task_run_id)
    return Plan(
        r.SetTaskRunState(as_id(task_run_id, "task_run_id"), wanted, force), _task_state_set
    )


def delete_task_run(task_run_id: UUID) -> Plan[None]:
    """Delete the record of a task run. Raises `ObjectNotFound`."""
    return Plan(r.DeleteTaskRun(as_id(task_run_id, "task_run_id")), nothing)


def count_task_runs(
    *,
    flow_filter: f.FlowFilter | None = None,
    flow_run_filter: f.FlowRunFilter | None = None,
    task_run_filter: f.TaskRunFilter | None = None,
) -> Plan[int]:
    """How many task runs match."""
    return Plan(r.CountTaskRuns(flow_filter, flow_run_filter, task_run_filter), as_it_is)


def _id(flow: views.Flow, gateway: Gateway) -> UUID:
    return flow.id


def _task_state_set(reply: r.TaskStateSet, gateway: Gateway) -> OrchestrationResult:
    return OrchestrationResult(
        state=reply.task_run.state,
        status=SetStateStatus(reply.status),
        details=StateResponseDetails(reason=reply.reason),
    )
