"""Calling the user's hooks.

Owns which hooks a state calls and that nothing they do changes the run's fate.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from signoff.engine.effects import CallUser, Log, Program
from signoff.engine.frames import RunFrame, TaskFrame
from signoff.model.state_types import StateType

if TYPE_CHECKING:
    from signoff.model.states import State

if TYPE_CHECKING:
    from signoff.engine.specs import Hook, Hooks

INFO, ERROR = 20, 40


def hooks_for(hooks: Hooks, kind: StateType) -> Sequence[Hook]:
    """The hooks of a state."""
    name = _NAMES.get(kind)
    found: Sequence[Hook] = getattr(hooks, name) if name is not None else ()
    return found


_NAMES = {
    StateType.COMPLETED: "on_completion",
    StateType.FAILED: "on_failure",
    StateType.CANCELLED: "on_cancellation",
    StateType.CRASHED: "on_crashed",
    StateType.RUNNING: "on_running",
}


def call_hooks(
    hooks: Sequence[Hook], owner: Any, frame: RunFrame | TaskFrame, state: State[Any]
) -> Program[None]:
    """Call each hook with (owner, the view of the frame's run, state); errors are logged."""
    run = view_of(frame, state)
    for hook in hooks:
        name = getattr(hook, "__name__", repr(hook))
        yield Log(INFO, "Running hook %r in response to entering state %r", (name, state.name))
        try:
            yield CallUser(hook, (owner, run, state))
        except Exception as error:
            yield Log(ERROR, "An error was encountered while running hook %r", (name,), error)
        else:
            yield Log(INFO, "Hook %r finished running successfully", (name,))


def view_of(frame: RunFrame | TaskFrame, state: State[Any]) -> Any:
    """The documented view of a run or task run. The views are loaded with the first hook."""
    viewing = importlib.import_module("signoff.engine.viewing")
    if isinstance(frame, TaskFrame):
        return viewing.task_run_view(frame, state)
    return viewing.flow_run_view(frame, state)
