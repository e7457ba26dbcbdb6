"""A fresh, isolated Signoff for tests: `signoff_test_harness`.

Owns a temporary home and, when asked for, a server process over it. Nothing of the surrounding
environment's homes and servers is touched.
"""

from __future__ import annotations

import re
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
    command = [sys.executable, "-m", "signoff", "server", "start", "--port", "0", "--no-worker"]
    with said.open("wb") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
        )
    try:
        yield _ready_url(process, timeout, said)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _ready_url(process: subprocess.Popen[bytes], timeout: float | None, said: Path) -> str:
    """The address of the API, which the server's first line names once it is ready."""
    if process.stdout is None:
        raise RuntimeError("the server's output was not captured")
    ready, _, _ = select.select([process.stdout], [], [], timeout)
    line = process.stdout.readline().decode() if ready else ""
    found = re.search(r"https?://\S+", line)
    if found is None:
        process.kill()
        process.wait()
        text = said.read_text("utf-8", "replace").strip()
        raise RuntimeError(f"The test server did not become ready in {timeout} s. It said: {text}")
    return found[0]
