"""Writing flows in the browser: with the editor, and without any script."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from signoff.gateway.http import HttpGateway
from signoff.model.saved_flows import DeleteSavedFlow, ReadRevisions, ReadSavedFlow
from signoff.server.pages import assets
from tests.pages.conftest import LOOKS, Open
from tests.pages.documents import save, small
from tests.pages.test_catalog import HARM
from tests.pages.test_site import post
from tests.server.serving import Served, call
from tests.support.browser import violations

WEB = Path(__file__).parents[2] / "web"
LARGEST = 180_000
"""Bytes of the editor as they are sent."""
PASTE = """(editor, text) => {
    const clipboardData = new DataTransfer(), told = {bubbles: true, cancelable: true};
    clipboardData.setData("text/plain", text);
    editor.dispatchEvent(new ClipboardEvent("paste", {clipboardData, ...told}));
}"""


def newest(gateway: HttpGateway, id: str) -> tuple[int, str]:
    latest = gateway.send(ReadSavedFlow("shop", id)).latest
    return latest.revision, latest.source or ""


def write(page: Page, text: str) -> None:
    """Write a text into the editor, in place of what is there."""
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    editor.evaluate(PASTE, text)


def test_a_flow_is_written_without_a_script(look: Open, gateway: HttpGateway) -> None:
    page = look("/flows", name=None, java_script_enabled=False)
    page.get_by_role("link", name="New flow").click()
    area = page.get_by_role("textbox", name="Document")
    expect(area).to_have_value(re.compile("id: my-flow"))
    wrong = small("plain").replace("message: hi", "massage: hi").replace("id: plain", "id: pl ain")
    area.fill(wrong)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Not saved: 3 errors")
    expect(page.get_by_role("alert")).to_contain_text("Your name is required")
    expect(area).to_have_value(wrong)
    problem = page.locator(".problems li", has_text="massage")
    expect(problem).to_contain_text("Error line 6:5")
    problem.get_by_role("link").click()
    expect(page.locator("#L6.error")).to_be_in_viewport()
    area.fill(small("plain"))
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("status").first).to_contain_text("Nothing is wrong with it")
    page.get_by_label("Your name").fill("Grace")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved as revision 1.")
    expect(page).to_have_url(re.compile("/flows/shop/plain/edit"))
    saved = gateway.send(ReadSavedFlow("shop", "plain")).latest
    assert (saved.by, saved.via, saved.source) == ("Grace", "page", small("plain"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Nothing has changed")
    assert newest(gateway, "plain")[0] == 1


def test_nobody_writes_over_what_he_has_not_seen(look: Open, gateway: HttpGateway) -> None:
    save(gateway, small("both", "one"))
    mine = look("/flows/shop/both/edit")
    theirs = look("/flows/shop/both/edit", name="Bob", java_script_enabled=False)
    theirs.get_by_role("textbox", name="Document").fill(small("both", "from Bob"))
    theirs.get_by_role("button", name="Save").click()
    expect(theirs.get_by_role("status").first).to_contain_text("Saved as revision 2.")
    write(mine, small("both", "from Ann"))
    mine.get_by_role("button", name="Save").click()
    alert = mine.get_by_role("alert")
    expect(alert).to_contain_text("Bob was quicker")
    expect(alert).to_contain_text("Bob saved revision 2 of shop/both")
    expect(mine.locator(".sides .old mark")).to_have_text("Bob")
    expect(mine.locator(".sides .new mark")).to_have_text("Ann")
    assert newest(gateway, "both") == (2, small("both", "from Bob"))
    assert violations(mine) == []
    mine.get_by_role("button", name="Save over revision 2").click()
    expect(mine.get_by_role("status").first).to_contain_text("Saved as revision 3.")
    assert newest(gateway, "both") == (3, small("both", "from Ann"))


def test_a_new_flow_replaces_none_that_is_there(look: Open, gateway: HttpGateway) -> None:
    save(gateway, small("taken", "old"))
    page = look("/flows/new", java_script_enabled=False)
    page.get_by_role("textbox", name="Document").fill(small("taken", "new"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("saved revision 1 of shop/taken")
    assert newest(gateway, "taken") == (1, small("taken", "old"))


def test_what_was_deleted_comes_back_only_on_purpose(look: Open, gateway: HttpGateway) -> None:
    save(gateway, small("gone"))
    page = look("/flows/shop/gone/edit", java_script_enabled=False)
    gateway.send(DeleteSavedFlow("shop", "gone"))
    page.get_by_role("textbox", name="Document").fill(small("gone", "again"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("shop/gone was deleted")
    assert len(gateway.send(ReadRevisions("shop", "gone"))) == 1
    page.get_by_role("button", name="Save, and bring it back").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved as revision 2.")
    assert newest(gateway, "gone") == (2, small("gone", "again"))


def test_a_flow_keeps_its_name_and_the_ends_of_its_lines(
    site: Served, gateway: HttpGateway
) -> None:
    windows = small("ends").replace("\n", "\r\n")
    save(gateway, windows)
    for id, text in (("ends", windows), ("other", small("other").replace("\n", "\r\n"))):
        sent = {"token": "abc", "revision": "1", "source": text.replace("hi", "ho"), "do": "save"}
        status, body, headers = post(site, "/flows/shop/ends/edit", sent)
        if id == "ends":
            assert (status, headers["location"]) == (303, "/flows/shop/ends/edit?saved=2")
            assert newest(gateway, "ends") == (2, windows.replace("hi", "ho"))
        else:
            assert status == 422
            assert "a flow never changes its name" in body
    save(gateway, small("unix"))
    text = small("unix", "ho").replace("\n", "\r\n")
    sent = {"token": "abc", "revision": "1", "source": text, "do": "save"}
    assert post(site, "/flows/shop/unix/edit", sent)[0] == 303
    assert newest(gateway, "unix") == (2, small("unix", "ho"))
    assert post(site, "/flows/new", sent | {"token": "x"})[0] == 403


def test_what_is_written_is_judged_as_one_types(look: Open, gateway: HttpGateway) -> None:
    save(gateway, small("typed"))
    page = look("/flows/shop/typed/edit")
    write(page, small("typed").replace("message", "massage"))
    problem = page.locator(".problems li", has_text="massage")
    expect(problem).to_contain_text("Error line 6:5")
    expect(page.locator(".cm-lint-marker-error").first).to_be_visible()
    problem.get_by_role("link").click()
    expect(page.locator(".cm-activeLine")).to_contain_text("massage")
    write(page, small("typed", "ho"))
    expect(page.locator(".problems li")).to_have_count(0)
    page.keyboard.press("ControlOrMeta+s")
    expect(page.get_by_role("status").first).to_contain_text("Saved as revision 2.")
    assert newest(gateway, "typed") == (2, small("typed", "ho"))


def test_the_keyboard_gets_in_and_out(look: Open, gateway: HttpGateway) -> None:
    save(gateway, small("keyed"))
    page = look("/flows/shop/keyed/edit")
    editor = page.get_by_role("textbox", name="Document")
    editor.focus()
    # The page's own keys, which go elsewhere, are off in here.
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type("# gi?x")
    expect(editor).to_contain_text("# gi?x")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(editor).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(editor).to_be_focused()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Overview").click()
    expect(page).to_have_url(re.compile("/flows/shop/keyed$"))
    assert dialogs == ["beforeunload"]
    page.goto(f"{page.url}/edit")
    write(page, small("keyed").replace("message", "massage"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Not saved: 2 errors")
    page.get_by_role("link", name="Overview").click()
    expect(page).to_have_url(re.compile("/flows/shop/keyed$"))
    assert dialogs == ["beforeunload"] * 2


def test_names_are_completed(look: Open) -> None:
    page = look("/flows/new")
    write(page, "id: a\nnamespace: b\ntasks:\n  - id: x\n    type: io.kestra.plugin.core.flow.P")
    page.keyboard.type("a")
    listed = page.get_by_role("option")
    expect(listed.filter(has_text="flow.Pause")).to_be_visible()
    # A list that scrolls can be reached, and is in nobody's way.
    page.keyboard.press("Escape")
    write(page, "id: a\nnamespace: b\ntasks:\n  - id: x\n    type: ")
    page.keyboard.type("io")
    expect(listed.nth(20)).to_be_attached()
    assert violations(page) == []
    page.keyboard.press("Tab")
    expect(listed).to_have_count(0)
    expect(page.get_by_role("textbox", name="Document")).not_to_be_focused()
    write(
        page,
        "id: a\nnamespace: b\ntasks:\n  - id: x\n    type: io.kestra.plugin.core.flow.Pause\n    ",
    )
    page.keyboard.type("onRes")
    expect(listed.filter(has_text="onResume")).to_be_visible()


@pytest.mark.parametrize("style", LOOKS)
def test_everybody_can_use_it(look: Open, gateway: HttpGateway, style: str) -> None:
    save(gateway, f"# {HARM}\n" + small(f"nice-{style}"))
    page = look(f"/flows/shop/nice-{style}/edit", name=None, **LOOKS[style])
    expect(page.locator(".cm-content")).to_contain_text("<img src=x")
    write(page, small(f"nice-{style}", f'"{HARM}').replace("message", HARM))
    expect(page.locator(".problems li.error").first).to_be_visible()
    expect(page.locator(".cm-lint-marker-error").first).to_be_visible()
    assert page.locator("main img, main script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    assert violations(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator(".cm-content")).to_contain_text("<img src=x")
    assert page.title() != "harmed"
    assert violations(page) == []
    for button in page.locator(".save").get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44


def test_styles_come_from_the_editor_alone(site: Served, gateway: HttpGateway) -> None:
    save(gateway, small("strict"))
    for page, nonces in (("", 0), ("/source", 0), ("/edit", 1)):
        _, body, headers = call(site, "GET", f"/flows/shop/strict{page}")
        policy = headers["content-security-policy"]
        assert policy.count("'nonce-") == nonces
        assert "unsafe" not in policy
        assert (b"editor.js" in body) == bool(nonces)
    marks = {
        re.findall(
            "'nonce-([^']+)'", call(site, "GET", "/flows/new")[2]["content-security-policy"]
        )[0]
        for _ in range(2)
    }
    assert len(marks) == 2


def test_the_editor_is_made_from_its_sources() -> None:
    made = assets.asset("editor.js")
    assert made is not None
    assert len(made.packed) < LARGEST
    digest = hashlib.sha256()
    names = [
        each for each in WEB.iterdir() if re.fullmatch(r".*\.js|package(-lock)?\.json", each.name)
    ]
    for path in sorted(names):
        digest.update(f"{path.name}\0{path.read_text(encoding='utf-8')}\0".encode())
    first = made.body.split(b"\n", 1)[0].decode()
    assert digest.hexdigest() in first, "the bundle is older than web/: run `make editor`"
    licences = (assets._FOLDER / "editor.licences.txt").read_text(encoding="utf-8")
    for package in ("@codemirror/view", "@lezer/yaml", "style-mod"):
        assert f"{package} " in licences
