"""Documented import path: answers to proposed states, and deployments as the client reads them."""

from signoff.authoring.client.schemas import (
    OrchestrationResult,
    SetStateStatus,
    StateResponseDetails,
)
from signoff.model.deployments import DeploymentResponse
from signoff.model.shared.limits import GlobalConcurrencyLimit as GlobalConcurrencyLimitResponse
from signoff.model.shared.slots import (
    ConcurrencyLimitWithLeaseResponse,
    MinimalConcurrencyLimitResponse,
)
from signoff.model.shared.work_pools import WorkerFlowRunResponse

__all__ = [
    "ConcurrencyLimitWithLeaseResponse",
    "DeploymentResponse",
    "GlobalConcurrencyLimitResponse",
    "MinimalConcurrencyLimitResponse",
    "OrchestrationResult",
    "SetStateStatus",
    "StateResponseDetails",
    "WorkerFlowRunResponse",
]
