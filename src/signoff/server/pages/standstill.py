"""Why a run does not start, or a work pool starts nothing, as people read it.

Owns the wording.
"""

from __future__ import annotations

from signoff.model.standstill import Reason, Standstill

_TEXTS = {
    Reason.DEPLOYMENT_FULL: "as many runs of the deployment {name} work as may at a time ({limit})",
    Reason.POOL_GONE: "its work pool {name} is gone; make it again, or run anew elsewhere",
    Reason.POOL_PAUSED: "the pool {name} is paused",
    Reason.NO_WORKER: "no worker of the pool {name} is online; "
    "one is started by “signoff worker start --pool {name}”",
    Reason.QUEUE_PAUSED: "the queue {name} is paused",
    Reason.QUEUES_PAUSED: "every queue is paused",
    Reason.POOL_FULL: "as many runs of the pool {name} work as may at a time ({limit})",
    Reason.QUEUE_FULL: "as many runs of the queue {name} work as may at a time ({limit})",
    Reason.UNCLAIMED: "no process has taken it; one that serves its flow, or "
    "“signoff worker start”, would",
}


def why(found: Standstill | None) -> str:
    """What stands in the way, to go on a sentence with; empty where nothing does."""
    if found is None:
        return ""
    return _TEXTS[found.reason].format(name=found.name, limit=found.limit)
