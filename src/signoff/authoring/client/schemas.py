"""Documented replies of the client that are not views of stored things."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from signoff.model.states import State


class SetStateStatus(StrEnum):
    """What became of a proposed state."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    ABORT = "ABORT"
    WAIT = "WAIT"


class StateResponseDetails(BaseModel):
    """Why a proposed state was not accepted; None when it was."""

    reason: str | None = None


class OrchestrationResult(BaseModel):
    """The answer to a proposed state.

    Args:
        state: the state the run is in now.
        status: what became of the proposal.
        details: why.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    state: State[Any] | None
    status: SetStateStatus
    details: StateResponseDetails = StateResponseDetails()
