"""Documents as YAML text, and forms with files, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from signoff.gateway.connect import get_gateway
from signoff.model.files import ReadFile
from signoff.model.queries import CountInbox, CountRuns, ReadInbox, ReadRun
from signoff.testing.utilities import signoff_test_harness
from tests.saved.documents import saved
from tests.saved.http import call, form
from tests.support.processes import Spawner
from tests.support.waiting import wait_until

pytestmark = pytest.mark.engine

FLOW = """id: order
namespace: shop
inputs:
  - id: count
    type: INT
    min: 1
  - id: bill.file
    type: FILE
    required: false
  - id: bill.paid
    type: BOOL
    defaults: false
  - id: day
    type: DATE
    required: false
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hi
"""
START = "/yaml-flows/shop/order/executions"


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with signoff_test_harness():
        saved(FLOW)
        yield


def test_a_document_is_sent_as_it_is() -> None:
    text = FLOW.replace("id: order", "id: plain").encode()
    reply = call("POST", "/yaml-flows", text, content_type="application/yaml; charset=utf-8")
    assert reply.status == 201, reply
    assert reply.json()["latest"]["revision"] == 1
    query = "/yaml-flows?revision=7"
    assert call("POST", query, text + b"\n", content_type="text/yaml").status == 409
    said = call("POST", "/yaml-flows/validate", b"id: [", content_type="text/yaml").json()
    assert (said["valid"], said["problems"][0]["severity"]) == (False, "error")
    broken = text.replace(b"message", b"massage")
    refused = call("POST", "/yaml-flows", broken, content_type="text/yaml")
    assert refused.status == 422
    wrong = next(each for each in refused.json()["errors"] if "massage" in each["message"])
    assert (wrong["line"], wrong["column"]) == (FLOW[: FLOW.index("message")].count("\n") + 1, 5)
    assert call("POST", "/yaml-flows", b"\xff", content_type="text/yaml").status == 422


def test_what_curl_sends_by_itself_is_understood() -> None:
    unsaid = "application/x-www-form-urlencoded"
    said = call("POST", "/yaml-flows/validate", FLOW.encode(), content_type=unsaid).json()
    assert (said["valid"], said["flow"]) == (True, "order")
    text = json.dumps({"source": FLOW}).encode()
    assert call("POST", "/yaml-flows/validate", text, content_type=unsaid).json() == said
    for body in (b' {"inputs": {"count": 3}}', b"count=3&bill.paid=true"):
        reply = call("POST", START, body, content_type=unsaid)
        assert reply.status == 201, reply
        run = get_gateway().send(ReadRun(reply.json()["run_id"]))
        assert run.parameters["count"] == 3


def test_a_form_starts_a_run_with_a_file() -> None:
    reply = form(
        f"{START}?tags=a&tags=b",
        ("count", "3"),
        ("bill.paid", "true"),
        ("day", "2026-03-01"),
        ("bill.file", "my bill.bin", b"\x00\xff\r\n"),
    )
    assert reply.status == 201, reply
    run = get_gateway().send(ReadRun(reply.json()["run_id"]))
    uri = run.parameters["bill"].pop("file")
    assert run.parameters == {"count": 3, "bill": {"paid": True}, "day": "2026-03-01"}
    assert run.tags == ["a", "b"]
    file = get_gateway().send(ReadFile(uri))
    assert (file.name, file.content) == ("my bill.bin", b"\x00\xff\r\n")
    raw = call("GET", f"/files/download?uri={quote(uri)}")
    assert (raw.status, raw.content) == (200, b"\x00\xff\r\n")
    assert call("GET", "/files/download?uri=x").status == 422
    # The reference's own way: the input is named by the file's name.
    reply = form(START, ("count", "3"), ("files", "bill.file", b"x"))
    run = get_gateway().send(ReadRun(reply.json()["run_id"]))
    assert get_gateway().send(ReadFile(run.parameters["bill"]["file"])).content == b"x"


def test_every_field_that_is_wrong_is_named_and_nothing_is_kept() -> None:
    before = get_gateway().send(CountRuns())
    wrong = form(START, ("count", "many"), ("day", "someday"), ("other", "x"))
    assert set(wrong.errors()) == {"inputs.count", "inputs.day", "inputs.other"}
    assert set(form(START, ("count", "0")).errors()) == {"inputs.count"}
    assert set(form(START, ("count", "1"), ("count", "2")).errors()) == {"inputs.count"}
    as_json = json.dumps({"inputs": {"count": "3"}}).encode()
    said = call("POST", START, as_json, content_type="application/json")
    assert set(said.errors()) == {"inputs.count"}
    assert set(call("POST", START, b"{}", content_type="application/json").errors()) == {
        "inputs.count"
    }
    assert get_gateway().send(CountRuns()) == before


def test_json_starts_a_run_too() -> None:
    body = json.dumps({"inputs": {"count": 3, "bill": {"paid": True}}, "tags": ["x"]}).encode()
    reply = call("POST", START, body, content_type="application/json")
    assert reply.status == 201
    run = get_gateway().send(ReadRun(reply.json()["run_id"]))
    assert run.parameters == {"count": 3, "bill": {"paid": True}}
    unknown = call("POST", "/yaml-flows/shop/none/executions", b"{}")
    assert unknown.status == 404


def test_a_form_answers_one_wait(spawn_python: Spawner) -> None:
    child = spawn_python(ASKS)
    child.wait_for_output("^begun$")
    wait_until(lambda: get_gateway().send(CountInbox()) == 1)
    (item,) = get_gateway().send(ReadInbox())
    path = f"/runs/{item.run_id}/waits/{item.key}/answer"
    assert "must be" in form(path, ("count", "many"), ("tags", "a")).text
    reply = form(path, ("count", "3"), ("tags", "a"), ("tags", "b"))
    assert reply.status == 200, reply
    child.wait_for_output(r"^3 \['a', 'b'\]$")
    assert child.wait() == 0


ASKS = """
from signoff import flow, pause_flow_run
from signoff.input import RunInput

class Order(RunInput):
    count: int
    tags: list[str]

@flow
def asks():
    print("begun", flush=True)
    order = pause_flow_run(wait_for_input=Order, timeout=120)
    print(order.count, order.tags, flush=True)

asks()
"""
