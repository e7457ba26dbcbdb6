"""Documented import path: what the client takes to make and change things."""

from signoff.model.shared.artifacts import ArtifactCreate, ArtifactUpdate
from signoff.model.shared.variables import VariableCreate, VariableUpdate

__all__ = ["ArtifactCreate", "ArtifactUpdate", "VariableCreate", "VariableUpdate"]
