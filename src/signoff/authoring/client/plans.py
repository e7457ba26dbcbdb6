"""What each method of the client asks, and what it makes of the reply.

Owns the documented names, parameters and defaults. Written once; must not know whether the caller
waits or awaits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from signoff.authoring.callables import is_json, shown
from signoff.authoring.client.plan import Plan
from signoff.authoring.client.plan import as_it_is as _as_it_is
from signoff.authoring.client.plan import as_list as _as_list
from signoff.authoring.client.plan import nothing as _nothing
from signoff.authoring.client.results import with_result, with_results
from signoff.authoring.client.schemas import (
    OrchestrationResult,
    SetStateStatus,
    StateResponseDetails,
)
from signoff.authoring.flow import Flow as FlowObject
from signoff.authoring.ids import as_id
from signoff.core.ports import Gateway
from signoff.engine import names, results
from signoff.engine.clock import new_id, now_us
from signoff.engine.entry import check_not_loading
from signoff.engine.viewing import moment
from signoff.model import commands as c
from signoff.model import filters as f
from signoff.model import queries as q
from signoff.model.errors import NotPausedError, ObjectNotFound, RequestRefused
from signoff.model.events import HistoryEntry
from signoff.model.journal import LogLine, NewRun
from signoff.model.lookups import ReadHandle
from signoff.model.replies import AnswerAccepted, RunHandle, StateSet
from signoff.model.runs import phase_of
from signoff.model.states import State, StateDetails, StateType
from signoff.model.views import Flow, FlowRun, FlowRunInput, Log, TaskRun

# Flow runs ---------------------------------------------------------------------------------


def read_flow_run(flow_run_id: UUID) -> Plan[FlowRun]:
    """One flow run. Raises `ObjectNotFound`."""
    return Plan(q.ReadRun(as_id(flow_run_id)), with_result)


def read_flow_runs(
    *,
    flow_filter: f.FlowFilter | None = None,
    flow_run_filter: f.FlowRunFilter | None = None,
    task_run_filter: f.TaskRunFilter | None = None,
    deployment_filter: f.DeploymentFilter | None = None,
    sort: f.FlowRunSort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Plan[list[FlowRun]]:
    """Flow runs that match every given filter; at most 200 when no limit is given."""
    query = q.ReadRuns(
        flow_filter,
        flow_run_filter,
        task_run_filter,
        sort or f.FlowRunSort.ID_DESC,
        200 if limit is None else limit,
        offset,
        deployment_filter,
    )
    return Plan(query, with_results)


def count_flow_runs(
    *,
    flow_filter: f.FlowFilter | None = None,
    flow_run_filter: f.FlowRunFilter | None = None,
    task_run_filter: f.TaskRunFilter | None = None,
    deployment_filter: f.DeploymentFilter | None = None,
) -> Plan[int]:
    """How many flow runs match."""
    query = q.CountRuns(flow_filter, flow_run_filter, task_run_filter, deployment_filter)
    return Plan(query, _as_it_is)


def create_flow_run(
    flow: FlowObject[Any, Any],
    name: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    *,
    tags: Iterable[str] | None = None,
    parent_task_run_id: UUID | None = None,
    state: State[Any] | None = None,
    idempotency_key: str | None = None,
) -> Plan[FlowRun]:
    """Register a run of a flow; `signoff flow-run execute` or another process begins it.

    Raises:
        Unserialisable: a parameter cannot be kept.
    """
    check_not_loading()
    given = dict(parameters or {})
    plain = is_json(given)
    new = NewRun(
        id=new_id(),
        flow_name=flow.name,
        name=name or names.run_name(),
        parameters=given if plain else shown(given),
        pickled=None if plain else results.dumps(given),
        entry_record=flow.spec.entry(),
        tags=tuple(sorted(set(tags or ()))),
        flow_version=flow.version,
        parent_task_run_id=parent_task_run_id,
        idempotency_key=idempotency_key,
    )
    phase = phase_of(state.type, state.name) if state else phase_of(StateType.PENDING)
    scheduled = _us(state.state_details.scheduled_time) if state else None
    return Plan(c.CreateRun(new, phase, scheduled), _read_again)


def _read_again(handle: RunHandle, gateway: Gateway) -> FlowRun:
    return gateway.send(q.ReadRun(handle.run_id))


def _us(time: datetime | None) -> int | None:
    return None if time is None else int(time.timestamp() * 1_000_000)


def update_flow_run(
    flow_run_id: UUID,
    *,
    parameters: Mapping[str, Any] | None = None,
    name: str | None = None,
    tags: Iterable[str] | None = None,
) -> Plan[None]:
    """Change name, tags or parameters of a flow run."""
    labels = None if tags is None else tuple(sorted(set(tags)))
    request = c.UpdateRun(
        flow_run_id, name, labels, None if parameters is None else shown(dict(parameters))
    )
    return Plan(request, _nothing)


def delete_flow_run(flow_run_id: UUID) -> Plan[None]:
    """Delete a flow run with its tasks, waits, inputs and logs. Raises `ObjectNotFound`."""
    return Plan(c.DeleteRun(flow_run_id), _nothing)


def set_flow_run_state(
    flow_run_id: UUID | str, state: State[Any], force: bool = False
) -> Plan[OrchestrationResult]:
    """Propose a state; `force` overrides the rules, and is recorded as such."""
    run_id = as_id(flow_run_id)
    return Plan(c.SetRunState(run_id, proposal(state, run_id), force), _state_set)


def proposal(state: State[Any], run_id: UUID) -> c.ProposedState:
    """A state as a client proposes it for a flow run or task run, its data kept."""
    kept = None
    if state.data is not None:
        kept = results.encode(state.data, results.Storage(_NO_FOLDER, 1 << 62), run_id)
    return c.ProposedState(
        state.type, state.name, state.message, _us(state.state_details.scheduled_time), kept
    )


_NO_FOLDER = Path()
"""Nothing is spilled: what a caller sets by hand travels with the request."""


def _state_set(reply: StateSet, gateway: Gateway) -> OrchestrationResult:
    return OrchestrationResult(
        state=_state(reply.handle),
        status=SetStateStatus(reply.status),
        details=StateResponseDetails(reason=reply.reason),
    )


def _state(handle: RunHandle) -> State[Any]:
    return State(
        type=handle.phase.state_type,
        name=handle.state_name,
        message=handle.message,
        timestamp=moment(handle.since),
    )


def resume_flow_run(
    flow_run_id: UUID, run_input: Mapping[str, Any] | None = None, key: str | None = None
) -> Plan[OrchestrationResult]:
    """Answer a paused run; a refusal is in the result, as documented."""
    answer = None if run_input is None else dict(run_input)
    run_id = as_id(flow_run_id)

    def refused(refusal: RequestRefused, gateway: Gateway) -> OrchestrationResult:
        return _not_resumed(refusal, gateway.send(ReadHandle(run_id)))

    return Plan(c.AnswerWait(run_id, answer, key, new_id()), _resumed, refused)


def _resumed(reply: AnswerAccepted, gateway: Gateway) -> OrchestrationResult:
    state: State[Any] = State(type=reply.phase.state_type, name=reply.phase.state_name)
    return OrchestrationResult(state=state, status=SetStateStatus.ACCEPT)


def _not_resumed(refusal: RequestRefused, handle: RunHandle) -> OrchestrationResult:
    if isinstance(refusal, ObjectNotFound):
        # The run is there, as its handle shows; it has no wait of this key.
        raise refusal
    aborted = isinstance(refusal, NotPausedError)
    return OrchestrationResult(
        state=_state(handle),
        status=SetStateStatus.ABORT if aborted else SetStateStatus.REJECT,
        details=StateResponseDetails(reason=refusal.message),
    )


def read_flow_run_states(flow_run_id: UUID) -> Plan[list[State[Any]]]:
    """The states a flow run has been in, oldest first."""
    return Plan(q.ReadHistory(flow_run_id), _states)


def _states(history: Iterable[HistoryEntry], gateway: Gateway) -> list[State[Any]]:
    found: list[State[Any]] = []
    for entry in history:
        state: State[Any] = State(
            type=entry.phase.state_type,
            name=entry.name,
            message=entry.message,
            timestamp=moment(entry.at),
            state_details=StateDetails(flow_run_id=entry.run_id, reentry=entry.reentry),
        )
        if not found or (found[-1].type, found[-1].name) != (state.type, state.name):
            found.append(state)
    return found


# Flows, task runs, logs --------------------------------------------------------------------


def read_flow(flow_id: UUID) -> Plan[Flow]:
    """One flow. Raises `ObjectNotFound`."""
    return Plan(q.ReadFlow(flow_id=flow_id), _as_it_is)


def read_flow_by_name(flow_name: str) -> Plan[Flow]:
    """The flow of a name. Raises `ObjectNotFound`."""
    return Plan(q.ReadFlow(name=flow_name), _as_it_is)


def read_flows(
    *,
    flow_filter: f.FlowFilter | None = None,
    flow_run_filter: f.FlowRunFilter | None = None,
    task_run_filter: f.TaskRunFilter | None = None,
    sort: f.FlowSort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Plan[list[Flow]]:
    """Flows that match, of those that have a matching flow run or task run where asked."""
    query = q.ReadFlows(
        flow_filter,
        sort or f.FlowSort.NAME_ASC,
        200 if limit is None else limit,
        offset,
        flow_run_filter,
        task_run_filter,
    )
    return Plan(query, _as_list)


def read_task_run(task_run_id: UUID) -> Plan[TaskRun]:
    """One task run. Raises `ObjectNotFound`."""
    return Plan(q.ReadTaskRun(task_run_id), with_result)


def read_task_run_states(task_run_id: UUID) -> Plan[list[State[Any]]]:
    """The states of a task run that are on record: when it began, and how it ended."""
    return Plan(q.ReadTaskRun(as_id(task_run_id, "task_run_id")), _task_states)


def _task_states(run: TaskRun, gateway: Gateway) -> list[State[Any]]:
    state = with_result(run, gateway).state
    if state is None:
        return []
    if run.start_time is None or not state.is_final():
        return [state]
    return [State(type=StateType.RUNNING, timestamp=run.start_time), state]


def read_task_runs(
    *,
    flow_filter: f.FlowFilter | None = None,
    flow_run_filter: f.FlowRunFilter | None = None,
    task_run_filter: f.TaskRunFilter | None = None,
    sort: f.TaskRunSort | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Plan[list[TaskRun]]:
    """Task runs that match every given filter."""
    query = q.ReadTaskRuns(
        flow_run_filter,
        task_run_filter,
        sort or f.TaskRunSort.ID_DESC,
        200 if limit is None else limit,
        offset,
        flow_filter,
    )
    return Plan(query, with_results)


def read_logs(
    log_filter: f.LogFilter | None = None,
    limit: int | None = None,
    offset: int | None = None,
    sort: f.LogSort = f.LogSort.TIMESTAMP_ASC,
) -> Plan[list[Log]]:
    """Lines of logs that match."""
    query = q.ReadLogs(log_filter, sort, 200 if limit is None else limit, offset or 0)
    return Plan(query, _as_list)


def create_logs(logs: Iterable[Log | Mapping[str, Any]]) -> Plan[None]:
    """Write lines to the logs of runs."""
    lines = []
    for each in logs:
        line = each if isinstance(each, Log) else Log.model_validate({"id": new_id(), **each})
        if line.flow_run_id is None:
            raise ValueError(f"A line of a log needs a flow_run_id: {line.message!r}.")
        lines.append(
            LogLine(
                line.id,
                line.flow_run_id,
                line.task_run_id,
                line.level,
                line.name,
                line.message,
                _us(line.timestamp) or now_us(),
            )
        )
    return Plan(c.WriteLogs(tuple(lines)), _nothing)


# Inputs ------------------------------------------------------------------------------------


def create_flow_run_input(
    flow_run_id: UUID, key: str, value: str, sender: str | None = None
) -> Plan[None]:
    """Store an input. Raises `ObjectAlreadyExists` when the run has the key."""
    return Plan(c.CreateInput(flow_run_id, key, value, sender), _nothing)


def filter_flow_run_input(
    flow_run_id: UUID, key_prefix: str, limit: int, exclude_keys: set[str]
) -> Plan[list[FlowRunInput]]:
    """Inputs of a run whose key starts with a prefix, oldest first."""
    query = q.FilterInputs(flow_run_id, key_prefix, limit, tuple(sorted(exclude_keys)))
    return Plan(query, _as_list)


def read_flow_run_input(flow_run_id: UUID, key: str) -> Plan[str]:
    """The value of a stored input. Raises `ObjectNotFound`."""
    return Plan(q.ReadInput(flow_run_id, key), _value)


def _value(stored: FlowRunInput, gateway: Gateway) -> str:
    return stored.value


def delete_flow_run_input(flow_run_id: UUID, key: str) -> Plan[None]:
    """Delete a stored input. Raises `ObjectNotFound`."""
    return Plan(c.DeleteInput(flow_run_id, key), _nothing)


def ping() -> Plan[int]:
    """A request that any working service answers."""
    return Plan(q.CountInbox(), _as_it_is)
