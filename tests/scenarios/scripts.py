"""Scripts as users write them, run as real processes on the home of the test.

Owns starting, killing and answering them; what a script did is read from the file it appends to.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from signoff.engine import results
from signoff.gateway.connect import get_gateway
from signoff.gateway.settings import current_settings
from signoff.model.lookups import ReadResult
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.support.processes import PythonProcess, Spawner
from tests.support.waiting import wait_until

HEAD = """
import os, threading
from pathlib import Path
from signoff import flow, task, pause_flow_run, suspend_flow_run
from signoff.task_runners import ProcessPoolTaskRunner

DONE = Path(os.environ["DONE"])
GATES = DONE.parent

def note(text):
    with DONE.open("a") as file:
        file.write(text + "\\n")

def gate(name):
    note("at " + name)
    while not (GATES / name).exists():
        threading.Event().wait(0.005)

@task
def work(name):
    note("work " + name)
    return name.upper()

@task
def gated(name):
    note("begun " + name)
    gate(name)
    note("work " + name)
    return name.upper()

@task
def ask(name):
    answer = pause_flow_run(wait_for_input=str, key=name)
    note("work " + name)
    return name + "=" + answer
"""


class Script:
    """A script and the runs it makes.

    Args:
        spawner: starts processes.
        folder: where the script, its notes and its gates are.
        body: what follows `HEAD`.
    """

    def __init__(self, spawner: Spawner, folder: Path, body: str) -> None:
        self._spawner = spawner
        self._folder = folder
        self._path = folder / "script.py"
        self._path.write_text(HEAD + body)
        self._done = folder / "done.txt"
        self._done.touch()

    def start(self) -> PythonProcess:
        """Run the script."""
        return self._spawner(self._path, env=self._environment)

    @property
    def _environment(self) -> dict[str, str | None]:
        return {"DONE": str(self._done)}

    def noted(self) -> list[str]:
        """What the script has noted so far."""
        return self._done.read_text().splitlines()

    def has_noted(self, text: str) -> None:
        """Wait until the script has noted this."""
        wait_until(lambda: text in self.noted(), desk.PATIENCE, lambda: f"{text} in {self.noted()}")

    def worked(self) -> Counter[str]:
        """How often each task did its work."""
        return Counter(line.removeprefix("work ") for line in self.noted() if line[:5] == "work ")

    def open(self, name: str) -> None:
        """Let the script pass a gate."""
        (self._folder / name).touch()

    def write(self, name: str, text: str) -> None:
        """Put a file beside the gates."""
        (self._folder / name).write_text(text)

    def signoff(self, *words: str) -> str:
        """Run a command line to its end, and return what it printed."""
        done = self._command(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "signoff", *words],
            capture_output=True,
            text=True,
            timeout=desk.PATIENCE,
            env={**os.environ, "DONE": str(self._done)},
        )

    def retry(self, run_id: UUID) -> None:
        """Have a run that died go on, as soon as its death shows (a lease has to end first)."""
        said: list[str] = []

        def retried() -> bool:
            done = self._command("flow-run", "retry", str(run_id))
            said[:] = [done.stdout + done.stderr]
            return done.returncode == 0

        wait_until(retried, desk.PATIENCE, lambda: f"retry; it said {said}")

    def take_over(self, run_id: UUID) -> None:
        """Have another process enter a run whose process is not heard of any more.

        With an answer that was just given it is Resuming, and somebody has to enter it (a server
        does so by itself); otherwise it is Crashed, and somebody has to want it to go on.
        """
        started: list[PythonProcess] = []

        def entered() -> bool:
            self._command("flow-run", "retry", str(run_id))
            found = desk.run(run_id)
            if found.state_name == "Resuming" and not current_settings().api_url and not started:
                command = ["-m", "signoff", "flow-run", "execute", str(run_id)]
                started.append(self._spawner(command, env=self._environment))
            return found.entries > 1

        wait_until(entered, desk.PATIENCE, lambda: f"another entry of {desk.run(run_id)}")

    def resume(self, run_id: UUID, value: str | None = None, key: str | None = None) -> str:
        """Answer from the command line."""
        words = ["flow-run", "resume", str(run_id)]
        words += ["--key", key] if key else []
        words += ["--input", f"value={value}"] if value is not None else []
        return self.signoff(*words)


def ended(run_id: UUID) -> object:
    """What a run returned that ends well; the message says what a new process wrote."""
    final = (StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED)
    run = desk.reached(run_id, *final)
    assert run.state_type is StateType.COMPLETED, (run.state, "\n".join(_outputs()))
    return results.decode(get_gateway().send(ReadResult(run_id)))


def _outputs() -> Iterator[str]:
    for path in (current_settings().home / "logs").glob("*.log"):
        yield path.read_text()
