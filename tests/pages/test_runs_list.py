"""The list of runs in a real browser, and what is done with many of them."""

from __future__ import annotations

import re
import time
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from signoff.gateway.http import HttpGateway
from signoff.model.commands import AnswerWait, CreateRun
from signoff.model.filters import FlowRunFilter, FlowRunFilterName
from signoff.model.queries import CountRuns, ReadRun
from signoff.model.runs import Phase
from signoff.model.waits import WaitStatus
from tests.pages.conftest import LOOKS, Open
from tests.pages.questions import Line, approval, form_of, wait_of
from tests.pages.runs import Worked
from tests.pages.test_site import post
from tests.server.serving import Served, new_run
from tests.support.browser import violations

HARM = "<img src=x onerror=\"document.title='harmed'\">"


def shows(page: Page, *names: str) -> None:
    """These runs are listed, in this order."""
    expect(page.locator("tbody th a")).to_have_text(names)


def count(gateway: HttpGateway, name: str) -> int:
    named = FlowRunFilter(name=FlowRunFilterName(like_=name))
    return gateway.send(CountRuns(flow_runs=named))


@pytest.mark.parametrize("scripts", [True, False])
def test_runs_are_found(look: Open, gateway: HttpGateway, scripts: bool) -> None:
    mark = f"find{scripts}"
    waits = Worked(gateway, name=f"{mark}-waits", flow_name=f"{mark}-refund", tags=("shop", "eu"))
    waits.question(form=approval())
    failed = Worked(gateway, name=f"{mark}-failed", flow_name=f"{mark}-nightly")
    failed.fail("no")
    Worked(gateway, name=f"{mark}-runs", flow_name=f"{mark}-nightly", tags=("shop",))
    page = look("/", java_script_enabled=scripts)
    page.get_by_role("link", name="Runs", exact=True).click()
    page.get_by_role("searchbox", name="Run’s name").fill(mark)
    page.get_by_role("button", name="Show").click()
    shows(page, f"{mark}-runs", f"{mark}-failed", f"{mark}-waits")
    expect(page.get_by_role("row", name=re.compile("waits"))).to_contain_text("Go on?")
    expect(page.get_by_text("3 runs like that")).to_be_visible()
    for query, found in (
        ({"state": "waiting"}, ["waits"]),
        ({"state": "paused"}, ["waits"]),
        ({"state": "suspended"}, []),
        ({"state": "failed"}, ["failed"]),
        ({"flow": "nightly"}, ["runs", "failed"]),
        ({"tag": "shop"}, ["runs", "waits"]),
        ({"tag": "shop, eu"}, ["waits"]),
        ({"waits": "go on"}, ["waits"]),
        ({"waits": "refund"}, []),
        ({"hours": "1"}, ["runs", "failed", "waits"]),
        ({"sort": "name"}, ["failed", "runs", "waits"]),
        ({"deployment": "none-is-called-so"}, []),
        ({"state": "nonsense", "sort": "x", "hours": "-1"}, ["runs", "failed", "waits"]),
    ):
        page.goto(page.url.split("/runs")[0] + "/runs?" + urlencode({"q": mark, **query}))
        shows(page, *(f"{mark}-{name}" for name in found))
    page.goto(page.url.split("/runs")[0] + f"/runs?q={mark}")
    states = page.get_by_role("navigation", name="States")
    labels = ["All 3", "Waiting 1", "Paused 1", "Running 1", "Failed 1"]
    expect(states.get_by_role("link")).to_have_text(labels)
    states.get_by_role("link", name="Failed").click()
    shows(page, f"{mark}-failed")
    # The other filters stay, and so does the state when one of them is changed.
    page.get_by_text("More filters").click()
    page.get_by_label("Flow", exact=True).fill("nightly")
    page.get_by_role("button", name="Show").click()
    shows(page, f"{mark}-failed")
    states.get_by_role("link", name="All").click()
    shows(page, f"{mark}-runs", f"{mark}-failed")
    page.goto(page.url.split("/runs")[0] + f"/runs?q={mark}")
    page.get_by_role("link", name=f"{mark}-waits").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{mark}-waits")


