"""Calling the user's hooks.

Owns which hooks a state calls and that nothing they do changes the run's fate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from signoff.engine.effects import CallUser, Log, Program
from signoff.engine.specs import Hook, Hooks
from signoff.model.states import StateType

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


def call_hooks(hooks: Sequence[Hook], owner: Any, run: Any, state: Any) -> Program[None]:
    """Call each hook with (owner, run, state); what one raises is logged."""
    for hook in hooks:
        name = getattr(hook, "__name__", repr(hook))
        yield Log(INFO, "Running hook %r in response to entering state %r", (name, state.name))
        try:
            yield CallUser(hook, (owner, run, state))
        except Exception as error:
            yield Log(ERROR, "An error was encountered while running hook %r", (name,), error)
        else:
            yield Log(INFO, "Hook %r finished running successfully", (name,))
