"""The way to the service over HTTP.

Owns what a process does as the client of a server: it makes itself known before it works on runs,
sends requests, posts what can wait, and hears of changes. Must not know how requests are written
or repeated (`http_client.py`).
"""

from __future__ import annotations

import logging
import os
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any, TypeVar
from uuid import UUID, uuid4

from signoff.core.ports import Listener
from signoff.gateway.heartbeat import Heartbeat
from signoff.gateway.http_client import HttpClient
from signoff.gateway.http_watch import LongPoll
from signoff.gateway.outbox import Outbox
from signoff.model.actors import Via
from signoff.model.commands import (
    Command,
    EnterRun,
    FinishRun,
    FinishTasks,
    RegisterProcess,
    Request,
    StartRun,
)
from signoff.model.errors import RequestRefused, StaleEntry
from signoff.model.journal import Liveness, Process
from signoff.model.lookups import ReadSignals
from signoff.model.replies import EnteredRun, RunHandle

R = TypeVar("R")

_logger = logging.getLogger("signoff.gateway")


class HttpGateway:
    """A process's way to a Signoff server.

    Args:
        url: of the API, such as `http://127.0.0.1:4200/api`.
        process: this process; the gateway fills in how it shows that it lives and where it is
            told of changes.
        auth: `user:password`; None for a server that asks for none.
        timeout: seconds of silence after which a request is given up.
        retries: how often a request is sent again when the server is away or busy.
        lease: seconds for which the server takes a process for alive after a sign of life.

    Raises:
        ValueError: `url` is no HTTP URL.
    """

    def __init__(
        self,
        url: str,
        process: Process,
        auth: str | None = None,
        timeout: float = 60.0,
        retries: int = 5,
        lease: float = 30.0,
    ) -> None:
        self._url = url
        self._lease = lease
        self._means = (auth, timeout, retries)
        self._begin(process)
        _all.add(self)

    def _begin(self, process: Process) -> None:
        self.process = replace(process, liveness=Liveness.LEASE, address=f"poll:{process.id}")
        self.client = HttpClient(self._url, *self._means, process_id=process.id)
        self._heart = Heartbeat(self._lease)
        self._long_poll = LongPoll(self.client, self.process, self._heart)
        self._outbox = Outbox(self.client.ask, self._refused, _failed)
        self._registering = threading.Lock()
        self._registered = False
        self._keeper: Any = None

    def send(self, request: Request[R], via: Via | None = None) -> R:
        """Have a request carried out now, and return its reply. Raises as `HttpClient.ask`."""
        works = isinstance(request, StartRun | EnterRun)
        if works:
            self.register()
        elif not isinstance(request, Command):
            self._outbox.flush()  # A process reads what it has written.
        reply = self.client.ask(request, via)
        if works:
            self._remember(reply)
        elif isinstance(request, FinishRun):
            # The server tells nobody in this process; others in it may wait for the end.
            self._long_poll.tell_to_look(request.run_id)
        return reply

    def post(self, command: Command[Any]) -> None:
        """Have a command carried out soon, together with others; errors are logged."""
        self._outbox.post(command)

    def settle(self) -> None:
        """Return when what was posted so far is on record, apart from log lines and starts.

        Raises:
            StaleEntry: a newer process has entered one of the runs, and nobody listens for it.
            ServiceUnavailable: the server cannot be reached; what was posted is kept.
        """
        self._outbox.settle()

    def listen(self, run_id: UUID, listener: Listener, lines: bool = False) -> Callable[[], None]:
        """Call `listener` whenever the run changes, or with `lines` its log grows; the returned
        function ends that."""
        return self._long_poll.listen(run_id, listener, lines)

    def hear(self, topic: UUID, listener: Listener) -> Callable[[], None]:
        """Call `listener` whenever the server pokes this process about `topic`, which is no run."""
        return self._long_poll.hear(topic, listener)

    def keep(self, lease: UUID, seconds: float, lost: Callable[[], object]) -> Callable[[], None]:
        """Renew a lease on the server until the returned function is called."""
        with self._registering:
            if self._keeper is None:
                self._keeper = import_module("signoff.gateway.keeper").Keeper(self.client.ask)
        stop: Callable[[], None] = self._keeper.keep(lease, seconds, lost)
        return stop

    def sleeps(self) -> int:
        """How often the lease of this process may have ended on the server."""
        return self._heart.sleeps()

    def close(self) -> None:
        """Settle, then give up connections and threads."""
        if self._keeper is not None:
            self._keeper.close()
        try:
            self._outbox.close()
        finally:
            self._long_poll.close()
            self.client.close()

    def _forked(self) -> None:
        """In a forked child: threads, connections and registration are the parent's."""
        self._parent = self.client, self._outbox, self._long_poll  # kept from being collected
        self._begin(replace(self.process, id=uuid4().hex, pid=os.getpid(), supervisor=None))

    def register(self) -> None:
        """Make this process known; it must be before it claims runs."""
        if self._registered:
            return
        with self._registering:
            if not self._registered:
                now = self._heart.now()
                self.client.ask(RegisterProcess(self.process))
                self._heart.beat(now)
                self._registered = True

    def _remember(self, reply: object) -> None:
        handle = reply.handle if isinstance(reply, EnteredRun) else reply
        if isinstance(handle, RunHandle):
            self._long_poll.know(handle.run_id, handle.version)

    def _refused(self, command: Command[Any], error: RequestRefused) -> None:
        """Tell the listeners of runs that are fenced off; complain about one that has none."""
        if not isinstance(error, StaleEntry) or not isinstance(command, FinishTasks):
            _logger.warning("%s was refused: %s", type(command).__name__, error)
            return
        entries = {task.run_id: task.entry for task in command.tasks}
        for signal in self.client.ask(ReadSignals(tuple(entries))):
            if signal.entry != entries[signal.run_id] and not self._long_poll.tell(signal):
                raise error


def _failed(command: Command[Any], error: Exception) -> None:
    _logger.warning("%s could not be sent: %s", type(command).__name__, error)


_all: weakref.WeakSet[HttpGateway] = weakref.WeakSet()


def _forked() -> None:
    for gateway in list(_all):
        gateway._forked()


os.register_at_fork(after_in_child=_forked)
