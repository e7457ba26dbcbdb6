"""One line, typed by a person.

Owns editing: insertion, deletion, moving, pastes, secrets. Must not know what is asked.
"""

from __future__ import annotations

from signoff.authoring.terminal import keyboard as keys
from signoff.authoring.terminal.keyboard import EndOfInput, Keyboard
from signoff.authoring.terminal.screen import Screen, clean


class _Line:
    """What has been typed so far, and where the cursor is in it."""

    def __init__(self) -> None:
        self.left: list[str] = []
        self.right: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self.left + self.right)

    def press(self, key: str) -> None:
        """Changes the line as a key says; keys that mean nothing here change nothing."""
        if len(key) == 1:
            if key.isprintable() or key in "\n\t":
                self.left.append(key)
        elif key == keys.BACKSPACE and self.left:
            self.left.pop()
        elif key == keys.DELETE and self.right:
            self.right.pop(0)
        elif key == keys.LEFT and self.left:
            self.right.insert(0, self.left.pop())
        elif key == keys.RIGHT and self.right:
            self.left.append(self.right.pop(0))
        elif key == keys.HOME:
            self.left, self.right = [], self.left + self.right
        elif key == keys.END:
            self.left, self.right = self.left + self.right, []
        elif key == keys.KILL_LINE:
            self.left, self.right = [], []
        elif key == keys.KILL_WORD:
            while self.left and self.left[-1].isspace():
                self.left.pop()
            while self.left and not self.left[-1].isspace():
                self.left.pop()


def read_line(keyboard: Keyboard, screen: Screen, prompt: str, *, secret: bool = False) -> str:
    """Shows a prompt and reads one line.

    A pasted line break stays in the text and does not end the line.

    Args:
        prompt: clean text in front of what is typed.
        secret: nothing of what is typed is shown.

    Raises:
        Woken: something happened elsewhere before the line was ended.
        EndOfInput: the keyboard is gone, or Ctrl+D was pressed on an empty line.
    """
    line = _Line()
    screen.begin_edit(prompt)
    while True:
        try:
            key = keyboard.key()
        except EndOfInput:
            if line.text and not keyboard.is_terminal:
                key = keys.ENTER
            else:
                raise
        if key == keys.ENTER:
            break
        if key == keys.END_OF_INPUT:
            if line.text:
                continue
            raise EndOfInput
        if key == keys.RESUMED:
            screen.forget()
        line.press(key)
        if keyboard.is_terminal and not secret:
            screen.edit(prompt + _shown(line.text), prompt + _shown("".join(line.left)))
        elif key in (keys.REDRAW, keys.RESUMED):
            screen.edit(prompt, prompt)
    echoed = keyboard.is_terminal and not secret
    screen.end_edit(prompt + _shown(line.text) if echoed else prompt)
    return line.text


def _shown(text: str) -> str:
    return clean(text.replace("\n", "\u21b5").replace("\t", " "))
