"""The file by which the command line finds a running server again.

Owns `SIGNOFF_HOME/run/server-PORT.json`: written by a server when it is ready, locked by it for as
long as it lives. So a file left behind by a killed server is known to be stale, whatever process
has its number by now.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Running:
    """A server of this machine and home.

    Args:
        pid: its process.
        port: where it listens.
        url: its API, such as `http://127.0.0.1:4200/api`.
    """

    pid: int
    port: int
    url: str


@contextmanager
def announced(home: Path, running: Running) -> Iterator[None]:
    """Keep the file for the length of a block."""
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(home, running.port)
    # Written beside and moved into place under its lock, so that nobody reads half of it.
    temporary = path.with_suffix(f".{running.pid}")
    with temporary.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        json.dump(asdict(running), file)
        file.flush()
        os.replace(temporary, path)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def running_servers(home: Path) -> list[Running]:
    """The servers that live, in the order of their ports; stale files are removed."""
    found = []
    for path in (home / "run").glob("server-*.json"):
        with suppress(OSError, ValueError, TypeError), path.open(encoding="utf-8") as file:
            if _is_locked(file.fileno()):
                found.append(Running(**json.load(file)))
            else:
                path.unlink(missing_ok=True)
    return sorted(found, key=lambda each: each.port)


def _path(home: Path, port: int) -> Path:
    return home / "run" / f"server-{port}.json"


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False
