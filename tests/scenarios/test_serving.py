"""Flows that are deployed and served: their runs start in processes of their own."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from signoff import deploy, flow, serve
from signoff.authoring.parameters import parameter_schema
from signoff.client.schemas.objects import ConcurrencyLimitConfig
from signoff.deployments import run_deployment
from signoff.exceptions import NotReentrant, ObjectNotFound
from signoff.gateway.connect import get_gateway
from signoff.model.commands import AnswerWait
from signoff.model.deploying import ReadDeployment
from signoff.model.deployments import DeploymentResponse
from signoff.model.shared.work_pools import CreateWorkPool
from signoff.model.states import StateType
from signoff.schedules import Cron, Interval, RRule
from tests.scenarios.desk import Call, question, reached, runs
from tests.scenarios.scripts import Script
from tests.server.serving import Servers
from tests.support.processes import PythonProcess, Spawner
from tests.support.waiting import wait_until

SERVED = """
@flow
def asking(name: str = "x") -> str:
    note("begun " + name)
    return pause_flow_run(wait_for_input=str, key="who") + work(name)

if __name__ == "__main__":
    asking.serve("here", interval=3600, parameters={"name": "y"}, tags=["t"])
"""


@flow
def sized(size: int, unit: str = "MB") -> str:
    return f"{size} {unit}"


def stored(name: str) -> DeploymentResponse:
    flow_name, _, deployment_name = name.partition("/")
    asked = ReadDeployment(flow_name=flow_name, deployment_name=deployment_name)
    return get_gateway().send(asked)


def found(name: str) -> DeploymentResponse | None:
    try:
        return stored(name)
    except ObjectNotFound:
        return None


@pytest.fixture(params=["embedded", "http"])
def serving(
    request: pytest.FixtureRequest,
    script: Callable[[str], Script],
    home: Path,
    spawn_python: Spawner,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[Script, PythonProcess]]:
    """A script that serves a flow: by itself, and with a real server."""
    if request.param == "http":
        monkeypatch.setenv("SIGNOFF_API_URL", Servers(spawn_python, home).start().url)
    served = script(SERVED)
    process = served.start()
    wait_until(lambda: found("asking/here"), 60, "the deployment")
    yield served, process
    process.kill()


def test_a_served_flow_runs_is_answered_and_stops(serving: tuple[Script, PythonProcess]) -> None:
    script, process = serving
    call = Call(run_deployment, "asking/here", parameters={"name": "z"})
    script.has_noted("begun z")
    get_gateway().send(AnswerWait(question().run_id, {"value": "me"}))
    run = call.returned()
    assert run.state.result() == "meZ"
    assert run.tags == ["t"]
    wait_until(lambda: sum(one.auto_scheduled for one in runs()) >= 3, 60, "runs made ahead")
    process.send_signal(signal.SIGINT)
    process.wait()
    assert "served and polling" in process.stdout
    assert stored("asking/here").paused
    assert not any(one.auto_scheduled for one in runs())


def test_a_run_that_waited_while_serving_was_off_goes_on(
    serving: tuple[Script, PythonProcess],
) -> None:
    script, process = serving
    run = run_deployment("asking/here", timeout=0)
    script.has_noted("begun y")
    item = question()
    process.send_signal(signal.SIGTERM)
    process.wait()
    get_gateway().send(AnswerWait(item.run_id, {"value": "late"}))
    script.start()
    ended = reached(run.id, StateType.COMPLETED, StateType.FAILED, StateType.CRASHED)
    assert ended.state_name == "Completed"
    assert script.noted().count("begun y") == 2


def test_a_flow_becomes_a_deployment(home: Path) -> None:
    made = sized.to_deployment(
        "nightly",
        cron="0 9 * * *",
        schedules=[Interval(60, slug="often"), RRule("FREQ=DAILY", timezone="Europe/Berlin")],
        schedule=Cron("@hourly", active=False),
        concurrency_limit=ConcurrencyLimitConfig(
            limit=2, collision_strategy="CANCEL_NEW", hold_while_waiting=True
        ),
        parameters={"size": 3},
        tags=["b", "a"],
        version="7",
        description="sizes",
    )
    made.apply()
    read = stored("sized/nightly")
    assert (read.tags, read.version, read.description) == (["a", "b"], "7", "sizes")
    assert (read.concurrency_limit, str(read.collision_strategy)) == (2, "CANCEL_NEW")
    assert read.holds
    assert read.parameter_openapi_schema == parameter_schema(sized.fn)
    assert {each.slug for each in read.schedules} == {None, "often"}
    assert len(read.schedules) == 4
    assert read.entrypoint is not None
    assert read.entrypoint.endswith("test_serving.py:sized")


def test_the_schema_of_parameters_says_what_the_signature_says() -> None:
    assert parameter_schema(sized.fn) == {
        "title": "Parameters",
        "type": "object",
        "properties": {
            "size": {"title": "size", "type": "integer", "position": 0},
            "unit": {"title": "unit", "type": "string", "position": 1, "default": "MB"},
        },
        "required": ["size"],
        "definitions": {},
        "additionalProperties": False,
    }

    def odd(thing: object, when: timedelta = timedelta(1), *rest: int, **more: str) -> None: ...

    schema = parameter_schema(odd)
    assert (schema["required"], list(schema["properties"])) == (["thing"], ["thing", "when"])
    assert "additionalProperties" not in schema


def test_deploying_names_a_pool(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = flow(sized.fn, name="other")
    with pytest.raises(ObjectNotFound, match=r"There is no work pool 'big'.*pool create big"):
        deploy(other.to_deployment("nightly"), work_pool_name="big")
    get_gateway().send(CreateWorkPool("big"))
    with pytest.raises(ObjectNotFound, match="no work queue of pool 'big' called 'urgent'"):
        deploy(
            other.to_deployment("nightly", work_pool_name="big"),
            sized.to_deployment("urgent", work_pool_name="big", work_queue_name="urgent"),
        )
    assert found("other/nightly") is None
    (made,) = deploy(sized.to_deployment("nightly"), work_pool_name="big")
    assert stored("sized/nightly").work_pool_name == "big"
    assert sized.deploy("nightly", work_pool_name="big", print_next_steps=False) == made
    assert "signoff worker start --pool big" in capsys.readouterr().out


BAD: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: sized.to_deployment("a/b"), ValueError, "`name` must be a word"),
    (lambda: sized.to_deployment("a", cron="x"), ValueError, "cron: 'x' is no cron expression"),
    (lambda: sized.to_deployment("a", interval=0), ValueError, "at least one second"),
    (lambda: Cron("* * * * *", timezone="Mars"), ValueError, "no time zone 'Mars'"),
    (lambda: sized.to_deployment("a", schedules=[3]), ValueError, "a schedule is a Cron"),
    (lambda: sized.to_deployment("a", triggers=[1]), ValueError, "`triggers` is not supported"),
    (lambda: sized.deploy("a", "big", image="x"), ValueError, "`image` is not supported"),
    (lambda: sized.deploy("a", "big", push=False), ValueError, "`push` is not supported"),
    (lambda: sized.deploy("a"), ValueError, "has no work pool"),
    (lambda: serve(), ValueError, "at least one deployment"),
    (lambda: serve(sized), TypeError, "what flow.to_deployment"),  # type: ignore[arg-type]
    (lambda: sized.serve(webserver=True), ValueError, "`webserver` is not supported"),
    (lambda: flow(lambda: 1).to_deployment("a"), NotReentrant, "cannot be deployed"),
]


@pytest.mark.parametrize(("make", "error", "said"), BAD)
def test_what_cannot_be_deployed_is_refused(
    home: Path, make: Callable[[], Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        make()
