"""Deployments through the client: embedded and over HTTP, on both faces."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from signoff import flow
from signoff.client.schemas.actions import DeploymentScheduleCreate, DeploymentUpdate
from signoff.client.schemas.filters import DeploymentFilter, FlowRunFilter
from signoff.client.schemas.objects import ConcurrencyOptions
from signoff.client.schemas.schedules import CronSchedule, IntervalSchedule
from signoff.exceptions import InvalidRequest, ObjectNotFound, ParameterTypeError
from signoff.states import Scheduled
from tests.client.faces import Ask

pytestmark = pytest.mark.wire


@flow
def cleaned(days: int = 1) -> int:
    return days


@pytest.fixture
def flow_id(ask: Ask) -> UUID:
    found: UUID = ask("create_flow_run", cleaned).flow_id
    return found


def name() -> str:
    return f"nightly-{uuid4().hex[:8]}"


def test_a_deployment_from_making_to_deleting(ask: Ask, flow_id: UUID) -> None:
    called = name()
    given: dict[str, Any] = {
        "tags": ["a"],
        "concurrency_limit": 1,
        "concurrency_options": ConcurrencyOptions(collision_strategy="CANCEL_NEW"),
        "entrypoint": "flows.py:cleaned",
        "path": "/srv",
        "parameters": {"days": 2, "until": datetime(2026, 1, 1, tzinfo=UTC)},
    }
    made = ask("create_deployment", flow_id, called, **given)
    read = ask("read_deployment", made)
    assert ask("read_deployment_by_name", f"cleaned/{called}") == read
    assert (read.name, read.flow_id, read.tags, read.concurrency_limit) == (
        called,
        flow_id,
        ["a"],
        1,
    )
    assert read.concurrency_options == given["concurrency_options"]
    assert read.parameters == {"days": 2, "until": "2026-01-01T00:00:00Z"}
    assert ask("create_deployment", flow_id, called, version="2") == made
    ask("update_deployment", made, DeploymentUpdate(description="new", concurrency_limit=None))
    changed = ask("read_deployment", made)
    assert (changed.description, changed.concurrency_limit) == ("new", None)
    assert (changed.tags, changed.version) == (["a"], "2")
    only = DeploymentFilter(name={"any_": [called]})
    assert [each.id for each in ask("read_deployments", deployment_filter=only)] == [made]
    assert ask("count_deployments", deployment_filter=only) == 1
    ask("pause_deployment", made)
    assert ask("read_deployment", made).paused
    ask("resume_deployment", made)
    assert not ask("read_deployment", made).paused
    ask("delete_deployment", made)
    with pytest.raises(ObjectNotFound, match="no deployment"):
        ask("read_deployment", made)


def test_schedules_of_a_deployment(ask: Ask, flow_id: UUID) -> None:
    made = ask("create_deployment", flow_id, name())
    hourly = DeploymentScheduleCreate(schedule=CronSchedule(cron="0 * * * *"), slug="hourly")
    one, two = ask(
        "create_deployment_schedules",
        made,
        [hourly, (IntervalSchedule(interval=timedelta(hours=2)), False)],
    )
    assert (one.slug, one.active, two.active) == ("hourly", True, False)
    ask("update_deployment_schedule", made, two.id, active=True)
    ask("update_deployment_schedule", made, one.id, schedule=CronSchedule(cron="5 * * * *"))
    first, second = ask("read_deployment_schedules", made)
    assert (first.schedule.cron, first.slug, second.active) == ("5 * * * *", "hourly", True)
    assert second.schedule.interval == timedelta(hours=2)
    ask("delete_deployment_schedule", made, one.id)
    assert [each.id for each in ask("read_deployment", made).schedules] == [two.id]


def test_runs_of_a_deployment(ask: Ask, flow_id: UUID) -> None:
    schema = {"type": "object", "properties": {"days": {"type": "integer"}}}
    made = ask("create_deployment", flow_id, name(), parameter_openapi_schema=schema, tags=["a"])
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    run = ask(
        "create_flow_run_from_deployment",
        made,
        parameters={"days": 3},
        state=Scheduled(scheduled_time=at),
        tags=["b"],
        idempotency_key=called_once(made),
    )
    assert (run.deployment_id, run.parameters, run.tags) == (made, {"days": 3}, ["a", "b"])
    assert (run.state_name, run.next_scheduled_start_time) == ("Scheduled", at)
    again = ask("create_flow_run_from_deployment", made, idempotency_key=called_once(made))
    assert again.id == run.id
    mine = FlowRunFilter(deployment_id={"any_": [made]})
    assert [each.id for each in ask("read_flow_runs", flow_run_filter=mine)] == [run.id]
    its_name = ask("read_deployment", made).name
    named = DeploymentFilter(name={"any_": [its_name]})
    assert ask("count_flow_runs", deployment_filter=named) == 1
    assert [each.id for each in ask("read_flow_runs", deployment_filter=named)] == [run.id]
    with pytest.raises(InvalidRequest, match="days"):
        ask("create_flow_run_from_deployment", made, parameters={"days": "x"})
    with pytest.raises(ParameterTypeError, match=r"'days'.*JSON"):
        ask("create_flow_run_from_deployment", made, parameters={"days": object()})


def test_many_runs_are_made_by_one_call(ask: Ask, flow_id: UUID) -> None:
    schema = {"type": "object", "properties": {"days": {"type": "integer"}}}
    made = ask("create_deployment", flow_id, name(), parameter_openapi_schema=schema)
    wanted = [
        {
            "parameters": {"days": place or "none"},
            "name": f"n{place}",
            "idempotency_key": f"{place} {made}",
        }
        for place in range(102)
    ]
    receipts = ask("create_flow_runs_from_deployment", made, iter(wanted))
    refused, *good = receipts
    assert (refused.created, refused.run_id) == (False, None)
    assert "days" in refused.refusal
    assert [one.name for one in good] == [f"n{place}" for place in range(1, 102)]
    assert all(one.created for one in good)
    mine = DeploymentFilter(id={"any_": [made]})
    assert ask("count_flow_runs", deployment_filter=mine) == 101
    again = ask("create_flow_runs_from_deployment", made, wanted[1:3])
    assert [(one.run_id, one.created) for one in again] == [(one.run_id, False) for one in good[:2]]
    with pytest.raises(ValueError, match=r"runs\[1\] has a field 'days'; known are parameters"):
        ask("create_flow_runs_from_deployment", made, [{}, {"days": 1}])


def called_once(deployment: UUID) -> str:
    return f"once {deployment}"


def test_what_is_wrong_is_named(ask: Ask, flow_id: UUID) -> None:
    with pytest.raises(InvalidRequest, match=r"flow-name/deployment-name"):
        ask("read_deployment_by_name", "x")
    with pytest.raises(ObjectNotFound, match="no deployment 'x/y'"):
        ask("read_deployment_by_name", "x/y")
    with pytest.raises(InvalidRequest, match="names no flow"):
        ask("create_deployment", flow_id, name(), entrypoint="nonsense!")
    with pytest.raises(ObjectNotFound, match="no flow"):
        ask("create_deployment", uuid4(), name())
