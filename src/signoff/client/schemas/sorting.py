"""Documented import path: sort orders."""

from signoff.model.filters import FlowRunSort, FlowSort, LogSort, TaskRunSort
from signoff.model.shared.variables import VariableSort

__all__ = ["FlowRunSort", "FlowSort", "LogSort", "TaskRunSort", "VariableSort"]
