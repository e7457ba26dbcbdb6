"""Documented import path: sort orders."""

from signoff.model.filters import DeploymentSort, FlowRunSort, FlowSort, LogSort, TaskRunSort
from signoff.model.shared.artifacts import ArtifactCollectionSort, ArtifactSort
from signoff.model.shared.variables import VariableSort

__all__ = [
    "ArtifactCollectionSort",
    "ArtifactSort",
    "DeploymentSort",
    "FlowRunSort",
    "FlowSort",
    "LogSort",
    "TaskRunSort",
    "VariableSort",
]
