"""A command line in a real terminal: a pseudo-terminal that is the process's own.

Owns the process and what it wrote. The test types on the other end.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Callable, Sequence

from tests.support.waiting import DEFAULT_TIMEOUT, wait_until


class Terminal:
    """A Python program in front of a terminal of 100 columns; use it as a context.

    Args:
        words: arguments of the program.
        program: what the interpreter runs.
    """

    def __init__(self, *words: str, program: Sequence[str] = ("-m", "signoff")) -> None:
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (50, 100))
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.written = ""
        self._seen = 0
        self._process = subprocess.Popen(
            [sys.executable, *program, *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._master, text.encode())

    def see(self, text: str) -> None:
        """Wait until the process has written this after what was seen before."""
        self._until(lambda: text in self.written[self._seen :], repr(text))
        self._seen = self.written.index(text, self._seen) + len(text)

    def end(self) -> int:
        """Wait for the process to end; its exit code."""
        self._until(lambda: self._process.poll() is not None, "the end")
        self._read()
        return self._process.wait(DEFAULT_TIMEOUT)

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        def met() -> bool:
            self._read()
            return condition()

        wait_until(met, message=lambda: f"see {what}; it wrote:\n{self.written}")

    def _read(self) -> None:
        while select.select([self._master], [], [], 0)[0]:
            try:
                read = os.read(self._master, 65536)
            except OSError:
                # The last process on the other end has gone.
                return
            if not read:
                return
            self.written += self._decoder.decode(read)
