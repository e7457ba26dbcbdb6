"""What processes that start others ask of the service, and what it answers them.

A claimer takes runs that are due, starts a process for each, watches it, and says when it ended.
Owns these requests and replies. Must not know how processes are started. All times are UTC
microseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from uuid import UUID

from signoff.model.commands import Command
from signoff.model.journal import EntryRecord, Process
from signoff.model.replies import Done
from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """Which runs a claimer takes: those of a pool, of deployments, or of a machine's user.

    Args:
        host, user: runs that belong to no deployment and no pool, and that only this machine and
            user can enter; and those of saved flows without a pool, which anybody can enter.
        deployments: runs of these deployments.
        pool: runs that are meant for the workers of this pool.
        queues: of the pool, only runs in these queues; empty for all of them.
    """

    host: str | None = None
    user: str | None = None
    deployments: tuple[UUID, ...] = ()
    pool: str | None = None
    queues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JobSettings:
    """How the process of a run is to be started, where that is not as usual.

    Args:
        environment: variables to set, over those of the claimer; None unsets one.
        directory: where it runs, instead of where its flow was.
        command: what is started instead of what the claimer would start.
        stream_output: what it prints is shown where the claimer prints as well.
    """

    environment: Mapping[str, str | None] = field(default_factory=dict)
    directory: str | None = None
    command: str | None = None
    stream_output: bool = True


@dataclass(frozen=True, slots=True)
class ClaimedRun:
    """A run that the claimer has now, and nobody else.

    Args:
        run_id: the run.
        entry_record: how its flow is loaded; None when nobody said.
        job: how its process is started; None for as usual.
    """

    run_id: UUID
    entry_record: EntryRecord | None
    job: JobSettings | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What a claimer got.

    Args:
        runs: the claimed runs, the longest due first.
        next_due: when there may be more, as far as is known now; None when nothing is scheduled.
        more: something was due beyond what was asked for, or was in somebody else's hands for the
            moment: it is worth asking again soon.
    """

    runs: tuple[ClaimedRun, ...]
    next_due: int | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class ClaimRuns(Command[Claims]):
    """Give me runs that are due, to start a process for each.

    Args:
        process_id: the claimer, which has registered.
        scope: which runs it takes.
        limit: how many at most.
    """

    process_id: str
    scope: Scope
    limit: int = 1


@dataclass(frozen=True, slots=True)
class EndedChild:
    """A process that a claimer started has ended.

    Args:
        run_id: the run it was started for.
        process_id: its id; None when it could not be started.
        message: how it ended, for a run that it worked on.
        retry_after: microseconds after which another process may be tried for a run that it never
            entered; None when that is hopeless: the run is Crashed.
    """

    run_id: UUID
    process_id: str | None
    message: str
    retry_after: int | None = 0


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Runs that were given back: none of the ended processes had entered them."""

    run_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class EndChildren(Command[GivenBack]):
    """Processes have ended: whatever they still worked on is lost, and what they never entered is
    given back.

    Args:
        process_id: the claimer.
        ended: its children.
    """

    process_id: str
    ended: tuple[EndedChild, ...]


@dataclass(frozen=True, slots=True)
class KeepAlive(Command[Done]):
    """This process and its children live: their leases are renewed.

    Args:
        process: the claimer; registered again when it is not known any more.
        children: ids of the processes it started.
    """

    process: Process
    children: tuple[str, ...] = ()
