"""Documented import path: sort orders."""

from signoff.model.filters import FlowRunSort, FlowSort, LogSort, TaskRunSort

__all__ = ["FlowRunSort", "FlowSort", "LogSort", "TaskRunSort"]
