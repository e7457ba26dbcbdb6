"""Whatever is written can be read, for every endpoint, and what cannot be read is named."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signoff.model import commands, lookups, queries
from signoff.model.commands import AnswerWait, Command, FinishTasks, OpenWait, Request
from signoff.model.errors import InvalidRequest
from signoff.model.journal import Result, ResultKind
from signoff.model.lookups import Query
from signoff.model.queries import ReadFlow, ReadInbox, ReadWait
from signoff.model.replies import Done
from signoff.model.runs import Phase
from signoff.service.orchestrator import APART
from signoff.wire.codec import Call, codec, codec_for
from signoff.wire.documented import RECIPES
from signoff.wire.endpoints import ENDPOINTS, PREFIX, Endpoint
from signoff.wire.routing import Routes
from tests.wire.values import TEXT, requests_of, values_of

pytestmark = pytest.mark.wire

ROUTES = Routes()
SHARED = tuple(import_module(name) for name in APART)
"""Modules with the requests of shared state."""
RUN = UUID("01890000-0000-7000-8000-000000000001")


def name_of(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def read_back(call: Call) -> tuple[Endpoint, Request[Any]]:
    """What the server makes of a call."""
    path, _, query = call.target.partition("?")
    assert path.startswith(PREFIX)
    match = ROUTES.find(call.method, path.removeprefix(PREFIX))
    assert match is not None, call
    return match.endpoint, codec(match.endpoint).read(match.values, query, call.body or b"")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=name_of)
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_request_arrives_as_it_was_sent(endpoint: Endpoint, data: st.DataObject) -> None:
    keys = TEXT.filter(lambda text: text != "")
    kinds: dict[str, st.SearchStrategy[Any]] = {"revision": st.integers(0, 2**31 - 1)}
    in_path: dict[str, st.SearchStrategy[Any]] = {
        name: kinds.get(name, st.uuids() if name.endswith("_id") else keys)
        for name in endpoint.path_fields
    }
    request = data.draw(requests_of(endpoint.request, in_path))
    arrived_at, arrived = read_back(codec(endpoint).write(request))
    assert arrived_at is endpoint
    assert arrived == request


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=name_of)
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_reply_arrives_as_it_was_given(endpoint: Endpoint, data: st.DataObject) -> None:
    reply = data.draw(values_of(endpoint.reply)) if endpoint.reply is not Done else Done()
    one = codec(endpoint)
    assert one.read_reply(one.write_reply(reply)) == reply


def subclasses(kind: type[Any], module: Any) -> set[type[Any]]:
    return {
        each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, kind) and each is not kind
    }


def own_requests() -> set[type[Any]]:
    """Every request of the model."""
    asked = subclasses(Command, commands)
    for module in (queries, lookups, *SHARED):
        asked |= subclasses(Query, module) | subclasses(Command, module)
    return asked


def test_every_request_of_the_model_has_an_endpoint() -> None:
    assert own_requests() <= {endpoint.request for endpoint in ENDPOINTS}


def test_no_request_line_means_two_things() -> None:
    for endpoint in ENDPOINTS:
        path = "/".join("x" if part.startswith("{") else part for part in endpoint.parts)
        found = ROUTES.find(endpoint.method, path)
        assert found is not None
        assert found.endpoint is endpoint


def test_a_documented_operation_has_a_recipe_and_our_client_never_sends_it() -> None:
    others = {endpoint.request for endpoint in ENDPOINTS} - own_requests()
    assert {kind.__name__ for kind in others - set(RECIPES)} == {
        "AnswerForm",
        "ReadLanguage",
        "ReadOutline",
        "ValidateFlow",
        "Watch",
        "WatchDue",
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/flow_runs/"),
        ("GET", f"/flow_runs/{RUN}"),
        ("PATCH", f"/flow_runs/{RUN}"),
        ("DELETE", f"/flow_runs/{RUN}"),
        ("POST", "/flow_runs/filter"),
        ("POST", "/flow_runs/count"),
        ("POST", f"/flow_runs/{RUN}/set_state"),
        ("POST", f"/flow_runs/{RUN}/resume"),
        ("POST", f"/flow_runs/{RUN}/input"),
        ("POST", f"/flow_runs/{RUN}/input/filter"),
        ("GET", f"/flow_runs/{RUN}/input/paused-1-response"),
        ("DELETE", f"/flow_runs/{RUN}/input/filter"),
        ("GET", "/flow_run_states/"),
        ("GET", f"/task_runs/{RUN}"),
        ("POST", "/task_runs/filter"),
        ("POST", "/logs/"),
        ("POST", "/logs/filter"),
        ("GET", f"/flows/{RUN}"),
        ("GET", "/flows/name/my%20flow"),
        ("POST", "/flows/filter"),
        ("POST", "/variables/"),
        ("GET", f"/variables/{RUN}"),
        ("GET", "/variables/name/a"),
        ("PATCH", "/variables/name/a"),
        ("DELETE", "/variables/name/a"),
        ("POST", "/variables/filter"),
        ("POST", "/variables/count"),
        ("POST", "/artifacts/"),
        ("GET", f"/artifacts/{RUN}"),
        ("PATCH", f"/artifacts/{RUN}"),
        ("DELETE", f"/artifacts/{RUN}"),
        ("GET", "/artifacts/report/latest"),
        ("POST", "/artifacts/filter"),
        ("POST", "/artifacts/count"),
        ("POST", "/artifacts/latest/filter"),
        ("POST", "/artifacts/latest/count"),
        ("POST", "/v2/concurrency_limits/"),
        ("GET", "/v2/concurrency_limits/db"),
        ("PATCH", f"/v2/concurrency_limits/{RUN}"),
        ("DELETE", "/v2/concurrency_limits/db"),
        ("POST", "/v2/concurrency_limits/filter"),
        ("POST", "/v2/concurrency_limits/increment"),
        ("POST", "/v2/concurrency_limits/decrement"),
        ("POST", "/v2/concurrency_limits/increment-with-lease"),
        ("POST", "/v2/concurrency_limits/decrement-with-lease"),
        ("POST", f"/v2/concurrency_limits/leases/{RUN}/renew"),
        ("POST", "/concurrency_limits/"),
        ("GET", f"/concurrency_limits/{RUN}"),
        ("GET", "/concurrency_limits/tag/big"),
        ("DELETE", "/concurrency_limits/tag/big"),
        ("POST", "/concurrency_limits/tag/big/reset"),
        ("POST", "/concurrency_limits/filter"),
    ],
)
def test_documented_paths_exist(method: str, path: str) -> None:
    assert ROUTES.find(method, path) is not None


def test_a_path_says_which_methods_it_knows() -> None:
    assert ROUTES.methods(f"/flow_runs/{RUN}") == ("GET", "PATCH", "DELETE")
    assert ROUTES.methods("/nothing/here") == ()


def test_the_endpoint_depends_on_the_fields_given() -> None:
    assert codec_for(ReadFlow(name="a/b")).write(ReadFlow(name="a/b")).target == (
        "/api/flows/name/a%2Fb"
    )
    assert codec_for(ReadFlow(flow_id=RUN)).endpoint.path == "/flows/{flow_id}"
    assert codec_for(ReadWait(RUN)).endpoint.path == "/runs/{run_id}/wait"
    assert codec_for(ReadWait(RUN, "k")).endpoint.path == "/runs/{run_id}/waits/{key}"


def test_a_request_that_no_endpoint_carries_is_a_programming_error() -> None:
    with pytest.raises(TypeError, match="does not travel over HTTP"):
        codec_for(ReadFlow())


def test_bytes_travel_as_base64_and_defaults_are_left_out() -> None:
    finish = commands.FinishRun(
        RUN, 1, Phase.COMPLETED, None, None, Result(ResultKind.PICKLE, b"\xff\x00")
    )
    body = json.loads(codec_for(finish).write(finish).body or b"")
    assert body["result"]["body"] == "_wA="
    answer = AnswerWait(RUN, {"ok": True})
    assert json.loads(codec_for(answer).write(answer).body or b"") == {"run_input": {"ok": True}}


def complaint(kind: type[Request[Any]], body: bytes, *values: str, query: str = "") -> Any:
    one = next(codec(endpoint) for endpoint in ENDPOINTS if endpoint.request is kind)
    with pytest.raises(InvalidRequest) as caught:
        one.read(values, query, body)
    return caught.value


def test_a_malformed_id_is_named_with_its_value() -> None:
    error = complaint(AnswerWait, b"{}", "not-an-id")
    assert error.details["errors"][0]["field"] == "run_id"
    assert "not-an-id" in str(error)
    assert "`run_id`" in str(error)


def test_every_wrong_field_is_named() -> None:
    error = complaint(OpenWait, b'{"entry": "x", "key": "k", "kind": "nonsense"}', str(RUN))
    named = {each["field"] for each in error.details["errors"]}
    assert named == {"entry", "kind", "title"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "EOF while parsing"),
        (b"\xff", "UTF-8|valid|expected value"),
        (b"[]", "an object"),
        (b'{"surprise": 1}', "surprise"),
        (b'{"tasks": [{"id": 3}]}', "tasks.0.id"),
        (b"", "tasks"),
        (b"[" * 100_000, "recursion|EOF|dictionary"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_words(body: bytes, said: str) -> None:
    error = complaint(FinishTasks, body)
    assert error.status == 422
    assert any(part in str(error) for part in said.split("|")), str(error)


@pytest.mark.parametrize("query", ["limit=201", "limit=-1", "limit=ten", "offset=-1", "colour=red"])
def test_a_query_outside_its_bounds_is_refused(query: str) -> None:
    error = complaint(ReadInbox, b"", query=query)
    assert error.details["errors"][0]["field"] == query.partition("=")[0]


def test_long_values_are_cut_in_messages() -> None:
    error = complaint(ReadInbox, b"", query=f"limit={'9' * 10_000}")
    assert len(str(error)) < 1000
