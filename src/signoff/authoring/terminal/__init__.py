"""The terminal's face of a form: asks for its fields, and vanishes when somebody else answers.

Owns the conversation as a whole. Standard library only, so that it costs next to nothing to have.
Must not know runs, waits or how an answer is sent.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TextIO

from signoff.authoring.terminal.asking import OMIT, Asker, KeepFile
from signoff.authoring.terminal.editor import read_line
from signoff.authoring.terminal.keyboard import EndOfInput, Keyboard, Woken
from signoff.authoring.terminal.markdown import show_markdown
from signoff.authoring.terminal.screen import Screen
from signoff.authoring.terminal.turn import Turns
from signoff.core.forms import MASK, fields, with_defaults, with_start
from signoff.core.forms.hints import value_text
from signoff.model.forms import Field, FieldError, FieldKind, Form, Json, Path

__all__ = ["can_prompt", "prompt"]

_MARKED_PASTES = "2004"
_TURNS = Turns()


def can_prompt(input_fd: int, output: TextIO) -> bool:
    """Whether a person can be asked here: a terminal on both sides, and this process in front."""
    try:
        return os.isatty(input_fd) and output.isatty() and os.tcgetpgrp(input_fd) == os.getpgrp()
    except (OSError, ValueError):
        return False


def prompt(
    form: Form,
    *,
    input_fd: int,
    output: TextIO,
    check: Callable[[Form, Json], Sequence[FieldError]],
    wake_fd: int | None = None,
    title: str | None = None,
    deadline_text: str | None = None,
    message: str | None = None,
    keep_file: KeepFile | None = None,
) -> dict[str, Json] | None:
    """Asks a person for an answer, field by field.

    Waits for the keyboard and for `wake_fd` together. Ctrl+C raises KeyboardInterrupt as always;
    the terminal is left as it was found in every case. Prompts of one process take turns.

    Args:
        form: what is asked for.
        input_fd: descriptor to read keys from; a terminal, or a pipe with one value per line.
        output: where questions are written.
        check: judges an answer (`core.forms.checking.check`).
        wake_fd: descriptor that becomes readable when the question is moot (answered elsewhere,
            cancelled, expired). It is not read from.
        title: what is asked, in one line; the form's own when not given.
        deadline_text: until when, and what happens then; one or more lines.
        message: why the answer before this one was refused.
        keep_file: keeps the content of a file under a name and gives its address, for fields
            whose value is one.

    Returns:
        The answer, which `check` accepts; None when the question became moot (everything written
        is erased again) or nobody can type (end of input).
    """
    screen = Screen(output)
    try:
        with _TURNS.taken(wake_fd), Keyboard(input_fd, wake_fd) as keyboard:
            screen.mode(_MARKED_PASTES, True)
            try:
                _introduce(screen, form, title, deadline_text, message)
                return _Conversation(form, screen, keyboard, check, keep_file).hold()
            except BaseException as problem:
                if isinstance(problem, Woken):
                    screen.erase()
                else:
                    screen.leave()
                raise
            finally:
                screen.mode(_MARKED_PASTES, False)
    except (Woken, EndOfInput):
        return None


def _introduce(
    screen: Screen,
    form: Form,
    title: str | None,
    deadline_text: str | None,
    message: str | None,
) -> None:
    heading = title if title is not None else form.title
    if heading:
        screen.line(heading, "bold")
    for line in (deadline_text or "").splitlines():
        screen.line(line, "dim")
    if form.description:
        show_markdown(screen, form.description)
    for line in (message or "").splitlines():
        screen.line(f"! {line}", "red")
    if heading or form.description:
        screen.line()


class _Conversation:
    """Everything from the first question to the confirmed answer."""

    def __init__(
        self,
        form: Form,
        screen: Screen,
        keyboard: Keyboard,
        check: Callable[[Form, Json], Sequence[FieldError]],
        keep_file: KeepFile | None,
    ) -> None:
        self._form = form
        self._screen = screen
        self._check = check
        self._keyboard = keyboard
        self._asker = Asker(form, screen, self._read, check, keep_file)
        self._root = fields(form)

    def _read(self, prompt: str, secret: bool = False) -> str:
        return read_line(self._keyboard, self._screen, prompt, secret=secret)

    def hold(self) -> dict[str, Json]:
        """Asks until there is an answer that is accepted and confirmed."""
        asked = self._root.fields
        if self._root.kind is not FieldKind.OBJECT:
            return dict(self._asker.ask(self._root))
        if not asked:
            self._read("Press Enter to go on. ")
            return {}
        answer = self._asker.ask_fields(asked)
        while True:
            again = self._faulty(answer) or self._summary(answer)
            if not again:
                return answer
            answer.update(self._ask_again(again, answer))

    def _faulty(self, answer: dict[str, Json]) -> Sequence[Field]:
        """The fields to ask for again because the answer as a whole is refused."""
        errors = [
            error
            for error in self._check(self._form, with_defaults(self._form, answer))
            # A secret that was left alone is a mask here; its keeper judges the real one.
            if not (_at(answer, error.path) == MASK == _at(self._form.initial, error.path))
        ]
        for error in errors:
            self._asker.refuse(error)
        names = {error.path[0] for error in errors if error.path}
        fields_at_fault = tuple(each for each in self._root.fields if each.name in names)
        return fields_at_fault or (self._root.fields if errors else ())

    def _ask_again(self, again: Sequence[Field], answer: dict[str, Json]) -> dict[str, Json]:
        given = {}
        for field in again:
            started = with_start(field, answer[field.name]) if field.name in answer else field
            value = self._asker.ask(started)
            if value is OMIT:
                answer.pop(field.name, None)
            else:
                given[field.name] = value
        return given

    def _summary(self, answer: dict[str, Json]) -> Sequence[Field]:
        """Shows the answer; returns the fields the person wants to change."""
        listed = self._root.fields
        wide = max(len(each.label) for each in listed)
        self._screen.line()
        for number, each in enumerate(listed, 1):
            value = value_text(each, answer[each.name]) if each.name in answer else "(left out)"
            position = f"{number}) " if len(listed) > 1 else ""
            self._screen.line(f"{position}{each.label.ljust(wide)}  {value}", indent=2)
        if len(listed) == 1:
            return ()
        while True:
            text = self._read("Enter sends this answer; a number changes that field: ").strip()
            if not text:
                return ()
            if text.isdecimal() and 0 < int(text) <= len(listed):
                return (listed[int(text) - 1],)
            text = f"must be a number from 1 to {len(listed)}, or nothing"
            self._asker.refuse(FieldError((), text))


def _at(value: Json, path: Path) -> Json:
    """The value at a place; None where there is none."""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
