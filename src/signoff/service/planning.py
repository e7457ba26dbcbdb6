"""The schedules of a deployment: storing them, and withdrawing the runs they made ahead.

Owns which runs a change of schedules takes back: those that have not begun and whose moment is
still to come. A run that is late stays, because somebody may count on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from signoff.model.deployments import DeploymentResponse
from signoff.model.errors import ObjectAlreadyExists
from signoff.model.schedules import (
    DeploymentSchedule,
    DeploymentScheduleCreate,
    IntervalSchedule,
    same_moments,
)
from signoff.service.unit import Unit

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def replace_schedules(
    unit: Unit, deployment: DeploymentResponse, asked: Sequence[DeploymentScheduleCreate]
) -> None:
    """Give a deployment exactly these schedules; one that means the same as before is kept."""
    left = list(unit.tx.deployments.schedules(deployment.id))
    kept: list[tuple[DeploymentScheduleCreate, DeploymentSchedule | None]] = []
    for each in asked:
        known = next((one for one in left if _is_same(one, each)), None)
        if known is not None:
            left.remove(known)
        kept.append((each, known))
    for gone in left:
        remove(unit, deployment.id, gone.id)
    for each, known in kept:
        if known is None:
            add(unit, deployment, each)
        else:
            change(unit, deployment, known, each.model_dump(exclude_unset=True))


def _is_same(known: DeploymentSchedule, asked: DeploymentScheduleCreate) -> bool:
    if known.slug is not None or asked.slug is not None:
        return known.slug == asked.slug
    return same_moments(known.schedule, asked.schedule)


def add(
    unit: Unit, deployment: DeploymentResponse, asked: DeploymentScheduleCreate
) -> DeploymentSchedule:
    """Store a new schedule.

    Raises:
        ObjectAlreadyExists: the deployment has another one with this slug.
    """
    now = _EPOCH + timedelta(microseconds=unit.now)
    schedule = _anchored(
        DeploymentSchedule(
            **asked.model_dump(exclude={"schedule"}),
            schedule=asked.schedule,
            id=unit.means.new_id(),
            deployment_id=deployment.id,
            created=now,
            updated=now,
        ),
        now,
    )
    if not unit.tx.deployments.put_schedule(schedule, _due(unit, deployment, schedule), fresh=True):
        raise ObjectAlreadyExists(
            f"Deployment {deployment.full_name} has a schedule {schedule.slug!r} already; give "
            "this one another slug, or change that one."
        )
    unit.wrote = True
    return schedule


def change(
    unit: Unit,
    deployment: DeploymentResponse,
    known: DeploymentSchedule,
    fields: dict[str, object],
) -> DeploymentSchedule:
    """Store what changes of a schedule; what it made ahead is made anew when it means another."""
    now = _EPOCH + timedelta(microseconds=unit.now)
    changed = DeploymentSchedule.model_validate(known.model_dump() | fields)
    if same_moments(known.schedule, changed.schedule):
        changed.schedule = known.schedule
    changed = _anchored(changed, now)
    if changed == known:
        return known
    changed.updated = now
    withdraw(unit, deployment.id, known.id)
    unit.tx.deployments.put_schedule(changed, _due(unit, deployment, changed), fresh=False)
    unit.wrote = True
    return changed


def remove(unit: Unit, deployment_id: UUID, schedule_id: UUID) -> None:
    """Delete a schedule, and the runs it made ahead."""
    withdraw(unit, deployment_id, schedule_id)
    unit.tx.deployments.delete_schedule(schedule_id)
    unit.wrote = True


def settle(unit: Unit, deployment: DeploymentResponse) -> None:
    """The deployment was paused or resumed: take back what was made ahead, or look again."""
    if deployment.paused:
        withdraw(unit, deployment.id, None)
    for schedule in unit.tx.deployments.schedules(deployment.id):
        if schedule.active:
            due = _due(unit, deployment, schedule)
            unit.tx.deployments.put_schedule(schedule, due, fresh=False)


def withdraw(unit: Unit, deployment_id: UUID, schedule_id: UUID | None) -> None:
    """Delete the runs that a schedule (or any of the deployment) made for moments to come."""
    for run_id in unit.tx.deployments.runs_ahead(deployment_id, schedule_id, unit.now):
        unit.tx.delete_run(run_id)
        unit.wrote = True


def _due(unit: Unit, deployment: DeploymentResponse, schedule: DeploymentSchedule) -> int | None:
    return unit.now if schedule.active and not deployment.paused else None


def _anchored(schedule: DeploymentSchedule, now: datetime) -> DeploymentSchedule:
    """An interval counts from the moment it was first stored, so that storing it again does not
    move its runs."""
    rule = schedule.schedule
    if isinstance(rule, IntervalSchedule) and rule.anchor_date is None:
        schedule.schedule = rule.model_copy(update={"anchor_date": now})
    return schedule
