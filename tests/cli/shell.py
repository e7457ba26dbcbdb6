"""Command lines as tests write them: in this process, or as a real one.

Owns running `signoff` and what came of it. `Shell.main` is quick and enough for what a command
does; a real process (`Shell.spawn`) is for what only a process has: terminals, signals, exit codes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from signoff.cli.main import main
from tests.support.processes import PythonProcess, Spawner
from tests.support.waiting import DEFAULT_TIMEOUT

_REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    """What a command line did."""

    code: int
    out: str
    err: str

    def ok(self) -> str:
        """Its output; fails the test when it did not succeed."""
        assert self.code == 0, f"exit code {self.code}\n{self.out}\n{self.err}"
        return self.out

    def json(self) -> Any:
        """What it printed, decoded."""
        return json.loads(self.ok())

    def refused(self) -> str:
        """The error; fails the test unless it is one of ours: exit code 1, and no traceback."""
        assert self.code == 1, f"exit code {self.code}\n{self.out}\n{self.err}"
        assert self.err.startswith("Error: "), self.err
        assert "Traceback" not in self.err
        return self.err.removeprefix("Error: ").rstrip("\n")


class Shell:
    """Runs command lines on the home of the test."""

    def __init__(self, home: Path, spawner: Spawner, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._spawner = spawner
        self._capsys = capsys

    def main(self, *words: str) -> Ran:
        """Run a command line in this process."""
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        out, err = self._capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 1, out, err)

    def spawn(self, *words: str, env: dict[str, str | None] | None = None) -> PythonProcess:
        """Start a command line as a process of its own."""
        return self._spawner(["-m", "signoff", *words], env=env)

    def run(self, *words: str, env: dict[str, str] | None = None, standard_input: str = "") -> Ran:
        """Run a command line as a process of its own, without a terminal, to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "signoff", *words],
            input=standard_input,
            capture_output=True,
            text=True,
            # Generous: a server that starts in the background is waited for as well.
            timeout=3 * DEFAULT_TIMEOUT,
            env={**os.environ, **(env or {})},
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def spawn_source(self, program: str) -> PythonProcess:
        """Start a Python program on the same home; it may import `tests`."""
        return self._spawner(program, env={"PYTHONPATH": str(_REPOSITORY)})
