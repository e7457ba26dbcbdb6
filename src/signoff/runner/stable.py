"""A zygote as its supervisor sees it.

Owns the process, the socket to it, and the children that were forked from it: also when the zygote
itself dies, which its children survive. What the zygote does is in `zygote.py`.
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from signoff.runner import plain
from signoff.runner.jobs import LARGEST, Job, OnEnd

_logger = logging.getLogger("signoff.runner")


@dataclass(slots=True, eq=False)
class Forked:
    """A child, or the job for which one will be forked. Signals are sent by its pidfd, which names
    this process for ever."""

    job: Job
    on_end: OnEnd
    pid: int = 0
    watch: int | None = None
    wanted: signal.Signals | None = None
    instead: plain.Plain | None = None

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, or as soon as it is there."""
        if self.instead is not None:
            self.instead.send(number)
        elif self.watch is None:
            self.wanted = number
        else:
            with suppress(OSError):
                signal.pidfd_send_signal(self.watch, number)

    def over(self, code: int | None) -> None:
        """It has ended."""
        watch, self.watch = self.watch, None
        if watch is not None:
            os.close(watch)
        self.on_end(code)


class Zygote:
    """A process that has the code of a job loaded.

    Args:
        job: the first one.
        refuse: called when no child of this code base can ever be forked.
    """

    def __init__(self, job: Job, refuse: Callable[[], None]) -> None:
        self._refuse = refuse
        self._lock = threading.Lock()
        self._coming: dict[str, Forked] = {}
        self._living: dict[int, Forked] = {}
        self._files: list[list[Any]] = []
        self._began = 0
        self._ready = False
        self._gone = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self._process = _spawn(job, theirs)
            except OSError:
                self._control.close()
                raise
        self._say(asdict(job.record))
        threading.Thread(target=self._listen, name="zygote", daemon=True).start()

    def start(self, job: Job, on_end: OnEnd) -> Forked | None:
        """Have a child forked; None when the zygote has gone."""
        forked = Forked(job, on_end)
        with self._lock:
            if self._gone:
                return None
            self._coming[job.process_id] = forked
        self._say(
            {
                "run_id": str(job.run_id),
                "record": asdict(job.record),
                "process_id": job.process_id,
                "claimer": job.claimer,
                "log": str(job.log),
            }
        )
        return forked

    def is_stale(self) -> bool:
        """Whether it has gone, or a file that it loaded has changed."""
        if self._gone:
            return True
        for path, changed, size in self._files:
            try:
                status = os.stat(path)
            except OSError:
                return True
            # What was changed while it was being loaded may have been read before or after.
            if (status.st_mtime_ns, status.st_size) != (changed, size) or changed >= self._began:
                return True
        return False

    def retire(self) -> None:
        """Fork no more; it ends with its last child."""
        self._say({"retire": True})

    def close(self) -> None:
        """End it; its children go on, and are still watched."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    # ----------------------------------------------------------------------------------------

    def _say(self, message: dict[str, Any]) -> None:
        # A zygote that has gone is noticed by the thread that listens.
        with suppress(OSError):
            self._control.send(json.dumps(message).encode())

    def _listen(self) -> None:
        """A thread: hear of the children until the last of them has ended."""
        with self._control:
            while True:
                try:
                    message, watches, _, _ = socket.recv_fds(self._control, LARGEST, 1)
                except OSError:
                    message, watches = b"", []
                if not message:
                    break
                self._heard(json.loads(message), watches)
        with self._lock:
            self._gone = True
            coming, self._coming = list(self._coming.values()), {}
        self._process.wait()
        for forked in coming:
            self._replace(forked)
        self._watch_orphans()

    def _heard(self, said: dict[str, Any], watches: list[int]) -> None:
        if "started" in said:
            forked = self._coming.pop(said["started"])
            forked.pid, forked.watch = said["pid"], watches[0]
            self._living[forked.pid] = forked
            if forked.wanted is not None:
                forked.send(forked.wanted)
        elif "ended" in said:
            self._living.pop(said["ended"]).over(said["code"])
        elif "files" in said:
            self._files += said["files"]
        elif "ready" in said:
            self._began, self._ready = said["ready"], True
        elif "refused" in said:
            _logger.info("Processes are started plainly: %s", said["refused"])
            if said["for_ever"]:
                self._refuse()

    def _replace(self, forked: Forked) -> None:
        """The zygote has gone before it could fork a child for this job, which waits still."""
        if self._ready:
            forked.over(None)  # It goes back to the service, and comes again.
            return
        try:
            forked.instead = plain.start(forked.job, forked.on_end)
        except Exception as error:  # whatever it is, the run must not be forgotten
            _logger.warning("%s", error)
            forked.over(None)

    def _watch_orphans(self) -> None:
        """The zygote was killed; how its children end is nobody's to know, only that they do."""
        while self._living:
            by_watch = {f.watch: f for f in self._living.values() if f.watch is not None}
            poll = select.poll()
            for watch in by_watch:
                poll.register(watch, select.POLLIN)
            for watch, _ in poll.poll():
                forked = by_watch[watch]
                del self._living[forked.pid]
                forked.over(None)


def _spawn(job: Job, control: socket.socket) -> subprocess.Popen[bytes]:
    with job.log.open("ab") as output:
        return subprocess.Popen(
            [job.interpreter, "-m", "signoff.runner.zygote", str(control.fileno())],
            cwd=job.directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=[control.fileno()],
            env=job.environment,
        )
