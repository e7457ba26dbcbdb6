"""Real Python processes for tests: started, watched, and killed when the test ends.

Owns the processes and their captured output. Output goes to files, so a child never blocks on a
full pipe and its words can be read while it runs and after it was killed.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.waiting import DEFAULT_TIMEOUT, wait_until


class PythonProcess:
    """One running Python program, in a process group of its own."""

    def __init__(self, process: subprocess.Popen[bytes], stdout: Path, stderr: Path) -> None:
        self._process = process
        self._stdout = stdout
        self._stderr = stderr

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal, None while it runs."""
        return self._process.poll()

    @property
    def stdout(self) -> str:
        """Everything written to standard output so far."""
        return self._stdout.read_text(encoding="utf-8", errors="replace")

    @property
    def stderr(self) -> str:
        """Everything written to standard error so far."""
        return self._stderr.read_text(encoding="utf-8", errors="replace")

    def write(self, text: str) -> None:
        """Send text to the program's standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(text.encode())
        self._process.stdin.flush()

    def wait_for_output(self, pattern: str, timeout: float = DEFAULT_TIMEOUT) -> re.Match[str]:
        """Wait until standard output holds a match of the regular expression, and return it.

        Raises:
            AssertionError: it never came, or the program ended without saying it; the message
                holds what the program did say.
        """

        def look() -> re.Match[str] | None:
            # The exit is looked at first: what was written before it is then surely in the file.
            ended = self.returncode
            found = re.search(pattern, self.stdout, re.MULTILINE)
            if found is None and ended is not None:
                raise AssertionError(f"ended with {ended} before {pattern!r}\n{self.said()}")
            return found

        found = wait_until(look, timeout, lambda: f"output {pattern!r}\n{self.said()}")
        assert found is not None
        return found

    def wait(self, timeout: float = DEFAULT_TIMEOUT) -> int:
        """Wait for the program to end and return its exit code (negative for a signal)."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {timeout:g} s\n{self.said()}") from None

    def wait_ok(self, timeout: float = DEFAULT_TIMEOUT) -> str:
        """Wait for the program to end well and return its standard output."""
        code = self.wait(timeout)
        assert code == 0, f"ended with {code}\n{self.said()}"
        return self.stdout

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the program itself (not to its children)."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL the program (not its children) and wait until the kernel has taken it away."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End the program with everything it started, whatever state it is in."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def said(self) -> str:
        """Both outputs, for messages."""
        return f"--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"


class Spawner:
    """Starts Python programs and ends every one of them on `close`."""

    def __init__(self, folder: Path) -> None:
        """Keep scripts and outputs in `folder`."""
        self._folder = folder
        self._started: list[PythonProcess] = []

    def __call__(
        self,
        program: str | Path | Sequence[str],
        *arguments: str,
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
    ) -> PythonProcess:
        """Start a program with this interpreter and the current environment.

        Parameters:
            program: source text (written to a script file), a path to a script, or the
                interpreter's own arguments such as `["-m", "signoff", "version"]`.
            arguments: further command line arguments.
            env: environment variables to set on top of the current ones; None unsets one.
            cwd: working directory; a script's own folder is on its `sys.path` anyway.
        """
        number = len(self._started)
        if isinstance(program, str):
            script = self._folder / f"script_{number}.py"
            script.write_text(program, encoding="utf-8")
            command = [str(script)]
        elif isinstance(program, Path):
            command = [str(program)]
        else:
            command = list(program)
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        for name, value in (env or {}).items():
            if value is None:
                environment.pop(name, None)
            else:
                environment[name] = value
        stdout, stderr = self._folder / f"{number}.out", self._folder / f"{number}.err"
        with stdout.open("wb") as out, stderr.open("wb") as err:
            process = subprocess.Popen(
                [sys.executable, *command, *arguments],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                env=environment,
                cwd=cwd,
                start_new_session=True,
            )
        started = PythonProcess(process, stdout, stderr)
        self._started.append(started)
        return started

    def close(self) -> None:
        """End everything that was started."""
        for process in self._started:
            process.close()
