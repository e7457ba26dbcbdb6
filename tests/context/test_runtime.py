"""`signoff.runtime`: facts about the present run, their defaults, and stand-ins for them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from signoff import flow, runtime, tags, task
from signoff.client.orchestration import get_client
from signoff.context import FlowRunContext
from signoff.runtime import deployment, flow_run, task_run

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("service")]

OUTSIDE: dict[Any, dict[str, Any]] = {
    flow_run: {
        "id": None,
        "tags": [],
        "name": None,
        "flow_name": None,
        "flow_version": None,
        "parameters": {},
        "parent_flow_run_id": None,
        "parent_deployment_id": None,
        "root_flow_run_id": None,
        "run_count": 0,
        "api_url": None,
        "ui_url": None,
        "job_variables": None,
    },
    task_run: {
        "id": None,
        "tags": [],
        "name": None,
        "parameters": {},
        "run_count": 0,
        "task_name": None,
        "api_url": None,
        "ui_url": None,
    },
    deployment: {
        "id": None,
        "flow_run_id": None,
        "name": None,
        "parameters": {},
        "version": None,
    },
}


def read(module: Any, *left_out: str) -> dict[str, Any]:
    """Every attribute of a module of the runtime."""
    return {name: getattr(module, name) for name in module.__all__ if name not in left_out}


@pytest.mark.parametrize("module", OUTSIDE, ids=lambda module: module.__name__)
def test_outside_of_runs_there_is_nothing(module: Any) -> None:
    assert read(module, "scheduled_start_time") == OUTSIDE[module]
    assert dir(module) == sorted(module.__all__)


def test_outside_of_runs_the_schedule_is_now() -> None:
    before = datetime.now(UTC)
    assert before <= flow_run.scheduled_start_time <= datetime.now(UTC) + timedelta(seconds=1)


def test_a_flow_reads_its_run(service: str) -> None:
    @flow(name="reading", version="7", flow_run_name="the one")
    def reading(number: int = 3) -> dict[str, Any]:
        return read(flow_run)

    with tags("a", "b"):
        found = reading()
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(found["id"])
        base = client.api_url
    assert found == {
        "id": str(run.id),
        "tags": ["a", "b"],
        "scheduled_start_time": run.expected_start_time,
        "name": "the one",
        "flow_name": "reading",
        "flow_version": "7",
        "parameters": {"number": 3},
        "parent_flow_run_id": None,
        "parent_deployment_id": None,
        "root_flow_run_id": str(run.id),
        "run_count": 1,
        "api_url": None if service == "embedded" else f"{base}/flow_runs/{run.id}",
        "ui_url": None if service == "embedded" else f"{base.removesuffix('/api')}/runs/{run.id}",
        "job_variables": None,
    }


def test_a_task_reads_its_run(service: str) -> None:
    @task(name="look", task_run_name="look-{of}", tags=["own"])
    def look(of: str) -> dict[str, Any]:
        return read(task_run) | {"around": runtime.flow_run.id}

    @flow
    def looking() -> list[dict[str, Any]]:
        with tags("around"):
            return [look("x"), look.submit("x").result()]

    for found in looking():
        with get_client(sync_client=True) as client:
            run = client.read_task_run(found["id"])
        assert found["api_url"] is None or found["api_url"].endswith(f"/task_runs/{run.id}")
        assert found["ui_url"] is None or str(run.flow_run_id) in found["ui_url"]
        assert (found["api_url"] is None) == (service == "embedded")
        facts = {name: found[name] for name in found if not name.endswith("_url")}
        assert facts == {
            "id": str(run.id),
            "tags": ["around", "own"],
            "name": "look-x",
            "parameters": {"of": "x"},
            "run_count": 1,
            "task_name": "look",
            "around": str(run.flow_run_id),
        }
        assert sorted(run.tags) == ["around", "own"]


def test_called_flows_know_who_called() -> None:
    @flow
    def third() -> tuple[Any, ...]:
        return flow_run.id, flow_run.parent_flow_run_id, flow_run.root_flow_run_id

    @flow
    def second() -> tuple[Any, ...]:
        return (flow_run.id, flow_run.parent_flow_run_id, *third())

    @flow
    def first() -> tuple[Any, ...]:
        return (flow_run.id, *second())

    top, middle, above_middle, lowest, above_lowest, root = first()
    assert (above_middle, above_lowest, root) == (top, middle, top)
    assert len({top, middle, lowest}) == 3


def test_a_retry_counts() -> None:
    counts = []

    @task(retries=1)
    def twice() -> None:
        counts.append(task_run.run_count)
        if len(counts) == 1:
            raise ValueError("once")

    @flow(retries=1)
    def trying() -> int:
        twice()
        if flow_run.run_count == 1:
            raise ValueError("again")
        return int(flow_run.run_count)

    assert trying() == 2
    assert counts == [1, 2]


def test_asynchronous_code_reads_the_same() -> None:
    @task
    async def look() -> tuple[Any, Any]:
        return task_run.task_name, flow_run.flow_name

    @flow
    async def looking() -> tuple[Any, Any]:
        return await look()

    assert asyncio.run(looking()) == ("look", "looking")  # type: ignore[arg-type]


def test_the_environment_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF__RUNTIME__FLOW_RUN__NAME", "tried")
    monkeypatch.setenv("SIGNOFF__RUNTIME__FLOW_RUN__RUN_COUNT", "3")
    monkeypatch.setenv("SIGNOFF__RUNTIME__FLOW_RUN__SCHEDULED_START_TIME", "2026-01-31T09:00")
    monkeypatch.setenv("SIGNOFF__RUNTIME__FLOW_RUN__OWN", "anything")
    monkeypatch.setenv("SIGNOFF__RUNTIME__TASK_RUN__NAME", "tried too")
    monkeypatch.setenv("SIGNOFF__RUNTIME__DEPLOYMENT__ID", "some-id")
    assert (flow_run.name, flow_run.run_count, flow_run.own) == ("tried", 3, "anything")
    assert flow_run.scheduled_start_time == datetime(2026, 1, 31, 9, tzinfo=UTC)
    assert (task_run.name, deployment.id) == ("tried too", "some-id")

    @flow
    def inside() -> Any:
        return flow_run.name

    assert inside() == "tried"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("TAGS", "a", "cannot be mocked using an environment variable"),
        ("RUN_COUNT", "many", "RUN_COUNT=many: must be a number"),
        ("SCHEDULED_START_TIME", "soon", "START_TIME=soon: must be a time"),
    ],
)
def test_a_stand_in_must_fit(
    name: str, text: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"SIGNOFF__RUNTIME__FLOW_RUN__{name}", text)
    with pytest.raises(ValueError, match=message):
        getattr(flow_run, name.lower())


def test_an_unknown_attribute_is_an_error() -> None:
    with pytest.raises(AttributeError, match=r"signoff\.runtime\.flow_run has no attribute 'nam'"):
        flow_run.nam  # noqa: B018


def test_a_run_that_is_loaded_knows_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    id = str(uuid4())
    monkeypatch.setenv("SIGNOFF__FLOW_RUN_ID", id)
    assert (flow_run.id, deployment.flow_run_id) == (id, id)
    assert (deployment.id, deployment.name) == (None, None)


def test_the_context_can_be_refreshed() -> None:
    @flow
    def renamed() -> tuple[str, str]:
        context = FlowRunContext.get()
        assert context is not None
        with get_client(sync_client=True) as client:
            client.update_flow_run(context.flow_run.id, name="other")
        return context.refresh().name, str(context.refresh().id)

    name, id = renamed()
    assert name == "other"
    assert id


def test_a_run_of_a_deployment_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with get_client(sync_client=True) as client:
        made = client.create_deployment(
            client.create_flow_from_name("deployed"),
            "nightly",
            version="3",
            parameters={"days": 2},
            job_variables={"env": {"A": "1"}},
        )
        run = client.create_flow_run_from_deployment(made)
    monkeypatch.setenv("SIGNOFF__FLOW_RUN_ID", str(run.id))
    assert read(deployment) == {
        "id": str(made),
        "flow_run_id": str(run.id),
        "name": "nightly",
        "version": "3",
        "parameters": {"days": 2},
    }
    assert flow_run.job_variables == run.job_variables
