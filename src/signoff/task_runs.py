"""Documented import path: waiting for task runs."""

from signoff.authoring.task_waiting import TaskRunWaiter

__all__ = ["TaskRunWaiter"]
