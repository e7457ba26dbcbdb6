"""Starting a process that enters a run.

Owns who may enter it and how the process is started: detached, with the run's interpreter and
working directory, its output in a file under SIGNOFF_HOME.
"""

from __future__ import annotations

import os
import subprocess
import sys
from uuid import UUID

from signoff.engine.entry import os_user
from signoff.gateway.liveness import machine_id
from signoff.gateway.settings import current_settings
from signoff.model.errors import NotReentrant
from signoff.model.journal import EntryRecord
from signoff.model.replies import AnswerAccepted
from signoff.model.settings import Settings
from signoff.runner.jobs import environment


def launch(run_id: UUID, record: EntryRecord, settings: Settings) -> int:
    """Start a process that enters a run, and leave it to itself.

    Args:
        run_id: the run.
        record: how its flow is loaded.
        settings: of this process; the new one inherits the environment.

    Returns:
        The number of the process.

    Raises:
        NotReentrant: the run belongs to another machine or user, or no process can load its flow.
    """
    check(record, settings)
    log = settings.home / "logs" / f"{run_id}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    directory = record.directory if os.path.isdir(record.directory) else str(settings.home)
    command = [record.interpreter or sys.executable, "-m", "signoff.runner.child", str(run_id)]
    with log.open("ab") as output:
        try:
            process = subprocess.Popen(
                command,
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env=environment(settings),
            )
        except OSError as error:
            raise NotReentrant(
                f"The process for flow run {run_id} cannot be started: {error}. Run "
                f"`signoff flow-run execute {run_id}` with a Python that can load the flow."
            ) from None
    _children.append(process)
    for child in [child for child in _children if child.poll() is not None]:
        _children.remove(child)
    return process.pid


_children: list[subprocess.Popen[bytes]] = []
"""Processes started here; looked at now and then so that none is left as a zombie."""


def launch_due(settings: Settings) -> int:
    """Start a process that runs everything that is due on this machine, and then ends.

    For many runs at once: it starts only so many processes at a time. It may be started beside a
    worker; every run is claimed by one of them.

    Returns:
        The number of the process.
    """
    log = settings.home / "logs" / "due.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "signoff.runner.local", "--once"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=environment(settings),
        )
    _children.append(process)
    return process.pid


def check(record: EntryRecord, settings: Settings) -> None:
    """Whether this process may enter a run.

    Raises:
        NotReentrant: it may not; the message says who may.
    """
    if record.refusal is not None:
        raise NotReentrant(f"The flow cannot be loaded again: {record.refusal}.")
    if record.is_document and not record.host:
        return
    if record.host != machine_id(settings.home):
        raise NotReentrant(
            "The run was started on another machine and can be entered only there: run "
            "`signoff flow-run execute` on that machine."
        )
    if record.user != os_user():
        raise NotReentrant(
            f"The run was started by the user {record.user!r}, who alone may enter it again."
        )


def launch_after_answer(reply: AnswerAccepted) -> int | None:
    """Start the process that goes on with an answered run whose own process is gone.

    Returns its number, or None when the run has no entry record.

    Raises:
        NotReentrant: this process cannot; the answer stands all the same.
    """
    if reply.entry_record is None:
        return None
    return launch(reply.enter or reply.run_id, reply.entry_record, current_settings())
