"""The OpenAPI document says everything the table says, and refers to nothing that is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from signoff.wire.endpoints import ENDPOINTS, PREFIX
from signoff.wire.openapi import document

pytestmark = pytest.mark.wire


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(document("1.2.3")))
    return made


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_endpoint_is_described(openapi: dict[str, Any]) -> None:
    for endpoint in ENDPOINTS:
        operation = openapi["paths"][PREFIX + endpoint.path][endpoint.method.lower()]
        assert str(endpoint.status) in operation["responses"]
        assert operation["summary"]
        in_path = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
        assert in_path == set(endpoint.path_fields)
        assert all(
            one["required"] for one in operation.get("parameters", ()) if one["in"] == "path"
        )


def test_operations_have_names_of_their_own(openapi: dict[str, Any]) -> None:
    names = [
        operation["operationId"]
        for path in openapi["paths"].values()
        for operation in path.values()
    ]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere(openapi: dict[str, Any]) -> None:
    schemas = openapi["components"]["schemas"]
    for reference in references(openapi):
        assert reference.removeprefix("#/components/schemas/") in schemas


def test_every_schema_is_a_json_schema(openapi: dict[str, Any]) -> None:
    for schema in openapi["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_document_names_its_version(openapi: dict[str, Any]) -> None:
    assert openapi["openapi"].startswith("3.1.")
    assert openapi["info"] == {"title": "Signoff", "version": "1.2.3"}
    for path in ("/health", "/ready", "/version", "/events"):
        assert "get" in openapi["paths"][PREFIX + path]
