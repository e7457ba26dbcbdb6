"""The OpenAPI 3.1 document, made from the table of endpoints.

Owns the document's form. Schemas come from the same adapters that read the requests.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from signoff.wire.codec import Codec, codec
from signoff.wire.endpoints import ENDPOINTS, PREFIX, Endpoint

_REF = "#/components/schemas/{model}"
_PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "description": "What went wrong and what to do about it (RFC 9457).",
    "required": ["type", "code", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "code": {"type": "string", "description": "Stable name of the kind of error."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "help": {"type": "string", "description": "What to do about it."},
        "details": {"type": "object", "additionalProperties": True},
        "errors": {
            "type": "array",
            "description": "One entry per wrong field.",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "path": {"type": "array"},
                    "message": {"type": "string"},
                    "value": {},
                },
            },
        },
    },
}
_PLAIN: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("/health", "The process is up.", {"type": "boolean"}),
    ("/ready", "The database answers.", {"type": "object"}),
    ("/version", "The version of the server.", {"type": "string"}),
    ("/events", "Everything that happens, as server-sent events.", {"type": "string"}),
)
_ID = {"type": "integer", "minimum": 0}
_RESUME = (
    {"name": "after", "in": "query", "required": False, "schema": _ID},
    {"name": "Last-Event-ID", "in": "header", "required": False, "schema": _ID},
)


def document(version: str) -> dict[str, Any]:
    """The OpenAPI document of a server.

    Args:
        version: version of Signoff.
    """
    codecs = [codec(endpoint) for endpoint in ENDPOINTS]
    made, components = TypeAdapter.json_schemas(_wanted(codecs), ref_template=_REF)
    components = components.get("$defs", {})
    schemas = {key: _inlined(schema, key, components) for (key, _), schema in made.items()}
    paths: dict[str, Any] = {}
    for one in codecs:
        path = PREFIX + one.endpoint.path
        paths.setdefault(path, {})[one.endpoint.method.lower()] = _operation(one, schemas)
    for path, summary, schema in _PLAIN:
        paths.setdefault(PREFIX + path, {})["get"] = _plain(path, summary, schema)
    found = {"Problem": dict(_PROBLEM), **components}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Signoff", "version": version},
        "paths": paths,
        "components": {
            "schemas": found,
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
        },
        "security": [{}, {"basic": []}],
    }


_Key = tuple[Endpoint, str]


def _wanted(codecs: list[Codec]) -> list[tuple[_Key, JsonSchemaMode, TypeAdapter[Any]]]:
    wanted: list[tuple[_Key, JsonSchemaMode, TypeAdapter[Any]]] = []
    for one in codecs:
        if one.strings is not None:
            wanted.append(((one.endpoint, "strings"), "validation", one.strings))
        if one.body is not None:
            wanted.append(((one.endpoint, "body"), "validation", one.body))
        if one.reply is not None:
            wanted.append(((one.endpoint, "reply"), "serialization", one.reply))
    return wanted


def _inlined(schema: Any, key: _Key, components: dict[str, Any]) -> Any:
    """Parameters are listed one by one, so their record is no schema to refer to."""
    if key[1] != "strings" or "$ref" not in schema:
        return schema
    return components.pop(schema["$ref"].rpartition("/")[2])


def _operation(one: Codec, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    endpoint = one.endpoint
    told = inspect.getdoc(endpoint.request) or endpoint.request.__name__
    summary, _, rest = told.partition("\n")
    operation: dict[str, Any] = {
        "operationId": _operation_id(endpoint),
        "summary": summary if not _is_signature(endpoint, summary) else endpoint.request.__name__,
        "tags": [endpoint.parts[0]],
        "responses": {
            str(endpoint.status): _answer(one, schemas),
            "4XX": _problem("The request is refused."),
            "5XX": _problem("The server or its database is in trouble."),
        },
    }
    if rest.strip():
        operation["description"] = rest.strip()
    if one.strings is not None:
        operation["parameters"] = _parameters(one, schemas[endpoint, "strings"])
    if one.body is not None:
        operation["requestBody"] = {
            "required": one.body_required,
            "content": {"application/json": {"schema": schemas[endpoint, "body"]}},
        }
    return operation


def _is_signature(endpoint: Endpoint, summary: str) -> bool:
    """A dataclass without a docstring is given its signature as one."""
    return summary.startswith(f"{endpoint.request.__name__}(")


def _operation_id(endpoint: Endpoint) -> str:
    words = [part.strip("{}") for part in endpoint.parts]
    return "_".join([endpoint.method.lower(), *words])


def _parameters(one: Codec, schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    needed = schema.get("required", ())
    return [
        {
            "name": name,
            "in": "path" if name in one.endpoint.path_fields else "query",
            "required": name in needed,
            "schema": shape,
        }
        for name, shape in schema["properties"].items()
    ]


def _answer(one: Codec, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    if one.reply is not None:
        schema = schemas[one.endpoint, "reply"]
        if is_dataclass(one.endpoint.reply):
            schema = schema["anyOf"][0]  # The adapter allows null only for Pydantic's sake.
        return {"description": "Done.", "content": {"application/json": {"schema": schema}}}
    if one.endpoint.text:
        return {"description": "Done.", "content": {"text/plain": {"schema": {"type": "string"}}}}
    return {"description": "Done; there is nothing to say about it."}


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": _REF.format(model="Problem")}
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": schema}},
    }


def _plain(path: str, summary: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    kind = "text/event-stream" if path == "/events" else "application/json"
    operation: dict[str, Any] = {
        "operationId": f"get_{path.strip('/')}",
        "summary": summary,
        "tags": ["server"],
        "responses": {
            "200": {"description": "Done.", "content": {kind: {"schema": schema}}},
            "5XX": _problem("The server or its database is in trouble."),
        },
    }
    if path == "/events":
        operation["parameters"] = list(_RESUME)
    return operation
