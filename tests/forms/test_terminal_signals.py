"""Ctrl+C and Ctrl+Z at the prompt: real signals from a real terminal to a real process."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Iterator

import pytest

from tests.support.waiting import wait_until

_PROMPT = """
import fcntl, os, signal, sys, termios
from signoff.authoring.terminal import can_prompt, prompt
from signoff.model.forms import Form

def ask():
    assert can_prompt(0, sys.stdout)
    form = Form({"type": "object", "required": ["value"],
                 "properties": {"value": {"type": "integer", "title": "Count"}}})
    try:
        print("answer:", prompt(form, input_fd=0, output=sys.stdout,
                                check=lambda form, answer: []), flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)

fcntl.ioctl(0, termios.TIOCSCTTY, 0)
"""

# A shell of a few lines: it runs the prompt in front, sees it stop, and lets it go on.
_SHELL = """
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    ask()
    os._exit(0)
_, status = os.waitpid(child, os.WUNTRACED)
assert os.WIFSTOPPED(status), status
canonical = bool(termios.tcgetattr(0)[3] & termios.ICANON)
print("stopped, canonical mode:", canonical, flush=True)
os.kill(child, signal.SIGCONT)
os.waitpid(child, 0)
"""


class Terminal:
    """A Python program whose controlling terminal is a new pseudo-terminal."""

    def __init__(self, program: str) -> None:
        self.master, self.slave = pty.openpty()
        self.mode_before = termios.tcgetattr(self.slave)
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm"},
        )

    def see(self, text: str) -> None:
        def met() -> bool:
            while select.select([self.master], [], [], 0)[0]:
                self.said += os.read(self.master, 65536).decode()
            return text in self.said

        wait_until(met, message=lambda: f"{text!r}; said so far: {self.said!r}")
        self.said = self.said.split(text, 1)[1]

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for each in opened:
        each.close()


def test_ctrl_c_interrupts_and_gives_the_terminal_back(terminals: list[Terminal]) -> None:
    terminal = Terminal(_PROMPT + "ask()")
    terminals.append(terminal)
    terminal.see("Count (whole number): ")
    terminal.type("12\x03")
    terminal.see("interrupted")
    assert terminal.process.wait() == 0
    assert termios.tcgetattr(terminal.slave) == terminal.mode_before


def test_ctrl_z_gives_the_terminal_back_until_the_prompt_goes_on(
    terminals: list[Terminal],
) -> None:
    terminal = Terminal(_PROMPT + _SHELL)
    terminals.append(terminal)
    terminal.see("Count (whole number): ")
    terminal.type("1\x1a")
    terminal.see("stopped, canonical mode: True")
    terminal.see("Count (whole number): 1")
    terminal.type("2\r")
    terminal.see("answer: {'value': 12}")
    assert terminal.process.wait() == 0
    assert termios.tcgetattr(terminal.slave) == terminal.mode_before
