"""The schedules of a server: looked after with every sweep.

Owns that a schedule which cannot be kept never keeps deadlines from being applied.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from signoff.model.actors import SERVICE
from signoff.model.deploying import CreateDeployment, ResumeDeployment, UpdateDeployment
from signoff.model.saved_flows import EnableFlow, SaveFlow
from signoff.model.scheduling import CreateSchedules, KeepSchedules, UpdateSchedule
from signoff.model.values import dataclass
from signoff.server.desk import Service
from signoff.server.services import Swept

PLANNING = (
    CreateDeployment,
    UpdateDeployment,
    ResumeDeployment,
    CreateSchedules,
    UpdateSchedule,
    SaveFlow,
    EnableFlow,
)
"""Commands after which runs may have to be made at once."""

_logger = logging.getLogger("signoff.server")


class Keeping(Service, Protocol):
    """The service, as the timetable uses it; `service.Orchestrator` is one."""

    def sweep(self) -> Swept: ...


@dataclass(frozen=True, slots=True)
class Found:
    """What a sweep found, schedules included."""

    next_due: int | None


@dataclass(frozen=True, slots=True)
class Timetable:
    """Sweeps, and makes the runs that are due to be made.

    Args:
        service: carries requests out.
        late_after: microseconds after which a run that did not start is late.
        follow: looks after flow triggers.
    """

    service: Keeping
    late_after: int
    follow: Callable[[], int | None]

    def sweep(self) -> Swept:
        """Look after schedules, deadlines, dead processes and flow triggers."""
        due = self._keep()
        found = self.service.sweep()
        looks = (due, found.next_due, self._follow())
        moments = [each for each in looks if each is not None]
        return Found(min(moments, default=None))

    def _keep(self) -> int | None:
        try:
            return self.service.apply(KeepSchedules(self.late_after), SERVICE).next_due
        except Exception:  # a defect must not end the sweep: deadlines depend on it
            _logger.exception("Keeping the schedules failed")
            return None

    def _follow(self) -> int | None:
        try:
            return self.follow()
        except Exception:  # a defect must not end the sweep: deadlines depend on it
            _logger.exception("Looking after flow triggers failed")
            return None
