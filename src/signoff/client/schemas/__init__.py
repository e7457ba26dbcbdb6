"""Documented import path: what the client returns and takes."""

from signoff.authoring.client.schemas import (
    OrchestrationResult,
    SetStateStatus,
    StateResponseDetails,
)
from signoff.model.states import State, StateDetails, StateType
from signoff.model.views import Flow, FlowRun, FlowRunInput, Log, TaskRun

__all__ = [
    "Flow",
    "FlowRun",
    "FlowRunInput",
    "Log",
    "OrchestrationResult",
    "SetStateStatus",
    "State",
    "StateDetails",
    "StateResponseDetails",
    "StateType",
    "TaskRun",
]
