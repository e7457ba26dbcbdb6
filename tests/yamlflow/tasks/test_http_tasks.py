"""HTTP tasks against a real server."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from signoff.yamlflow.tasks.http import Download, Request, routed
from signoff.yamlflow.tasks.notifying import Notify
from signoff.yamlflow.tasks.running import TaskFailed
from signoff.yamlflow.tasks.slack import Execution, IncomingWebhook
from tests.yamlflow.tasks.conftest import Bench, Site

_OLD_APPRISE = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.mark.parametrize(
    ("url", "goes_to"),
    [
        ("https://reqres.in/api/slack", "http://127.0.0.1:1/api/slack"),
        ("https://reqres.in", "http://127.0.0.1:1"),
        ("https://reqres.in?x=1", "http://127.0.0.1:1?x=1"),
        ("https://reqres.in/deep/er", "http://127.0.0.1:2/er"),
        ("https://reqres.in.evil.io/api", "https://reqres.in.evil.io/api"),
    ],
)
def test_routes_send_addresses_elsewhere(url: str, goes_to: str) -> None:
    routes = {
        "https://reqres.in": "http://127.0.0.1:1",
        "https://reqres.in/deep": "http://127.0.0.1:2/",
    }
    assert routed(url, routes) == goes_to


def test_request_gives_code_body_headers_and_address(bench: Bench, site: Site) -> None:
    site.answers["/a?b=1"] = (201, {"X-One": "1", "Content-Type": "text/plain"}, "grüß".encode())
    outputs = Request.run(bench.context, {"uri": f"{site.address}/a?b=1"})
    assert outputs["code"] == 201
    assert outputs["body"] == "grüß"
    assert outputs["headers"]["x-one"] == ["1"]
    assert outputs["uri"] == f"{site.address}/a?b=1"
    assert site.asked[0][:2] == ("GET", "/a?b=1")


@pytest.mark.parametrize(
    ("properties", "content_type", "body"),
    [
        (
            {"body": {"a": [1, None]}, "contentType": "application/json"},
            "application/json",
            b'{"a":[1,null]}',
        ),
        ({"body": "text"}, None, b"text"),
        ({"formData": {"a": 1, "b": "x y"}}, "application/x-www-form-urlencoded", b"a=1&b=x+y"),
    ],
)
def test_request_sends_bodies(
    bench: Bench, site: Site, properties: Any, content_type: str | None, body: bytes
) -> None:
    Request.run(bench.context, {"uri": f"{site.address}/", "method": "post", **properties})
    method, _, headers, sent = site.asked[0]
    assert (method, headers.get("content-type"), sent) == ("POST", content_type, body)


def test_request_sends_files_of_the_run(bench: Bench, site: Site) -> None:
    uri = bench.files.write("scan.pdf", b"%PDF")
    form = {"note": "hi", "file": {"name": "scan.pdf", "content": uri}}
    Request.run(
        bench.context,
        {
            "uri": site.address,
            "method": "POST",
            "contentType": "multipart/form-data",
            "formData": form,
        },
    )
    _, _, headers, body = site.asked[0]
    assert headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'filename="scan.pdf"' in body
    assert b"%PDF" in body
    assert b"hi" in body


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        ({"type": "BASIC", "username": "u", "password": "p"}, "Basic dTpw"),
        ({"type": "BEARER", "token": "t"}, "Bearer t"),
    ],
)
def test_request_signs_in(bench: Bench, site: Site, auth: Any, header: str) -> None:
    Request.run(bench.context, {"uri": site.address, "options": {"auth": auth}})
    assert site.asked[0][2]["authorization"] == header


def test_request_fails_on_an_error_unless_allowed(bench: Bench, site: Site) -> None:
    site.answers["/no"] = (404, {}, b"not here")
    uri = f"{site.address}/no"
    with pytest.raises(TaskFailed, match="answered 404 Not Found: not here") as failed:
        Request.run(bench.context, {"uri": uri})
    assert failed.value.outputs["code"] == 404
    for allowed in {"allowFailed": True}, {"options": {"allowFailed": True}}:
        assert Request.run(bench.context, {"uri": uri, **allowed})["body"] == "not here"
    with_codes = {"options": {"allowedResponseCodes": [404]}}
    assert Request.run(bench.context, {"uri": uri, **with_codes})["code"] == 404


def test_request_says_when_nobody_answers(bench: Bench) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TaskFailed, match=f"http://127.0.0.1:{port} did not answer: "):
        Request.run(bench.context, {"uri": f"http://127.0.0.1:{port}"})


@pytest.mark.parametrize("uri", ["ftp://x", "file:///etc/passwd", "nonsense", "http://[::1"])
def test_request_refuses_what_is_no_address(bench: Bench, uri: str) -> None:
    with pytest.raises(TaskFailed, match=r"`uri`"):
        Request.run(bench.context, {"uri": uri})


def test_download_keeps_the_file(bench: Bench, site: Site) -> None:
    site.answers["/x/report.csv"] = (200, {}, b"a,b\n")
    outputs = Download.run(bench.context, {"uri": f"{site.address}/x/report.csv"})
    assert bench.files.kept[outputs["uri"]] == b"a,b\n"
    assert outputs["uri"].endswith("/report.csv")
    assert (outputs["length"], outputs["code"]) == (4, 200)


def test_download_fails_on_errors_and_on_nothing(bench: Bench, site: Site) -> None:
    site.answers["/empty"] = (200, {}, b"")
    site.answers["/no"] = (500, {}, b"")
    with pytest.raises(TaskFailed, match="without a content"):
        Download.run(bench.context, {"uri": f"{site.address}/empty"})
    with pytest.raises(TaskFailed, match="answered 500"):
        Download.run(bench.context, {"uri": f"{site.address}/no"})
    calm = {"uri": f"{site.address}/empty", "failOnEmptyResponse": False}
    assert Download.run(bench.context, calm)["length"] == 0


@pytest.mark.parametrize(
    ("properties", "posted"),
    [
        ({"payload": '{"channel": "#x", "text": "é"}'}, {"channel": "#x", "text": "é"}),
        ({"payload": {"text": "a"}}, {"text": "a"}),
        ({"messageText": "hi"}, {"text": "hi"}),
        ({"payload": {"channel": "#x"}, "messageText": "hi"}, {"channel": "#x", "text": "hi"}),
    ],
)
def test_slack_posts_json(bench: Bench, site: Site, properties: Any, posted: Any) -> None:
    bench.routes["https://hooks.slack.com"] = site.address
    IncomingWebhook.run(bench.context, {"url": "https://hooks.slack.com/T/B/x", **properties})
    method, path, headers, body = site.asked[0]
    assert (method, path, headers["content-type"]) == ("POST", "/T/B/x", "application/json")
    assert json.loads(body) == posted


def test_slack_never_tells_its_address(bench: Bench, site: Site) -> None:
    site.answers["/T/hush"] = (403, {}, b"invalid_token")
    with pytest.raises(TaskFailed, match="answered 403: invalid_token") as failed:
        IncomingWebhook.run(bench.context, {"url": f"{site.address}/T/hush", "messageText": "x"})
    assert "hush" not in str(failed.value)
    with pytest.raises(TaskFailed, match="`payload`: it is no JSON"):
        IncomingWebhook.run(bench.context, {"url": site.address, "payload": "{"})
    with pytest.raises(TaskFailed, match="or `messageText`"):
        IncomingWebhook.run(bench.context, {"url": site.address})


def test_slack_tells_about_a_run(bench: Bench, site: Site) -> None:
    bench.variables.update(
        flow={"namespace": "n", "id": "f"}, execution={"id": "e1", "state": "FAILED"}
    )
    given = {"url": site.address, "channel": "#ops", "customFields": {"Team": "A"}}
    Execution.run(bench.context, {**given, "customMessage": "Look!"})
    posted = json.loads(site.asked[0][3])
    assert posted["channel"] == "#ops"
    assert posted["text"].splitlines() == [
        "Look!",
        "*Namespace:* n",
        "*Flow:* f",
        "*Execution:* e1",
        "*Status:* FAILED",
        "*Team:* A",
    ]


@_OLD_APPRISE
def test_notify_sends_by_apprise(bench: Bench, site: Site) -> None:
    address = site.address.replace("http://", "json://")
    Notify.run(bench.context, {"urls": [address], "title": "T", "body": "B"})
    posted = json.loads(site.asked[0][3])
    assert (posted["title"], posted["message"]) == ("T", "B")


@_OLD_APPRISE
def test_notify_names_no_address_it_refuses(
    bench: Bench, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(TaskFailed, match="address number 1 is none") as failed:
        Notify.run(bench.context, {"urls": "nonsense-with-password", "body": "B"})
    assert "password" not in str(failed.value) + caplog.text
    with pytest.raises(TaskFailed, match="at least one"):
        Notify.run(bench.context, {"urls": [], "body": "B"})
    site.answers["/x"] = (500, {}, b"")
    with pytest.raises(TaskFailed, match="did not take"):
        Notify.run(
            bench.context,
            {"urls": f"{site.address}/x".replace("http://", "json://"), "body": "B"},
        )


def test_parameters_are_added_to_the_address(bench: Bench, site: Site) -> None:
    site.answers["/a?b=1&c=x+y&d=1&d=2"] = (200, {}, b"found")
    params = {"c": "x y", "d": [1, 2]}
    outputs = Request.run(bench.context, {"uri": f"{site.address}/a?b=1", "params": params})
    assert outputs["body"] == "found"


def test_an_answer_without_a_charset_is_read_as_told(bench: Bench, site: Site) -> None:
    site.answers["/a"] = (200, {"Content-Type": "text/plain"}, "grüß".encode("latin-1"))
    options = {"defaultCharset": "latin-1"}
    outputs = Request.run(bench.context, {"uri": f"{site.address}/a", "options": options})
    assert outputs["body"] == "grüß"
    with pytest.raises(TaskFailed, match="no encoding 'klingon'"):
        Request.run(
            bench.context, {"uri": f"{site.address}/a", "options": {"defaultCharset": "klingon"}}
        )


def test_a_login_in_its_older_place(bench: Bench, site: Site) -> None:
    site.answers["/a"] = (200, {}, b"")
    options = {"basicAuthUser": "ann", "basicAuthPassword": "p"}
    Request.run(bench.context, {"uri": f"{site.address}/a", "options": options})
    assert site.asked[0][2]["authorization"] == "Basic YW5uOnA="


def test_requests_go_through_a_proxy(bench: Bench, site: Site) -> None:
    host, _, port = site.address.removeprefix("http://").partition(":")
    site.answers["http://example.invalid/a"] = (200, {}, b"by proxy")
    proxy = {"address": host, "port": int(port)}
    uri = "http://example.invalid/a"
    outputs = Request.run(bench.context, {"uri": uri, "options": {"proxy": proxy}})
    assert outputs["body"] == "by proxy"


def test_a_failure_is_allowed_in_either_place(bench: Bench, site: Site) -> None:
    site.answers["/a"] = (404, {}, b"no")
    for allowed in (
        {"allowFailed": True},
        {"allowFailed": False, "options": {"allowFailed": True}},
    ):
        assert Request.run(bench.context, {"uri": f"{site.address}/a", **allowed})["code"] == 404
