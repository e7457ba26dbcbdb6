"""The services the documents call, on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_FIXED: dict[str, tuple[int, str, bytes]] = {
    "/products": (200, "application/json", b'{"products": [{"id": 1, "title": "Lamp"}], "n": 1}'),
    "/orders.csv": (200, "text/csv", b"id,total\n1,10\n2,32\n"),
    "/missing": (404, "text/plain", b"no such thing"),
    "/broken": (500, "text/plain", b"out of order"),
}


class _Handler(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        parts = urlsplit(self.path)
        if parts.path in _FIXED:
            code, kind, reply = _FIXED[parts.path]
        else:
            code, kind = 200, "application/json"
            told = {
                "method": self.command,
                "path": parts.path,
                "query": parts.query,
                "kind": self.headers.get("Content-Type"),
                "authorization": self.headers.get("Authorization"),
                "body": body,
            }
            reply = json.dumps(told).encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


for _method in "GET", "POST", "PUT", "DELETE":
    setattr(_Handler, f"do_{_method}", _Handler._answer)


@contextmanager
def serving() -> Iterator[str]:
    """The setting that sends the addresses of the documents to a service on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    here = f"http://127.0.0.1:{server.server_port}"
    try:
        yield json.dumps({"https://api.example.com": here, "https://hooks.example.com": here})
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
