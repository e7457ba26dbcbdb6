"""Documented import path: answers to proposed states, and deployments as the client reads them."""

from signoff.authoring.client.schemas import (
    OrchestrationResult,
    SetStateStatus,
    StateResponseDetails,
)
from signoff.model.deployments import DeploymentResponse

__all__ = ["DeploymentResponse", "OrchestrationResult", "SetStateStatus", "StateResponseDetails"]
