"""A fresh, isolated Signoff for tests: `signoff_test_harness`.

Owns a temporary home and, when asked for, a server process over it. Nothing of the surrounding
environment's homes and servers is touched.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from signoff.gateway.connect import close_gateways
from signoff.gateway.settings import override

_BLANK = (
    "SIGNOFF_API_URL",
    "SIGNOFF_API_AUTH_STRING",
    "SIGNOFF_SERVER_API_AUTH_STRING",
    "SIGNOFF_SERVER_DATABASE_CONNECTION_URL",
    "SIGNOFF_PROFILE",
    "SIGNOFF_PROFILES_PATH",
)


@contextmanager
def signoff_test_harness(
    server_startup_timeout: int | None = 30, *, server: bool = True
) -> Iterator[None]:
    """Run the block on a temporary home and database of its own.

    Args:
        server_startup_timeout: seconds the server may take to become ready; None for no limit.
        server: start a server on a free loopback port and point this process at it, as documented;
            False to stay embedded, which is faster and enough for most tests.

    Raises:
        RuntimeError: the server did not become ready in time; the message has what it said.
    """
    home = Path(tempfile.mkdtemp(prefix="signoff-test-"))
    blank: dict[str, str | None] = dict.fromkeys(_BLANK)
    # Empty text hides what the user's own profile says; None would let it through.
    changes: dict[str, str | None] = blank | {
        "SIGNOFF_HOME": str(home),
        "SIGNOFF_TERMINAL_PROMPT": "false",
    }
    try:
        with override(changes):
            if not server:
                try:
                    yield
                finally:
                    close_gateways()
                return
            with _server(home, server_startup_timeout) as url, override({"SIGNOFF_API_URL": url}):
                try:
                    yield
                finally:
                    close_gateways()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _server(home: Path, timeout: float | None) -> Iterator[str]:
    """A server process on a free port; gives its API's address."""
    said = home / "server.log"
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "signoff", "server", "start", "--port", "0"]
    with said.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--ready-fd", str(writer)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(writer,),
        )
    os.close(writer)
    try:
        yield _ready_url(reader, process, timeout, said)
    finally:
        os.close(reader)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready_url(
    reader: int, process: subprocess.Popen[bytes], timeout: float | None, said: Path
) -> str:
    """What the server writes once it is ready: a line of JSON with its address."""

    ready, _, _ = select.select([reader], [], [], timeout)
    line = os.read(reader, 4096) if ready else b""
    if not line:
        process.kill()
        process.wait()
        text = said.read_text("utf-8", "replace").strip()
        raise RuntimeError(f"The test server did not become ready in {timeout} s. It said: {text}")
    url: str = json.loads(line)["api_url"]
    return url
