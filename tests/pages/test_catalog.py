"""Flows and deployments in a real browser: how they have done, and starting a run."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import expect

from signoff.gateway.http import HttpGateway
from signoff.model.commands import AnswerWait
from signoff.model.deploying import CreateDeployment, ReadDeployment
from signoff.model.deployments import DeploymentCreate, DeploymentResponse
from signoff.model.filters import FlowRunFilter, FlowRunFilterDeploymentId
from signoff.model.queries import ReadRun, ReadRuns
from signoff.model.schedules import DeploymentScheduleCreate, IntervalSchedule
from signoff.model.state_types import StateType
from signoff.model.views import FlowRun
from signoff.server.pages.catalog.figures import Figures, figures
from tests.pages.conftest import LOOKS, Open
from tests.pages.questions import approval
from tests.pages.runs import Worked
from tests.pages.test_site import post
from tests.server.serving import Served, record
from tests.support.browser import violations

HARM = "<img src=x onerror=\"document.title='harmed'\">"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Parameters",
    "properties": {
        "order": {"type": "integer", "title": "Order", "minimum": 1},
        "note": {"type": "string", "title": "Note", "default": "hello"},
        "lines": {
            "type": "array",
            "title": "Lines",
            "items": {"$ref": "#/definitions/Line"},
            "default": [],
        },
        "approved": {"type": "boolean", "title": "Approved", "default": False},
    },
    "required": ["order"],
    "definitions": {
        "Line": {
            "type": "object",
            "title": "Line",
            "properties": {"item": {"type": "string", "title": "Item"}},
            "required": ["item"],
        }
    },
}


def deploy(gateway: HttpGateway, name: str, **changes: Any) -> DeploymentResponse:
    values = {"name": name, "flow_name": f"flow-{name}", "parameter_openapi_schema": SCHEMA}
    return gateway.send(CreateDeployment(DeploymentCreate(**(values | changes)), record()))


def runs_of(gateway: HttpGateway, deployment: DeploymentResponse) -> tuple[FlowRun, ...]:
    made = FlowRunFilterDeploymentId(any_=[deployment.id])
    return gateway.send(ReadRuns(flow_runs=FlowRunFilter(deployment_id=made)))


@pytest.mark.parametrize("scripts", [True, False])
def test_a_run_is_started_by_hand(look: Open, gateway: HttpGateway, scripts: bool) -> None:
    mark = f"hand{scripts}"
    deployment = deploy(gateway, mark, parameters={"note": "hi"})
    page = look("/", java_script_enabled=scripts)
    page.get_by_role("link", name="Deployments").click()
    page.get_by_label("Flow or deployment").fill(mark)
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=f"flow-{mark} / {mark}").click()
    expect(page.get_by_label("Note")).to_have_value("hi")
    page.get_by_label("Order").fill("0")
    page.get_by_role("button", name="Add one").click()
    page.get_by_role("textbox", name="Item").fill("bolt")
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_role("alert")).to_contain_text("Order must be at least 1")
    expect(page.get_by_role("textbox", name="Item")).to_have_value("bolt")
    assert runs_of(gateway, deployment) == ()
    page.get_by_label("Order").fill("17")
    page.get_by_role("button", name="Run now").click()
    expect(page).to_have_url(re.compile("/runs/"))
    (run,) = runs_of(gateway, deployment)
    given = {"order": 17, "note": "hi", "lines": [{"item": "bolt"}]}
    assert {name: run.parameters.get(name) for name in given} == given


@pytest.mark.parametrize("scripts", [True, False])
def test_a_run_is_started_with_what_it_needs(
    look: Open, gateway: HttpGateway, scripts: bool
) -> None:
    depends = {"inputs": ["gift"], "condition": "{{ inputs.gift }}", "required": True}
    properties = {
        "gift": {"type": "boolean", "title": "Gift"},
        "card": {"type": "string", "title": "Card", "x-depends-on": depends},
    }
    schema = {"type": "object", "properties": properties, "required": ["gift"]}
    deployment = deploy(gateway, f"gift{scripts}", parameter_openapi_schema=schema)
    page = look(f"/deployments/{deployment.id}", java_script_enabled=scripts)
    expect(page.get_by_label("Card")).to_have_count(0)
    page.get_by_label("Yes").check()
    if not scripts:
        page.get_by_role("button", name="Run now").click()
        expect(page.get_by_role("alert")).to_contain_text("Card is required")
    page.get_by_label("Card").fill("All the best")
    page.get_by_role("button", name="Run now").click()
    expect(page).to_have_url(re.compile("/runs/"))
    (run,) = runs_of(gateway, deployment)
    assert run.parameters == {"gift": True, "card": "All the best"}
    assert run.parameters.get("approved", False) is False


def test_a_form_that_is_sent_twice_starts_one_run(site: Served, gateway: HttpGateway) -> None:
    deployment = deploy(gateway, "twice", parameter_openapi_schema={})
    path = f"/deployments/{deployment.id}"
    sent = {"token": "abc", "do": "answer", "request": str(uuid.uuid4())}
    for _ in range(2):
        status, _, headers = post(site, f"{path}/run", sent)
        assert (status, headers["location"]) == (303, f"/runs/{sent['request']}")
    assert len(runs_of(gateway, deployment)) == 1
    assert post(site, f"{path}/run", sent | {"token": "x"})[0] == 403
    for action in ("run", "pause", "resume"):
        assert post(site, f"/deployments/nonsense/{action}", sent)[0] == 404
        assert post(site, f"/deployments/{uuid.uuid4()}/{action}", sent)[0] == 404


def test_schedules_are_paused_and_resumed(look: Open, gateway: HttpGateway) -> None:
    every = DeploymentScheduleCreate(schedule=IntervalSchedule(interval=timedelta(hours=6)))
    deployment = deploy(gateway, "timed", schedules=[every], parameters={"order": 1})

    def now() -> DeploymentResponse:
        return gateway.send(ReadDeployment(deployment.id))

    page = look(f"/deployments/{deployment.id}", java_script_enabled=False)
    page.get_by_role("button", name="Pause every 6 hours").click()
    expect(page.get_by_role("button", name="Resume every 6 hours")).to_be_visible()
    assert now().schedules[0].active is False
    page.get_by_role("button", name="Resume every 6 hours").click()
    expect(page.get_by_role("button", name="Pause every 6 hours")).to_be_visible()
    page.get_by_role("button", name="Pause the deployment").click()
    expect(page.get_by_text("Paused: no runs are made by schedule")).to_be_visible()
    assert now().paused is True
    page.get_by_role("button", name="Resume the deployment").click()
    expect(page.get_by_role("button", name="Pause the deployment")).to_be_visible()
    assert now().paused is False


def test_how_a_flow_has_done(look: Open, gateway: HttpGateway) -> None:
    for number in range(3):
        run = Worked(gateway, name=f"done-{number}", flow_name="flow-done")
        run.question(form=approval())
        gateway.send(AnswerWait(run.id, {"approved": True}, "ok?"))
        run.finish()
    Worked(gateway, name="done-3", flow_name="flow-done").fail("no")
    page = look("/flows?q=flow-done")
    page.get_by_role("link", name="flow-done").click()
    expect(page.locator(".numbers")).to_contain_text("75 %")
    expect(page.locator("svg.columns a")).to_have_count(4)
    expect(page.get_by_role("row", name=re.compile("Go on[?] 3"))).to_be_visible()
    page.get_by_role("link", name="All its runs").click()
    expect(page.get_by_text("4 runs like that")).to_be_visible()
    page.get_by_role("link", name="done-3").click()
    page.get_by_role("link", name="flow-done").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("flow-done")


def test_figures_of_runs() -> None:
    assert figures([]) == Figures()
    start = {"id": UUID(int=1), "flow_id": UUID(int=2), "start_time": "2026-01-01T00:00:00Z"}
    quick = FlowRun.model_validate(
        start | {"end_time": "2026-01-01T00:00:10Z", "total_run_time": 1, "state_type": "COMPLETED"}
    )
    failed = FlowRun.model_validate(
        start | {"end_time": "2026-01-01T00:00:04Z", "total_run_time": 4, "state_type": "FAILED"}
    )
    never = FlowRun.model_validate({"id": UUID(int=3), "flow_id": UUID(int=2)}).model_copy(
        update={"state_type": StateType.CANCELLED}
    )
    found = figures([quick, failed, never])
    assert (found.count, found.completed, found.rate) == (3, 1, 33)
    assert (found.worked, found.waited, found.tallest) == (1_000_000, 0, 10_000_000)
    assert [(each.worked, each.waited) for each in found.columns] == [(10, 90), (40, 0), (0, 0)]


@pytest.mark.parametrize("style", LOOKS)
def test_everybody_can_use_it(look: Open, gateway: HttpGateway, style: str) -> None:
    every = DeploymentScheduleCreate(schedule=IntervalSchedule(interval=timedelta(hours=6)))
    deployment = deploy(
        gateway,
        f"nice-{style}-{HARM}".replace("/", ""),
        description=f"**Nice** {HARM}",
        tags=[HARM],
        schedules=[every],
        parameters={"order": 1},
    )
    run = Worked(gateway, name=HARM, flow_name=deployment.flow_name)
    run.fail(HARM)
    for path in (
        f"/flows?q=nice-{style}",
        f"/flows/{deployment.flow_id}",
        f"/deployments?q=nice-{style}",
        f"/deployments/{deployment.id}",
    ):
        page = look(path, name=None, **LOOKS[style])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True, path
        assert page.locator("main img, main script").count() == 0
        for button in page.locator("main").get_by_role("button").all():
            box = button.bounding_box()
            if box is not None and box["width"] > 1:
                assert min(box["width"], box["height"]) >= 44, (path, button)
        assert violations(page) == [], path
    assert gateway.send(ReadRun(run.id)).state_name == "Failed"
