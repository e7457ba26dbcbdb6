"""Commands in processes of their own.

Owns starting one, passing its lines on while it runs, and ending it with everything it started.
"""

from __future__ import annotations

import os
import shutil
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

_GUARDED = (
    'exec 3<&0 </dev/null; (read x <&3; kill -KILL -$$) >/dev/null 2>&1 & exec 3<&-; exec "$@"'
)
"""Runs a command beside a watcher that ends the whole session when this process has died: nobody
writes to the pipe, so reading from it ends with its other end."""

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
            They get SIGKILL when this process dies, so that they never work beside its successor.
        hear: called for each line as it comes, from two threads.

    Raises:
        OSError: the program cannot be started.
    """
    if shutil.which(command[0], path=env.get("PATH")) is None:
        raise FileNotFoundError(f"there is no program {command[0]!r}")
    watched, held = os.pipe()
    try:
        process = _started(command, folder, env, watched)
    except BaseException:
        # A time-out may come just now: what has started ends when nobody holds the pipe.
        os.close(held)
        raise
    finally:
        os.close(watched)
    try:
        return _followed(process, stopped, hear)
    finally:
        os.close(held)


def _started(
    command: Sequence[str], folder: Path, env: Mapping[str, str], watched: int
) -> subprocess.Popen[str]:
    # A session of its own, so that what it starts can be ended with it.
    return subprocess.Popen(
        ["/bin/sh", "-c", _GUARDED, "signoff-task", *command],
        cwd=folder,
        env=env,
        stdin=watched,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    )


def _followed(process: subprocess.Popen[str], stopped: Event, hear: Hear) -> Ended:
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
