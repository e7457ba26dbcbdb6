"""Schedules as clients see them, and what keeps them: making runs ahead, marking late ones.

Owns how far ahead, and that several who do this at once make no run twice: a schedule is locked
while it is looked at, and its runs carry a key of their moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from signoff.core.schedules import Limits, outlook
from signoff.model import scheduling as s
from signoff.model.commands import Request
from signoff.model.deployments import DeploymentResponse
from signoff.model.errors import ObjectNotFound
from signoff.model.events import Event, Kind
from signoff.model.replies import Done
from signoff.model.saved_flows import SAVED
from signoff.model.schedules import DeploymentSchedule
from signoff.service import planning
from signoff.service.deadlines import BATCH
from signoff.service.deployments import Wanted, found, locked, make_run
from signoff.service.table import Handler, Handlers
from signoff.service.unit import Unit

OFTEN = 1_000_000
"""Microseconds between two looks at a schedule at least."""


def create_schedules(unit: Unit, request: s.CreateSchedules) -> tuple[DeploymentSchedule, ...]:
    deployment = locked(unit, request.deployment_id)
    return tuple(planning.add(unit, deployment, each) for each in request.schedules)


def read_schedules(unit: Unit, query: s.ReadSchedules) -> tuple[DeploymentSchedule, ...]:
    return tuple(found(unit, query.deployment_id).schedules)


def update_schedule(unit: Unit, request: s.UpdateSchedule) -> Done:
    deployment = locked(unit, request.deployment_id)
    known = _schedule(unit, request.deployment_id, request.schedule_id)
    planning.change(unit, deployment, known, request.changes.model_dump(exclude_unset=True))
    return Done()


def delete_schedule(unit: Unit, request: s.DeleteSchedule) -> Done:
    locked(unit, request.deployment_id)
    schedule = _schedule(unit, request.deployment_id, request.schedule_id)
    planning.remove(unit, request.deployment_id, schedule.id)
    return Done()


def _schedule(unit: Unit, deployment_id: UUID, schedule_id: UUID) -> DeploymentSchedule:
    schedules = unit.tx.deployments.schedules(deployment_id)
    schedule = next((each for each in schedules if each.id == schedule_id), None)
    if schedule is None:
        raise ObjectNotFound(
            f"Deployment {deployment_id} has no schedule {schedule_id}; "
            f"`signoff deployment schedule ls {deployment_id}` lists its schedules."
        )
    return schedule


# Keeping -----------------------------------------------------------------------------------


def keep_schedules(unit: Unit, request: s.KeepSchedules) -> s.SchedulesKept:
    table = unit.tx.deployments
    for schedule, made in table.due_schedules(unit.now, BATCH):
        _make_ahead(unit, schedule, made)
    for run_id in table.not_started(unit.now - request.late_after, BATCH):
        run = unit.tx.lock_run(run_id)
        if run is not None:
            unit.attempt(run, Event(Kind.LATE, unit.actor))
    return s.SchedulesKept(table.next_due(request.late_after))


def nothing_due(unit: Unit, request: s.KeepSchedules) -> s.SchedulesKept | None:
    """The reply, when there is nothing to do: mostly this look is all."""
    due = unit.tx.deployments.next_due(request.late_after)
    return s.SchedulesKept(due) if due is None or due > unit.now else None


def _make_ahead(unit: Unit, schedule: DeploymentSchedule, made: int | None) -> None:
    deployment_id = schedule.deployment_id
    deployment = unit.tx.deployments.get(deployment_id) if deployment_id is not None else None
    unit.wrote = True
    if deployment is None or deployment.paused or not schedule.active:
        unit.tx.deployments.schedule_done(schedule.id, None, made)
        return
    limits = Limits()
    if schedule.max_scheduled_runs is not None:
        most = schedule.max_scheduled_runs
        limits = Limits(min_runs=min(limits.min_runs, most), max_runs=most)
    plan = outlook(schedule.schedule, unit.now, made, schedule.catchup, limits)
    trigger = _trigger(unit, deployment, schedule)
    for moment in plan.moments:
        given = None
        if trigger is not None:
            given = trigger(moment)
            if given is None:
                continue
        wanted = Wanted(
            run_id=unit.means.new_id(),
            parameters=schedule.parameters if given is None else given.parameters,
            tags=("auto-scheduled",),
            idempotency_key=f"scheduled {deployment.id} {schedule.id} {_iso(moment)}",
            schedule_id=schedule.id,
        )
        handle = make_run(unit, deployment, wanted, moment)
        if given is not None and handle.run_id == wanted.run_id:
            unit.tx.saved_flows.started_by(handle.run_id, given.trigger)
    due = None if plan.look is None else max(plan.look, unit.now + OFTEN)
    unit.tx.deployments.schedule_done(schedule.id, due, plan.made)


def _trigger(
    unit: Unit, deployment: DeploymentResponse, schedule: DeploymentSchedule
) -> Callable[[int], Any] | None:
    """What gives a moment's run its inputs, where the schedule is that of a saved flow."""
    if SAVED not in deployment.labels:
        return None
    # Loaded with the first of them: it brings the language of expressions along.
    triggers = import_module("signoff.service.schedule_triggers")
    found = triggers.scheduled(unit, deployment, schedule.slug, schedule.schedule)
    if found is None:
        return None
    return lambda moment: triggers.given_or_nothing(found, moment, schedule.parameters)


def _iso(microseconds: int) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    return moment.isoformat()


HANDLERS: Handlers = {
    s.CreateSchedules: create_schedules,
    s.ReadSchedules: read_schedules,
    s.UpdateSchedule: update_schedule,
    s.DeleteSchedule: delete_schedule,
    s.KeepSchedules: keep_schedules,
}

LOOKS: Mapping[type[Request[Any]], Handler] = {s.KeepSchedules: nothing_due}
"""Commands that are answered without a change where their look has the reply."""
