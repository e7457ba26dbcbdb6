"""Documented import path: what the client takes to make and change things."""

from signoff.model.deployments import DeploymentCreate, DeploymentUpdate
from signoff.model.schedules import DeploymentScheduleCreate, DeploymentScheduleUpdate
from signoff.model.shared.artifacts import ArtifactCreate, ArtifactUpdate
from signoff.model.shared.limits import (
    GlobalConcurrencyLimitCreate,
    GlobalConcurrencyLimitUpdate,
)
from signoff.model.shared.variables import VariableCreate, VariableUpdate
from signoff.model.shared.work_pools import WorkPoolCreate, WorkPoolUpdate

__all__ = [
    "ArtifactCreate",
    "ArtifactUpdate",
    "DeploymentCreate",
    "DeploymentScheduleCreate",
    "DeploymentScheduleUpdate",
    "DeploymentUpdate",
    "GlobalConcurrencyLimitCreate",
    "GlobalConcurrencyLimitUpdate",
    "VariableCreate",
    "VariableUpdate",
    "WorkPoolCreate",
    "WorkPoolUpdate",
]
