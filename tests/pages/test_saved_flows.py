"""Flows that are documents, in a real browser: how they stand, their text and its history."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect

from signoff.gateway.http import HttpGateway
from signoff.model.errors import ObjectNotFound
from signoff.model.files import ReadFile
from signoff.model.queries import ReadRun
from signoff.model.saved_flows import DeleteSavedFlow, ReadRevisions, ReadSavedFlow
from tests.pages.conftest import LOOKS, Open
from tests.pages.documents import release, save, small
from tests.pages.test_catalog import HARM
from tests.pages.test_site import post
from tests.server.serving import Served, Servers, call, process
from tests.support.browser import violations


def test_a_flow_says_what_it_does_and_what_starts_it(look: Open, gateway: HttpGateway) -> None:
    save(gateway, release("told"))
    page = look("/flows?q=told", java_script_enabled=False)
    page.get_by_role("link", name="company.team.told").click()
    expect(page).to_have_url(re.compile("/flows/company.team/told$"))
    facts = page.locator(".facts")
    expect(facts).to_contain_text("revision 1, saved")
    expect(facts).to_contain_text("at most 2 at the same time, one more fails")
    expect(facts).to_contain_text("team:ops")
    tree = page.locator(".tree li")
    expect(tree.filter(has_text="stop")).to_have_text(re.compile(r"then\s+Line 19: stop\s+Log"))
    starts = page.locator("#triggers")
    expect(starts).to_contain_text("cron 0 3 * * * (Europe/Berlin)")
    expect(starts).to_contain_text("when a run of company.team/build")
    expect(starts.get_by_role("heading", name="Next runs")).to_be_visible()
    tree.filter(has_text="stop").get_by_role("link").click()
    expect(page).to_have_url(re.compile("/source#L19$"))
    expect(page.locator("#L19")).to_contain_text("id: stop")


def test_the_key_of_a_webhook_is_told_to_those_who_ask(look: Open, gateway: HttpGateway) -> None:
    save(gateway, release("hooked"))
    page = look("/flows/company.team/hooked", java_script_enabled=False)
    address = "/api/executions/webhook/company.team/hooked/"
    expect(page.locator(".webhook code")).to_have_text(f"{address}…")
    assert "s3cr3t" not in page.content()
    page.get_by_role("link", name="Show the key of hook").click()
    expect(page.locator(".webhook code")).to_have_text(f"{address}s3cr3t%2Fkey")
    page.get_by_role("link", name="Hide the key of hook").click()
    expect(page.locator(".webhook code")).to_have_text(f"{address}…")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_run_is_started_with_inputs_and_a_file(
    look: Open, gateway: HttpGateway, tmp_path: Path, scripts: bool
) -> None:
    saved = save(gateway, release(f"start{scripts}"))
    notes = tmp_path / "notes.txt"
    notes.write_text("all well", encoding="utf-8")
    page = look(f"/flows/{saved.full_name}", java_script_enabled=scripts)
    page.get_by_label("Notes").set_input_files(notes)
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_role("alert")).to_contain_text("Version")
    expect(page.get_by_text("Kept: notes.txt")).to_be_visible()
    page.get_by_label("Version").fill("4.2")
    page.get_by_role("button", name="Run now").click()
    expect(page).to_have_url(re.compile("/runs/[0-9a-f-]{36}$"))
    run_id = uuid.UUID(page.url.rpartition("/")[2])
    given = gateway.send(ReadRun(run_id)).parameters
    assert given["version"] == "4.2"
    assert gateway.send(ReadFile(given["notes"])).content == b"all well"
    address = page.url.partition("/runs/")[0] + f"/ui/executions/{saved.full_name}/{run_id}"
    page.goto(address)
    expect(page).to_have_url(re.compile(f"/runs/{run_id}$"))


def test_a_run_that_was_started_on_the_page_is_worked_on(
    look: Open, sqlite_servers: Servers
) -> None:
    served = sqlite_servers.start(worker=True)
    text = small("whole", '"{{ read(inputs.notes) }}"', inputs="[{id: notes, type: FILE}]")
    gateway = HttpGateway(served.url, process())
    save(gateway, text)
    gateway.close()
    page = look("/flows/shop/whole", base=f"http://127.0.0.1:{served.port}")
    file = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"read by the task"}
    page.get_by_label("notes").set_input_files(file)
    page.get_by_role("button", name="Run now").click()
    expect(page.locator(".title")).to_contain_text("Completed")
    expect(page.locator("#log")).to_contain_text("read by the task")


def test_revisions_are_read_compared_and_restored(look: Open, gateway: HttpGateway) -> None:
    for message in ("one", "two", "three"):
        save(gateway, small("history", message))
    page = look("/flows/shop/history", java_script_enabled=False)
    page.get_by_role("link", name="Source").click()
    expect(page.locator("ol.source li")).to_have_count(6)
    expect(page.locator(".revisions li")).to_have_count(3)
    page.get_by_role("link", name="Changes of revision 2").click()
    expect(page.locator(".sides .new mark")).to_have_text("two")
    page.get_by_role("combobox", name="From").select_option("1")
    page.get_by_role("combobox", name="To").select_option("3")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".sides .old mark")).to_have_text("one")
    expect(page.locator(".sides .changed .new")).to_contain_text("Added:")
    page.get_by_role("link", name="Source").click()
    page.get_by_role("link", name="Revision 1").click()
    page.locator("summary", has_text="Restore").click()
    page.get_by_role("button", name="Restore revision 1").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved as revision 4.")
    newest = gateway.send(ReadSavedFlow("shop", "history")).latest
    assert (newest.revision, newest.by, newest.via) == (4, "Ann", "page")
    assert newest.source == small("history", "one")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "history.yaml"
    assert Path(download.value.path()).read_text(encoding="utf-8") == newest.source


def test_nothing_is_restored_over_what_nobody_has_seen(site: Served, gateway: HttpGateway) -> None:
    for message in ("one", "two", "three"):
        save(gateway, small("quick", message))
    sent = {"token": "abc", "revision": "1", "newest": "2"}
    status, body, _ = post(site, "/flows/shop/quick/restore", sent)
    assert status == 409
    assert "has revision 3 meanwhile" in body
    for wrong in ({"revision": "9"}, {"revision": "x"}, {"newest": "x"}, {"token": "x"}):
        refused, _, _ = post(site, "/flows/shop/quick/restore", sent | wrong)
        assert refused == {"9": 404, "x": 404}.get(wrong.get("revision", ""), refused)
        assert refused in (403, 404, 422)
    assert gateway.send(ReadSavedFlow("shop", "quick")).latest.revision == 3


def test_a_flow_is_disabled_deleted_and_brought_back(look: Open, gateway: HttpGateway) -> None:
    save(gateway, small("switched"))
    page = look("/flows/shop/switched", java_script_enabled=False)
    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("no run of it starts until it is enabled")).to_be_visible()
    assert gateway.send(ReadSavedFlow("shop", "switched")).disabled
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_role("button", name="Run now")).to_be_visible()
    page.locator("summary", has_text="Delete").click()
    page.get_by_role("button", name="Delete shop/switched").click()
    expect(page.get_by_text("This flow was deleted")).to_be_visible()
    with pytest.raises(ObjectNotFound):
        gateway.send(ReadSavedFlow("shop", "switched"))
    page.get_by_role("link", name="restore a revision").click()
    page.locator("summary", has_text="Restore").click()
    page.get_by_role("button", name="Restore revision 1").click()
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("button", name="Run now")).to_be_visible()
    assert gateway.send(ReadSavedFlow("shop", "switched")).latest.revision == 2


def test_what_is_deprecated_is_told_at_its_line(look: Open, gateway: HttpGateway) -> None:
    old = small("older").replace("io.kestra.plugin.core.log.Log", "io.kestra.core.tasks.log.Log")
    save(gateway, old)
    page = look("/flows/shop/older", java_script_enabled=False)
    page.get_by_role("link", name="read it").click()
    problem = page.locator(".problems li")
    expect(problem).to_contain_text("Warning line 5")
    expect(page.locator(".revisions li")).to_contain_text("1 warning")
    problem.get_by_role("link").click()
    expect(page.locator("#L5.warning")).to_be_in_viewport()


def test_what_is_not_there_is_not_found(site: Served, gateway: HttpGateway) -> None:
    save(gateway, small("there"))
    for path in ("/flows/shop/nowhere", "/flows/shop/nowhere/source", "/flows/shop/nowhere/edit"):
        assert call(site, "GET", path)[0] == 404, path
    for path, led in (("", ""), ("/source", "/source"), ("/executions", "")):
        status, _, headers = call(site, "GET", f"/ui/flows/edit/shop/there{path}")
        assert (status, headers["location"]) == (303, f"/flows/shop/there{led}")
    for query in ("source?revision=9", "source?revision=x", "compare?from=7", "compare?to=-1"):
        assert call(site, "GET", f"/flows/shop/there/{query}")[0] == 404, query
    assert call(site, "GET", "/flows/shop/there/delete")[0] == 405
    for act in ("enable", "disable", "delete", "restore", "run", "edit"):
        assert post(site, f"/flows/shop/there/{act}", {"token": "x"})[0] == 403
        assert post(site, f"/flows/shop/nowhere/{act}", {"token": "abc"})[0] == 404
    gateway.send(DeleteSavedFlow("shop", "there"))
    assert post(site, "/flows/shop/there/run", {"token": "abc"})[0] == 410
    assert len(gateway.send(ReadRevisions("shop", "there"))) == 1


@pytest.mark.parametrize("style", LOOKS)
def test_everybody_can_use_it(look: Open, gateway: HttpGateway, style: str) -> None:
    text, quoted = release(f"nice-{style}"), HARM.replace("'", "''")
    for old in ("team: ops", "displayName: Version"):
        text = text.replace(old, f"{old[: old.index(':')]}: '{quoted}'")
    text = text.replace("Ships a version", f"Ships {HARM}")
    save(gateway, text)
    save(gateway, f"# {HARM}\n{text}")
    flow = f"/flows/company.team/nice-{style}"
    for path in (
        flow,
        f"{flow}?webhook=hook",
        f"{flow}/source",
        f"{flow}/source?revision=1",
        f"{flow}/compare",
    ):
        page = look(path, name=None, **LOOKS[style])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True, path
        assert page.locator("main img, main script").count() == 0
        assert page.title() != "harmed"
        for button in page.locator("main").get_by_role("button").all():
            box = button.bounding_box()
            if box is not None and box["width"] > 1:
                assert min(box["width"], box["height"]) >= 44, (path, button)
        assert violations(page) == [], path
