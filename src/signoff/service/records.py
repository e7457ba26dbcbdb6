"""Flows and task runs as records: registered, changed, counted and removed by clients.

Must not know which state a task run may be given: `core.task_states` decides.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from uuid import UUID

from signoff.core import task_states
from signoff.model.commands import DeleteRun, ProposedState
from signoff.model.errors import InvalidRequest, ObjectAlreadyExists, ObjectNotFound
from signoff.model.journal import Result, ResultKind
from signoff.model.queries import ReadFlow
from signoff.model.records import (
    CountFlows,
    CountTaskRuns,
    CreateFlow,
    CreateTaskRun,
    DeleteFlow,
    DeleteTaskRun,
    ReadVersion,
    SetTaskRunState,
    TaskStateSet,
    UpdateFlow,
    UpdateTaskRun,
)
from signoff.model.replies import Done
from signoff.model.state_types import StateType
from signoff.model.views import Flow, TaskRun
from signoff.service.control import delete_run
from signoff.service.table import Handlers
from signoff.service.unit import Unit

# Flows -------------------------------------------------------------------------------------


def create_flow(unit: Unit, request: CreateFlow) -> Flow:
    _not_empty(request.name, "flow")
    unit.wrote = True
    flow_id = unit.tx.flow_id(request.name, unit.now, unit.means.new_id)
    unit.tx.records.show_flow(flow_id)
    if request.tags is not None:
        unit.tx.records.tag_flow(flow_id, request.tags)
    return _the_flow(unit, flow_id)


def update_flow(unit: Unit, request: UpdateFlow) -> Done:
    flow = _the_flow(unit, request.flow_id)
    if request.tags is not None:
        unit.wrote = True
        unit.tx.records.tag_flow(flow.id, request.tags)
    return Done()


def delete_flow(unit: Unit, request: DeleteFlow) -> Done:
    """Delete the flow and its runs; whoever works on one of them is told."""
    flow = _the_flow(unit, request.flow_id)
    deployments = unit.tx.records.deployments_of_flow(flow.id)
    if deployments:
        raise InvalidRequest(
            f"Flow {flow.name!r} has deployments: {', '.join(deployments)}. Delete them first "
            "(`signoff deployment delete`).",
            {"errors": ["flow_id"]},
        )
    unit.wrote = True
    for run_id in unit.tx.records.runs_of_flow(flow.id):
        if unit.tx.lock_run(run_id) is not None:
            delete_run(unit, DeleteRun(run_id))
    unit.tx.records.hide_flow(flow.id, unit.now)
    return Done()


def count_flows(unit: Unit, query: CountFlows) -> int:
    return unit.tx.records.count_flows(query)


def _the_flow(unit: Unit, flow_id: UUID) -> Flow:
    found = unit.tx.flow(ReadFlow(flow_id=flow_id))
    if found is None:
        raise ObjectNotFound(f"There is no flow {flow_id}.")
    return found


def read_version(unit: Unit, query: ReadVersion) -> str:
    return version("signoff")


# Task runs ---------------------------------------------------------------------------------


def create_task_run(unit: Unit, request: CreateTaskRun) -> TaskRun:
    _not_empty(request.task_key, "task", "task_key")
    if unit.tx.lock_run(request.flow_run_id) is None:
        raise ObjectNotFound(f"There is no flow run {request.flow_run_id}.")
    id = request.id or unit.means.new_id()
    name = request.name or f"{re.split('[.:]', request.task_key)[-1]}-{id.int & 0xFFF:03x}"
    state = request.state.type if request.state is not None else StateType.PENDING
    unit.wrote = True
    if not unit.tx.records.add_task_run(id, request, name, state, unit.now):
        raise ObjectAlreadyExists(f"There is a task run {id} already.")
    if request.state is not None and task_states.has_ended(state):
        _set(unit, id, request.state)
    return _the_task_run(unit, id)


def update_task_run(unit: Unit, request: UpdateTaskRun) -> Done:
    _not_empty(request.name, "task run")
    unit.wrote = True
    if not unit.tx.records.rename_task_run(request.task_run_id, request.name):
        raise _no_task_run(request.task_run_id)
    return Done()


def set_task_run_state(unit: Unit, request: SetTaskRunState) -> TaskStateSet:
    present = unit.tx.records.task_state(request.task_run_id)
    if present is None:
        raise _no_task_run(request.task_run_id)
    reason = task_states.refusal(present, request.state.type, request.force)
    if reason is None:
        unit.wrote = True
        _set(unit, request.task_run_id, request.state)
    status = "ACCEPT" if reason is None else "ABORT"
    return TaskStateSet(status, _the_task_run(unit, request.task_run_id), reason)


def delete_task_run(unit: Unit, request: DeleteTaskRun) -> Done:
    unit.wrote = True
    if not unit.tx.records.remove_task_run(request.task_run_id):
        raise _no_task_run(request.task_run_id)
    return Done()


def count_task_runs(unit: Unit, query: CountTaskRuns) -> int:
    return unit.tx.records.count_task_runs(query)


def _set(unit: Unit, task_run_id: UUID, state: ProposedState) -> None:
    ended = unit.now if task_states.has_ended(state.type) else None
    result = state.result
    if result is None and ended is not None:
        # A task that is said to have completed returned nothing; what another one left behind is
        # not its result any more.
        completed = state.type is StateType.COMPLETED
        result = Result(ResultKind.NONE if completed else ResultKind.MISSING)
    unit.tx.records.set_task_state(
        task_run_id, state.type, state.name, state.message, ended, result
    )


def _the_task_run(unit: Unit, task_run_id: UUID) -> TaskRun:
    found = unit.tx.task_run(task_run_id)
    if found is None:
        raise _no_task_run(task_run_id)
    return found


def _no_task_run(task_run_id: UUID) -> ObjectNotFound:
    return ObjectNotFound(f"There is no task run {task_run_id}.")


def _not_empty(name: str, what: str, field: str = "name") -> None:
    if not name.strip():
        raise InvalidRequest(f"The name of a {what} must not be empty.", {"errors": [field]})


HANDLERS: Handlers = {
    CreateFlow: create_flow,
    UpdateFlow: update_flow,
    DeleteFlow: delete_flow,
    CountFlows: count_flows,
    ReadVersion: read_version,
    CreateTaskRun: create_task_run,
    UpdateTaskRun: update_task_run,
    SetTaskRunState: set_task_run_state,
    DeleteTaskRun: delete_task_run,
    CountTaskRuns: count_task_runs,
}
