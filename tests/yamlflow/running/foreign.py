"""The foreign services of the examples, on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class Foreign:
    """A service that takes what it is sent.

    Attributes:
        url: its address.
        requests: (method, path, content type, body) in order.
    """

    url: str = ""
    requests: list[tuple[str, str, str, str]] = field(default_factory=list)

    @property
    def routes(self) -> str:
        """The setting that sends both addresses of the examples here."""
        return json.dumps({"https://reqres.in": self.url})


@contextmanager
def serving() -> Iterator[Foreign]:
    """A foreign service for the length of the block."""
    foreign = Foreign()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            kind = self.headers.get("Content-Type") or ""
            foreign.requests.append(("POST", self.path, kind, body))
            reply = b'{"id":"7"}'
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    foreign.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield foreign
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
