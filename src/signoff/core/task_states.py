"""Which state a client may give to a task run.

The state of a task run is the word of the process that runs it; a client may only put it right.
"""

from __future__ import annotations

from signoff.model.state_types import TERMINAL_STATES, StateType


def refusal(present: StateType, wanted: StateType, force: bool) -> str | None:
    """Why a state is refused; None when it may be set.

    Args:
        present: the state of the task run.
        wanted: the state that is proposed.
        force: change one that has ended, too.
    """
    if present in TERMINAL_STATES and not force:
        return f"Run is already in terminal state {present.value}."
    return None


def has_ended(state: StateType) -> bool:
    """Whether a task run in this state has ended."""
    return state in TERMINAL_STATES


def has_begun(state: StateType) -> bool:
    """Whether a task run in this state has begun."""
    return state not in (StateType.SCHEDULED, StateType.PENDING)
