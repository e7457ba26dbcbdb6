"""The documented types of states.

Kept apart from `states.py`, whose Pydantic models a process that runs flows may never need.
"""

from __future__ import annotations

from enum import StrEnum


class StateType(StrEnum):
    """The documented types of states."""

    # That of `Enum` is written in Python; rules and codes are looked up by member all the time.
    __hash__ = str.__hash__

    SCHEDULED = "SCHEDULED"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    CRASHED = "CRASHED"
    PAUSED = "PAUSED"
    CANCELLING = "CANCELLING"

    @property
    def is_final(self) -> bool:
        """Whether nothing follows a state of this type by itself."""
        return self in TERMINAL_STATES


TERMINAL_STATES = frozenset(
    {StateType.COMPLETED, StateType.CANCELLED, StateType.FAILED, StateType.CRASHED}
)
