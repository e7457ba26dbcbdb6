"""Commands in processes of their own.

Owns starting one, passing its lines on while it runs, and ending it with everything it started.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import IO

_LOOK_EVERY = 0.1
_GRACE = 5.0
_HIDDEN = (
    "SIGNOFF_SECRET_",
    "SECRET_",
    "SIGNOFF_API_AUTH_STRING",
    "SIGNOFF_SERVER_API_AUTH_STRING",
)

Hear = Callable[[str, bool], None]
"""Takes one line, and whether it came over standard error."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended.

    Args:
        code: exit code; negative for the signal that ended it.
        stopped: it was ended because the task had to stop.
    """

    code: int
    stopped: bool


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The variables a task's process sees: this process's own without its secrets, and its own."""
    kept = {key: val for key, val in os.environ.items() if not key.startswith(_HIDDEN)}
    return {**kept, **given}


def run_process(
    command: Sequence[str],
    *,
    folder: Path,
    env: Mapping[str, str],
    stopped: Event,
    hear: Hear,
) -> Ended:
    """Run a command until it ends or must stop.

    Args:
        command: program and arguments.
        folder: its working directory.
        env: all its environment variables.
        stopped: when set, the process and all it started get SIGTERM, then SIGKILL after 5 seconds.
        hear: called for each line as it comes, from two threads.

    Raises:
        OSError: the program cannot be started.
    """
    # A session of its own, so that what it starts can be ended with it.
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    ears = [
        Thread(target=_listen, args=(process.stdout, hear, False), daemon=True),
        Thread(target=_listen, args=(process.stderr, hear, True), daemon=True),
    ]
    for ear in ears:
        ear.start()
    halted = False
    try:
        while not _over(process, _LOOK_EVERY):
            if stopped.is_set():
                halted = True
                break
    finally:
        _end(process)
        for ear in ears:
            ear.join(_GRACE)
    return Ended(process.returncode, halted)


def _over(process: subprocess.Popen[str], timeout: float) -> bool:
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        if not _over(process, _GRACE):
            _signal(process, signal.SIGKILL)
            process.wait()
    else:
        # What it left behind would hold the pipes open.
        _signal(process, signal.SIGTERM)


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _listen(stream: IO[str], hear: Hear, is_error: bool) -> None:
    with stream:
        for line in stream:
            hear(line.rstrip("\r\n"), is_error)
