"""What every type of worker does."""

from signoff.worker.base import BaseWorker

__all__ = ["BaseWorker"]