def test_pages_go_on_where_they_stopped(look: Open, gateway: HttpGateway) -> None:
    for number in range(53):
        Worked(gateway, name=f"page-{number:02}")
    page = look("/runs?q=page-", java_script_enabled=False)
    shows(page, *(f"page-{number:02}" for number in range(52, 2, -1)))
    Worked(gateway, name="page-new")
    page.get_by_role("link", name="Further runs").click()
    shows(page, "page-02", "page-01", "page-00")
    page.get_by_role("link", name="Back to the first").click()
    expect(page.locator("tbody th a").first).to_have_text("page-new")
    page.get_by_text("More filters").click()
    page.get_by_label("Order").select_option("By name")
    page.get_by_role("button", name="Show").click()
    shows(page, *(f"page-{number:02}" for number in range(50)))
    page.get_by_role("link", name="Further runs").click()
    shows(page, "page-50", "page-51", "page-52", "page-new")
    Worked(gateway, name="page-0")
    page.get_by_role("link", name="Earlier runs").click()
    shows(page, *(f"page-{number:02}" for number in range(50)))
    page.get_by_role("link", name="Earlier runs").click()
    shows(page, "page-0", *(f"page-{number:02}" for number in range(49)))
    expect(page.get_by_role("link", name="Earlier runs")).to_have_count(0)
    for odd in ("after=x", "before=~", "after=1~2&sort=start", "after=x~y&sort=name"):
        page.goto(page.url.split("/runs")[0] + f"/runs?q=page-&{odd}")
        expect(page.locator("tbody tr")).to_have_count(50)


def test_what_schedules_made_ahead_is_shown_when_asked_for(
    look: Open, gateway: HttpGateway
) -> None:
    Worked(gateway, name="ahead-now").finish()
    later = time.time_ns() // 1_000 + 3_600_000_000
    made = new_run(name="ahead-later", deployment_id=uuid4(), schedule_id=uuid4())
    gateway.send(CreateRun(made, Phase.SCHEDULED, later))
    page = look("/runs?q=ahead", java_script_enabled=False)
    shows(page, "ahead-now")
    expect(page.get_by_role("link", name="All 1")).to_be_visible()
    page.get_by_role("link", name="Scheduled 1").click()
    shows(page, "ahead-later")
    expect(page.get_by_role("link", name="All 1")).to_be_visible()


def test_rows_are_live(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway, name="live-1")
    page = look("/runs?q=live-")
    page.get_by_label("Select live-1").check()
    Worked(gateway, name="live-2")
    expect(page.get_by_role("link", name="live-2")).to_be_visible()
    run.finish()
    expect(page.get_by_role("row", name=re.compile("live-1"))).to_contain_text("Completed")
    expect(page.get_by_label("Select live-1")).to_be_checked()
    expect(page.get_by_role("option", name="the 1 selected")).to_be_attached()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_view_is_kept_and_removed(look: Open, gateway: HttpGateway, scripts: bool) -> None:
    mark = f"view{scripts}"
    Worked(gateway, name=f"{mark}-failed").fail("no")
    Worked(gateway, name=f"{mark}-runs")
    page = look(f"/runs?q={mark}&state=failed", java_script_enabled=scripts)
    page.get_by_text("Keep this as a view").click()
    page.get_by_label("What to call it").fill(f"Bad ones of {mark}")
    page.get_by_role("button", name="Keep it").click()
    views = page.get_by_role("navigation", name="Saved views")
    view = views.get_by_role("link", name=f"Bad ones of {mark}")
    expect(view).to_have_attribute("aria-current", "true")
    shows(page, f"{mark}-failed")
    assert violations(page) == [] if scripts else True
    # Others do not see it, and whoever has it finds it from everywhere.
    assert f"Bad ones of {mark}" not in look("/runs", name="Bob").locator("main").inner_text()
    page.goto(page.url.split("/runs")[0] + "/runs")
    view.click()
    shows(page, f"{mark}-failed")
    page.get_by_role("button", name=f"Remove the view Bad ones of {mark}").click()
    expect(view).to_have_count(0)
    shows(page, f"{mark}-failed")
    page.get_by_text("Keep this as a view").click()
    page.get_by_label("What to call it").fill(f"All of {mark}")
    page.get_by_label("For everybody").check()
    page.get_by_role("button", name="Keep it").click()
    other = look("/runs", name=None)
    other.get_by_role("link", name=f"All of {mark}").click()
    shows(other, f"{mark}-failed")


