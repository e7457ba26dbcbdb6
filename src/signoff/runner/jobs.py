"""What a child process is told, and what its supervisor sees of it.

Owns the description of a child and the words for its end. Must not know how it is started.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from signoff.model.claims import JobSettings
from signoff.model.errors import NotReentrant
from signoff.model.journal import EntryRecord
from signoff.model.settings import Settings

LARGEST = 1 << 17
"""Bytes of a message between a supervisor and a process that forks children for it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A run for which a process is to be started.

    Args:
        run_id: the run.
        record: how its flow is loaded.
        process_id: by which name the child goes at the service.
        claimer: the process that claimed the run.
        log: file that takes what the child prints.
        environment: variables of the child.
        spare: directory for a child whose own is gone.
        settings: what the deployment and its pool say about the child; None for nothing.
        folder: where the code is that was fetched for it; None when nothing had to be.
    """

    run_id: UUID
    record: EntryRecord
    process_id: str
    claimer: str
    log: Path
    environment: Mapping[str, str]
    spare: Path
    settings: JobSettings | None = None
    folder: str | None = None

    @property
    def interpreter(self) -> str:
        """The Python that runs it; that of this process where the record names none."""
        return self.record.interpreter or sys.executable

    @property
    def is_plain(self) -> bool:
        """Whether it has to be started in a way of its own, rather than like others."""
        return self.settings is not None and self.settings.command is not None

    @property
    def is_shown(self) -> bool:
        """Whether what it prints is shown where its supervisor prints."""
        return self.settings is None or self.settings.stream_output

    @property
    def variables(self) -> tuple[tuple[str, str | None], ...]:
        """The environment variables that are set or unset for it, and not for every child."""
        return () if self.settings is None else tuple(sorted(self.settings.environment.items()))

    @property
    def directory(self) -> str:
        """Where it runs. Raises `NotReentrant` when it is wanted elsewhere, and cannot be there."""
        asked = self.settings.directory if self.settings is not None else None
        if asked is not None:
            folder = os.path.join(self.record.directory, os.path.expanduser(asked))
            if not os.path.isdir(folder):
                raise NotReentrant(f"The job variable working_dir is {asked!r}, which is no folder")
            return folder
        wanted = self.record.directory
        return wanted if wanted and os.path.isdir(wanted) else str(self.spare)


class Started(Protocol):
    """A child that was started."""

    @property
    def pid(self) -> int: ...

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; nothing happens when it has ended."""


OnEnd = Callable[[int | None], None]
"""Is told, on any thread and once, how a child ended: its exit code, negative for the signal that
killed it, None when nobody knows."""
Start = Callable[[Job, OnEnd], Started]
"""Starts a child. Raises `NotReentrant` when that is impossible."""


def changed(environment: Mapping[str, str], settings: JobSettings | None) -> Mapping[str, str]:
    """The variables of a child with what the deployment and its pool say about them."""
    if settings is None or not settings.environment:
        return environment
    both = {**environment, **settings.environment}
    return {name: value for name, value in both.items() if value is not None}


def environment(settings: Settings) -> dict[str, str]:
    """The variables of a child: those of this process, with its home and server made plain."""
    made = os.environ | {"SIGNOFF_HOME": str(settings.home)}
    if settings.api_url:
        made["SIGNOFF_API_URL"] = settings.api_url
    return made


def ending(code: int | None, log: Path) -> str:
    """How a child ended, for people."""
    if code is None:
        how = "died"
    elif code < 0:
        how = f"was killed by {_signal_name(-code)}"
    else:
        how = f"ended with exit code {code} and did not say why"
    return f"The process that worked on the run {how}. What it printed is in {log}."


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
