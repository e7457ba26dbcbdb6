"""A paused script with a terminal offers the form there, and is answerable elsewhere as well."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from signoff import resume_flow_run
from tests.forms.emulator import Emulator
from tests.scenarios import desk
from tests.scenarios.scripts import Script, ended
from tests.support.waiting import wait_until

BODY = """
from pydantic import BaseModel, Field

class Release(BaseModel):
    version: str = Field(min_length=2)
    count: int = Field(ge=1, le=9)

@flow
def main():
    answer = pause_flow_run(wait_for_input=Release, key="release")
    print("GOT", answer.version, answer.count, flush=True)
    pause_flow_run(key="sure")
    print("SURE", flush=True)
    return [answer.version, answer.count]

if __name__ == "__main__":
    main()
"""


class Screen:
    """A script in front of a terminal of its own; the test types on the other end."""

    def __init__(self, path: Path, environment: dict[str, str]) -> None:
        self._master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (200, 120))
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._emulator = Emulator(120, 200)
        self.process = subprocess.Popen(
            [sys.executable, str(path)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, **environment, "TERM": "xterm-256color"},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    @property
    def text(self) -> str:
        """What the screen shows now."""
        while select.select([self._master], [], [], 0)[0]:
            try:
                read = os.read(self._master, 65536)
            except OSError:
                # The last process on the other end has gone.
                break
            self._emulator.feed(self._decoder.decode(read))
        return self._emulator.text

    def see(self, text: str) -> None:
        """Wait until the screen shows this."""
        wait_until(lambda: text in self.text, desk.PATIENCE, lambda: f"{text!r} in\n{self.text}")

    def type(self, text: str) -> None:
        """Press keys, then Enter."""
        os.write(self._master, text.encode() + b"\r")

    def end(self) -> int:
        """Wait for the script to end; its exit code."""
        wait_until(lambda: self.text and self.process.poll() is not None, desk.PATIENCE)
        return self.process.wait()

    def close(self) -> None:
        """End the script, whatever state it is in."""
        self.process.kill()
        self.process.wait()
        os.close(self._master)


@pytest.fixture
def screen(
    script: Callable[[str], Script], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Screen]:
    """The script at its terminal."""
    script(BODY)
    done = str(tmp_path / "done.txt")
    shown = Screen(tmp_path / "script.py", {"DONE": done, "SIGNOFF_TERMINAL_PROMPT": "true"})
    yield shown
    shown.close()


def test_the_answer_can_be_typed_where_the_script_runs(screen: Screen) -> None:
    screen.see("Version")
    run_id = desk.reached_question("release").run_id
    screen.type("1.2")
    screen.see("Count")
    screen.type("3")
    screen.see("Enter sends this answer")
    screen.type("")
    screen.see("GOT 1.2 3")
    # What is typed before a question is shown does not answer it.
    screen.see("Press Enter to go on")
    screen.type("")
    screen.see("SURE")
    assert screen.end() == 0
    assert ended(run_id) == ["1.2", 3]
    given = desk.waits(run_id)[0].answered_by
    assert given is not None
    assert given.via == "terminal"


def test_a_wrong_value_is_asked_for_again_there(screen: Screen) -> None:
    screen.see("Version")
    screen.type("1")
    screen.see("must have at least 2 characters")
    # The question is shown again below the error; keys pressed before that do not count.
    asked = "Version (at least 2 characters)"
    wait_until(lambda: screen.text.count(asked) == 2, desk.PATIENCE, lambda: screen.text)
    screen.type("1.2")
    screen.see("Count")
    run = desk.only_run()
    assert run.state_name == "Paused"
    resume_flow_run(run.id, {"version": "9.9", "count": 9}, key="release")
    screen.see("GOT 9.9 9")


def test_the_form_vanishes_when_somebody_else_answers(screen: Screen) -> None:
    screen.see("Version")
    run_id = desk.reached_question("release").run_id
    resume_flow_run(run_id, {"version": "2.0", "count": 4}, key="release")
    screen.see("GOT 2.0 4")
    desk.reached_question("sure")
    resume_flow_run(run_id, key="sure")
    screen.see("SURE")
    assert screen.end() == 0
    assert "Count" not in screen.text
    assert ended(run_id) == ["2.0", 4]


def test_what_is_half_typed_disturbs_nothing(screen: Screen) -> None:
    screen.see("Version")
    run_id = desk.reached_question("release").run_id
    screen.type("3.0")
    screen.see("Count")
    resume_flow_run(run_id, {"version": "2.0", "count": 4}, key="release")
    screen.see("GOT 2.0 4")
    resume_flow_run(desk.reached_question("sure").run_id, key="sure")
    assert screen.end() == 0
    assert ended(run_id) == ["2.0", 4]


def test_cancel_ends_the_prompt(screen: Screen) -> None:
    screen.see("Version")
    run_id = desk.reached_question("release").run_id
    desk.cancel(run_id)
    assert screen.end() != 0
    assert desk.run(run_id).state_name == "Cancelled"
