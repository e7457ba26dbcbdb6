"""A person at a real pseudo-terminal, for tests of the prompt."""

from __future__ import annotations

import codecs
import os
import pty
import select
import termios
import threading
from collections.abc import Callable
from typing import Any

from signoff.authoring.terminal import prompt
from signoff.core.forms.checking import check
from signoff.model.forms import Form
from tests.forms.emulator import Emulator
from tests.support.waiting import DEFAULT_TIMEOUT, wait_until


class Session:
    """A prompt that runs in a thread on one end of a pseudo-terminal; the test holds the other.

    Args:
        form: what is asked for.
        columns, rows: size of the terminal.
        options: further arguments of `prompt`.
    """

    def __init__(self, form: Form, *, columns: int = 80, rows: int = 200, **options: Any) -> None:
        self.master, self.slave = pty.openpty()
        termios.tcsetwinsize(self.slave, (rows, columns))
        self.mode_before = termios.tcgetattr(self.slave)
        self.wake_reader, self.wake_writer = os.pipe()
        self.screen = Emulator(columns, rows)
        self.answer: Any = None
        self.problem: BaseException | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._output = os.fdopen(os.dup(self.slave), "w", encoding="utf-8")
        self._form, self._options = form, options
        self._thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self) -> Session:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self.wake_writer, b"x")
        self._thread.join(DEFAULT_TIMEOUT)
        self._output.close()
        for descriptor in (self.master, self.slave, self.wake_reader, self.wake_writer):
            os.close(descriptor)

    def _ask(self) -> None:
        try:
            self.answer = prompt(
                self._form,
                input_fd=self.slave,
                output=self._output,
                check=check,
                wake_fd=self.wake_reader,
                **self._options,
            )
        except BaseException as problem:
            self.problem = problem

    def type(self, text: str) -> None:
        """Presses keys."""
        os.write(self.master, text.encode())

    def see(self, text: str) -> None:
        """Waits until the screen ends with this text."""
        self._until(lambda: self.screen.text.endswith(text.rstrip()), f"see {text!r}")

    def reply(self, question: str, text: str) -> None:
        """Waits for a question, then types an answer and Enter."""
        self.see(question)
        self.type(text + "\r")

    def wake(self) -> None:
        """Says that somebody else has answered."""
        os.write(self.wake_writer, b"x")

    def finish(self) -> Any:
        """The answer, once the prompt has come to its end."""
        self._until(lambda: not self._thread.is_alive(), "finish")
        if self.problem is not None:
            raise self.problem
        return self.answer

    @property
    def mode(self) -> list[Any]:
        return termios.tcgetattr(self.slave)

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        def met() -> bool:
            while select.select([self.master], [], [], 0)[0]:
                self._feed()
            return condition()

        wait_until(met, message=lambda: f"{what}; the screen shows:\n{self.screen.text}")

    def _feed(self) -> None:
        self.screen.feed(self._decoder.decode(os.read(self.master, 65536)))
