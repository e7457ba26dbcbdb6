"""Webhooks: an address that starts runs, and tells nobody else anything."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from signoff.gateway.connect import get_gateway
from signoff.model.queries import CountRuns, ReadRun
from signoff.model.saved_flows import DisableFlow, EnableFlow, ReadTriggers
from signoff.model.starting import ReadTrigger
from signoff.testing.utilities import signoff_test_harness
from tests.saved.documents import saved
from tests.saved.http import call

pytestmark = pytest.mark.engine

FLOW = """id: pay
namespace: shop
inputs:
  - id: amount
    type: INT
    max: 100
  - id: who
    type: STRING
    defaults: nobody
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hi
triggers:
  - id: hook
    type: io.kestra.plugin.core.trigger.Webhook
    key: open-sesame
    when: "{{ trigger.parameters.skip is not defined }}"
    inputs:
      amount: "{{ trigger.body.amount }}"
      who: "{{ trigger.headers['x-who'][0] ?? 'nobody' }}"
  - id: off
    type: io.kestra.plugin.core.trigger.Webhook
    key: closed
    disabled: true
"""
PATH = "/executions/webhook/shop/pay/open-sesame"


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with signoff_test_harness():
        saved(FLOW)
        yield


def test_a_call_starts_a_run_with_what_it_says() -> None:
    body = json.dumps({"amount": "42"}).encode()
    secrets = {"Authorization": "Basic c2VjcmV0", "X_Api_Key": "abc", "X_Gitlab_Token": "def"}
    reply = call("POST", f"{PATH}?a=1&a=2", body, X_Who="ann", **secrets)
    assert reply.status == 200, reply
    run_id = reply.json()["run_id"]
    run = get_gateway().send(ReadRun(run_id))
    assert run.parameters == {"amount": 42, "who": "ann"}
    assert "trigger:hook" in run.tags
    assert str(run.created_by).startswith("webhook hook")
    said = get_gateway().send(ReadTrigger(run_id))
    assert said is not None
    assert said["body"] == {"amount": "42"}
    assert said["parameters"] == {"a": ["1", "2"]}
    assert said["headers"]["x-who"] == ["ann"]
    for name in ("authorization", "x-api-key", "x-gitlab-token"):
        assert said["headers"][name] == ["********"]


@pytest.mark.parametrize("prefix", ["", "/v1", "/v1/main"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_every_method_and_every_address_does(method: str, prefix: str) -> None:
    body = None if method == "GET" else b'{"amount": 1}'
    reply = call(method, f"{prefix}{PATH}", body)
    # A call without a body has no amount.
    assert reply.status == (422 if method == "GET" else 200), reply


@pytest.mark.parametrize(
    "path",
    [
        "/executions/webhook/shop/pay/open-sesam",
        "/executions/webhook/shop/pay/closed",
        "/executions/webhook/shop/other/open-sesame",
        "/executions/webhook/other/pay/open-sesame",
        "/executions/webhook/shop/pay/",
        "/executions/webhook/shop/pay",
        "/executions/webhook/shop/pay/open-sesame/more",
        "/executions/webhook/shop/pay/%00",
    ],
)
def test_what_is_no_address_says_nothing_more(path: str) -> None:
    reply = call("POST", path, b'{"amount": 1}')
    assert reply.status == 404
    assert reply.json()["detail"] == (
        "There is no webhook at this address; namespace, flow and key must all be right."
    )


def test_no_run_starts_when_the_condition_is_not_met() -> None:
    before = get_gateway().send(CountRuns())
    assert call("POST", f"{PATH}?skip=1", b'{"amount": 1}').status == 204
    assert get_gateway().send(CountRuns()) == before


def test_inputs_that_do_not_fit_are_named_and_nothing_starts() -> None:
    before = get_gateway().send(CountRuns())
    assert set(call("POST", PATH, b'{"amount": 101}').errors()) == {"inputs.amount"}
    assert set(call("POST", PATH, b'{"amount": "many"}').errors()) == {"inputs.amount"}
    refused = call("POST", PATH, b"no json")
    assert refused.status == 422
    assert "amount" in refused.text
    assert get_gateway().send(CountRuns()) == before


def test_a_call_that_is_sent_again_starts_one_run() -> None:
    first, second = (
        call("POST", PATH, b'{"amount": 5}', Idempotency_Key="order-5").json()["run_id"]
        for _ in range(2)
    )
    assert first == second


def test_a_disabled_flow_says_so_to_those_who_know_the_key() -> None:
    get_gateway().send(DisableFlow("shop", "pay"))
    try:
        assert call("POST", PATH, b'{"amount": 1}').status == 409
        assert call("POST", "/executions/webhook/shop/pay/x", b"{}").status == 404
    finally:
        get_gateway().send(EnableFlow("shop", "pay"))


def test_other_methods_and_large_bodies_are_refused() -> None:
    assert call("DELETE", PATH).status == 405
    assert call("POST", PATH, b"x" * (8 * 1024 * 1024 + 1)).status == 413


def test_the_key_is_masked() -> None:
    shown = get_gateway().send(ReadTriggers("shop", "pay"))
    assert [each.properties["key"] for each in shown] == ["********", "********"]
