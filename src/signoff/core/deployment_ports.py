"""What the service asks of a database about deployments, as a protocol.

The part of `core.ports.Tx` that processes without deployments have no need of. Owns the contract
only. All times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from signoff.model.collisions import ConcurrencyLimitStrategy
    from signoff.model.deploying import CountDeployments, ReadDeployments
    from signoff.model.deployments import DeploymentResponse
    from signoff.model.journal import EntryRecord
    from signoff.model.schedules import DeploymentSchedule


class DeploymentTable(Protocol):
    """The deployments of a transaction, and their schedules."""

    def get(self, deployment_id: UUID) -> DeploymentResponse | None:
        """The deployment with its schedules."""

    def named(self, flow_name: str, name: str) -> UUID | None: ...

    def lock(self, deployment_id: UUID) -> bool:
        """Keep others from changing the deployment until the end; False when there is none."""

    def entry_record(self, deployment_id: UUID) -> EntryRecord | None: ...

    def find(self, query: ReadDeployments) -> tuple[DeploymentResponse, ...]: ...

    def count(self, query: CountDeployments) -> int: ...

    def insert(self, deployment: DeploymentResponse, entry_record: EntryRecord | None) -> bool:
        """Store a deployment without its schedules. False when id or name is taken."""

    def save(self, deployment: DeploymentResponse, entry_record: EntryRecord | None) -> None:
        """Store what changed; `entry_record` None keeps the one that is known."""

    def delete(self, deployment_id: UUID) -> None:
        """Delete the deployment and its schedules; runs stay."""

    def schedules(self, deployment_id: UUID) -> tuple[DeploymentSchedule, ...]:
        """The schedules of a deployment, oldest first."""

    def put_schedule(self, schedule: DeploymentSchedule, due: int | None, fresh: bool) -> bool:
        """Store a schedule, to be looked at when it is `due`; what it made before is forgotten.
        False when its id or slug is taken."""

    def delete_schedule(self, schedule_id: UUID) -> None: ...

    def due_schedules(
        self, now: int, limit: int
    ) -> tuple[tuple[DeploymentSchedule, int | None], ...]:
        """Schedules that have to be looked at, locked, with the last moment they made a run for."""

    def schedule_done(self, schedule_id: UUID, due: int | None, made: int | None) -> None:
        """The schedule was looked at; it has to be again when it is `due`."""

    def limit(self, deployment_id: UUID) -> tuple[int, ConcurrencyLimitStrategy, bool] | None:
        """How many runs may have a process at once, what happens to one more, and whether those
        that wait keep their place; None for no limit. Keeps others from counting until the end."""

    def places_taken(self, deployment_id: UUID, but: UUID, kept: bool = False) -> int:
        """How many runs of the deployment hold a place, `but` one that is not counted.

        Args:
            kept: those that wait count, too.
        """

    def queued_runs(self, deployment_id: UUID) -> tuple[UUID, ...]:
        """The runs that wait in their process for a place, the longest first."""

    def runs_ahead(
        self, deployment_id: UUID, schedule_id: UUID | None, now: int
    ) -> tuple[UUID, ...]:
        """Runs that the schedule (or any of the deployment) made for a moment still to come."""

    def not_started(self, before: int, limit: int) -> tuple[UUID, ...]:
        """Runs that should have been started, or entered again, before a moment, and that nobody
        has been told of yet: their state has no name of its own."""

    def next_due(self, late_after: int) -> int | None:
        """When a schedule has to be looked at, or a run becomes late; a moment that has passed when
        something is due now, None when nothing will be."""
