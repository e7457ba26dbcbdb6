"""The page of a run in a real browser: what is going on, and what may be done about it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from signoff.gateway.http import HttpGateway
from signoff.model.commands import AnswerWait, FinishRun, FinishTasks, StartRun
from signoff.model.errors import ObjectNotFound
from signoff.model.journal import Result, ResultKind
from signoff.model.queries import ReadRun
from signoff.model.runs import Phase
from signoff.model.waits import WaitStatus
from tests.pages.conftest import LOOKS, Open
from tests.pages.questions import approval, wait_of
from tests.pages.runs import Worked
from tests.server.serving import Served, call, new_run, record, task_of
from tests.support.browser import violations
from tests.support.waiting import wait_until

HARM = "<img src=x onerror=\"document.title='harmed'\"><script>document.title='harmed'</script>"


def state_of(gateway: HttpGateway, run: Worked) -> str | None:
    return gateway.send(ReadRun(run.id)).state_name


@pytest.mark.parametrize("scripts", [True, False])
def test_a_run_is_answered_where_it_is_read(
    look: Open, gateway: HttpGateway, scripts: bool
) -> None:
    run = Worked(gateway, name="ada", parameters={"order": 17, "note": "x"}, tags=("shop",))
    run.tasks("load order", "draft letter")
    run.question(form=approval())
    page = look(f"/runs/{run.id}", java_script_enabled=scripts)
    expect(page.get_by_role("heading", level=1)).to_have_text("ada")
    expect(page.locator(".sentence")).to_contain_text("Waiting since just now for “Go on?”")
    expect(page.get_by_role("row", name=re.compile("draft letter Completed"))).to_be_visible()
    expect(page.locator("#parameters")).to_contain_text("17")
    page.get_by_label("Amount").fill("7000")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert")).to_contain_text("must be at most 500")
    expect(page.get_by_role("heading", level=1)).to_have_text("ada")
    expect(page.get_by_label("Amount")).to_have_value("7000")
    page.get_by_label("Amount").fill("70")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#answers")).to_contain_text("Answered by Ann (name not verified)")
    expect(page.locator("#answers dd").nth(1)).to_have_text("70")
    expect(page.locator("#history")).to_contain_text("answer ok?")
    assert wait_of(gateway, run.id).status is WaitStatus.ANSWERED
    run.finish()


def test_somebody_else_was_first(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway)
    run.question(form=approval())
    page = look(f"/runs/{run.id}", java_script_enabled=False)
    gateway.send(AnswerWait(run.id, {"approved": False, "comment": "too late"}, "ok?"))
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Your answer was not taken.")).to_be_visible()
    expect(page.locator(".settled")).to_contain_text("too late")
    run.finish()


@pytest.mark.parametrize("scripts", [True, False])
def test_cancelling_is_asked_twice(look: Open, gateway: HttpGateway, scripts: bool) -> None:
    run = Worked(gateway, name="emmy")
    run.question(form=approval())
    page = look(f"/runs/{run.id}", java_script_enabled=scripts)
    page.get_by_text("Cancel", exact=True).click()
    expect(page.get_by_text("This cannot be undone").first).to_be_visible()
    page.get_by_role("button", name="Cancel emmy").click()
    expect(page.locator("h1 ~ .badge")).to_have_text(re.compile("Cancel"))
    assert wait_of(gateway, run.id).status is WaitStatus.WITHDRAWN
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)


def test_a_run_is_paused_and_deleted(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway, name="grace")
    page = look(f"/runs/{run.id}")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("h1 ~ .badge")).to_have_text("Pausing")
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    page.get_by_text("Delete", exact=True).click()
    page.get_by_role("button", name="Delete grace").click()
    expect(page).to_have_url(re.compile("/runs$"))
    with pytest.raises(ObjectNotFound):
        gateway.send(ReadRun(run.id))


def test_a_failed_run_is_retried(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway, entry_record=record())
    run.failed_task("post letter", "no stamps left")
    run.fail("no stamps left")
    page = look(f"/runs/{run.id}")
    expect(page.locator(".sentence")).to_contain_text(re.compile("^Failed .*no stamps left$"))
    expect(page.locator("#tasks")).to_contain_text("no stamps left")
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("h1 ~ .badge")).not_to_have_text("Failed")
    wait_until(lambda: state_of(gateway, run) != "Failed")


def test_a_run_without_tasks_has_its_place_in_time(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway, name="bare")
    run.fail("at once")
    page = look(f"/runs/{run.id}", java_script_enabled=False)
    expect(page.locator("svg.timeline")).to_contain_text("This run")
    expect(page.locator(".facts")).to_contain_text("by 127.0.0.1 (name not verified) over the API")


def test_what_cannot_be_done_says_why(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway)
    run.fail("no")
    page = look(f"/runs/{run.id}")
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("alert")).to_contain_text("Not done. Flow run")
    expect(page.get_by_role("alert")).to_contain_text("no process can load its flow")
    assert violations(page) == []


def test_the_log_is_filtered_and_kept(look: Open, gateway: HttpGateway, tmp_path: Path) -> None:
    run = Worked(gateway, name="log")
    run.log(*((20, f"line {n}") for n in range(250)), (30, "low ink"), (40, "no ink"))
    page = look(f"/runs/{run.id}")
    lines = page.locator("ol.log li")
    expect(lines).to_have_count(200)
    page.get_by_role("link", name="Earlier lines").click()
    expect(lines).to_have_count(52)
    page.get_by_label("Level").select_option("Warning")
    page.get_by_label("Contains").fill("ink")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(lines).to_have_count(2)
    lines.last.get_by_role("link").click()
    expect(page.locator("li:is(:target, .here)")).to_contain_text("no ink")
    page.get_by_label("Follow").check()
    run.log((40, "no ink at all"))
    expect(lines).to_have_count(3)
    expect(page.locator("li.here")).to_contain_text("no ink")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    assert waiting.value.suggested_filename == "log.log"
    waiting.value.save_as(tmp_path / "log")
    text = (tmp_path / "log").read_text()
    assert [line.split(" ", 1)[1] for line in text.splitlines()] == [
        "WARNING signoff.flow_runs low ink",
        "ERROR signoff.flow_runs no ink",
        "ERROR signoff.flow_runs no ink at all",
    ]
    run.finish()


def test_what_it_left_to_be_read(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway)
    run.leave("markdown", "**old**", "report")
    run.leave("markdown", "# Report\n\n**new**", "report", "What *was* done")
    run.leave("table", json.dumps([{"item": "bolt", "count": 3}, {"item": "nut"}]), "parts")
    run.leave("table", json.dumps({"a": [1, 2], "b": ["x"]}), "columns")
    run.leave("progress", 42.5, "done")
    run.leave("image", "https://example.com/x.png", "photo")
    run.leave("image", "javascript:alert(1)", "trap")
    page = look(f"/runs/{run.id}")
    artifacts = page.locator("#artifacts")
    expect(artifacts.locator(".prose strong")).to_have_text("new")
    expect(artifacts.get_by_role("columnheader", name="count")).to_be_visible()
    expect(artifacts.get_by_role("row", name="2", exact=True)).to_be_visible()
    expect(artifacts.get_by_role("progressbar")).to_have_attribute("value", "42.5")
    expect(artifacts.get_by_role("link", name="x.png")).to_be_visible()
    assert artifacts.locator("a").count() == 1
    assert artifacts.locator("h3").all_inner_texts() == [
        *("report", "parts", "columns", "done", "photo", "trap")
    ]
    assert violations(page) == []
    run.finish()


def test_runs_it_called_are_a_click_away(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway, name="parent")
    child = gateway.send(
        StartRun(
            new_run(name="kid", flow_name="sub", parent_run_id=run.id, journal_key="k"),
            gateway.process.id,
        )
    )
    page = look(f"/runs/{run.id}")
    page.locator("#children").get_by_role("link", name="sub / kid").click()
    expect(page).to_have_url(re.compile(str(child.run_id)))
    page.get_by_role("link", name="deploy / parent").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("parent")
    run.finish()


def test_an_open_page_follows(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway)
    page = look(f"/runs/{run.id}")
    expect(page.locator("h1 ~ .badge")).to_have_text("Running")
    run.tasks("late task")
    run.finish()
    expect(page.locator("h1 ~ .badge")).to_have_text("Completed")
    expect(page.locator("#tasks")).to_contain_text("late task")


def test_harm_is_shown_as_text(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway, name=HARM, flow_name=HARM, tags=(HARM,), parameters={HARM: HARM})
    run.tasks(HARM)
    run.failed_task(HARM, HARM)
    run.log((40, HARM))
    for kind in ("markdown", "table", "progress", "image", "other"):
        run.leave(kind, HARM, None, HARM)
    run.leave("table", json.dumps([{HARM: HARM}]))
    run.fail(HARM)
    page = look(f"/runs/{run.id}?find=%3Cimg%20src%3Dx&level=x&back=-1&zoom=%22%3E")
    expect(page.locator("ol.log")).to_contain_text(HARM)
    assert page.locator("main img, main script").count() == 0
    assert page.evaluate("document.title.startsWith('harmed')") is False
    assert violations(page) == []


@pytest.mark.parametrize("style", LOOKS)
def test_everybody_can_use_it(look: Open, gateway: HttpGateway, style: str) -> None:
    run = Worked(gateway, name="style", parameters={"order": {"id": 17}})
    run.tasks("load order", "draft letter")
    run.failed_task("post letter", "no stamps left")
    run.log((20, "loaded"), (30, "low ink"), (40, "no stamps left " + "x" * 300))
    run.leave("table", json.dumps([{"item": "bolt", "count": 3}]), "parts")
    run.question(form=approval())
    page = look(f"/runs/{run.id}", name=None, **LOOKS[style])
    expect(page.locator("svg.timeline a")).to_have_count(5)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    for button in page.locator("main").get_by_role("button").all():
        box = button.bounding_box()
        if box is not None and box["width"] > 1:
            assert min(box["width"], box["height"]) >= 44, button
    assert violations(page) == []
    page.get_by_text("Cancel", exact=True).click()
    assert violations(page) == []
    run.finish()


def test_the_addresses_of_other_systems(site: Served, gateway: HttpGateway) -> None:
    run = Worked(gateway)
    for path in (
        f"/ui/executions/company.team/refund/{run.id}",
        f"/ui/flow-runs/flow-run/{run.id}",
        f"/flow-runs/flow-run/{run.id}",
    ):
        status, _, headers = call(site, "GET", path)
        assert (status, headers["location"]) == (303, f"/runs/{run.id}")
    for path in ("/ui/flow-runs/flow-run/nonsense", "/runs/nonsense"):
        assert call(site, "GET", path)[0] == 404
    for action in ("pause", "suspend", "retry", "delete", "cancel"):
        assert call(site, "POST", f"/runs/{run.id}/{action}", "")[0] == 403
        assert call(site, "GET", f"/runs/{run.id}/{action}")[0] == 405
    run.finish()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_returned_can_be_read(look: Open, gateway: HttpGateway, scripts: bool) -> None:
    run = Worked(gateway)
    done = replace(task_of(run.handle), name="sum up", result=_kept(f"[1, {HARM!r}]"))
    gateway.send(
        FinishTasks((done, replace(task_of(run.handle, 1), result=Result(ResultKind.NONE))))
    )
    page = look(f"/runs/{run.id}", java_script_enabled=scripts)
    expect(page.locator("#result")).to_have_count(0)
    page.get_by_role("link", name="Result of sum up").click()
    expect(page.get_by_label("What sum up returned")).to_contain_text("[1, '<img")
    page.get_by_role("link", name="Result of work-1").click()
    expect(page.get_by_label("What work-1 returned")).to_have_text("nothing")
    expect(page.get_by_label("What sum up returned")).to_have_count(0)
    outputs = Result(ResultKind.JSON, b'{"total": 129, "to": ["Ada"]}', None, "{'total': 129}")
    entry = run.handle.entry
    gateway.send(FinishRun(run.id, entry, Phase.COMPLETED, None, None, outputs))
    if not scripts:
        page.reload()
    expect(page.locator("#result")).to_contain_text('"total": 129')
    assert not scripts or violations(page) == []
    assert page.title() != "harmed"


def _kept(preview: str) -> Result:
    return Result(ResultKind.PICKLE, b"\x80\x04K\x01.", None, preview)
