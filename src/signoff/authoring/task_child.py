"""A process of a process pool: runs the tasks it is sent, one at a time.

Started as `python -m signoff.authoring.task_child FD`. Its counterpart is `engine/processes.py`.
It works on the parent's run under the parent's entry number, and has its own way to the service,
so that a task inside it can wait for a person and put its result on record.
"""

from __future__ import annotations

import os
import socket
import sys
import threading

from signoff.authoring.parcels import open_parcel
from signoff.engine.processes import GO, RESUMED, WAITING, Line
from signoff.model.errors import NotReentrant


class _Slot:
    """The slot in the parent's pool, held on behalf of this process."""

    def __init__(self, line: Line, go: threading.Semaphore) -> None:
        self._line = line
        self._go = go

    def release(self) -> None:
        self._line.send(WAITING)

    def acquire(self) -> None:
        self._line.send(RESUMED)
        self._go.acquire()


class _Child:
    def __init__(self, line: Line) -> None:
        self._line = line
        self._go = threading.Semaphore(0)
        self._work = threading.Semaphore(0)
        self._parcel = b""

    def serve(self) -> None:
        """Run tasks until the parent hangs up or dies."""
        threading.Thread(target=self._listen, name="signoff-parent", daemon=True).start()
        while True:
            self._work.acquire()
            self._line.send(open_parcel(self._parcel, _Slot(self._line, self._go)))

    def _listen(self) -> None:
        while True:
            message = self._line.receive()
            if message is None:
                # The parent is gone: whatever runs here belongs to nobody any more.
                os._exit(0)
            if message == GO:
                self._go.release()
            else:
                self._parcel = message
                self._work.release()


def main() -> None:
    """Entry point of the process."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    try:
        _Child(Line(connection)).serve()
    except NotReentrant as error:
        sys.exit(str(error))
    except OSError:
        # The parent hung up between two messages.
        sys.exit(0)


if __name__ == "__main__":
    main()
