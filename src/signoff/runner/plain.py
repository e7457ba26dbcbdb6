"""Starting a child as a fresh interpreter.

Owns that way of starting, which works everywhere; `warm.py` has the fast one.
"""

from __future__ import annotations

import shlex
import signal
import subprocess
import threading

from signoff.model.errors import NotReentrant
from signoff.runner.child import FOLDER, NAMES
from signoff.runner.jobs import Job, OnEnd


class Plain:
    """A child with an interpreter of its own, watched by a thread."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)


def start(job: Job, on_end: OnEnd) -> Plain:
    """Start a child; see `jobs.Start`."""
    with job.log.open("ab") as output:
        try:
            process = subprocess.Popen(
                _command(job),
                cwd=job.directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env={**job.environment, **_names(job)},
            )
        except (OSError, ValueError) as error:
            raise NotReentrant(cannot_start(job, error)) from None

    def watch() -> None:
        on_end(process.wait())

    threading.Thread(target=watch, name=f"child-{process.pid}", daemon=True).start()
    return Plain(process)


def _command(job: Job) -> list[str]:
    """What is started. It finds the run in its environment."""
    wanted = job.settings.command if job.settings is not None else None
    if wanted is None:
        return [job.interpreter, "-m", "signoff.runner.child"]
    return shlex.split(wanted)


def _names(job: Job) -> dict[str, str]:
    names = dict(zip(NAMES, (str(job.run_id), job.process_id, job.claimer), strict=True))
    return names if job.folder is None else {**names, FOLDER: job.folder}


def cannot_start(job: Job, error: Exception) -> str:
    """Why no process could be started, and what to do."""
    return (
        f"The process for flow run {job.run_id} cannot be started: {error}. Run `signoff flow-run "
        f"execute {job.run_id}` with a Python that can load the flow."
    )
