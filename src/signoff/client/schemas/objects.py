"""Documented import path: what the client returns."""

from signoff.model.shared.artifacts import Artifact, ArtifactCollection
from signoff.model.shared.variables import Variable
from signoff.model.states import TERMINAL_STATES, State, StateDetails, StateType
from signoff.model.views import Flow, FlowRun, FlowRunInput, Log, TaskRun

__all__ = [
    "TERMINAL_STATES",
    "Artifact",
    "ArtifactCollection",
    "Flow",
    "FlowRun",
    "FlowRunInput",
    "Log",
    "State",
    "StateDetails",
    "StateType",
    "TaskRun",
    "Variable",
]
