"""Documented import path: what the client returns."""

from signoff.model.collisions import ConcurrencyLimitStrategy
from signoff.model.deployments import ConcurrencyLimitConfig, ConcurrencyOptions
from signoff.model.schedules import DeploymentSchedule
from signoff.model.shared.artifacts import Artifact, ArtifactCollection
from signoff.model.shared.limits import ConcurrencyLimit, GlobalConcurrencyLimit
from signoff.model.shared.slots import ConcurrencyLeaseHolder
from signoff.model.shared.variables import Variable
from signoff.model.shared.work_pools import Worker, WorkPool, WorkQueue
from signoff.model.states import TERMINAL_STATES, State, StateDetails, StateType
from signoff.model.views import Flow, FlowRun, FlowRunInput, Log, TaskRun

__all__ = [
    "TERMINAL_STATES",
    "Artifact",
    "ArtifactCollection",
    "ConcurrencyLeaseHolder",
    "ConcurrencyLimit",
    "ConcurrencyLimitConfig",
    "ConcurrencyLimitStrategy",
    "ConcurrencyOptions",
    "DeploymentSchedule",
    "Flow",
    "FlowRun",
    "FlowRunInput",
    "GlobalConcurrencyLimit",
    "Log",
    "State",
    "StateDetails",
    "StateType",
    "TaskRun",
    "Variable",
    "WorkPool",
    "WorkQueue",
    "Worker",
]
