"""Job variables: refused where they mean nothing, and told to whoever starts the process."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from signoff.model import deploying as d
from signoff.model.claims import ClaimedRun, ClaimRuns, JobSettings, Scope
from signoff.model.deployments import DeploymentUpdate
from signoff.model.errors import InvalidRequest
from signoff.model.shared.work_pools import CreateWorkPool, UpdateWorkPool
from tests.core.test_job_templates import OWN
from tests.service.test_deployments import deploy
from tests.service.world import World

pytestmark = pytest.mark.service


def claimed(world: World, scope: Scope) -> list[ClaimedRun]:
    world.process("c1")
    return list(world.ask(ClaimRuns("c1", scope, 10)).runs)


def test_a_claimer_is_told_what_the_deployment_and_the_run_say(world: World) -> None:
    made = deploy(world, job_variables={"env": {"A": "1", "B": "1"}})
    given = {"env": {"B": "2", "C": None}, "working_dir": "/srv", "stream_output": True}
    world.ask(d.CreateDeploymentRun(made.id, uuid4(), job_variables=given))
    (run,) = claimed(world, Scope(deployments=(made.id,)))
    assert run.job == JobSettings({"A": "1", "B": "2", "C": None}, "/srv", None, True)


def test_without_any_there_is_nothing_to_tell(world: World) -> None:
    world.ask(CreateWorkPool("p"))
    for pool in (None, "p"):
        made = deploy(world, name=f"in-{pool}", work_pool_name=pool)
        world.ask(d.CreateDeploymentRun(made.id, uuid4()))
        scope = Scope(deployments=(made.id,)) if pool is None else Scope(pool=pool)
        (run,) = claimed(world, scope)
        assert run.job is None


def test_a_pool_with_a_template_has_variables_of_its_own(world: World) -> None:
    world.ask(CreateWorkPool("p", base_job_template=OWN))
    made = deploy(world, work_pool_name="p", job_variables={"level": 7})
    with pytest.raises(InvalidRequest, match="of cleanup/nightly: folder: is required"):
        world.ask(d.CreateDeploymentRun(made.id, uuid4()))
    world.ask(d.CreateDeploymentRun(made.id, uuid4(), job_variables={"folder": "/x"}))
    (run,) = claimed(world, Scope(pool="p"))
    assert run.job is not None
    assert run.job.environment == {"FIXED": "yes", "LEVEL": "7"}
    assert run.job.command == "nice -n 7 python -m signoff.runner.child"
    assert run.job.directory == "/x"


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"evn": {}}, "job_variables.evn", "Did you mean 'env'?"),
        ({"env": {"A": 1}}, "job_variables.env.A", "must be text"),
        ({"working_dir": 3}, "job_variables.working_dir", "must be text"),
        ({"stream_output": "yes"}, "job_variables.stream_output", "must be true or false"),
    ],
)
def test_what_means_nothing_is_refused_with_its_name(
    world: World, given: dict[str, Any], field: str, said: str
) -> None:
    made = deploy(world)
    for request in (
        lambda: deploy(world, name="other", job_variables=given),
        lambda: world.ask(d.UpdateDeployment(made.id, DeploymentUpdate(job_variables=given))),
        lambda: world.ask(d.CreateDeploymentRun(made.id, uuid4(), job_variables=given)),
    ):
        with pytest.raises(InvalidRequest) as refused:
            request()
        (error,) = refused.value.details["errors"]
        assert error["field"] == field
        assert said in error["message"]


def test_a_template_that_gives_nonsense_crashes_the_run_with_the_reason(world: World) -> None:
    world.ask(CreateWorkPool("p"))
    made = deploy(world, work_pool_name="p")
    run = world.ask(d.CreateDeploymentRun(made.id, uuid4()))
    nonsense = {"job_configuration": {"working_dir": 3}, "variables": {}}
    world.ask(UpdateWorkPool("p", base_job_template=nonsense))
    assert claimed(world, Scope(pool="p")) == []
    state = world.view(run).state
    assert state is not None
    assert state.name == "Crashed"
    assert "gives 'working_dir' as 3; it must be text" in str(state.message)
