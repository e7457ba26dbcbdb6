"""The site over plain HTTP: what protects people, and what a page is told about its errors."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from signoff.gateway.http import HttpGateway
from signoff.model.waits import WaitStatus
from signoff.server.asgi import Headers
from signoff.server.pages.forms.drafts import Upload
from signoff.server.pages.posting import read_posted
from tests.pages.questions import Asking, approval, wait_of
from tests.server.serving import Served, Servers, call

FORM = {"content-type": "application/x-www-form-urlencoded"}
COOKIE = {"cookie": "signoff_form=abc; signoff_name=Ann"}


def post(
    site: Served, path: str, values: dict[str, str], **headers: str
) -> tuple[int, str, dict[str, str]]:
    status, body, found = call(site, "POST", path, urlencode(values), {**FORM, **COOKIE, **headers})
    return status, body.decode(), found


@pytest.fixture
def page(gateway: HttpGateway) -> str:
    return Asking(gateway).question(form=approval())


@pytest.mark.parametrize("before", ["/ui/", "/ui/main/"])
@pytest.mark.parametrize("tab", ["", "/logs"])
def test_links_in_messages_of_flows_of_others_lead_to_the_run(
    site: Served, page: str, before: str, tab: str
) -> None:
    run = page.split("/")[2]
    path = f"{before}executions/company.team/f/{run}{tab}"
    status, _, headers = call(site, "GET", path)
    assert (status, headers["location"]) == (303, f"/runs/{run}")
    assert call(site, "GET", "/ui/executions/a/b/nothing")[0] == 404


def test_every_page_says_what_a_browser_may_do(site: Served, page: str) -> None:
    for path in (page, "/nothing", "/"):
        _, body, headers = call(site, "GET", path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "samesite=lax" in headers["set-cookie"].lower()
        assert "httponly" in headers["set-cookie"].lower()
        assert not re.search(rb"<[^>]+\s(style|on\w+)=", body)


def test_a_form_needs_its_token(site: Served, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    path = asking.question(form=approval())
    good = {"f/approved": "yes", "f/amount": "5", "f/reason": "0"}
    for values, headers in (
        (good, {}),
        (good | {"token": "abcd"}, {}),
        (good | {"token": ""}, {"cookie": "signoff_form="}),
        (good | {"token": "abc"}, {"cookie": "signoff_name=Ann"}),
        (good | {"token": "abc"}, {"origin": "http://evil.example"}),
    ):
        assert post(site, path, values, **headers)[0] == 403, (values, headers)
    cancel = f"/runs/{asking.id}/cancel"
    assert post(site, cancel, {})[0] == 403
    assert wait_of(gateway, asking.id).status is WaitStatus.OPEN
    status, _, headers = post(site, path, good | {"token": "abc"})
    assert (status, headers["location"]) == (303, path)
    assert wait_of(gateway, asking.id).answer["approved"] is True


def test_looking_decides_nothing(site: Served, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    path = asking.question(form=approval())
    for method in ("GET", "HEAD"):
        status, body, _ = call(site, method, f"{path}?f/approved=yes&do=answer", headers=COOKIE)
        assert status == 200
        assert (body == b"") == (method == "HEAD")
    assert call(site, "GET", f"/runs/{asking.id}/cancel")[0] == 405
    assert call(site, "DELETE", path)[0] == 405
    assert wait_of(gateway, asking.id).status is WaitStatus.OPEN


def test_what_is_not_there_has_a_page(site: Served) -> None:
    for path, status, said in (
        ("/nothing", 404, "There is no such page"),
        ("/runs/nonsense/waits/x", 404, "is not the id of a run"),
        ("/runs/00000000-0000-0000-0000-000000000000/waits/x", 404, "There is no such thing"),
        ("/static/../site.py", 404, ""),
        ("/static/comfort.js", 200, "Comfort"),
    ):
        found, body, _ = call(site, "GET", path)
        assert (found, said in body.decode()) == (status, True), (path, body)


def test_the_name_is_asked_once(site: Served, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    path = asking.question(form=approval())
    nameless = {"cookie": "signoff_form=abc"}
    good = {"token": "abc", "f/approved": "no", "f/amount": "5", "f/reason": "0"}
    status, body, _ = post(site, path, good, **nameless)
    assert (status, "Your name is required" in body) == (422, True)
    status, _, headers = post(site, path, good | {"name": "  Ann\n Ö. "}, **nameless)
    assert status == 303
    assert headers["set-cookie"].startswith("signoff_name=Ann%20%C3%96.;")
    by = wait_of(gateway, asking.id).answered_by
    assert by is not None
    assert (by.name, by.via, by.verified) == ("Ann Ö.", "page", False)


def test_who_has_a_password_is_asked_for_no_name(sqlite_servers: Servers) -> None:
    served = sqlite_servers.start(SIGNOFF_SERVER_API_AUTH_STRING="ann:s3cret")
    assert call(served, "GET", "/")[0] == 401
    signed_in = {"authorization": "Basic YW5uOnMzY3JldA=="}
    assert b"Signed in as <b>ann</b>" in call(served, "GET", "/nothing", headers=signed_in)[1]


def test_light_and_dark_are_kept_without_a_script(site: Served) -> None:
    chosen = {"token": "abc", "theme": "dark", "back": "/?q=1"}
    status, _, headers = post(site, "/settings/theme", chosen)
    assert (status, headers["location"]) == (303, "/?q=1")
    assert headers["set-cookie"].startswith("signoff_theme=dark;")
    page = call(site, "GET", "/nothing", headers={"cookie": "signoff_theme=dark"})[1]
    assert b'<html lang="en" data-theme="dark">' in page
    for foreign in ("//evil.example", "https://evil.example", "/\\evil", "/a\r\nx: y"):
        status, _, headers = post(site, "/settings/theme", chosen | {"back": foreign})
        assert headers["location"] == "/", foreign


def test_files_come_as_they_are() -> None:
    body = (
        b'--x\r\ncontent-disposition: form-data; name="f/note"\r\n\r\n\xc3\xa9\r\n'
        b'--x\r\ncontent-disposition: form-data; name="f/file"; filename="a.bin"\r\n'
        b"content-type: application/octet-stream\r\n\r\n\x00\xff\r\n--x--\r\n"
    )
    headers = Headers({b"content-type": b"multipart/form-data; boundary=x"})
    assert read_posted(headers, body) == (("f/note", "é"), ("f/file", Upload("a.bin", b"\x00\xff")))
