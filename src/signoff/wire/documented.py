"""The documented REST operations whose shape differs from a request of the model.

Each is a request class of its own, with a recipe: a generator that yields requests of the model
and returns the reply. So another client finds the paths and fields it knows, and everything is
carried out by the same commands. Owns these shapes and nothing else; our own client never sends
them. Must not know how a request is carried out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from signoff.core.ports import NewId
from signoff.model import errors
from signoff.model.commands import (
    AnswerWait,
    CreateRun,
    Request,
    SetRunState,
    WriteLogs,
)
from signoff.model.events import HistoryEntry
from signoff.model.forms import Json
from signoff.model.journal import LogLine, NewRun
from signoff.model.queries import ReadFlow, ReadHistory, ReadInput, ReadRun
from signoff.model.replies import AnswerAccepted, Done, StateSet
from signoff.model.runs import Phase, phase_of
from signoff.model.states import State, StateDetails, StateType
from signoff.model.values import dataclass
from signoff.model.views import Flow, FlowRun, FlowRunInput
from signoff.wire import deployments, emitted, records
from signoff.wire.recipes import (
    Known,
    OrchestrationResult,
    Recipe,
    Steps,
    microseconds,
    proposed,
)

# Shapes ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateFlowRun(Request[FlowRun]):
    """Register a run of a known flow (`flow_id`), or of any flow by name (`flow_name`)."""

    flow_id: UUID | None = None
    flow_name: str | None = None
    name: str | None = None
    parameters: Mapping[str, Json] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    flow_version: str | None = None
    parent_task_run_id: UUID | None = None
    idempotency_key: str | None = None
    state: State[Any] | None = None


@dataclass(frozen=True, slots=True)
class SetFlowRunState(Request[OrchestrationResult]):
    """Ask for a state; `force` overrides the rules, and is recorded as such."""

    run_id: UUID
    state: State[Any]
    force: bool = False


@dataclass(frozen=True, slots=True)
class ResumeFlowRun(Request[OrchestrationResult]):
    """Answer the wait of a run: `key` names it when several are open."""

    run_id: UUID
    run_input: Json = None
    key: str | None = None
    request_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReadFlowRunStates(Request[tuple[State[Any], ...]]):
    """Every state a run has been in, oldest first."""

    flow_run_id: UUID


@dataclass(frozen=True, slots=True)
class ReadInputValue(Request[str]):
    """The stored text of an input."""

    run_id: UUID
    key: str


@dataclass(frozen=True, slots=True)
class LogCreate:
    """A line of a log as the documented API takes it."""

    name: str
    level: int
    message: str
    timestamp: datetime
    flow_run_id: UUID
    task_run_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CreateLogs(Request[Done]):
    """Write lines of logs."""

    logs: tuple[LogCreate, ...]


# Recipes -----------------------------------------------------------------------------------


def create_flow_run(request: CreateFlowRun, new_id: NewId) -> Steps[FlowRun | Known]:
    """Find the flow's name, register the run, and show it."""
    flow_name = request.flow_name
    if flow_name is None:
        if request.flow_id is None:
            raise errors.InvalidRequest(
                "Field `flow_id` is missing: give the id of a flow, or `flow_name`.",
                {"errors": [{"field": "flow_id", "message": "give flow_id or flow_name"}]},
            )
        flow: Flow = yield ReadFlow(flow_id=request.flow_id)
        flow_name = flow.name
    run_id = new_id()
    run = NewRun(
        id=run_id,
        flow_name=flow_name,
        name=request.name or f"{flow_name}-{run_id.hex[-8:]}",
        parameters=request.parameters,
        tags=request.tags,
        flow_version=request.flow_version,
        parent_task_run_id=request.parent_task_run_id,
        idempotency_key=request.idempotency_key,
    )
    wanted = proposed(request.state) if request.state is not None else None
    phase = Phase.PENDING if wanted is None else phase_of(wanted.type, wanted.name)
    handle = yield CreateRun(run, phase, wanted.scheduled if wanted is not None else None)
    shown: FlowRun = yield ReadRun(handle.run_id)
    return shown if handle.created else Known(shown)


def set_flow_run_state(request: SetFlowRunState, new_id: NewId) -> Steps[OrchestrationResult]:
    """Set a state; a refusal is a result here, as documented."""
    done: StateSet = yield SetRunState(request.run_id, proposed(request.state), request.force)
    handle = done.handle
    state = _state(handle.phase, handle.state_name, handle.message, handle.since)
    details: dict[str, Json] = {"type": f"{done.status.lower()}_details"}
    if done.reason is not None:
        details["reason"] = done.reason
    return OrchestrationResult(state, done.status, details)


def resume_flow_run(request: ResumeFlowRun, new_id: NewId) -> Steps[OrchestrationResult]:
    """Answer a wait; a refusal is an error with a status of its own, not a result."""
    accepted: AnswerAccepted = yield AnswerWait(
        request.run_id, request.run_input, request.key, request.request_id
    )
    phase = accepted.phase
    state = _state(phase, phase.state_name, None, accepted.answered_at)
    details = {"type": "accept_details", "key": accepted.key, "replayed": accepted.replayed}
    return OrchestrationResult(state, "ACCEPT", details)


def read_flow_run_states(
    request: ReadFlowRunStates, new_id: NewId
) -> Steps[tuple[State[Any], ...]]:
    """The history of the run, as states."""
    history: tuple[HistoryEntry, ...] = yield ReadHistory(request.flow_run_id)
    return tuple(states_of(history))


def read_input_value(request: ReadInputValue, new_id: NewId) -> Steps[str]:
    """Only the text of the input."""
    found: FlowRunInput = yield ReadInput(request.run_id, request.key)
    return found.value


def create_logs(request: CreateLogs, new_id: NewId) -> Steps[Done]:
    """Lines from a client that gives them no ids; a repeated request writes them again."""
    lines = tuple(
        LogLine(
            id=new_id(),
            run_id=line.flow_run_id,
            task_run_id=line.task_run_id,
            level=line.level,
            name=line.name,
            message=line.message,
            at=microseconds(line.timestamp),
        )
        for line in request.logs
    )
    done: Done = yield WriteLogs(lines)
    return done


RECIPES: dict[type[Request[Any]], Recipe] = {
    CreateFlowRun: create_flow_run,
    SetFlowRunState: set_flow_run_state,
    ResumeFlowRun: resume_flow_run,
    ReadFlowRunStates: read_flow_run_states,
    ReadInputValue: read_input_value,
    CreateLogs: create_logs,
    **deployments.RECIPES,
    **emitted.RECIPES,
    **records.RECIPES,
}
"""How each documented operation is carried out."""


# Conversions -------------------------------------------------------------------------------


def states_of(history: Iterable[HistoryEntry]) -> Iterable[State[Any]]:
    """The documented states that a history went through: one for each change of the state."""
    last: tuple[Phase, str] | None = None
    for entry in history:
        if (entry.phase, entry.name) != last:
            last = entry.phase, entry.name
            state = _state(entry.phase, entry.name, entry.message, entry.at)
            details = StateDetails(flow_run_id=entry.run_id, reentry=entry.reentry)
            yield state.model_copy(update={"id": UUID(int=entry.seq), "state_details": details})


def _state(phase: Phase, name: str, message: str | None, at: int) -> State[Any]:
    seconds, rest = divmod(at, 1_000_000)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
    return State(type=_type(phase), name=name, message=message, timestamp=moment)


def _type(phase: Phase) -> StateType:
    # A deleted run has no documented state; nobody is shown one.
    return StateType.CRASHED if phase is Phase.ABSENT else phase.state_type
