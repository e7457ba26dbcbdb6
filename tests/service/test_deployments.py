"""Deployments: stored once per name, changed by what is given, and what their runs inherit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from signoff.model import deploying as d
from signoff.model.deployments import (
    ConcurrencyOptions,
    DeploymentCreate,
    DeploymentResponse,
    DeploymentUpdate,
)
from signoff.model.errors import InvalidRequest, ObjectNotFound
from signoff.model.filters import DeploymentFilter, DeploymentSort, FlowFilter
from signoff.model.lookups import ReadEntry
from signoff.model.runs import Phase
from signoff.model.shared.work_pools import CreateWorkPool, CreateWorkQueue, DeleteWorkPool
from tests.service.world import RECORD, SECOND, START, World

pytestmark = pytest.mark.service

SCHEMA = {
    "type": "object",
    "title": "Parameters",
    "properties": {"days": {"type": "integer"}, "kind": {"type": "string", "default": "all"}},
    "required": ["days"],
    "additionalProperties": False,
}


def deploy(world: World, name: str = "nightly", **fields: Any) -> DeploymentResponse:
    asked = DeploymentCreate(name=name, **{"flow_name": "cleanup", **fields})
    return world.ask(d.CreateDeployment(asked, RECORD))


def read(world: World, deployment: DeploymentResponse) -> DeploymentResponse:
    return world.ask(d.ReadDeployment(deployment.id))


def test_a_deployment_comes_back_as_it_was_asked_for(world: World) -> None:
    fields: dict[str, Any] = {
        "version": "3",
        "description": "every night",
        "tags": ["a", "b"],
        "labels": {"team": "x"},
        "parameters": {"days": 3},
        "parameter_openapi_schema": SCHEMA,
        "concurrency_limit": 2,
        "concurrency_options": ConcurrencyOptions(
            collision_strategy="CANCEL_NEW", hold_while_waiting=True
        ),
        "work_pool_name": "big",
        "work_queue_name": "urgent",
        "job_variables": {"env": {"A": "1"}},
        "entrypoint": "flows.py:cleanup",
        "path": "/srv",
    }
    world.ask(CreateWorkPool("big"))
    world.ask(CreateWorkQueue("big", "urgent"))
    made = deploy(world, **fields)
    assert made == read(world, made)
    assert made.model_dump(include=set(fields)) == fields | {
        "concurrency_options": {"collision_strategy": "CANCEL_NEW", "hold_while_waiting": True}
    }
    assert (made.full_name, made.paused, made.enforce_parameter_schema) == (
        "cleanup/nightly",
        False,
        True,
    )
    by_name = world.ask(d.ReadDeployment(flow_name="cleanup", deployment_name="nightly"))
    assert by_name == made


def test_the_same_name_is_the_same_deployment(world: World) -> None:
    first = deploy(world, tags=["a"], description="old", paused=True)
    world.later(1)
    again = deploy(world, description="new")
    assert (again.id, again.created) == (first.id, first.created)
    assert (again.tags, again.description, again.paused) == (["a"], "new", True)
    assert deploy(world, flow_name="other").id != first.id
    assert world.ask(d.CountDeployments()) == 2


def test_only_what_is_given_changes(world: World) -> None:
    made = deploy(world, tags=["a"], concurrency_limit=1, parameters={"days": 1})
    world.ask(d.UpdateDeployment(made.id, DeploymentUpdate(concurrency_limit=None, tags=["b"])))
    changed = read(world, made)
    assert (changed.concurrency_limit, changed.tags, changed.parameters) == (
        None,
        ["b"],
        {"days": 1},
    )


def test_a_pool_or_queue_that_is_not_there_is_refused(world: World) -> None:
    """With those that are: at deploy time, when it is changed, and for a single run."""
    world.ask(CreateWorkPool("big"))
    world.ask(CreateWorkQueue("big", "urgent"))
    with pytest.raises(ObjectNotFound, match=r"'bgi' \(there are: big\)\. Did you mean 'big'\?"):
        deploy(world, work_pool_name="bgi")
    with pytest.raises(ObjectNotFound, match="Did you mean 'urgent'"):
        deploy(world, work_pool_name="big", work_queue_name="urgnet")
    with pytest.raises(InvalidRequest, match="there is no work pool; give work_pool_name"):
        deploy(world, work_queue_name="urgent")
    assert world.ask(d.CountDeployments()) == 0
    made = deploy(world, work_pool_name="big")
    for wrong in ({"work_pool_name": "small"}, {"work_queue_name": "lazy"}):
        with pytest.raises(ObjectNotFound, match="there are: "):
            world.ask(d.UpdateDeployment(made.id, DeploymentUpdate(**wrong)))
    with pytest.raises(ObjectNotFound, match="no work queue of pool 'big' called 'lazy'"):
        world.ask(d.CreateDeploymentRun(made.id, uuid4(), work_queue_name="lazy"))
    world.ask(DeleteWorkPool("big"))
    world.ask(d.UpdateDeployment(made.id, DeploymentUpdate(paused=True)))
    assert read(world, made).paused


def test_deployments_are_found_by_filters(world: World) -> None:
    for pool in ("big", "small"):
        world.ask(CreateWorkPool(pool))
    world.ask(CreateWorkQueue("small", "q"))
    deploy(world, "one", tags=["x"], work_pool_name="big")
    deploy(world, "two", flow_name="billing", paused=True)
    deploy(world, "three", work_queue_name="q", work_pool_name="small")

    def names(**given: Any) -> list[str]:
        flows = FlowFilter(**given.pop("flows")) if "flows" in given else None
        query = d.ReadDeployments(DeploymentFilter(**given), flows)
        assert world.ask(d.CountDeployments(query.deployments, flows)) == len(world.ask(query))
        return [each.name for each in world.ask(query)]

    assert names() == ["one", "three", "two"]
    assert names(name={"any_": ["one", "x"]}) == ["one"]
    assert names(flow_or_deployment_name={"like_": "ill"}) == ["two"]
    assert names(paused={"eq_": True}) == ["two"]
    assert names(tags={"all_": ["x"]}) == ["one"]
    assert names(work_pool_name={"any_": ["small"]}) == ["three"]
    assert names(work_queue_name={"any_": ["q"]}) == ["three"]
    assert names(flows={"name": {"any_": ["billing"]}}) == ["two"]
    newest = world.ask(d.ReadDeployments(sort=DeploymentSort.CREATED_DESC, limit=1))
    assert [each.name for each in newest] == ["three"]


def test_a_run_inherits_from_its_deployment(world: World) -> None:
    world.ask(CreateWorkPool("big"))
    world.ask(CreateWorkQueue("big", "urgent"))
    made = deploy(
        world,
        version="3",
        tags=["a"],
        parameters={"days": 3, "kind": "old"},
        work_pool_name="big",
        job_variables={"env": {"A": "1", "B": "1"}, "name": "x"},
    )
    handle = world.ask(
        d.CreateDeploymentRun(
            made.id,
            uuid4(),
            name="mine",
            parameters={"days": 4},
            tags=("b",),
            scheduled=START + 5 * SECOND,
            work_queue_name="urgent",
            job_variables={"env": {"B": "2"}},
        )
    )
    assert (handle.phase, handle.created) == (Phase.SCHEDULED, True)
    run = world.view(handle)
    assert (run.name, run.deployment_id, run.flow_name) == ("mine", made.id, "cleanup")
    assert (run.parameters, run.tags) == ({"days": 4, "kind": "old"}, ["a", "b"])
    assert (run.work_pool_name, run.work_queue_name) == ("big", "urgent")
    assert run.job_variables == {"env": {"A": "1", "B": "2"}, "name": "x"}
    assert run.flow_version == "3"
    assert not run.auto_scheduled
    assert world.ask(ReadEntry(handle.run_id)) == RECORD


def test_a_repeated_request_makes_one_run(world: World) -> None:
    made = deploy(world)
    request = d.CreateDeploymentRun(made.id, uuid4())
    assert world.ask(request).run_id == world.ask(request).run_id
    first = world.ask(d.CreateDeploymentRun(made.id, uuid4(), idempotency_key="k"))
    second = world.ask(d.CreateDeploymentRun(made.id, uuid4(), idempotency_key="k"))
    assert (second.run_id, second.created) == (first.run_id, False)


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({}, "parameters.days"),
        ({"days": "many"}, "parameters.days"),
        ({"days": 1, "x": 1}, "parameters.x"),
    ],
)
def test_parameters_have_to_fit(world: World, parameters: dict[str, Any], field: str) -> None:
    made = deploy(world, parameter_openapi_schema=SCHEMA)
    with pytest.raises(InvalidRequest, match="do not fit deployment cleanup/nightly") as refused:
        world.ask(d.CreateDeploymentRun(made.id, uuid4(), parameters=parameters))
    (error,) = refused.value.details["errors"]
    assert error["field"] == field
    lax = d.CreateDeploymentRun(
        made.id, uuid4(), parameters=parameters, enforce_parameter_schema=False
    )
    assert world.ask(lax).created
    world.ask(d.UpdateDeployment(made.id, DeploymentUpdate(enforce_parameter_schema=False)))
    assert world.ask(d.CreateDeploymentRun(made.id, uuid4(), parameters=parameters)).created


def test_default_parameters_have_to_fit_as_far_as_they_go(world: World) -> None:
    deploy(world, parameter_openapi_schema=SCHEMA, parameters={"kind": "old"})
    with pytest.raises(InvalidRequest, match=r"`parameters`.*kind"):
        deploy(world, parameter_openapi_schema=SCHEMA, parameters={"kind": 3})
    loose = deploy(
        world,
        "b",
        parameter_openapi_schema=SCHEMA,
        parameters={"kind": 3},
        enforce_parameter_schema=False,
    )
    assert loose.parameters == {"kind": 3}


def test_bad_requests_name_the_field(world: World) -> None:
    nowhere = uuid4()
    cases: list[tuple[Callable[[], Any], type[Exception], str]] = [
        (lambda: deploy(world, "a/b"), InvalidRequest, "`name` must be a word"),
        (lambda: deploy(world, " "), InvalidRequest, "`name`"),
        (lambda: deploy(world, flow_name=None), InvalidRequest, "flow_id"),
        (lambda: deploy(world, flow_name=None, flow_id=nowhere), ObjectNotFound, "no flow"),
        (lambda: world.ask(d.ReadDeployment(nowhere)), ObjectNotFound, "no deployment"),
        (lambda: world.ask(d.ReadDeployment()), InvalidRequest, "by its id, or"),
        (lambda: world.ask(d.DeleteDeployment(nowhere)), ObjectNotFound, "no deployment"),
        (
            lambda: world.ask(d.CreateDeploymentRun(nowhere, uuid4())),
            ObjectNotFound,
            "no deployment",
        ),
        (lambda: world.ask(d.ReadDeployments(limit=-1)), InvalidRequest, "limit"),
    ]
    for ask, error, said in cases:
        with pytest.raises(error, match=said):
            ask()
    made = deploy(world)
    with pytest.raises(ObjectNotFound, match="there are: cleanup/nightly"):
        world.ask(d.ReadDeployment(flow_name="cleanup", deployment_name="x"))
    with pytest.raises(InvalidRequest, match=r"`work_queue_name` is .q.*no work pool"):
        world.ask(d.CreateDeploymentRun(made.id, uuid4(), work_queue_name="q"))
