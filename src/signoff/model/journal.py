"""What a run has done so far, kept so that nothing is done twice.

Owns results, task records, log lines and the entry record. Must not know how results are encoded
or how code is loaded. All times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any
from uuid import UUID

from signoff.model.forms import Json
from signoff.model.state_types import StateType
from signoff.model.values import dataclass


class ResultKind(StrEnum):
    """How a result is kept."""

    NONE = "none"
    """The value is None; nothing is stored."""
    PICKLE = "pickle"
    JSON = "json"
    FILE = "file"
    """The body is a file of its own, `location`."""
    MISSING = "missing"
    """The result was not kept, or could not be."""
    RECORD = "record"
    """The body says itself how to read it; without one, `location` says where it is."""
    SEALED = "sealed"
    """A pickle with secrets in it: encrypted at rest, and opened for its own run only."""


@dataclass(frozen=True, slots=True)
class Result:
    """A kept result. The server passes `body` on and never looks inside.

    Args:
        kind: how it is kept.
        body: the encoded value, for kinds `pickle`, `json` and `record`.
        location: where result storage keeps it, for kinds `file` and `record`.
        preview: what a person may see of it, at most 2 kB.
    """

    kind: ResultKind
    body: bytes | None = None
    location: str | None = None
    preview: str | None = None


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """One finished task run (or called child flow run): a line of the journal.

    Args:
        id: the task run.
        run_id, entry: the flow run, and the entry number of the process that did it.
        attempt: the attempt of the flow run in which it ran.
        scope: journal key of the enclosing task run; "" for the flow itself.
        task_key: which task: module and qualified name.
        inputs: digest of the arguments; "" when there are none, "?" when they cannot be hashed.
        occurrence: how many calls with the same scope, task and inputs came before it.
        place: where it was called: call site and ordinal there.
        name: name of the task run.
        state_type, state_name, message: how it ended.
        result: the kept result, or the exception.
        started, ended: times.
        run_count: attempts of the task, retries included.
        tags: labels.
        child: the flow run it stands for, when a flow was called.
        durable: it has to be on the disk before anybody goes on; itself not kept.
    """

    id: UUID
    run_id: UUID
    entry: int
    attempt: int
    scope: str
    task_key: str
    inputs: str
    occurrence: int
    place: str
    name: str
    state_type: StateType
    state_name: str
    message: str | None
    result: Result
    started: int
    ended: int
    run_count: int
    tags: tuple[str, ...] = ()
    child: UUID | None = None
    durable: bool = False


@dataclass(frozen=True, slots=True)
class TaskStart:
    """A task run (or called child flow run) that has begun.

    Of a task it is written behind, so that people see it running; of a called run together with
    the run, so that a later process finds the run again.

    Args:
        id to tags: as in `TaskRecord`.
        child: the flow run it stands for, when a flow was called.
    """

    id: UUID
    run_id: UUID
    attempt: int
    scope: str
    task_key: str
    name: str
    started: int
    run_count: int
    tags: tuple[str, ...] = ()
    inputs: str = ""
    occurrence: int = 0
    place: str = ""
    child: UUID | None = None


@dataclass(frozen=True, slots=True)
class TaskInput:
    """A run whose result is part of what a task was given.

    Args:
        parameter: which argument it is in; `wait_for` for what was only waited for.
        id: the task run, or the flow run.
        type: `task_run` or `flow_run`.
    """

    parameter: str
    id: UUID
    type: str = "task_run"


@dataclass(frozen=True, slots=True)
class TaskInputs:
    """Where the arguments of a task run came from. Written behind; a journal does without it."""

    id: UUID
    run_id: UUID
    given: tuple[TaskInput, ...]


@dataclass(frozen=True, slots=True)
class Reentry:
    """What became of earlier work when a process entered a run again.

    Args:
        replayed: calls of tasks and flows that gave back what they did.
        rerun: calls that an earlier process had begun, and that ran again.
        changed: calls that came back with other arguments.
        not_called: calls on record that the code does not make any more.
        places: the changed calls, by name and line; the first twenty.
    """

    replayed: int = 0
    rerun: int = 0
    changed: int = 0
    not_called: int = 0
    places: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether there was any earlier work."""
        return self != Reentry()

    def __str__(self) -> str:
        changed = f"came with other arguments ({', '.join(self.places)})"
        were = "was" if self.not_called == 1 else "were"
        parts = (
            (self.replayed, "gave back what they did"),
            (self.rerun, "ran again"),
            (self.changed, changed),
            (self.not_called, f"on record {were} not made any more"),
        )
        said = [
            f"{count} {'call' if count == 1 else 'calls'} {what}" for count, what in parts if count
        ]
        return "; ".join(said) or "nothing was on record"


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a run's log.

    Args:
        id: made by the writer, so that a repeated delivery is recognised.
        run_id, task_run_id: what it belongs to.
        level: a level number of the `logging` module.
        name: the logger.
        message: the text.
        at: time.
    """

    id: UUID
    run_id: UUID
    task_run_id: UUID | None
    level: int
    name: str
    message: str
    at: int


DOCUMENTS = "signoff.yamlflow.stored"
"""The module that gives flows by the digest of their document."""


@dataclass(frozen=True, slots=True)
class Source:
    """A git repository that holds the code of a flow, fetched where its runs are started.

    Args:
        url: of the repository, without passwords.
        branch: branch or tag; None for the default branch.
        commit: exactly this commit; None for the newest one.
        token: what opens a private repository: `$NAME` of an environment variable, or the name of
            a secret; never the token itself.
        username: goes with the token, where the host wants a certain one.
        submodules: fetch its submodules, too, and theirs.
    """

    url: str
    branch: str | None = None
    commit: str | None = None
    token: str | None = None
    username: str | None = None
    submodules: bool = False


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """What a process needs to call the flow again from the top (DESIGN 4.1).

    Args:
        host: machine id; a run without a deployment is entered on its own machine only. "" where
            any machine that has the code will do.
        user: the operating system's user, who alone may enter it; "" for any.
        interpreter: path of the Python that ran it; "" for the one of whoever enters it.
        directory: working directory; "" for the one of whoever enters it.
        path: `sys.path` of the process.
        file: the script or module file; None for a module without one.
        module: name of the module; None for a script.
        qualname: qualified name of the flow in it.
        source_hash: digest of the source, to notice changed code.
        refusal: why no process can load the flow; None when one can.
        source: the repository that `file` or `module` is in, and has to be fetched first.
    """

    host: str
    user: str
    interpreter: str
    directory: str
    path: tuple[str, ...]
    file: str | None
    module: str | None
    qualname: str
    source_hash: str
    refusal: str | None = None
    source: Source | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> EntryRecord:
        """The record of these values, as `dataclasses.asdict` and JSON have left them."""
        source = values.get("source")
        told = {**values, "path": tuple(values["path"])}
        return cls(**{**told, "source": None if source is None else Source(**source)})

    @property
    def is_document(self) -> bool:
        """The flow is a kept document, which any machine can load."""
        return self.module == DOCUMENTS


class Liveness(StrEnum):
    """How the death of a process is noticed."""

    LOCK = "lock"
    """It holds a file lock that the kernel frees at death; judged on its own machine."""
    LEASE = "lease"
    """It renews a lease at the service."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process that works on runs.

    Args:
        id: identifier.
        host: machine id.
        pid: its number on that machine.
        user: the operating system's user.
        liveness: how its death is noticed.
        address: where it is told of changes: the path of a datagram socket, `udp:PORT`, or
            `poll:ID` for one that asks over HTTP.
        supervisor: the process that started it for a run and watches it; not kept on record.
    """

    id: str
    host: str
    pid: int
    user: str
    liveness: Liveness
    address: str | None
    supervisor: str | None = None


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is known of a flow run when it is created.

    Args:
        id: made by the creator, so that a repeated request is recognised.
        flow_name: name of the flow.
        name: name of the run.
        parameters: as JSON, for people.
        pickled: the parameters as cloudpickle, for entering again; None when JSON says it all.
        entry_record: how to load the flow; None for a run that only a caller can start.
        tags: labels.
        flow_version: version of the flow.
        parent_run_id, parent_task_run_id: who called it.
        journal_key: identity of the call within the parent's attempt.
        idempotency_key: a second run of the flow with this key is the first one.
        deployment_id: the deployment it was made from.
        schedule_id: the schedule that made it; None when somebody asked for it.
        work_pool, work_queue: whose workers may start it; None for no pool.
        job_variables: what the worker is told about the process of this run.
        secret_schema: JSON Schema that says which parameters are secret, and so are encrypted at
            rest; None for none. It is not kept itself.
    """

    id: UUID
    flow_name: str
    name: str
    parameters: Mapping[str, Json] = field(default_factory=dict)
    pickled: bytes | None = None
    entry_record: EntryRecord | None = None
    tags: tuple[str, ...] = ()
    flow_version: str | None = None
    parent_run_id: UUID | None = None
    parent_task_run_id: UUID | None = None
    journal_key: str | None = None
    idempotency_key: str | None = None
    deployment_id: UUID | None = None
    schedule_id: UUID | None = None
    work_pool: str | None = None
    work_queue: str | None = None
    job_variables: Mapping[str, Json] | None = None
    secret_schema: Mapping[str, Json] | None = None
