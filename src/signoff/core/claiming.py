"""Which runs a claimer takes.

Owns the meaning of a scope, for a run that is at hand; the store asks the same of its rows.
"""

from __future__ import annotations

from signoff.core.ports import RunFacts
from signoff.model.claims import Scope


def covers(scope: Scope, run: RunFacts) -> bool:
    """Whether a claimer with this scope takes the run."""
    if scope.pool is not None:
        wanted = not scope.queues or (run.work_queue or "default") in scope.queues
        return run.work_pool == scope.pool and wanted
    if scope.deployments:
        return run.deployment_id in scope.deployments
    record = run.entry_record
    if record is None or record.refusal is not None:
        return False
    if run.work_pool is not None:
        return False
    if run.deployment_id is not None:
        return record.is_document
    return (record.host, record.user) == (scope.host, scope.user)
