"""The worker that starts each run as a process."""

from signoff.worker.process import ProcessWorker

__all__ = ["ProcessWorker"]
