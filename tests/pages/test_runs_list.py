"""The list of runs in a real browser, and what is done with many of them."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from signoff.gateway.http import HttpGateway
from signoff.model.filters import FlowRunFilter, FlowRunFilterName
from signoff.model.queries import CountRuns, ReadRun
from tests.pages.conftest import LOOKS, Open
from tests.pages.questions import approval, wait_of
from tests.pages.runs import Worked
from tests.pages.test_site import post
from tests.server.serving import Served
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
    page.get_by_role("searchbox", name="Name").fill(mark)
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
        ({"waits": f"{mark}-refund"}, ["waits"]),
        ({"hours": "1"}, ["runs", "failed", "waits"]),
        ({"sort": "name"}, ["failed", "runs", "waits"]),
        ({"deployment": "none-is-called-so"}, []),
        ({"state": "nonsense", "sort": "x", "hours": "-1"}, ["runs", "failed", "waits"]),
    ):
        page.goto(page.url.split("/runs")[0] + "/runs?" + urlencode({"q": mark, **query}))
        shows(page, *(f"{mark}-{name}" for name in found))
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
    page.get_by_label("Order").select_option("By name")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Further runs").click()
    shows(page, "page-50", "page-51", "page-52", "page-new")


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
    expect(page.get_by_role("listitem").filter(has_text=str(two.id))).to_contain_text("already")
    page.get_by_role("link", name="Only the refused").click()
    expect(page.get_by_role("listitem").filter(has_text=str(one.id))).to_have_count(0)
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
