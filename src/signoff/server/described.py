"""The pages that describe the API: `/docs` and the OpenAPI document it is made from.

Owns their form. Everything is in the page itself: no script, nothing from elsewhere.
"""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from signoff.wire.openapi import document

_STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:0 auto;padding:1rem}
h2{margin:2rem 0 .5rem;border-bottom:1px solid #8886}
details{margin:.25rem 0;padding:.25rem .5rem;border-left:3px solid #8886}
summary{cursor:pointer}
code,pre{font:.875rem/1.5 ui-monospace,monospace}
pre{overflow:auto;padding:.5rem;background:#8882}
b{display:inline-block;min-width:4rem}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def pages(version: str) -> Starlette:
    """The application that serves the pages.

    Args:
        version: version of Signoff.
    """

    @cache
    def described() -> dict[str, Any]:
        return document(version)

    def openapi(request: Request) -> Response:
        return Response(to_json(described()), media_type="application/json")

    def docs(request: Request) -> Response:
        headers = {"content-security-policy": _POLICY, "x-content-type-options": "nosniff"}
        return Response(_page(described()), media_type="text/html", headers=headers)

    return Starlette(
        routes=[
            Route("/docs", docs),
            Route("/openapi.json", openapi),
        ]
    )


def _page(openapi: dict[str, Any]) -> str:
    groups: dict[str, list[str]] = {}
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            entry = _operation(method.upper(), path, operation)
            groups.setdefault(operation["tags"][0], []).append(entry)
    sections = [
        f"<section><h2 id='{escape(tag)}'>{escape(tag.replace('_', ' '))}</h2>{''.join(entries)}"
        "</section>"
        for tag, entries in groups.items()
    ]
    schemas = [
        f"<details id='{escape(name)}'><summary><code>{escape(name)}</code></summary>"
        f"{_json(schema)}</details>"
        for name, schema in openapi["components"]["schemas"].items()
    ]
    version = escape(openapi["info"]["version"])
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Signoff API</title>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<style>{_STYLE}</style></head><body><h1>Signoff API {version}</h1>"
        "<p>Also as <a href='/openapi.json'>OpenAPI 3.1</a>.</p><main>"
        f"{''.join(sections)}<section><h2>schemas</h2>{''.join(schemas)}</section>"
        "</main></body></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    told = [f"<p>{escape(operation['description'])}</p>" if "description" in operation else ""]
    if operation.get("parameters"):
        told.append(f"<p>Parameters</p>{_json(operation['parameters'])}")
    if "requestBody" in operation:
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        told.append(f"<p>Body</p>{_json(body)}")
    told.append(f"<p>Answers</p>{_json(operation['responses'])}")
    return (
        f"<details><summary><b>{method}</b> <code>{escape(path)}</code> "
        f"{escape(operation['summary'])}</summary>{''.join(told)}</details>"
    )


def _json(value: Any) -> str:
    return f"<pre>{escape(to_json(value, indent=2).decode())}</pre>"
