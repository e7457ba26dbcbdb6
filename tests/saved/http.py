"""Raw HTTP against the server of the test, as a foreign program speaks it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from signoff.settings import get_current_settings

BOUNDARY = "a-boundary-of-the-test"


@dataclass(frozen=True)
class Reply:
    """An answer.

    Args:
        status: the HTTP status.
        text, content: the body, as text and as it is.
    """

    status: int
    text: str
    content: bytes = b""

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.text)

    def errors(self) -> dict[str, str]:
        """Messages by field, of a refusal."""
        assert self.status == 422, self
        return {each["field"]: each["message"] for each in self.json()["errors"]}


def call(method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
    """Send one request below the API's prefix."""
    url = urlsplit(get_current_settings().api_url or "")
    connection = HTTPConnection(url.hostname or "", url.port or 80, timeout=60)
    try:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, f"{url.path}{path}", body, sent)
        reply = connection.getresponse()
        content = reply.read()
        return Reply(reply.status, content.decode(errors="replace"), content)
    finally:
        connection.close()


def form(path: str, *parts: tuple[str, str] | tuple[str, str, bytes]) -> Reply:
    """Post a form: parts are name and text, or name, name of a file and its content."""
    lines = []
    for name, said, *content in parts:
        told = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{name}"'
        if content:
            head = f'{told}; filename="{said}"\r\ncontent-type: application/octet-stream\r\n\r\n'
            lines.append(head.encode() + bytes(content[0]) + b"\r\n")
        else:
            lines.append(f"{told}\r\n\r\n{said}\r\n".encode())
    body = b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()
    return call("POST", path, body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
