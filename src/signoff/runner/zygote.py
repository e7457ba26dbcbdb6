"""A process that has loaded a flow's code and forks a child for each run of it.

`python -m signoff.runner.zygote NUMBER`: NUMBER is its end of a socket to the supervisor
(`warm.py`). Owns loading once and forking often. A child of it begins in milliseconds, because all
that it would import is there already. Nothing that holds a thread or a connection may be open
before the fork, so this process never talks to the service; code that starts threads when it is
imported is refused.

Messages are JSON. To this process: first the entry record to load, then a job each, or `retire`.
From it: `files` (that it has loaded) and `ready`, or `refused`; then `started` (with a pidfd) and
`ended`.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from signoff.engine import entry
from signoff.gateway import connect
from signoff.gateway.settings import current_settings, refresh
from signoff.model.journal import EntryRecord
from signoff.model.values import write_constructors
from signoff.runner import child
from signoff.runner.jobs import LARGEST
from signoff.store import statements

FILES_AT_ONCE = 200
"""Files named in one message."""
NEEDED = (
    "getpass",
    "pydantic._internal._dataclasses",
    "pydantic.type_adapter",
    "signoff.core.forms.typed",
    "signoff.engine.flows",
    "signoff.engine.pauses",
    "signoff.engine.tasks",
    "signoff.model.views",
)
NEEDED_HERE = (
    "signoff.gateway.local",
    "signoff.gateway.vault",
    "signoff.service.answers",
    "signoff.service.forms",
    "signoff.service.lookups",
    "signoff.service.orchestrator",
    "signoff.service.places",
    "signoff.service.waits",
    "signoff.store.repository.deployments",
    "signoff.store.sqlite.store",
)
NEEDED_OVER_HTTP = (
    "encodings.idna",
    "signoff.gateway.http",
    "signoff.wire.codec",
    "signoff.wire.endpoints",
)
"""What a child uses whatever its flow does: loaded here once."""


def main() -> None:
    """Entry point of the process. In a forked child it goes on to work on the run."""
    with socket.socket(fileno=int(sys.argv[1])) as control:
        job = _Zygote(control).serve()
    if job is not None:
        child.work(UUID(job["run_id"]), EntryRecord.of(job["record"]))


class _Zygote:
    """One loop, one thread."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: set[int] = set()
        self._retired = False

    def serve(self) -> dict[str, Any] | None:
        """Fork a child per job until the supervisor has gone; in a child, returns its job."""
        first = self._control.recv(LARGEST)
        if not first or not self._load(EntryRecord.of(json.loads(first))):
            return None
        gc.collect()
        # What is loaded is never garbage: children share its memory as long as nobody touches it.
        gc.freeze()
        ended, wakes = socket.socketpair()
        with ended, wakes:
            for each in (ended, wakes):
                each.setblocking(False)
            signal.signal(signal.SIGCHLD, lambda number, frame: None)
            # An interrupt is meant for the supervisor, which says what follows from it.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
            try:
                return self._loop(ended)
            finally:
                signal.set_wakeup_fd(-1)

    def _loop(self, ended: socket.socket) -> dict[str, Any] | None:
        while not (self._retired and not self._children):
            readable, _, _ = select.select([self._control, ended], [], [])
            if ended in readable:
                with suppress(BlockingIOError):
                    while ended.recv(4096):
                        pass
                self._reap()
            if self._control in readable:
                message = self._control.recv(LARGEST)
                if not message:
                    return None
                job: dict[str, Any] = json.loads(message)
                if "retire" in job:
                    self._retired = True
                elif self._fork(job):
                    return job
        return None

    def _load(self, record: EntryRecord) -> bool:
        """Load the flow; False when no child can be forked from here."""
        began = time.time_ns()
        before = set(sys.modules)
        why, for_ever = None, False
        try:
            os.close(os.pidfd_open(os.getpid()))
            entry.load(record)
            here = NEEDED_OVER_HTTP if current_settings().api_url else NEEDED_HERE
            for name in (*NEEDED, *here, *entry.loaded_later):
                importlib.import_module(name)
            _prepare(over_http=here is NEEDED_OVER_HTTP)
        except BaseException as error:  # the child that is started instead says what it is
            why = f"{type(error).__name__}: {error}"
        if why is None and (threading.active_count() > 1 or connect.is_open()):
            why, for_ever = "its code starts threads or opens connections when it is loaded", True
        if why is not None:
            self._say({"refused": why, "for_ever": for_ever})
            return False
        files = _files(set(sys.modules) - before)
        for start in range(0, len(files), FILES_AT_ONCE):
            self._say({"files": files[start : start + FILES_AT_ONCE]})
        self._say({"ready": began})
        return True

    def _fork(self, job: dict[str, Any]) -> bool:
        """Whether this is the child."""
        waits, goes = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(goes)
            self._control.close()
            # Nobody must work whom the supervisor does not know.
            told = os.read(waits, 1)
            os.close(waits)
            if not told:
                os._exit(0)
            _begin(job)
            return True
        os.close(waits)
        self._children.add(pid)
        watch = os.pidfd_open(pid)
        try:
            said = {"started": job["process_id"], "pid": pid}
            socket.send_fds(self._control, [json.dumps(said).encode()], [watch])
            os.write(goes, b"!")
        except OSError:
            # The supervisor has gone; so does the child.
            return False
        finally:
            os.close(watch)
            os.close(goes)
        return False

    def _reap(self) -> None:
        while self._children:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._children:
                self._children.discard(pid)
                self._say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})

    def _say(self, message: dict[str, Any]) -> None:
        with suppress(OSError):
            self._control.send(json.dumps(message).encode())


def _begin(job: dict[str, Any]) -> None:
    """In a forked child: become a process of its own."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    log = os.open(job["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    for number in (1, 2):
        os.dup2(log, number)
    os.close(log)
    refresh()
    connect.begin_child(job["process_id"], job["claimer"])


def _prepare(over_http: bool) -> None:
    """Make what each child would make for itself on first use, and what is kept then."""
    write_constructors()
    entry.os_user()
    if not over_http:
        for dialect in ("sqlite", "postgres"):
            statements.load(dialect)
        return
    codec = importlib.import_module("signoff.wire.codec").codec
    for endpoint in importlib.import_module("signoff.wire.endpoints").ENDPOINTS:
        if endpoint.request.__module__ in _OWN_REQUESTS:
            codec(endpoint)


_OWN_REQUESTS = ("signoff.model.commands", "signoff.model.lookups", "signoff.wire.watching")
"""Where the requests of a process that works on a run are."""


def _files(names: set[str]) -> list[tuple[str, int, int]]:
    """The user's files among these modules: path, time of change and size."""
    libraries = (sys.prefix, sys.base_prefix, str(Path(__file__).parents[1]))
    found = []
    for name in names:
        path = getattr(sys.modules.get(name), "__file__", None)
        if path is None or path.startswith(libraries):
            continue
        with suppress(OSError):
            status = os.stat(path)
            found.append((path, status.st_mtime_ns, status.st_size))
    return found


if __name__ == "__main__":
    main()
