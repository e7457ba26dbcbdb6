"""What a runner tells the service about its children: that they live, and that they ended.

Owns two threads, so that neither waits for the other or for the runner, and the patience with runs
whose processes die before they enter them.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from uuid import UUID

from signoff.core.ports import Gateway
from signoff.model.claims import EndChildren, EndedChild, KeepAlive
from signoff.model.errors import SignoffException
from signoff.model.journal import Liveness

SECOND = 1_000_000
PATIENCE = (0, 1 * SECOND, 4 * SECOND, 16 * SECOND)
"""Microseconds until a run is tried again that none of so many processes has entered; after the
last one it is given up."""
AGAIN = 1.0
"""Seconds until the service is told again when it could not be reached."""
LAST_TRIES = 2
"""How often it is told when the runner ends meanwhile; then the ends of the leases say it."""

_logger = logging.getLogger("signoff.runner")


class Reporter:
    """Reports for a runner.

    Args:
        gateway: the way to the service.
        lease: seconds for which a sign of life counts.
    """

    def __init__(self, gateway: Gateway, lease: float) -> None:
        self._gateway = gateway
        self._lease = lease
        self._ended: queue.SimpleQueue[EndedChild | None] = queue.SimpleQueue()
        self._tries: dict[UUID, int] = {}
        self._closed = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, living: Callable[[], tuple[str, ...]]) -> None:
        """Begin to report; `living` names the children."""
        works: list[Callable[[], None]] = [self._report]
        if self._gateway.process.liveness is Liveness.LEASE:
            works.append(lambda: self._keep_alive(living))
        self._threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

    def ended(self, run_id: UUID, process_id: str | None, message: str, again: bool) -> None:
        """A child has ended, or could not be started.

        Args:
            run_id: the run it was started for.
            process_id: its name at the service; None when there was no process.
            message: how it ended.
            again: another process may be tried if this one had not entered the run.
        """
        tries = self._tries.get(run_id, 0)
        patience = PATIENCE[tries] if again and tries < len(PATIENCE) else None
        self._ended.put(EndedChild(run_id, process_id, message, patience))

    def close(self) -> None:
        """Report what is left, and end the threads."""
        self._closed.set()
        self._ended.put(None)
        for thread in self._threads:
            thread.join()

    # Threads ------------------------------------------------------------------------------

    def _report(self) -> None:
        going = True
        while going:
            gathered = [self._ended.get()]
            while not self._ended.empty():
                gathered.append(self._ended.get())
            going = None not in gathered
            ended = tuple(each for each in gathered if each is not None)
            if ended:
                self._tell(ended)

    def _tell(self, ended: tuple[EndedChild, ...]) -> None:
        last = LAST_TRIES
        while True:
            try:
                reply = self._gateway.send(EndChildren(self._gateway.process.id, ended))
            except SignoffException as error:
                _logger.warning("Cannot report that processes ended: %s", error)
                last -= self._closed.is_set()
                if last == 0:
                    return  # The ends of the leases say it too, only later.
                self._closed.wait(AGAIN)
            else:
                break
        for each in ended:
            if each.run_id in reply.run_ids and each.retry_after is not None:
                self._tries[each.run_id] = self._tries.get(each.run_id, 0) + 1
            else:
                self._tries.pop(each.run_id, None)

    def _keep_alive(self, living: Callable[[], tuple[str, ...]]) -> None:
        while not self._closed.wait(self._lease / 3):
            try:
                self._gateway.send(KeepAlive(self._gateway.process, living()))
            except SignoffException as error:
                _logger.debug("Cannot say that processes live: %s", error)
