"""Documented import path: tasks."""

from signoff.authoring.decorators import task
from signoff.authoring.task import Task
from signoff.core.retries import exponential_backoff
from signoff.engine.keeping.policies import task_input_hash

__all__ = ["Task", "exponential_backoff", "task", "task_input_hash"]
