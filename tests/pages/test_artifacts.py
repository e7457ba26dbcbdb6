"""Images and files on the page of a run: shown, linked, and never fetched behind one's back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from signoff.gateway.http import HttpGateway
from signoff.model.commands import AnswerWait, FinishRun
from signoff.model.files import KeepFile, NewFile
from signoff.model.forms import Form
from signoff.model.journal import Result, ResultKind
from signoff.model.runs import Phase
from signoff.model.setting_kinds import HOSTS
from signoff.model.shared.artifacts import Artifact
from signoff.server.pages.runs.artifacts import piece
from signoff.server.pages.words import files_in
from tests.pages.conftest import Open
from tests.pages.runs import Worked
from tests.server.serving import Served, Servers, call
from tests.support.browser import violations

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)


def image(data: object, *hosts: str) -> str | None:
    made = Artifact.model_validate(
        {"id": "00000000-0000-0000-0000-000000000001", "type": "image", "data": data}
    )
    return piece(made, hosts).image


@pytest.mark.parametrize(
    ("data", "hosts", "shown"),
    [
        (PIXEL, (), True),
        ("data:image/svg+xml,<svg/>", (), True),
        ("data:text/html,<script>", (), False),
        ("https://img.example.com/x.png", (), False),
        ("https://img.example.com/x.png", ("img.example.com",), True),
        ("https://img.example.com:8080/x.png", ("img.example.com",), False),
        ("https://a.example.com/x.png", ("*.example.com",), True),
        ("https://example.com.evil.net/x.png", ("*.example.com", "example.com"), False),
        ("https://example.com@evil.net/x.png", ("example.com",), False),
        ("javascript:alert(1)", ("*.example.com",), False),
        ("data:image/png;base64," + "A" * 3_000_000, (), False),
    ],
)
def test_which_images_are_shown(data: str, hosts: tuple[str, ...], shown: bool) -> None:
    assert (image(data, *hosts) is not None) == shown


def test_an_image_is_shown_and_a_foreign_one_is_a_link(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway)
    run.leave("image", PIXEL, "pixel", "A green pixel")
    run.leave("image", "https://img.example.com/x.png", "photo")
    page = look(f"/runs/{run.id}")
    shown = page.locator("#artifacts img")
    expect(shown).to_have_count(1)
    expect(shown).to_have_attribute("alt", "A green pixel")
    shown.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('#artifacts img').naturalWidth > 0")
    expect(page.locator("#artifacts")).to_contain_text("Not loaded, so that its host does not hear")
    assert violations(page) == []


def test_hosts_that_may_be_asked_for_images(sqlite_servers: Servers) -> None:
    site = sqlite_servers.start(SIGNOFF_UI_IMAGE_HOSTS="img.example.com, *.cdn.example.com:8443")
    policy = call(site, "GET", "/")[2]["content-security-policy"]
    assert "img-src 'self' data: img.example.com *.cdn.example.com:8443; connect-src" in policy


@pytest.mark.parametrize("text", ["a b", "x; script-src *", "*", "https://x.y", "'none'", "x.y/z"])
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        HOSTS.read(text)


@pytest.mark.parametrize("scripts", [True, False])
def test_files_are_downloaded(
    look: Open, site: Served, gateway: HttpGateway, scripts: bool
) -> None:
    uri = gateway.send(KeepFile("company", "report", NewFile("räport 1.txt", b"hello")))
    run = Worked(gateway)
    form = Form({"type": "object", "properties": {"plan": {"type": "string", "title": "Plan"}}})
    run.ask("plan?", form)
    gateway.send(AnswerWait(run.id, {"plan": uri}, "plan?"))
    body = b'{"made": "%s", "other": "%s"}' % (uri.encode(), uri.encode())
    outputs = Result(ResultKind.JSON, body, None, "{}")
    gateway.send(FinishRun(run.id, run.handle.entry, Phase.COMPLETED, None, None, outputs))
    page = look(f"/runs/{run.id}", java_script_enabled=scripts)
    result = page.locator("#result").get_by_role("link", name="räport 1.txt")
    expect(result).to_have_count(1)
    expect(page.locator("#answers dd").get_by_role("link", name="räport 1.txt")).to_have_count(1)
    with page.expect_download() as waiting:
        result.click()
    assert waiting.value.suggested_filename == "räport 1.txt"


def test_addresses_of_files_in_a_text() -> None:
    one, two = "signoff:///a.b/f/1/x%20y.txt", "signoff:///a/f/2/z"
    assert files_in(f'["{one}", {{"k": "{two}"}}, "{one}"]') == (one, two)
    assert files_in("signoff:/// nothing") == ()
