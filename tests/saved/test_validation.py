"""A server judges documents itself; plugins' types are known once somebody published them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from signoff.exceptions import InvalidRequest
from signoff.gateway.connect import get_gateway
from signoff.model.saved_flows import SaveFlow
from signoff.model.task_types import PublishTaskTypes, ReadTaskTypes
from signoff.settings import get_current_settings
from signoff.testing.utilities import signoff_test_harness
from signoff.yamlflow.catalog import TaskType, encode_type
from signoff.yamlflow.saving import judge, require

pytestmark = pytest.mark.engine

GOOD = """id: hello
namespace: shop
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hi
"""


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with signoff_test_harness():
        yield


def post(path: str, body: Any) -> Any:
    url = f"{get_current_settings().api_url}{path}"
    headers = {"content-type": "application/json"}
    with urlopen(Request(url, json.dumps(body).encode(), headers), timeout=60) as reply:
        return json.loads(reply.read())


def get(path: str) -> Any:
    with urlopen(f"{get_current_settings().api_url}{path}", timeout=60) as reply:
        return json.loads(reply.read())


def test_a_document_is_judged_without_being_saved() -> None:
    said = post("/yaml-flows/validate", {"source": GOOD})
    assert said == {"valid": True, "namespace": "shop", "flow": "hello", "problems": []}
    said = post("/yaml-flows/validate", {"source": GOOD.replace("message", "massage")})
    assert said["valid"] is False
    problem = next(each for each in said["problems"] if "massage" in each["message"])
    assert (problem["severity"], problem["line"], problem["column"]) == ("error", 6, 5)


def test_nobody_is_believed_what_his_document_says() -> None:
    facts = replace(require(judge(GOOD)), namespace="other", flow="other")
    saved = get_gateway().send(SaveFlow(GOOD, facts))
    assert saved.full_name == "shop/hello"
    with pytest.raises(InvalidRequest, match="flow:1:5: error: id:") as refused:
        get_gateway().send(SaveFlow(GOOD.replace("hello", "'not good'"), facts))
    (error,) = refused.value.details["errors"]
    assert (error["field"], error["line"], error["column"]) == ("id", 1, 5)


def test_a_published_type_is_known() -> None:
    source = GOOD.replace("io.kestra.plugin.core.log.Log", "com.example.Greet")
    with pytest.raises(InvalidRequest, match=r"com\.example\.Greet"):
        get_gateway().send(SaveFlow(source))
    greet = TaskType("com.example.Greet", "Greet.", properties={"message": {"type": "string"}})
    get_gateway().send(PublishTaskTypes((encode_type(greet),)))
    get_gateway().send(PublishTaskTypes((encode_type(greet),)))
    assert [each["name"] for each in get_gateway().send(ReadTaskTypes())] == ["com.example.Greet"]
    assert get_gateway().send(SaveFlow(source)).full_name == "shop/hello"
    with pytest.raises(InvalidRequest, match="A task type has a `name`"):
        get_gateway().send(PublishTaskTypes(({"title": "x"},)))


def test_the_schema_of_the_language_is_published_with_the_types_of_plugins() -> None:
    schema = get("/yaml-flows/schema")
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "task:io.kestra.plugin.core.flow.Pause" in schema["$defs"]
    greet = TaskType("com.example.Greet", "Greet.", properties={"message": {"type": "string"}})
    get_gateway().send(PublishTaskTypes((encode_type(greet),)))
    assert "task:com.example.Greet" in get("/yaml-flows/schema")["$defs"]


def test_a_saved_flow_tells_what_stands_where() -> None:
    source = """id: outlined
namespace: shop
inputs:
  - {id: who, type: STRING}
tasks:
  - id: both
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - id: choose
        type: io.kestra.plugin.core.flow.If
        condition: "{{ inputs.who }}"
        then:
          - {id: greet, type: io.kestra.plugin.core.log.Log, message: hello}
        else:
          - {id: say, type: io.kestra.plugin.core.log.Log, message: hi, disabled: true}
errors:
  - {id: tell, type: io.kestra.plugin.core.log.Log, message: failed}
triggers:
  - {id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: k, inputs: {who: x}}
"""
    get_gateway().send(SaveFlow(source))
    parts = get("/yaml-flows/shop/outlined/outline")
    assert [(p["section"], p["id"], p["line"], p["depth"], p["branch"]) for p in parts] == [
        ("inputs", "who", 4, 0, ""),
        ("tasks", "both", 6, 0, ""),
        ("tasks", "choose", 9, 1, "tasks"),
        ("tasks", "greet", 13, 2, "then"),
        ("tasks", "say", 15, 2, "else"),
        ("errors", "tell", 17, 0, ""),
        ("triggers", "hook", 19, 0, ""),
    ]
    assert [each["id"] for each in parts if each["disabled"]] == ["say"]
    assert parts[1]["type"] == "io.kestra.plugin.core.flow.Sequential"
    with pytest.raises(HTTPError, match="404"):
        get("/yaml-flows/shop/nowhere/outline")
