"""Documented import path: the context of runs."""

from signoff.authoring.context import (
    FlowRunContext,
    SettingsContext,
    TagsContext,
    TaskRunContext,
    get_run_context,
    get_settings_context,
    tags,
)
from signoff.model.errors import MissingContextError

__all__ = [
    "FlowRunContext",
    "MissingContextError",
    "SettingsContext",
    "TagsContext",
    "TaskRunContext",
    "get_run_context",
    "get_settings_context",
    "tags",
]
