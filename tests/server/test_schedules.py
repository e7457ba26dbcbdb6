"""Schedules on real servers: runs are made once by however many replicas, and called late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from signoff.gateway.http import HttpGateway
from signoff.model import deploying as d
from signoff.model.deployments import DeploymentCreate
from signoff.model.filters import FlowRunFilter
from signoff.model.queries import ReadRuns
from signoff.model.schedules import DeploymentScheduleCreate, IntervalSchedule
from signoff.model.views import FlowRun
from tests.server.conftest import Connect
from tests.server.serving import Servers
from tests.support.waiting import wait_until

pytestmark = pytest.mark.server


def runs_of(gateway: HttpGateway, deployment: UUID) -> tuple[FlowRun, ...]:
    only = FlowRunFilter(deployment_id={"any_": [deployment]})  # type: ignore[arg-type]
    return gateway.send(ReadRuns(flow_runs=only))


def test_replicas_make_each_run_once_and_call_it_late(
    servers: Servers, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNOFF_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS", "0.5")
    one, two = connect(servers.start().url), connect(servers.start().url)
    anchor = datetime.now(UTC).replace(microsecond=0)
    often = IntervalSchedule(interval=timedelta(seconds=2), anchor_date=anchor)
    asked = DeploymentCreate(
        name="often",
        flow_name="f",
        schedules=[DeploymentScheduleCreate(schedule=often, max_scheduled_runs=4)],
    )
    made = one.send(d.CreateDeployment(asked))
    late = wait_until(
        lambda: [run for run in runs_of(two, made.id) if run.state_name == "Late"], 60, "late runs"
    )
    assert all(run.auto_scheduled for run in late)
    wait_until(lambda: len(runs_of(one, made.id)) >= 7, 60, "further runs")
    two.send(d.PauseDeployment(made.id))
    runs = runs_of(one, made.id)
    moments = [run.expected_start_time for run in runs]
    assert len(set(moments)) == len(moments)
    assert all(
        (moment - anchor) % timedelta(seconds=2) == timedelta(0) for moment in moments if moment
    )


def test_an_unknown_deployment_is_not_found(servers: Servers, connect: Connect) -> None:
    gateway = connect(servers.start().url)
    with pytest.raises(Exception, match="no deployment"):
        gateway.send(d.CreateDeploymentRun(uuid4(), uuid4()))
