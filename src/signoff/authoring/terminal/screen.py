"""What the prompt has written to the terminal, so that it can be taken back.

Owns cleaning, measuring, styling, writing and erasing of lines. Must not know forms or keys.
"""

from __future__ import annotations

import os
import unicodedata
from itertools import takewhile
from typing import TextIO

_DEFAULT_COLUMNS = 80
# Characters that turn the reading direction, and so can make a text show what it does not say.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_STYLES = {"bold": "1", "dim": "2", "red": "31", "underline": "4"}


def clean(text: str) -> str:
    """The text without anything that would steer a terminal: one line, no control characters."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_clean_character, text))


def _clean_character(character: str) -> str:
    if character == "\t":
        return "    "
    kind = unicodedata.category(character)
    if kind in ("Cc", "Cs", "Zl", "Zp") or character in _TURNING:
        return "\ufffd"
    return character


def width(text: str) -> int:
    """How many columns a clean text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


class Screen:
    """Lines written by one prompt.

    Args:
        output: where they go; styled and erasable only when it is a terminal.
    """

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._widths: list[int] = []
        self._cursor_row = 0
        self._echoed = ""
        terminal = output.isatty()
        self.steers = terminal and os.environ.get("TERM", "") not in ("", "dumb")
        self._styled = self.steers and not os.environ.get("NO_COLOR")

    @property
    def columns(self) -> int:
        """How wide the terminal is now."""
        try:
            # A terminal that was never told its size says 0.
            return os.get_terminal_size(self._output.fileno()).columns or _DEFAULT_COLUMNS
        except (OSError, ValueError):
            return _DEFAULT_COLUMNS

    def style(self, text: str, *styles: str) -> str:
        """A clean text as it is written in these styles: bold, dim, red, underline."""
        if not self._styled or not styles or not text:
            return text
        codes = ";".join(_STYLES[each] for each in styles)
        return f"\x1b[{codes}m{text}\x1b[0m"

    def line(self, text: str = "", *styles: str, indent: int = 0) -> None:
        """Writes one line of text by somebody else: it is cleaned first."""
        cleaned = " " * indent + clean(text)
        self.finished(self.style(cleaned, *styles), width(cleaned))

    def finished(self, styled: str, columns: int) -> None:
        """Writes one line that is clean already and may hold styles.

        Args:
            styled: the line.
            columns: how many columns it takes.
        """
        self._write(styled + "\n")
        self._widths.append(columns)

    def edit(self, text: str, before_cursor: str) -> None:
        """Shows the line being typed in place of what it was, and puts the cursor into it.

        Args:
            text: prompt and everything typed.
            before_cursor: the part of it left of the cursor.
        """
        if not self.steers:
            self._echo(text)
            return
        columns = self.columns
        whole, before = width(text), width(before_cursor)
        end_row = max(whole - 1, 0) // columns
        row, column = divmod(before, columns)
        if before == whole and whole and column == 0:
            # The terminal keeps the cursor in the last column until another character comes.
            self._write(f"{self._home()}{text}")
            self._cursor_row = end_row
            return
        steps = f"\x1b[{end_row - row}A" if end_row > row else ""
        steps += f"\r\x1b[{column}C" if column else "\r"
        self._write(f"{self._home()}{text}{steps}")
        self._cursor_row = row

    def begin_edit(self, text: str) -> None:
        """Starts a line that is typed into, with its prompt."""
        self._cursor_row = 0
        self._echoed = ""
        self.edit(text, text)

    def end_edit(self, text: str) -> None:
        """Ends the line being typed; from now on it is a line like the others."""
        self.edit(text, text)
        self._write("\n")
        self._widths.append(width(text))
        self._cursor_row = 0

    def erase(self) -> None:
        """Takes back everything this prompt has written, as far as it is still on the screen."""
        if self.steers:
            columns = self.columns
            rows = sum(max(1, -(-each // columns)) for each in self._widths)
            self._cursor_row += rows
            self._write(self._home())
        else:
            self._write("\n")
        self._widths.clear()

    def leave(self) -> None:
        """Ends the line being typed and leaves everything on the screen."""
        self._write("\n")
        self.forget()

    def forget(self) -> None:
        """Leaves what was written so far to the screen: somebody else has written since."""
        self._widths.clear()
        self._cursor_row = 0

    def mode(self, code: str, on: bool) -> None:
        """Switches a private mode of the terminal, such as 2004 for marked pastes."""
        if self.steers:
            self._write(f"\x1b[?{code}{'h' if on else 'l'}")

    def _echo(self, text: str) -> None:
        """Follows typing on an output that cannot be steered, such as a plain teletype."""
        pairs = zip(self._echoed, text, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        back = width(self._echoed[same:])
        self._write("\b" * back + " " * back + "\b" * back + text[same:])
        self._echoed = text

    def _home(self) -> str:
        up = f"\x1b[{self._cursor_row}A" if self._cursor_row else ""
        self._cursor_row = 0
        return f"{up}\r\x1b[J"

    def _write(self, text: str) -> None:
        encoding = self._output.encoding or "utf-8"
        self._output.write(text.encode(encoding, "replace").decode(encoding))
        self._output.flush()
