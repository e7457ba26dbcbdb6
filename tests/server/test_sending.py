"""Answers leave the server in one piece, and what has no body leaves all the same."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from tests.server.serving import Served

pytestmark = pytest.mark.server


def asked(served: Served, request: str) -> socket.socket:
    """A connection on which something was asked."""
    parts = urlsplit(served.url)
    assert parts.hostname is not None
    assert parts.port is not None
    connected = socket.create_connection((parts.hostname, parts.port), timeout=120)
    connected.sendall(f"{request} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return connected


def test_head_and_body_arrive_together(served: Served) -> None:
    with asked(served, "GET /api/health") as connected:
        answer = connected.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"\r\n\r\ntrue")
        # The connection goes on, and so does what is asked on it.
        connected.sendall(b"GET /api/nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = connected.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 404")
        assert answer.endswith(b"}")


def test_a_head_without_a_body_arrives(served: Served) -> None:
    with asked(served, "HEAD /api/health") as connected:
        answer = connected.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"\r\n\r\n")


def test_the_answer_to_a_last_request_arrives_before_the_end(served: Served) -> None:
    with asked(served, "GET /api/health HTTP/1.1\r\nConnection: close\r\nX-Asked:") as connected:
        parts = []
        while part := connected.recv(65_536):
            parts.append(part)
        answer = b"".join(parts)
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"\r\n\r\ntrue")
