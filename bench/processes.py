"""Processes of the bench: run to the end, kept running, ended; their CPU time and memory.

Owns starting and ending. Output goes to files in the run's folder, as a user's `> log` would, so
that nothing measured waits for a reader. CPU time is read from the kernel's clock of the process,
in nanoseconds: the usual 10 ms ticks are too coarse for an idle server. Linux only.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

RUN_TIMEOUT = 300.0


class Broken(Exception):
    """A measured program failed; the text holds its last words."""


def _last_words(path: Path) -> str:
    return path.read_text(errors="replace")[-600:].strip()


class Program:
    """A running program whose standard output is read line by line as JSON."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        """Start `command` in `folder`, in a process group of its own."""
        number = len(list(folder.glob("*.out")))
        self._out = folder / f"{number}.out"
        self._err = folder / f"{number}.err"
        self.command = command
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                command,
                env=dict(env),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    def objects(self) -> list[dict[str, Any]]:
        """Every JSON object printed so far, one a line; other lines are passed over."""
        lines = self._out.read_text(errors="replace").splitlines(keepends=True)
        # The last line may still be half written.
        whole = [line for line in lines if line.startswith("{") and line.endswith("\n")]
        return [json.loads(line) for line in whole]

    def wait(self, timeout: float = RUN_TIMEOUT) -> list[dict[str, Any]]:
        """Wait for a good end and return the JSON objects printed.

        Raises:
            Broken: it failed or did not end in time.
        """
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.close()
            raise Broken(f"{self._name()} did not end in {timeout:g} s: {self._said()}") from None
        if code != 0:
            raise Broken(f"{self._name()} ended with {code}: {self._said()}")
        return self.objects()

    def wait_for(self, key: str, count: int = 1, timeout: float = RUN_TIMEOUT) -> list[Any]:
        """Wait until `count` printed objects have `key` and return its values.

        Raises:
            Broken: it ended before, or did not say so in time.
        """
        give_up = time.monotonic() + timeout
        while True:
            ended = self.process.poll()
            values = [found[key] for found in self.objects() if key in found]
            if len(values) >= count:
                return values
            if ended is not None or time.monotonic() > give_up:
                raise Broken(f"{self._name()} never said {key!r}: {self._said()}")
            time.sleep(0.01)

    def close(self) -> None:
        """End it with everything it started: politely first, so that files are closed."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _name(self) -> str:
        return " ".join(Path(part).name for part in self.command[:3])

    def _said(self) -> str:
        return _last_words(self._err) or _last_words(self._out) or "nothing"


@contextlib.contextmanager
def running(command: Sequence[str], env: Mapping[str, str], folder: Path) -> Iterator[Program]:
    """A program for the length of a block; ended with its children afterwards."""
    program = Program(command, env, folder)
    try:
        yield program
    finally:
        program.close()


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_healthy(port: int, path: str, program: Program, timeout: float = 120.0) -> None:
    """Wait until `GET path` answers 200.

    Raises:
        Broken: the server ended, or never became healthy.
    """
    give_up = time.monotonic() + timeout
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        if program.process.poll() is not None or time.monotonic() > give_up:
            program.wait(timeout=0.1)
            raise Broken(f"no health on port {port}")
        time.sleep(0.005)


def tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(child) for child in task.read_text().split()]
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time of a process tree so far, in seconds, ended threads included."""
    total = 0.0
    for member in tree(pid):
        # The number clock_getcpuclockid(3) gives for another process.
        with contextlib.suppress(OSError):
            total += time.clock_gettime((~member << 3) | 2)
    return total


def cpu_percent(pid: int, seconds: float) -> float:
    """Share of one core a process tree uses over a stretch of time, in percent."""
    before, start = cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)
    return 100 * max(0.0, cpu_seconds(pid) - before) / (time.monotonic() - start)


def rss_mib(pid: int) -> float:
    """Resident memory of a process, in MiB, without its children."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise Broken(f"process {pid} has no memory")