def test_all_of_a_page_are_selected_at_once(look: Open, gateway: HttpGateway) -> None:
    runs = [Worked(gateway, name=f"each-{number}") for number in range(3)]
    page = look("/runs?q=each-")
    everyone = page.get_by_label("All on this page")
    everyone.check()
    expect(page.get_by_role("option", name="the 3 selected")).to_be_attached()
    page.get_by_label("Select each-1").uncheck()
    expect(everyone).not_to_be_checked()
    expect(page.get_by_role("option", name="the 2 selected")).to_be_attached()
    # What is selected stays so when rows are put in anew.
    runs[0].finish()
    expect(page.get_by_role("row", name=re.compile("each-0"))).to_contain_text("Completed")
    expect(page.get_by_label("Select each-2")).to_be_checked()
    everyone.check()
    expect(page.get_by_role("option", name="the 3 selected")).to_be_attached()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_selected_are_cancelled(look: Open, gateway: HttpGateway, scripts: bool) -> None:
    mark = f"pick{scripts}"
    one, two, three = (Worked(gateway, name=f"{mark}-{number}") for number in (1, 2, 3))
    two.finish()
    page = look(f"/runs?q={mark}", java_script_enabled=scripts)
    page.get_by_label(f"Select {mark}-1").check()
    page.get_by_label(f"Select {mark}-2").check()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cancel 2 runs?")
    expect(page.get_by_text("Of all 2, 1 would be done and 1 refused")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="1 × Run is already")).to_be_visible()
    assert gateway.send(ReadRun(one.id)).state_name == "Running"
    assert violations(page) == [] if scripts else True
    page.get_by_role("button", name="Cancel 2 runs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 2 runs cancelled")
    expect(page.get_by_role("listitem").filter(has_text=f"{mark}-2")).to_contain_text("already")
    page.get_by_role("link", name="Only the refused").click()
    expect(page.get_by_role("link", name="All", exact=True)).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=f"{mark}-1")).to_have_count(0)
    assert gateway.send(ReadRun(one.id)).state_name != "Running"
    assert gateway.send(ReadRun(three.id)).state_name == "Running"
    assert violations(page) == [] if scripts else True


def test_all_that_match_are_deleted(look: Open, gateway: HttpGateway) -> None:
    for number in range(60):
        Worked(gateway, name=f"gone-{number:02}").finish()
    Worked(gateway, name="stays")
    page = look("/runs?q=gone-")
    page.get_by_label("With").select_option("all 60 that match")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete 60 runs?")
    page.get_by_role("button", name="Delete 60 runs").click()
    expect(page.get_by_role("alert")).to_contain_text("Type 60 to delete")
    assert count(gateway, "gone-") == 60
    page.get_by_label("Type 60 to confirm").fill("60")
    page.get_by_role("button", name="Delete 60 runs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("60 of 60 runs deleted")
    assert (count(gateway, "gone-"), count(gateway, "stays")) == (0, 1)


def test_the_selected_are_answered_together(look: Open, gateway: HttpGateway) -> None:
    runs = [Worked(gateway, name=f"same-{number}") for number in (1, 2)]
    for run in runs:
        run.question(form=approval())
    page = look("/runs?q=same-")
    for number in (1, 2):
        page.get_by_label(f"Select same-{number}").check()
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Answer 2 together")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 of 2 answered")
    assert all(wait_of(gateway, run.id).answer["approved"] for run in runs)


