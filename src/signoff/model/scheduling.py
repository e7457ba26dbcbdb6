"""What can be asked about schedules: commands and queries, each tied to its reply.

Field names are those of the documented HTTP API. Times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from uuid import UUID

from signoff.model.commands import Command
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.schedules import (
    DeploymentSchedule,
    DeploymentScheduleCreate,
    DeploymentScheduleUpdate,
)
from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class CreateSchedules(Command[tuple[DeploymentSchedule, ...]]):
    """Add schedules to a deployment."""

    deployment_id: UUID
    schedules: tuple[DeploymentScheduleCreate, ...]


@dataclass(frozen=True, slots=True)
class ReadSchedules(Query[tuple[DeploymentSchedule, ...]]):
    """The schedules of a deployment, oldest first."""

    deployment_id: UUID


@dataclass(frozen=True, slots=True)
class UpdateSchedule(Command[Done]):
    """Change the fields of a schedule that are given; its runs made ahead are withdrawn."""

    deployment_id: UUID
    schedule_id: UUID
    changes: DeploymentScheduleUpdate


@dataclass(frozen=True, slots=True)
class DeleteSchedule(Command[Done]):
    """Delete a schedule, and the runs it made ahead."""

    deployment_id: UUID
    schedule_id: UUID


@dataclass(frozen=True, slots=True)
class SchedulesKept:
    """What is to be done has been done.

    Args:
        next_due: when to ask again; None when nothing is scheduled.
    """

    next_due: int | None


@dataclass(frozen=True, slots=True)
class KeepSchedules(Command[SchedulesKept]):
    """Make the runs that are due to be made, and mark those that nobody picks up as late.

    Asked by a server, or by whoever serves without one; two that ask at
    once make no run twice.

    Args:
        late_after: microseconds after which a run that did not start is late.
    """

    late_after: int = 15_000_000
