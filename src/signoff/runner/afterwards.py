"""Where there is no server, runs that wait for a process get one from whoever comes by: after a
bulk action, and when their time has come.

Apart from `launching.py`, because filters are heavy and single answers have no need of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from signoff.core.ports import Gateway
from signoff.model.bulk import BulkAction, BulkView
from signoff.model.events import HistoryEntry, Kind
from signoff.model.queries import RESUMING, CountRuns, ReadHistory, ReadRuns
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


_UNNOTICED = (Kind.LATE, Kind.QUEUE)
"""Events that only say that a run still waits for its process."""
_LOOKED_AT = 50


def start_fired(gateway: Gateway, settings: Settings) -> int | None:
    """Without a server, whoever opens a home starts the runs that a deadline lets go on.

    What waits for a process for another reason is left alone: somebody may want it so.

    Returns:
        The number of the process that starts them; None when there is no need.
    """
    if settings.api_url is not None:
        return None
    resuming = gateway.send(ReadRuns(flow_runs=RESUMING, limit=_LOOKED_AT))
    fired = any(_has_fired(gateway.send(ReadHistory(run.id))) for run in resuming)
    return launch_due(settings) if fired else None


def _has_fired(history: Sequence[HistoryEntry]) -> bool:
    kinds = [entry.kind for entry in history if entry.kind not in _UNNOTICED]
    return bool(kinds) and kinds[-1] is Kind.EXPIRE
