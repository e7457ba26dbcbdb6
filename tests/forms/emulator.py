"""What a person sees: a terminal of a few rows that understands what the prompt writes.

It knows exactly the codes the prompt is allowed to use and fails on any other, so that a test sees
both what is shown and that nothing foreign reaches the terminal.
"""

from __future__ import annotations

import re
import unicodedata

_CODE = re.compile(r"\x1b\[(?P<private>\??)(?P<numbers>[0-9;]*)(?P<final>[A-Za-z])")


class Emulator:
    """Rows of characters, a cursor, and the terminal's habit of wrapping late."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.lines: list[list[str]] = [[]]
        self.row = self.column = 0
        self.wrap_pending = False
        self.marks_pastes = False
        self._unfinished = ""

    @property
    def text(self) -> str:
        """Everything on the screen and above it, without trailing blanks."""
        return "\n".join("".join(line).rstrip() for line in self.lines).rstrip("\n")

    def feed(self, text: str) -> None:
        """Takes what a program writes."""
        text = self._unfinished + text
        self._unfinished = ""
        position = 0
        while position < len(text):
            if text[position] != "\x1b":
                self._put(text[position])
                position += 1
                continue
            code = _CODE.match(text, position)
            if code is None:
                self._unfinished = text[position:]
                assert len(self._unfinished) < 12, f"not a known code: {self._unfinished!r}"
                return
            self._obey(code)
            position = code.end()

    def _obey(self, code: re.Match[str]) -> None:
        count = int(code["numbers"] or 1) if code["numbers"].isdigit() else 1
        if code["private"]:
            assert code["numbers"] == "2004", f"unknown mode {code[0]!r}"
            self.marks_pastes = code["final"] == "h"
            return
        self.wrap_pending = self.wrap_pending and code["final"] == "m"
        match code["final"]:
            case "A":
                top = max(0, len(self.lines) - self.rows)
                self.row = max(top, self.row - count)
            case "C":
                self.column = min(self.columns - 1, self.column + count)
            case "J":
                del self.lines[self.row + 1 :]
                del self.lines[self.row][self.column :]
            case "m":
                pass
            case _:
                raise AssertionError(f"unknown code {code[0]!r}")

    def _put(self, character: str) -> None:
        if character == "\n":
            self._down()
        elif character == "\r":
            self.column, self.wrap_pending = 0, False
        elif character == "\b":
            self.column, self.wrap_pending = max(0, self.column - 1), False
        else:
            assert character.isprintable(), f"control character {character!r}"
            self._print(character)

    def _print(self, character: str) -> None:
        wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if self.wrap_pending or self.column + wide > self.columns:
            self._down()
            self.column = 0
        line = self.lines[self.row]
        line.extend(" " * (self.column - len(line)))
        line[self.column : self.column + wide] = [character, ""][:wide]
        self.column += wide
        self.wrap_pending = self.column == self.columns
        if self.wrap_pending:
            self.column -= 1

    def _down(self) -> None:
        self.wrap_pending = False
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append([])
