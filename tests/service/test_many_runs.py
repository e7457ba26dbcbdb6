"""Many runs of a deployment by one request: each with a receipt, none made twice."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from signoff.model.claims import ClaimRuns, Scope
from signoff.model.deploying import CreateDeployment, CreateDeploymentRun
from signoff.model.deployments import DeploymentCreate
from signoff.model.errors import InvalidRequest, ObjectNotFound
from signoff.model.many_runs import MOST, CreateDeploymentRuns, MadeRun, RunToMake
from signoff.model.queries import ReadHistory, ReadRun
from tests.service.world import FLOW, RECORD, SECOND, World

pytestmark = pytest.mark.service

SCHEMA = {
    "type": "object",
    "properties": {"days": {"type": "integer"}, "text": {"type": "string"}},
    "required": ["days"],
}


def deployed(world: World, **facts: object) -> UUID:
    given = {
        "name": "nightly",
        "flow_name": "deploy",
        "tags": ["own"],
        "parameters": {"text": "default"},
        "parameter_openapi_schema": SCHEMA,
        "enforce_parameter_schema": True,
    } | facts
    return world.ask(CreateDeployment(DeploymentCreate.model_validate(given), RECORD)).id


def days(*numbers: object) -> tuple[RunToMake, ...]:
    return tuple(RunToMake({"days": number}) for number in numbers)  # type: ignore[dict-item]


def test_they_are_what_single_requests_make(world: World) -> None:
    deployment = deployed(world)
    wanted = RunToMake({"days": 3}, "named", ("x",), "key", uuid4())
    (made,) = world.ask(CreateDeploymentRuns(deployment, (wanted,)))
    assert made == MadeRun(wanted.run_id, "named", True)
    single = CreateDeploymentRun(
        deployment, uuid4(), "named", {"days": 3}, ("x",), idempotency_key="other"
    )
    handle = world.ask(single)
    left_out = {"id", "state", "state_id", "idempotency_key"}
    views = [
        world.ask(ReadRun(each)).model_dump(exclude=left_out)
        for each in (wanted.run_id, handle.run_id)
        if each is not None
    ]
    assert views[0] == views[1]
    lines = [
        [(line.kind, line.phase, line.actor, line.at) for line in world.ask(ReadHistory(each))]
        for each in (wanted.run_id, handle.run_id)
        if each is not None
    ]
    assert lines[0] == lines[1]
    assert len(lines[0]) == 1


def test_one_that_is_refused_holds_up_no_other(world: World) -> None:
    deployment = deployed(world)
    first, second, third = world.ask(CreateDeploymentRuns(deployment, days(1, "many", 3)))
    assert (first.created, second.created, third.created) == (True, False, True)
    assert second.run_id is None
    assert "days" in (second.refusal or "")
    views = [world.ask(ReadRun(each.run_id)) for each in (first, third) if each.run_id]
    assert [view.parameters for view in views] == [
        {"days": 1, "text": "default"},
        {"days": 3, "text": "default"},
    ]


def test_none_is_made_twice(world: World) -> None:
    deployment = deployed(world)
    twice = RunToMake({"days": 1}, idempotency_key="k")
    first, again = world.ask(CreateDeploymentRuns(deployment, (twice, twice)))
    assert (first.created, again.created) == (True, False)
    (later,) = world.ask(CreateDeploymentRuns(deployment, (twice,)))
    assert first.run_id == again.run_id == later.run_id
    # A request that is repeated because its reply was lost.
    request = CreateDeploymentRuns(deployment, (RunToMake({"days": 2}, run_id=uuid4()),))
    assert world.ask(request) == world.ask(request)


def test_each_is_due_once_at_its_moment(world: World) -> None:
    deployment = deployed(world)
    world.told()
    now = world.ask(CreateDeploymentRuns(deployment, days(1, 2)))
    later = world.ask(CreateDeploymentRuns(deployment, days(3), world.now + 60 * SECOND))
    assert "due:" in {address for address, _ in world.told()}
    world.process("c1")
    claim = ClaimRuns("c1", Scope(deployments=(deployment,)), 10)
    assert {one.run_id for one in world.ask(claim, FLOW).runs} == {one.run_id for one in now}
    world.later(61)
    assert [one.run_id for one in world.ask(claim, FLOW).runs] == [later[0].run_id]


@pytest.mark.parametrize("size", [10, 10_000])
def test_parameters_come_back_whatever_their_size(world: World, size: int) -> None:
    deployment = deployed(world)
    text = "é" * size
    (made,) = world.ask(CreateDeploymentRuns(deployment, (RunToMake({"days": 1, "text": text}),)))
    assert made.run_id is not None
    assert world.ask(ReadRun(made.run_id)).parameters == {"days": 1, "text": text}


def test_what_is_wrong_with_all_of_them_refuses_the_request(world: World) -> None:
    with pytest.raises(ObjectNotFound):
        world.ask(CreateDeploymentRuns(uuid4(), days(1)))
    with pytest.raises(InvalidRequest, match=r"1,001 runs; ask for 1,000"):
        world.ask(CreateDeploymentRuns(deployed(world), days(1) * (MOST + 1)))
    assert world.ask(CreateDeploymentRuns(deployed(world), ())) == ()
