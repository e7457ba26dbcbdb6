"""From what user code returned or raised to how its run ended, and back.

Owns the documented meaning of returned states and futures, and the messages of final states.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.core.aggregation import StateGroup
from signoff.engine import results
from signoff.engine.clock import now_us
from signoff.engine.promises import Ending, Promised, is_promised
from signoff.engine.states import is_state
from signoff.model.errors import CancelledRun, CrashedRun, FailedRun, MissingResult, Pause
from signoff.model.journal import Result, ResultKind
from signoff.model.runs import Phase
from signoff.model.state_types import StateType

if TYPE_CHECKING:
    from signoff.engine.results import Storage
    from signoff.model.replies import RunHandle
    from signoff.model.states import State


def of_value(value: Any) -> Ending:
    """How a flow ended that returned `value`.

    A state decides itself; a future stands for its state; a collection of nothing but those is
    judged as a whole (`core.aggregation`).

    Raises:
        ValueError: that is no way to end.
    """
    if is_promised(value):
        value = _state_of(value)
    if is_state(value):
        return by_hand(value)
    states = _states(value)
    if states is None:
        return Ending(StateType.COMPLETED, value, at=now_us())
    return _aggregate(states)


def _state_of(future: Promised) -> State[Any]:
    future.promise.wait()
    ending = future.promise.ending
    if ending is None:
        raise MissingResult("The submitted task was dropped before it began.")
    return ending.as_state()


def _states(value: Any) -> list[State[Any]] | None:
    """The states in a collection of nothing but states and futures; None for anything else."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, (list, tuple, set)) or not value:
        return None
    if not all(is_state(item) or is_promised(item) for item in value):
        return None
    items: Iterable[Any] = value
    return [_state_of(item) if is_promised(item) else item for item in items]


def _aggregate(states: list[State[Any]]) -> Ending:
    kind, text = StateGroup(states).verdict()
    if kind is StateType.COMPLETED:
        return Ending(kind, states, None, "", text, now_us())
    if kind is StateType.PAUSED:
        raise _not_an_end(kind.value.capitalize())
    failed = (state for state in states if not state.is_completed())
    error = next((item for item in map(_error, failed) if item is not None), FailedRun(text))
    return Ending(kind, None, error, "", text, now_us())


def _not_an_end(name: str) -> ValueError:
    return ValueError(
        f"A flow cannot end in state {name!r}; return a final state, or call pause_flow_run to "
        "wait."
    )


def _error(state: State[Any]) -> BaseException | None:
    if not state.is_final():
        return None
    found = state.result(raise_on_failure=False)
    return found if isinstance(found, BaseException) else None


def by_hand(state: State[Any]) -> Ending:
    """A final state that the user made decides how the run ended.

    Raises:
        ValueError: the state is not final.
    """
    if not state.is_final():
        raise _not_an_end(state.name or state.type.value)
    error = None if state.is_completed() else _error(state)
    value = state.result() if state.is_completed() else None
    return Ending(state.type, value, error, state.name or "", state.message, now_us(), state)


def phase(ending: Ending) -> Phase:
    """The final phase of an ending."""
    return Phase(ending.type.value.lower())


def crash_text(error: BaseException) -> str:
    """The documented message of a run whose process is going down."""
    said = _CRASHES.get(type(error).__name__)
    if said is not None:
        return said
    return f"Execution was interrupted by an unexpected exception: {type(error).__name__}: {error}"


_CRASHES = {
    "KeyboardInterrupt": "Execution was aborted by an interrupt signal.",
    "TerminationSignal": "Execution was aborted by a termination signal.",
    "SystemExit": "Execution was aborted by Python system exit call.",
    "CancelledError": "Execution was cancelled by the runtime environment.",
}
"""By name of the exception: asyncio may not be loaded, and need not be for this."""


_ENGINE = os.path.dirname(__file__)


def trimmed(error: BaseException) -> BaseException:
    """The same exception, its traceback beginning in the user's code."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_ENGINE):
        trace = trace.tb_next
    return error.with_traceback(trace) if trace is not None else error


def cancelled(run_id: UUID, message: str | None) -> Ending:
    error = CancelledRun(message or "The flow run was cancelled.")
    return Ending(StateType.CANCELLED, None, error, "", message, now_us(), run_id=run_id)


def from_outside(handle: RunHandle) -> Ending:
    """How a run ended that somebody else ended, for the code that called it."""
    kind = handle.phase.state_type
    errors = {StateType.CRASHED: CrashedRun, StateType.CANCELLED: CancelledRun}
    text = handle.message or f"The flow run was set to {handle.state_name} from outside."
    error = errors.get(kind, FailedRun)(text)
    if kind is StateType.COMPLETED:
        error = MissingResult(text)
    return Ending(
        kind, None, error, handle.state_name, handle.message, now_us(), run_id=handle.run_id
    )


def left(handle: RunHandle) -> Ending:
    """How a run stands that this process has left; the code that called it is told by a signal."""
    ending = Ending(
        handle.phase.state_type,
        name=handle.state_name,
        message=handle.message,
        at=now_us(),
        run_id=handle.run_id,
        enter_again=handle.needs_entry,
    )
    state = ending.state = ending.as_state()
    state.state_details.flow_run_id = handle.run_id
    ending.error = Pause(f"Flow run {handle.name!r} is suspended.", state=state)
    return ending


def recalled(handle: RunHandle, kept: Result) -> Ending:
    """How a child ended that an earlier entry of its caller ran to the end."""
    kind = handle.phase.state_type
    try:
        value = results.decode(kept)
    except MissingResult as missing:
        value = missing
    failed = kind is not StateType.COMPLETED or isinstance(value, MissingResult)
    error = value if isinstance(value, BaseException) else None
    if failed and error is None:
        error = FailedRun(handle.message or "")
    return Ending(
        kind,
        None if failed else value,
        error if failed else None,
        handle.state_name,
        handle.message,
        now_us(),
        run_id=handle.run_id,
    )


def kept(ending: Ending, storage: Storage, name: UUID) -> Result:
    """Keep the value or exception of an ending; what cannot be pickled leaves its preview."""
    if ending.error is not None:
        return results.encode_failure(ending.error, storage, name)
    try:
        return results.encode(ending.value, storage, name)
    except results.NotKept:
        return Result(ResultKind.MISSING, preview=results.preview(ending.value))


def task_by_hand(state: State[Any]) -> Ending:
    """A state the user made decides how the task ended."""
    error = None if state.is_completed() or not state.is_final() else state.result(False)
    value = state.data if state.is_completed() else None
    return Ending(state.type, value, error, state.name or "", state.message, now_us(), state)
