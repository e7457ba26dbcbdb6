"""Tasks on real local Dask and Ray clusters are tasks like any other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signoff import resume_flow_run
from signoff.authoring.clusters import DaskTaskRunner, RayTaskRunner
from signoff.authoring.parcels import open_parcel
from signoff.client.orchestration import get_client
from signoff.client.schemas.filters import LogFilter, LogFilterFlowRunId
from signoff.engine import results
from signoff.model.errors import MissingContextError
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.scripts import Script, ended
from tests.server.serving import Servers
from tests.support.processes import Spawner

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.timeout(300)]

DASK = "DaskTaskRunner(cluster_kwargs={'n_workers': 1, 'threads_per_worker': 2})"
RAY = "RayTaskRunner(init_kwargs={'num_cpus': 2})"

BODY = """
from signoff import get_run_logger

@task
def told(name):
    get_run_logger().warning("hello from %s", os.getpid() != PARENT)
    return work(name)

@task
def fails():
    raise LookupError("there")

@task
def add(left, right):
    return left + right

@flow(task_runner=RUNNER)
def main():
    asking = ask.submit("it")
    numbers = told.map(["a", "b", "c"])
    total = add.submit(numbers[0], add.submit(numbers[1], numbers[2]))
    note("sum " + total.result())
    failed = fails.submit(return_state=True)
    after = add.submit(fails.submit(), 1, return_state=True)
    return [total.result(), failed.name, after.name, asking.result()]

if __name__ == "__main__":
    main()
"""

DIES = """
@task
def dies():
    os._exit(3)

@flow(task_runner=RUNNER)
def main():
    return [dies.submit(return_state=True).name, work.submit("next").result()]

if __name__ == "__main__":
    main()
"""


def body(runner: str, rest: str) -> str:
    """A script that runs its tasks on `runner`."""
    module = "signoff_dask" if runner.startswith("Dask") else "signoff_ray"
    return f"""
from {module} import {runner.partition("(")[0]}

# Inherited by the workers, which load the script too.
PARENT = int(os.environ.setdefault("PARENT", str(os.getpid())))
RUNNER = {runner}
{rest}"""


@pytest.fixture(params=[DASK, RAY], ids=["dask", "ray"])
def runner(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(params=["embedded", "served"])
def script_of(
    request: pytest.FixtureRequest,
    script: Callable[[str], Script],
    spawn_python: Spawner,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], Script]:
    """Scripts, embedded and against a server."""
    if request.param == "served":
        home = request.getfixturevalue("home")
        monkeypatch.setenv("SIGNOFF_API_URL", Servers(spawn_python, home).start().url)
    return script


def test_results_failures_logs_and_pauses(script_of: Callable[[str], Script], runner: str) -> None:
    cluster = script_of(body(runner, BODY))
    process = cluster.start()
    cluster.has_noted("sum ABC")
    question = desk.question()
    assert desk.run(question.run_id).state_type is StateType.PAUSED
    resume_flow_run(question.run_id, {"value": "yes"})
    process.wait_ok(desk.PATIENCE)
    assert ended(question.run_id) == ["ABC", "Failed", "NotReady", "it=yes"]
    assert cluster.worked() == {"a": 1, "b": 1, "c": 1, "it": 1}
    with get_client(sync_client=True) as client:
        mine = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[question.run_id]))
        told = [log.message for log in client.read_logs(mine) if log.message.startswith("hello")]
    assert told == ["hello from True"] * 3


def test_a_worker_that_dies_fails_its_task_and_no_other(
    script: Callable[[str], Script], runner: str
) -> None:
    cluster = script(body(runner, DIES))
    cluster.start().wait_ok(desk.PATIENCE)
    (run,) = desk.runs()
    assert ended(run.id) == ["Crashed", "NEXT"]
    states = {task.name.partition("-")[0]: task.state_name for task in desk.tasks(run.id)}
    assert states == {"dies": "Crashed", "work": "Completed"}


def test_a_file_of_another_machine_is_refused() -> None:
    ending = results.loads(open_parcel(b"", None, home="another machine"))
    assert isinstance(ending.error, MissingContextError)
    assert "set SIGNOFF_API_URL" in str(ending.error)


def test_options_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="not both"):
        DaskTaskRunner(cluster=object(), address="tcp://127.0.0.1:1")
    with pytest.raises(ValueError, match="made for the run"):
        DaskTaskRunner(address="tcp://127.0.0.1:1", adapt_kwargs={"maximum": 2})


def test_a_runner_can_be_copied() -> None:
    dask = DaskTaskRunner(cluster_kwargs={"n_workers": 2})
    assert dask.duplicate() == dask
    ray = RayTaskRunner(init_kwargs={"num_cpus": 2})
    assert ray.duplicate() == ray
    assert ray != RayTaskRunner()
