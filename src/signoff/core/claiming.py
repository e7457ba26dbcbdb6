"""Which runs a claimer takes.

Owns the meaning of a scope, for a run that is at hand; the store asks the same of its rows.
"""

from __future__ import annotations

from uuid import UUID

from signoff.core.ports import RunFacts
from signoff.model.claims import Scope
from signoff.model.journal import EntryRecord


def covers(scope: Scope, run: RunFacts) -> bool:
    """Whether a claimer with this scope takes the run."""
    if scope.pool is not None:
        wanted = not scope.queues or (run.work_queue or "default") in scope.queues
        return run.work_pool == scope.pool and wanted
    if run.work_pool is not None and not scope.deployments:
        return False
    return enters(scope, run.entry_record, run.deployment_id)


def enters(scope: Scope, record: EntryRecord | None, deployment: UUID | None) -> bool:
    """Whether a claimer with this scope takes a run that is in no pool.

    Args:
        scope: of the claimer.
        record: how the flow of the run is loaded.
        deployment: the deployment that the run belongs to.
    """
    if scope.deployments:
        return deployment in scope.deployments
    if scope.pool is not None or record is None or record.refusal is not None:
        return False
    if deployment is not None:
        return record.is_document
    return (record.host, record.user) == (scope.host, scope.user)
