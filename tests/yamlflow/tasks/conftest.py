"""A context for task code: real processes, real HTTP, the stores in memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from signoff.yamlflow.tasks.context import RunContext


class PairsInMemory:
    """A key-value store as the promise of `KeyValues` has it."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], Any] = {}
        self.ttls: dict[str, timedelta | None] = {}

    def get(self, namespace: str, key: str) -> Any:
        return self.values[namespace, key]

    def set(
        self,
        namespace: str,
        key: str,
        value: Any,
        *,
        kind: str | None = None,
        ttl: timedelta | None = None,
        overwrite: bool = True,
    ) -> None:
        if not overwrite and (namespace, key) in self.values:
            raise FileExistsError(key)
        self.values[namespace, key] = value
        self.ttls[key] = ttl

    def delete(self, namespace: str, key: str) -> bool:
        return self.values.pop((namespace, key), self) is not self

    def keys(self, namespace: str, prefix: str = "") -> list[str]:
        return sorted(k for n, k in self.values if n == namespace and k.startswith(prefix))


class FilesInMemory:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def read(self, uri: str) -> bytes:
        return self.kept[uri]

    def write(self, name: str, content: bytes) -> str:
        uri = f"signoff:///here/{len(self.kept)}/{name}"
        self.kept[uri] = content
        return uri


class Recorded:
    def __init__(self) -> None:
        self.resumed: list[tuple[str, Mapping[str, Any] | None]] = []
        self.labels: dict[str, str] = {}

    def resume(self, execution_id: str, inputs: Mapping[str, Any] | None) -> None:
        self.resumed.append((execution_id, inputs))

    def add_labels(self, labels: Mapping[str, str]) -> None:
        self.labels.update(labels)


@dataclass(frozen=True)
class Context:
    """What tasks are given, all of it made beforehand."""

    task_id: str
    namespace: str
    flow_id: str
    execution_id: str
    log: logging.Logger
    render: Callable[[Any], Any]
    variables: Mapping[str, Any]
    secrets: Callable[[str], str]
    key_values: PairsInMemory
    files: FilesInMemory
    actions: Recorded
    folder: Path | None
    routes: Mapping[str, str]
    stopped: Event


@dataclass
class Bench:
    """A context, and what tasks did through it."""

    log: logging.Logger
    lines: list[tuple[str, str]]
    pairs: PairsInMemory = field(default_factory=PairsInMemory)
    files: FilesInMemory = field(default_factory=FilesInMemory)
    actions: Recorded = field(default_factory=Recorded)
    routes: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    stopped: Event = field(default_factory=Event)
    folder: Path | None = None

    @property
    def context(self) -> RunContext:
        return Context(
            task_id="t",
            namespace="company.team",
            flow_id="f",
            execution_id="e1",
            log=self.log,
            render=lambda value: value,
            variables=self.variables,
            secrets=lambda name: {}[name],
            key_values=self.pairs,
            files=self.files,
            actions=self.actions,
            folder=self.folder,
            routes=self.routes,
            stopped=self.stopped,
        )


class _Lines(logging.Handler):
    def __init__(self, lines: list[tuple[str, str]]) -> None:
        super().__init__(0)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.levelname, record.getMessage()))


@pytest.fixture
def bench() -> Iterator[Bench]:
    lines: list[tuple[str, str]] = []
    log = logging.getLogger("tests.yamlflow.tasks")
    log.setLevel(1)
    handler = _Lines(lines)
    log.addHandler(handler)
    yield Bench(log, lines)
    log.removeHandler(handler)


@dataclass
class Site:
    """A real HTTP server: what it was asked, and what it answers."""

    address: str
    asked: list[tuple[str, str, dict[str, str], bytes]]
    answers: dict[str, tuple[int, dict[str, str], bytes]]


@pytest.fixture
def site() -> Iterator[Site]:
    asked: list[tuple[str, str, dict[str, str], bytes]] = []
    answers: dict[str, tuple[int, dict[str, str], bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {key.lower(): value for key, value in self.headers.items()}
            asked.append((self.command, self.path, headers, body))
            status, extra, content = answers.get(self.path, (200, {}, b"fine"))
            self.send_response(status)
            for key, value in extra.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    for method in "GET", "POST", "PUT", "DELETE":
        setattr(Handler, f"do_{method}", Handler._any)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_address[1]}", asked, answers)
    server.shutdown()
    thread.join()
    server.server_close()
