"""Documented import path: what the client returns and takes."""

from signoff.model.states import State, StateType
from signoff.model.views import Flow, FlowRun, FlowRunInput, Log, TaskRun

__all__ = ["Flow", "FlowRun", "FlowRunInput", "Log", "State", "StateType", "TaskRun"]
