"""The worker that a server brings along, in a process of its own.

Owns starting it, starting it again when it dies, and letting go of it when the server stops: it
ends by itself when its standard input is closed, after the runs that it has at work. What it does
is in `runner/local.py`. Must not know what is due.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading

from signoff.engine.entry import os_user
from signoff.gateway.liveness import machine_id
from signoff.model.claims import Scope
from signoff.model.settings import Settings

FIRST_DELAY, LONGEST_DELAY = 1.0, 60.0
"""Seconds until a worker that died is started again."""

_logger = logging.getLogger("signoff.server")


def scope_of(settings: Settings) -> Scope:
    """The runs that a worker on this machine takes."""
    return Scope(host=machine_id(settings.home), user=os_user())


class IncludedWorker:
    """A local worker as a child process.

    Args:
        settings: of the server.
        url: of its API.
    """

    def __init__(self, settings: Settings, url: str) -> None:
        self._log = settings.home / "logs" / "worker.log"
        self._environment = os.environ | {
            "SIGNOFF_HOME": str(settings.home),
            "SIGNOFF_API_URL": url,
        }
        if settings.server_api_auth_string is not None:
            self._environment["SIGNOFF_API_AUTH_STRING"] = settings.server_api_auth_string
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._changing = threading.Lock()
        threading.Thread(target=self._work, name="included-worker", daemon=True).start()

    def stop(self) -> None:
        """Let go of the worker; it finishes what it has at work."""
        self._stopping.set()
        with self._changing:
            process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()

    def _work(self) -> None:
        delay = FIRST_DELAY
        while True:
            with self._changing:
                if self._stopping.is_set():
                    return
                self._process = self._start()
            code = self._process.wait() if self._process is not None else None
            if self._stopping.wait(delay):
                return
            _logger.warning("The local worker ended with %s and is started again", code)
            delay = min(LONGEST_DELAY, delay * 2)

    def _start(self) -> subprocess.Popen[bytes] | None:
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            with self._log.open("ab") as output:
                return subprocess.Popen(
                    [sys.executable, "-m", "signoff.runner.local"],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    # An interrupt at the terminal is for the server.
                    start_new_session=True,
                    env=self._environment,
                )
        except OSError:
            _logger.exception("The local worker cannot be started")
            return None
