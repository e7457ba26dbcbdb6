"""What children print, shown where the process that started them prints.

A child writes into its log and nowhere else, so that it loses nothing when its supervisor is
killed. Owns copying what is added to these logs. Must not know how children are started.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

OFTEN, SELDOM = 0.1, 2.0
"""Seconds between two looks: while something is printed, and after a long silence."""
LAST = 1.0
"""Seconds that the last words may take."""
PIECE = 1 << 16
"""Bytes that are copied in one go."""


class _Log:
    """A log, and how much of it has been shown."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.shown = _size(path)
        self.ended = False


class Showing:
    """Copies what is added to logs to the output of this process. Safe to use from any thread.

    A thread of its own does, so that an output that nobody reads holds nothing else up.
    """

    def __init__(self) -> None:
        self._logs: list[_Log] = []
        self._lock = threading.Lock()
        self._more = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def follow(self, path: Path) -> Callable[[], None]:
        """Show what is added to a log from now on.

        Returns:
            What ends it, once what is there by then has been shown.
        """
        log = _Log(path)
        with self._lock:
            self._logs.append(log)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="showing", daemon=True)
                self._thread.start()
        self._more.set()

        def end() -> None:
            log.ended = True
            self._more.set()

        return end

    def close(self) -> None:
        """Show what is there, and no more."""
        self._closed = True
        self._more.set()
        if self._thread is not None:
            self._thread.join(LAST)

    def _work(self) -> None:
        pause: float | None = OFTEN
        while True:
            # All that is looked up here is older than what is shown below.
            self._more.clear()
            last = self._closed
            with self._lock:
                over = [log for log in self._logs if log.ended]
                logs = tuple(self._logs)
            # Each is looked at, whatever the others have to say.
            printed = [_copy(log) for log in logs]
            if last:
                return
            with self._lock:
                self._logs = [log for log in self._logs if log not in over]
                idle = not self._logs
            if idle:
                pause = None
            else:
                pause = OFTEN if any(printed) else min(SELDOM, 2 * (pause or OFTEN))
            if self._more.wait(pause):
                pause = OFTEN


def _copy(log: _Log) -> bool:
    """Show what was added; whether there was anything."""
    if _size(log.path) <= log.shown:
        return False
    with suppress(OSError, ValueError), log.path.open("rb") as file:
        file.seek(log.shown)
        while piece := file.read(PIECE):
            log.shown += len(piece)
            _print(piece)
    return True


def _print(piece: bytes) -> None:
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:
        sys.stdout.write(piece.decode(errors="replace"))
    else:
        sys.stdout.flush()
        raw.write(piece)
    sys.stdout.flush()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
