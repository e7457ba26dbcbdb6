"""Documented import path: running tasks by parameters."""

from signoff.authoring.engine_doors import run_task, run_task_async, run_task_sync

__all__ = ["run_task", "run_task_async", "run_task_sync"]
