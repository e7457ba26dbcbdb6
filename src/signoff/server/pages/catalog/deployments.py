"""Deployments: the list, one of them with its schedules and next runs, and what may be done.

Owns these pages. The form that starts a run is in `starting`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from signoff.model.commands import Command
from signoff.model.deploying import (
    PauseDeployment,
    ReadDeployment,
    ReadDeployments,
    ResumeDeployment,
)
from signoff.model.deployments import DeploymentResponse
from signoff.model.filters import (
    DeploymentFilter,
    DeploymentOrFlowNameFilter,
    FlowFilter,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunSort,
)
from signoff.model.queries import ReadRuns
from signoff.model.replies import Done
from signoff.model.schedules import (
    CronSchedule,
    DeploymentSchedule,
    DeploymentScheduleUpdate,
    IntervalSchedule,
)
from signoff.model.scheduling import UpdateSchedule
from signoff.model.state_types import StateType
from signoff.model.views import FlowRun
from signoff.server.pages import words
from signoff.server.pages.catalog.figures import read_figures
from signoff.server.pages.catalog.starting import start, start_values
from signoff.server.pages.visits import Handler, Redirect, Route, View, Visit

PAGE = 50
"""Deployments of a page."""
_NEXT = 5
_RUNS = 10


async def listed(visit: Visit) -> View | Redirect:
    """The deployments, by name."""
    text, start_at = visit.asked("q").strip(), visit.start()
    named = DeploymentFilter(flow_or_deployment_name=DeploymentOrFlowNameFilter(like_=text))
    found = await visit.ask(
        ReadDeployments(named if text else None, limit=PAGE + 1, offset=start_at)
    )
    values = {
        "q": text,
        "deployments": [(each, await next_runs(visit, each, 1)) for each in found[:PAGE]],
        "further": start_at + PAGE if len(found) > PAGE else None,
        "earlier": max(start_at - PAGE, 0) if start_at else None,
        "when_due": when_due,
    }
    return View("deployments.html", "Deployments", values, section="Deployments")


async def show(visit: Visit) -> View | Redirect:
    """One deployment."""
    deployment = await _read(visit)
    return await _view(visit, deployment, start_values(deployment))


async def run(visit: Visit) -> View | Redirect:
    """Start a run of it."""
    deployment = await _read(visit)
    started = await start(visit, deployment)
    if isinstance(started, UUID):
        return Redirect(f"/runs/{started}")
    return await _view(visit, deployment, started, 422)


async def _read(visit: Visit) -> DeploymentResponse:
    return await visit.ask(ReadDeployment(visit.run_id("deployment_id", "deployment")))


async def _view(
    visit: Visit, deployment: DeploymentResponse, form: Mapping[str, Any], status: int = 200
) -> View:
    mine = _of(deployment)
    values = {
        "deployment": deployment,
        "figures": await read_figures(visit, FlowFilter(), mine),
        "next_runs": await next_runs(visit, deployment, _NEXT),
        "runs": await visit.ask(ReadRuns(flow_runs=mine, limit=_RUNS)),
        "when_due": when_due,
        **form,
    }
    return View("deployment.html", deployment.full_name, values, status, "Deployments")


def _of(deployment: DeploymentResponse) -> FlowRunFilter:
    return FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment.id]))


async def next_runs(
    visit: Visit, deployment: DeploymentResponse, count: int
) -> tuple[FlowRun, ...]:
    """The runs that are planned, the next one first."""
    scheduled = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED]))
    mine = _of(deployment).model_copy(update={"state": scheduled})
    order = FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC
    return await visit.ask(ReadRuns(flow_runs=mine, sort=order, limit=count))


def when_due(schedule: DeploymentSchedule) -> str:
    """When a schedule is due, in one line."""
    rule = schedule.schedule
    if isinstance(rule, CronSchedule):
        said = f"cron {rule.cron}"
    elif isinstance(rule, IntervalSchedule):
        said = f"every {words.span(int(rule.interval.total_seconds() * 1_000_000))}"
    else:
        said = rule.rrule
    return f"{said} ({rule.timezone})" if rule.timezone not in (None, "UTC") else said


def _switch(command: Callable[[UUID], Command[Done]]) -> Handler:
    async def act(visit: Visit) -> View | Redirect:
        deployment_id = visit.run_id("deployment_id", "deployment")
        await visit.ask(command(deployment_id))
        return Redirect(f"/deployments/{deployment_id}")

    return act


def _switch_schedule(active: bool) -> Handler:
    async def act(visit: Visit) -> View | Redirect:
        deployment_id = visit.run_id("deployment_id", "deployment")
        schedule_id = visit.run_id("schedule_id", "schedule")
        changes = DeploymentScheduleUpdate(active=active)
        await visit.ask(UpdateSchedule(deployment_id, schedule_id, changes))
        return Redirect(f"/deployments/{deployment_id}#schedules")

    return act


ROUTES = (
    Route("GET", "/deployments", listed),
    Route("GET", "/deployments/{deployment_id}", show),
    Route("POST", "/deployments/{deployment_id}/run", run),
    Route("POST", "/deployments/{deployment_id}/pause", _switch(PauseDeployment)),
    Route("POST", "/deployments/{deployment_id}/resume", _switch(ResumeDeployment)),
    Route(
        "POST",
        "/deployments/{deployment_id}/schedules/{schedule_id}/pause",
        _switch_schedule(active=False),
    ),
    Route(
        "POST",
        "/deployments/{deployment_id}/schedules/{schedule_id}/resume",
        _switch_schedule(active=True),
    ),
)
