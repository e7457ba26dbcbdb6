"""Whose turn it is at the terminal: several waits of one process, one keyboard.

Owns the queue. Must not know what is asked. Waiting for a turn ends, like everything here, when the
question becomes moot.
"""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from signoff.authoring.terminal.keyboard import Woken


class Turns:
    """Gives the terminal to one prompt at a time.

    The turn is a byte in a pipe, for a pipe can be waited for together with a wake-up; a lock
    cannot.
    """

    def __init__(self) -> None:
        self._pipe: tuple[int, int] | None = None
        self._opening = Lock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    @contextmanager
    def taken(self, wake_fd: int | None) -> Iterator[None]:
        """Waits for the turn and holds it.

        Raises:
            Woken: `wake_fd` became readable first.
        """
        reader, writer = self._opened()
        self._take(reader, wake_fd)
        try:
            yield
        finally:
            os.write(writer, b"t")

    def _opened(self) -> tuple[int, int]:
        with self._opening:
            if self._pipe is None:
                reader, writer = os.pipe()
                os.set_blocking(reader, False)
                os.write(writer, b"t")
                self._pipe = reader, writer
            return self._pipe

    def _take(self, reader: int, wake_fd: int | None) -> None:
        poll = select.poll()
        poll.register(reader, select.POLLIN)
        if wake_fd is not None:
            poll.register(wake_fd, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if wake_fd in ready:
                raise Woken
            try:
                os.read(reader, 1)
            except BlockingIOError:  # another prompt was quicker
                continue
            return

    def _forget(self) -> None:
        """A forked child has turns of its own; the parent's would be lost if the child died."""
        self._opening = Lock()
        if self._pipe is not None:
            for descriptor in self._pipe:
                os.close(descriptor)
            self._pipe = None
