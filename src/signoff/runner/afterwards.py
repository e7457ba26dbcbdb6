"""What follows a bulk action where there is no server: runs that wait for a process get one.

Apart from `launching.py`, because filters are heavy and single answers have no need of them.
"""

from __future__ import annotations

from signoff.core.ports import Gateway
from signoff.model.bulk import BulkAction, BulkView
from signoff.model.queries import RESUMING, CountRuns
from signoff.model.settings import Settings
from signoff.runner.launching import launch_due

_STARTS = (BulkAction.RESUME, BulkAction.RETRY)
"""Actions after which runs may wait for a process."""


def start_due(bulk: BulkView, gateway: Gateway, settings: Settings) -> int | None:
    """Without a server, whoever carried a bulk action out starts the processes that it needs.

    Returns:
        The number of the process that starts them; None when there is no need.
    """
    if settings.api_url is not None or bulk.action not in _STARTS or not bulk.done:
        return None
    return launch_due(settings) if gateway.send(CountRuns(flow_runs=RESUMING)) else None
