"""Starting a child from a process that has its code loaded already.

Owns the zygotes of a runner: one per code base, made when the first run of it is started, dropped
when a file that it has loaded changes. Where there is none (another system than Linux, code that
cannot be loaded or must not be forked) children are started plainly, so that whatever is wrong is
said in one place. docs/decisions/0004 has the reasons.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import OrderedDict

from signoff.model.journal import EntryRecord
from signoff.runner import plain
from signoff.runner.jobs import Job, OnEnd, Started
from signoff.runner.stable import Zygote

MOST = 8
"""Code bases that are kept loaded."""

Key = tuple[object, ...]


class Warm:
    """Starts children; an instance is a `jobs.Start`. Safe to use from any thread."""

    def __init__(self) -> None:
        self._zygotes: OrderedDict[Key, Zygote] = OrderedDict()
        self._refused: dict[Key, str] = {}
        self._seen: OrderedDict[Key, None] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, job: Job, on_end: OnEnd) -> Started:
        """Start a child; see `jobs.Start`."""
        key = _key(job)
        with self._lock:
            plainly = not is_available() or self._refused.get(key) == job.record.source_hash
            plainly = plainly or job.is_plain or self._is_new(key, job)
            try:
                zygote = None if plainly else self._ready(key, job)
            except OSError:
                zygote = None  # No such interpreter, no more processes: said below.
        started = zygote.start(job, on_end) if zygote is not None else None
        return started if started is not None else plain.start(job, on_end)

    def close(self) -> None:
        """End the zygotes; their children go on."""
        with self._lock:
            zygotes = list(self._zygotes.values())
            self._zygotes.clear()
        for zygote in zygotes:
            zygote.close()

    def _is_new(self, key: Key, job: Job) -> bool:
        """Whether a run has variables that none had before: they may be for this run only, and
        code is loaded for several runs."""
        if not job.variables:
            return False
        new = key not in self._seen
        self._seen[key] = None
        self._seen.move_to_end(key)
        if len(self._seen) > MOST * MOST:
            self._seen.popitem(last=False)
        return new

    def _ready(self, key: Key, job: Job) -> Zygote:
        """The zygote of a code base, with the code as it is now."""
        zygote = self._zygotes.pop(key, None)
        if zygote is not None and zygote.is_stale():
            zygote.retire()
            zygote = None
        if zygote is None:
            source = job.record.source_hash
            zygote = Zygote(job, lambda: self._refused.__setitem__(key, source))
        self._zygotes[key] = zygote
        if len(self._zygotes) > MOST:
            self._zygotes.popitem(last=False)[1].retire()
        return zygote


def is_available() -> bool:
    """Whether this system can fork safely and watch a process that is not its child."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and hasattr(signal, "SIGCHLD")


def _key(job: Job) -> Key:
    record: EntryRecord = job.record
    code = (job.interpreter, job.directory, record.path, record.file, record.module)
    # What the code sees when it is loaded is part of it.
    return (*code, job.variables)
