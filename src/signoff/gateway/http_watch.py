"""How a client of a server hears of changes: one long poll per process.

Owns the thread that asks, and what each run was last heard to be. The server ends the request as
soon as one of the runs changes, and at least every third of the process's lease, which the request
renews. Must not know what listeners do with a signal.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from uuid import UUID

from signoff.core.ports import Listener
from signoff.gateway.heartbeat import Heartbeat
from signoff.gateway.http_client import HttpClient
from signoff.gateway.http_connection import Connection
from signoff.model.errors import SignoffException
from signoff.model.journal import Process
from signoff.model.replies import RunSignal
from signoff.wire.watching import Watch

HOLD = 30.0
"""Seconds after which the server may end a poll with nothing."""
MARGIN = 15.0
"""Seconds beyond that after which the connection counts as dead."""
FIRST_DELAY = 0.1
LONGEST_DELAY = 5.0

_logger = logging.getLogger("signoff.gateway")


class LongPoll:
    """Listens for all runs of this process.

    Args:
        client: asks the server.
        process: this process, as it is registered.
        heart: notes that this process has shown that it lives.
    """

    def __init__(self, client: HttpClient, process: Process, heart: Heartbeat) -> None:
        self._client = client
        self._heart = heart
        self._process = process
        self._listeners: dict[UUID, list[Listener]] = {}
        self._versions: dict[UUID, int] = {}
        self._topics: set[UUID] = set()
        self._followed: list[UUID] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._asked: frozenset[UUID] | None = None
        self._closed = False

    def hear(self, topic: UUID, listener: Listener) -> Callable[[], None]:
        """Call `listener` when the server has word of something that is no run, and so has no
        version; the returned function ends that."""
        with self._changed:
            self._topics.add(topic)
        return self.listen(topic, listener)

    def listen(self, run_id: UUID, listener: Listener, lines: bool = False) -> Callable[[], None]:
        """Call `listener` with every change of the run, and with `lines` when its log grows; the
        returned function ends that."""
        with self._changed:
            if lines:
                self._followed.append(run_id)
            self._listeners.setdefault(run_id, []).append(listener)
            # The server knows by itself which runs this process begins.
            asked = self._asked
            news = asked is not None and run_id not in asked and run_id not in self._versions
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, name="long-poll", daemon=True)
                self._thread.start()
            self._changed.notify()
        if news:
            self._ask_anew()

        def stop() -> None:
            with self._changed:
                if lines and run_id in self._followed:
                    self._followed.remove(run_id)
                left = [one for one in self._listeners.get(run_id, ()) if one is not listener]
                if left:
                    self._listeners[run_id] = left
                else:
                    self._listeners.pop(run_id, None)
                    self._versions.pop(run_id, None)
                    self._topics.discard(run_id)

        return stop

    def know(self, run_id: UUID, version: int) -> None:
        """The run is known at this version: only a later one is news."""
        with self._changed:
            self._versions.setdefault(run_id, version)

    def tell(self, signal: RunSignal) -> bool:
        """Pass a signal on. False when nobody listens for the run."""
        with self._changed:
            listeners = list(self._listeners.get(signal.run_id, ()))
            if listeners:
                self._versions[signal.run_id] = signal.version
        for listener in listeners:
            _call(listener, signal)
        return bool(listeners)

    def tell_to_look(self, run_id: UUID) -> None:
        """Have the listeners of a run look by themselves."""
        with self._changed:
            listeners = list(self._listeners.get(run_id, ()))
        for listener in listeners:
            _call(listener, None)

    def close(self) -> None:
        """End the thread; nobody is told any more."""
        with self._changed:
            self._closed = True
            connection = self._connection
            self._changed.notify_all()
        if connection is not None:
            connection.abort()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5.0)

    def _ask_anew(self) -> None:
        """End the poll that is open, which does not say that this process listens for a run that
        another one works on; the thread asks again then."""
        with self._changed:
            watch = self._watch(0.0)
        try:
            signals = self._client.ask(watch)
        except (OSError, SignoffException) as error:
            _logger.debug("Cannot ask %s anew: %s", self._client.url, error)
            return
        for signal in signals:
            self.tell(signal)

    def _watch(self, hold: float) -> Watch:
        """What this process listens for."""
        known = {
            run_id: self._versions.get(run_id, 0)
            for run_id in self._listeners
            if run_id not in self._topics
        }
        followed = tuple(dict.fromkeys(self._followed))
        return Watch(self._process, known, hold, followed, tuple(self._topics))

    # The thread ---------------------------------------------------------------------------

    def _work(self) -> None:
        delay = 0.0
        while True:
            with self._changed:
                if delay:
                    self._changed.wait_for(lambda: self._closed, delay)
                self._changed.wait_for(lambda: self._closed or bool(self._listeners))
                if self._closed:
                    return
                watch = self._watch(HOLD)
                self._asked = frozenset((*watch.runs, *watch.topics))
                connection = self._connection or self._client.connection()
                self._connection = connection
            try:
                now = self._heart.now()
                signals = self._client.ask(watch, on=connection, timeout=HOLD + MARGIN)
                self._heart.beat(now)
            except (OSError, SignoffException) as error:
                connection.close()
                delay = min(LONGEST_DELAY, max(FIRST_DELAY, delay * 2))
                level = logging.WARNING if delay == LONGEST_DELAY else logging.DEBUG
                _logger.log(level, "Cannot hear of changes from %s: %s", self._client.url, error)
                continue
            delay = 0.0
            for signal in signals:
                self.tell(signal)


def _call(listener: Listener, signal: RunSignal | None) -> None:
    try:
        listener(signal)
    except Exception:
        _logger.exception("A listener failed.")
