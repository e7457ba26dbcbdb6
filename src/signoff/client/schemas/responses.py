"""Documented import path: answers to proposed states."""

from signoff.authoring.client.schemas import (
    OrchestrationResult,
    SetStateStatus,
    StateResponseDetails,
)

__all__ = ["OrchestrationResult", "SetStateStatus", "StateResponseDetails"]
