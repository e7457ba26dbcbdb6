"""The documented way to set the state of a run, put into the vocabulary of events.

Owns which event a wanted state stands for. Must not know which are legal: `core.transitions`
decides, and its refusals become the documented `REJECT` and `ABORT`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from signoff.model.commands import AnswerWait, ProposedState, SetRunState, SuspendRun
from signoff.model.errors import ObjectNotFound, RequestRefused, TransitionRefused
from signoff.model.events import Event, Kind
from signoff.model.replies import StateSet
from signoff.model.runs import Run, phase_of
from signoff.model.state_types import StateType
from signoff.service import control
from signoff.service.answers import answer
from signoff.service.table import Handlers
from signoff.service.unit import Unit

Proposal = Callable[[Unit, Run, ProposedState], object]


def set_run_state(unit: Unit, request: SetRunState) -> StateSet:
    """Set the state where the rules allow it, and say `REJECT` or `ABORT` where they do not."""
    run = unit.run(request.run_id)
    propose = _force if request.force else _PROPOSALS[request.state.type]
    try:
        propose(unit, run, request.state)
    except ObjectNotFound:
        raise
    except RequestRefused as refusal:
        handle = unit.handle(run)
        status = "ABORT" if handle.phase.is_final else "REJECT"
        return StateSet(status, handle, refusal.message)
    after = unit.locked(run.id)
    handle = unit.handle(after, needs_entry=request.state.type is StateType.SCHEDULED)
    return StateSet("ACCEPT", handle)


def _force(unit: Unit, run: Run, state: ProposedState) -> object:
    event = Event(
        Kind.FORCE,
        unit.actor,
        phase=phase_of(state.type, state.name),
        name=state.name,
        message=state.message,
        scheduled=state.scheduled,
        alive=unit.alive(run),
    )
    return unit.carry(run, event, state.result)


def _hold(unit: Unit, run: Run, state: ProposedState) -> object:
    if state.name == "Suspended":
        return control.suspend(unit, run, SuspendRun(run.id))
    return control.hold(unit, run)


def _cancel(unit: Unit, run: Run, state: ProposedState) -> object:
    return control.cancel(unit, run, message=state.message)


def _go_on(unit: Unit, run: Run, state: ProposedState) -> object:
    return answer(unit, run, AnswerWait(run.id))


def _rerun(unit: Unit, run: Run, state: ProposedState) -> object:
    return control.rerun(unit, run, state.scheduled)


def _ending(kind: Kind) -> Proposal:
    def end(unit: Unit, run: Run, state: ProposedState) -> object:
        event = Event(
            kind, unit.actor, name=state.name, message=state.message, alive=unit.alive(run)
        )
        return unit.carry(run, event, state.result)

    return end


def _by_itself(unit: Unit, run: Run, state: ProposedState) -> object:
    raise TransitionRefused(
        f"A run becomes {state.type.value} by itself; it cannot be told to. Use force to override."
    )


_PROPOSALS: Mapping[StateType, Proposal] = {
    StateType.SCHEDULED: _rerun,
    StateType.PENDING: _by_itself,
    StateType.RUNNING: _go_on,
    StateType.PAUSED: _hold,
    StateType.CANCELLING: _cancel,
    StateType.CANCELLED: _cancel,
    StateType.COMPLETED: _ending(Kind.COMPLETE),
    StateType.FAILED: _ending(Kind.FAIL),
    StateType.CRASHED: _ending(Kind.CRASH),
}

HANDLERS: Handlers = {SetRunState: set_run_state}
