"""The worker that starts each run as a process of its own machine."""

from __future__ import annotations

from signoff.runner.jobs import Start
from signoff.worker.base import BaseWorker


class ProcessWorker(BaseWorker):
    """Starts runs as processes: forked from one with the code loaded where that is possible."""

    type = "process"

    def starts(self) -> Start | None:
        return None
