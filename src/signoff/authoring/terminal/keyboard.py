"""The keyboard, waited for together with a wake-up from elsewhere.

Owns the terminal's mode while a prompt is open, and how bytes become keys. Must not know what is
asked. A wake-up goes before keys: an answer that somebody else gave must not be raced by typing.
"""

from __future__ import annotations

import codecs
import os
import select
import signal
import sys
from collections import deque
from types import TracebackType
from typing import Any, Final

if sys.platform != "win32":
    import termios

ENTER: Final = "enter"
BACKSPACE: Final = "backspace"
DELETE: Final = "delete"
LEFT: Final = "left"
RIGHT: Final = "right"
HOME: Final = "home"
END: Final = "end"
KILL_LINE: Final = "kill-line"
KILL_WORD: Final = "kill-word"
END_OF_INPUT: Final = "end-of-input"
REDRAW: Final = "redraw"
RESUMED: Final = "resumed"

_SUSPEND = "\x1a"
_CONTROLS = {
    "\n": ENTER,
    "\r": ENTER,
    "\x7f": BACKSPACE,
    "\x08": BACKSPACE,
    "\x15": KILL_LINE,
    "\x17": KILL_WORD,
    "\x04": END_OF_INPUT,
    "\x01": HOME,
    "\x05": END,
    "\x0c": REDRAW,
}
_SEQUENCES = {
    "[D": LEFT,
    "[C": RIGHT,
    "[H": HOME,
    "[F": END,
    "OD": LEFT,
    "OC": RIGHT,
    "OH": HOME,
    "OF": END,
    "[1~": HOME,
    "[4~": END,
    "[3~": DELETE,
}
_PASTE_BEGINS = "[200~"
_PASTE_ENDS = "[201~"


class Woken(Exception):
    """Something happened elsewhere; the prompt has to vanish."""


class EndOfInput(Exception):
    """Nobody can type any more."""


class Keyboard:
    """Keys of one prompt; use it as a context manager.

    While it is open the terminal neither echoes nor edits lines; Ctrl+C still interrupts. The
    terminal's own mode is put back on leaving, whatever the reason.

    Args:
        input_fd: where keys come from; need not be a terminal.
        wake_fd: becomes readable when the prompt has to vanish; never read from.
    """

    def __init__(self, input_fd: int, wake_fd: int | None) -> None:
        self._input_fd = input_fd
        self._wake_fd = wake_fd
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._characters: deque[str] = deque()
        self._saved: list[Any] | None = None
        self._pasting = False
        self._ended = False
        self.is_terminal = sys.platform != "win32" and os.isatty(input_fd)

    def __enter__(self) -> Keyboard:
        if self.is_terminal:
            self._saved = list(termios.tcgetattr(self._input_fd))
            # What was typed before the question was seen is no answer to it.
            termios.tcflush(self._input_fd, termios.TCIFLUSH)
            self._take()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._saved is not None:
            if kind is not None:
                # Half an answer must not reach the shell, or the next question.
                termios.tcflush(self._input_fd, termios.TCIFLUSH)
            self._restore()

    def key(self) -> str:
        """The next key: one character, or one of the names above.

        Raises:
            Woken: the wake-up came first.
            EndOfInput: the keyboard is gone, or a pipe has been read to its end.
        """
        while True:
            character = self._character()
            if character == "\x1b":
                found = self._sequence()
                if found is not None:
                    return found
            elif character == _SUSPEND and self.is_terminal:
                self._suspend()
                return RESUMED
            elif self._pasting:
                return "\n" if character in "\r\n" else character
            else:
                return _CONTROLS.get(character, character)

    def _character(self) -> str:
        while not self._characters:
            if self._ended:
                raise EndOfInput
            self._wait()
            try:
                block = os.read(self._input_fd, 4096)
            except OSError:  # a terminal whose other end is gone
                block = b""
            self._ended = block == b""
            self._characters.extend(self._decoder.decode(block, self._ended))
        return self._characters.popleft()

    def _wait(self) -> None:
        """Until there is something to read; poll, for select() refuses descriptors above 1023."""
        poll = select.poll()
        poll.register(self._input_fd, select.POLLIN)
        if self._wake_fd is not None:
            poll.register(self._wake_fd, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll()}
        if self._wake_fd in ready:
            raise Woken

    def _sequence(self) -> str | None:
        """The key of an escape sequence whose first character has been read; None for none."""
        sequence = self._character()
        if sequence not in ("[", "O"):
            return None
        while True:
            character = self._character()
            sequence += character
            if "@" <= character <= "~":
                break
        if sequence in (_PASTE_BEGINS, _PASTE_ENDS):
            self._pasting = sequence == _PASTE_BEGINS
            return None
        return None if self._pasting else _SEQUENCES.get(sequence)

    def _take(self) -> None:
        mode = termios.tcgetattr(self._input_fd)
        mode[3] &= ~(termios.ICANON | termios.ECHO | termios.IEXTEN)
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
        # Ctrl+Z arrives as a key, so that the mode can be put back before the process stops.
        mode[6][termios.VSUSP] = b"\x00"
        termios.tcsetattr(self._input_fd, termios.TCSANOW, mode)

    def _restore(self) -> None:
        if self._saved is not None:
            termios.tcsetattr(self._input_fd, termios.TCSANOW, self._saved)

    def _suspend(self) -> None:
        self._restore()
        os.killpg(0, signal.SIGTSTP)
        self._take()
