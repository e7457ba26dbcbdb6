"""Schedules: runs made ahead, once each; withdrawn, late, caught up with."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from signoff.model import deploying as d
from signoff.model import scheduling as s
from signoff.model.deployments import DeploymentResponse
from signoff.model.errors import ObjectAlreadyExists, ObjectNotFound
from signoff.model.queries import ReadRuns
from signoff.model.schedules import (
    CronSchedule,
    DeploymentScheduleCreate,
    DeploymentScheduleUpdate,
    IntervalSchedule,
)
from signoff.model.views import FlowRun
from tests.service.test_deployments import deploy
from tests.service.world import RECORD, SECOND, START, World

pytestmark = pytest.mark.service

HOURLY = CronSchedule(cron="0 * * * *")
MINUTE, HOUR = 60, 3600


def keep(world: World) -> int | None:
    return world.ask(s.KeepSchedules()).next_due


def planned(world: World, deployment: DeploymentResponse) -> list[int]:
    """Moments for which there are scheduled runs, in seconds from the start."""
    mine = [run for run in made_by_schedule(world) if run.deployment_id == deployment.id]
    moments = [run.next_scheduled_start_time for run in mine if run.next_scheduled_start_time]
    return sorted(int(moment.timestamp()) - START // SECOND for moment in moments)


def made_by_schedule(world: World) -> list[FlowRun]:
    return [run for run in world.ask(ReadRuns()) if run.auto_scheduled]


def at(world: World, seconds: float) -> None:
    """Move to a moment, counted from the start."""
    world.now = START + int(seconds * SECOND)


def test_runs_are_made_ahead_and_then_one_by_one(world: World) -> None:
    made = deploy(
        world,
        parameters={"days": 1, "kind": "a"},
        schedules=[DeploymentScheduleCreate(schedule=HOURLY, parameters={"days": 2})],
    )
    due = keep(world)
    moments = planned(world, made)
    assert len(moments) == 3
    assert due == START + moments[0] * SECOND
    assert keep(world) == due
    assert planned(world, made) == moments
    at(world, moments[0])
    keep(world)
    assert len(planned(world, made)) == 4
    (run, *_) = made_by_schedule(world)
    assert (run.parameters, run.tags) == ({"days": 2, "kind": "a"}, ["auto-scheduled"])


def test_an_interval_keeps_its_anchor_when_it_is_deployed_again(world: World) -> None:
    every = DeploymentScheduleCreate(schedule=IntervalSchedule(interval=timedelta(hours=1)))
    made = deploy(world, schedules=[every])
    keep(world)
    moments = planned(world, made)
    assert moments == [HOUR, 2 * HOUR, 3 * HOUR]
    world.later(10 * MINUTE)
    again = deploy(world, schedules=[every])
    assert again.schedules == made.schedules
    keep(world)
    assert planned(world, made) == moments


def test_pausing_withdraws_what_is_to_come(world: World) -> None:
    made = deploy(world, schedules=[DeploymentScheduleCreate(schedule=HOURLY)])
    keep(world)
    moments = planned(world, made)
    world.ask(d.PauseDeployment(made.id))
    assert planned(world, made) == []
    assert keep(world) is None
    world.ask(d.ResumeDeployment(made.id))
    keep(world)
    assert planned(world, made) == moments


def test_a_late_run_survives_a_new_deployment(world: World) -> None:
    made = deploy(world, schedules=[DeploymentScheduleCreate(schedule=HOURLY)])
    keep(world)
    at(world, planned(world, made)[0] + MINUTE)
    keep(world)
    deploy(world, schedules=[DeploymentScheduleCreate(schedule=CronSchedule(cron="30 * * * *"))])
    keep(world)
    names = [run.state_name for run in made_by_schedule(world)]
    assert sorted(names) == ["Late", "Scheduled", "Scheduled", "Scheduled"]


def test_schedules_are_changed_one_by_one(world: World) -> None:
    made = deploy(world)
    one, two = world.ask(
        s.CreateSchedules(
            made.id,
            (
                DeploymentScheduleCreate(schedule=HOURLY, slug="hourly"),
                DeploymentScheduleCreate(schedule=CronSchedule(cron="30 * * * *"), active=False),
            ),
        )
    )
    assert world.ask(s.ReadSchedules(made.id)) == (one, two)
    keep(world)
    assert len(planned(world, made)) == 3
    change = DeploymentScheduleUpdate
    world.ask(s.UpdateSchedule(made.id, one.id, change(active=False)))
    assert planned(world, made) == []
    world.ask(s.UpdateSchedule(made.id, two.id, change(active=True, slug="half")))
    keep(world)
    half = 30 * MINUTE
    assert all((moment + START // SECOND) % HOUR == half for moment in planned(world, made))
    assert len(planned(world, made)) == 3
    world.ask(s.DeleteSchedule(made.id, two.id))
    assert planned(world, made) == []
    with pytest.raises(ObjectNotFound, match="has no schedule"):
        world.ask(s.DeleteSchedule(made.id, two.id))
    with pytest.raises(ObjectAlreadyExists, match="has a schedule 'hourly' already"):
        world.ask(
            s.CreateSchedules(made.id, (DeploymentScheduleCreate(schedule=HOURLY, slug="hourly"),))
        )


def test_deleting_a_deployment_takes_the_runs_ahead_along(world: World) -> None:
    made = deploy(world, schedules=[DeploymentScheduleCreate(schedule=HOURLY)])
    keep(world)
    mine = world.ask(d.CreateDeploymentRun(made.id, uuid4())).run_id
    world.ask(d.DeleteDeployment(made.id))
    assert [run.id for run in world.ask(ReadRuns())] == [mine]
    assert keep(world) == START + 15 * SECOND


def test_a_run_that_nobody_picks_up_is_late(world: World) -> None:
    made = deploy(world)
    run = world.ask(d.CreateDeploymentRun(made.id, uuid4()))
    assert keep(world) == START + 15 * SECOND
    at(world, 15.001)
    assert keep(world) is None
    assert world.view(run).state_name == "Late"
    assert world.view(run).run_count == 0


def test_a_resumed_run_that_nobody_picks_up_is_late_too(world: World) -> None:
    run = world.start(entry_record=RECORD)
    world.open(run, "k")
    world.dead.add("p1")
    world.answer(run)
    world.later(15.001)
    keep(world)
    view = world.view(run)
    assert (view.state_type, view.state_name) == ("SCHEDULED", "Late")
    assert world.enter(run, "p2").handle.state_name == "Running"


def test_what_was_missed_is_caught_up_with_when_told(world: World) -> None:
    made = deploy(world, schedules=[DeploymentScheduleCreate(schedule=HOURLY, catchup="latest")])
    keep(world)
    at(world, 100 * HOUR)
    keep(world)
    past = [moment for moment in planned(world, made) if moment <= 100 * HOUR]
    assert len(past) == 4
