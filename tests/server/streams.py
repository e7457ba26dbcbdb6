"""Reading server-sent events as any client would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from typing import Any

from tests.server.serving import Served


@contextmanager
def stream(served: Served, query: str = "", last: str | None = None) -> Iterator[HTTPResponse]:
    connection = HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request(
        "GET", f"/api/events{query}", headers={"Last-Event-ID": last} if last else {}
    )
    response = connection.getresponse()
    assert response.headers["content-type"] == "text/event-stream"
    assert response.readline() == b"retry: 1000\n"
    try:
        yield response
    finally:
        response.close()
        connection.close()


def events(response: HTTPResponse, number: int) -> list[dict[str, Any]]:
    """The next events, as their data with the id of the event."""
    found: list[dict[str, Any]] = []
    told: dict[str, str] = {}
    while len(found) < number:
        line = response.readline().decode().rstrip("\n")
        if line == "" and "data" in told:
            data = json.loads(told["data"])
            assert told["event"] == data["kind"]
            found.append(data | {"id": told["id"]})
            told = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            told[name] = value
    return found