@pytest.mark.parametrize("scripts", [True, False])
def test_all_that_match_and_ask_the_same_are_answered(
    look: Open, gateway: HttpGateway, scripts: bool
) -> None:
    mark = f"every{scripts}"
    same = [Worked(gateway, name=f"{mark}-{number}") for number in range(4)]
    for number, run in enumerate(same):
        run.question(form=approval(description=f"Order {number}"))
    other, silent = Worked(gateway, name=f"{mark}-other"), Worked(gateway, name=f"{mark}-silent")
    other.question(form=form_of(Line))
    page = look(f"/runs?q={mark}", java_script_enabled=scripts, name=None)
    page.get_by_label("With").select_option("all 6 that match")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("The 6 runs that match ask for different things")).to_be_visible()
    assert violations(page) == [] if scripts else True
    page.get_by_role("link", name="4 ask: Go on?").click()
    expect(page.get_by_text("4 of the 6 runs that match ask")).to_be_visible()
    page.get_by_label("Amount").fill("900")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert")).to_contain_text("must be at most 500")
    expect(page.get_by_role("alert")).to_contain_text("Your name is required")
    assert violations(page) == [] if scripts else True
    page.get_by_label("Amount").fill("90")
    page.get_by_label("Your name").fill("Zoë")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Answer 4 runs?")
    # What happens meanwhile is on its receipt.
    gateway.send(AnswerWait(same[0].id, {"approved": False}, "ok?"))
    page.get_by_role("button", name="Answer 4 runs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 of 4 runs resumed")
    answers = [wait_of(gateway, run.id).answer["approved"] for run in same]
    assert answers == [False, True, True, True]
    by = wait_of(gateway, same[1].id).answered_by
    assert by is not None
    assert by.name == "Zoë"
    assert wait_of(gateway, other.id).status is WaitStatus.OPEN
    refused = page.get_by_role("listitem").filter(has_text=f"{mark}-0")
    expect(refused).to_contain_text("Refused")
    silent.finish()
    page.goto(page.url.split("/bulk")[0] + f"/bulk/answer?q={mark}-silent")
    expect(page.get_by_text("none waits for an answer")).to_be_visible()


def test_what_is_not_meant_is_not_done(site: Served, gateway: HttpGateway) -> None:
    run = Worked(gateway, name="odd")
    good = {"token": "abc", "pick": str(run.id), "do": "cancel", "of": "picked"}
    assert post(site, "/bulk", good | {"token": "x"})[0] == 403
    for change, said in (({"pick": "x"}, "No run is selected"), ({"do": "x"}, "is nothing that")):
        status, text, _ = post(site, "/bulk", good | change)
        assert (status, said in text) == (422, True), text
    _, text, _ = post(site, "/bulk", good)
    found = re.search(r'action="(/bulk/[^/]+/run)"', text)
    assert found
    status, text, _ = post(site, found[1], {"token": "abc", "digest": "of another"})
    assert (status, "was previewed with digest" in text) == (422, True)
    assert post(site, "/bulk/nonsense/run", {"token": "abc"})[0] == 404
    assert gateway.send(ReadRun(run.id)).state_name == "Running"
    status, _, headers = post(site, found[1].replace("/run", "/stop"), {"token": "abc"})
    assert (status, headers["location"]) == (303, found[1].removesuffix("/run"))
    run.finish()


@pytest.mark.parametrize("style", LOOKS)
def test_everybody_can_use_it(look: Open, gateway: HttpGateway, style: str) -> None:
    run = Worked(gateway, name=f"{HARM}{style}", flow_name=HARM, tags=(HARM,))
    run.question(form=approval())
    Worked(gateway, name=f"nice {style}").fail("no")
    page = look(f"/runs?{urlencode({'q': style, 'tag': ''})}", name=None, **LOOKS[style])
    expect(page.get_by_role("link", name=f"nice {style}")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    assert page.locator("main img, main script").count() == 0
    for button in page.locator("main").get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, button
    assert violations(page) == []
    page.get_by_label(re.compile("Select .*")).first.check()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete 1 run?")
    assert violations(page) == []
    run.finish()
