"""What the layers ask of each other, as protocols.

`Gateway` is how the engine reaches the service; `Store` and `Tx` are what the service asks of a
database. Owns the contracts only. Every promise of `Store` and `Tx` is stated by the conformance
suite in `tests/store`, which runs on both databases. All times are UTC microseconds since the
Unix epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar
from uuid import UUID

from signoff.core.table_ports import Tables
from signoff.model.errors import StoreError
from signoff.model.values import dataclass

if TYPE_CHECKING:
    from signoff.core.bulks import Bulks
    from signoff.core.deployment_ports import DeploymentTable
    from signoff.model import queries, views
    from signoff.model.actors import Actor, Via
    from signoff.model.claims import Scope
    from signoff.model.commands import Command, Request
    from signoff.model.events import HistoryEntry, Kind
    from signoff.model.forms import Form, Json
    from signoff.model.health import Schema
    from signoff.model.journal import (
        EntryRecord,
        LogLine,
        NewRun,
        Process,
        Reentry,
        Result,
        TaskInputs,
        TaskRecord,
        TaskStart,
    )
    from signoff.model.replies import InboxItem, RunSignal, SettledItem
    from signoff.model.runs import Run
    from signoff.model.waits import Response, Wait, WaitStatus

R = TypeVar("R")

Clock = Callable[[], int]
"""The present time."""
NewId = Callable[[], UUID]
"""A fresh UUID of version 7."""


class Listener(Protocol):
    """Hears that something about a run may have changed. Called on the watcher's thread."""

    def __call__(self, signal: RunSignal | None) -> None:
        """`signal` says where the run stands; None when the listener has to look by itself."""


class Gateway(Protocol):
    """The way of a process to the service: in process, or over HTTP."""

    @property
    def process(self) -> Process:
        """This process, with the address where it hears of changes."""

    def send(self, request: Request[R], via: Via | None = None) -> R:
        """Have a request carried out now. Raises what `model.errors` says.

        `via`: the face through which the person acted, when it is not the gateway's own.
        """

    def post(self, command: Command[object]) -> None:
        """Have a command carried out soon, together with others; errors are logged."""

    def settle(self) -> None:
        """Return when what was posted so far is on record (log lines and start records may
        follow). A run that turns out to be fenced off is told through its listener; `StaleEntry`
        is raised for one that has none."""

    def listen(self, run_id: UUID, listener: Listener, lines: bool = False) -> Callable[[], None]:
        """Call `listener` whenever the run may have changed; the returned function ends that.

        `lines`: also when its log may have grown.
        """

    def hear(self, topic: UUID, listener: Listener) -> Callable[[], None]:
        """Call `listener` whenever this process is poked about something that is no run; the
        returned function ends that."""

    def keep(self, lease: UUID, seconds: float, lost: Callable[[], object]) -> Callable[[], None]:
        """Renew a lease of `seconds` until the returned function is called, where this process
        is judged by it; `lost` is called when it could not be renewed in time."""

    def sleeps(self) -> int:
        """How often this process may have counted as dead so far, the present moment included: each
        time another one may have taken over its runs."""

    def close(self) -> None:
        """Settle, then give up connections and threads."""


class Vault(Protocol):
    """Keeps secrets unreadable at rest."""

    def encrypt(self, text: str) -> str: ...

    def decrypt(self, text: str) -> str:
        """Raises `SignoffException` when the text was encrypted under another key."""


DUE = "due:"
"""The address of everybody who starts processes for runs: one may be due now, or earlier."""
SOME_RUN = UUID(int=0)
"""Heard in place of a run when it is only known that one may be due."""


@dataclass(frozen=True, slots=True)
class Poke:
    """Somebody who must be told that a run changed.

    Args:
        address: of the process.
        run_id: the run.
        signal: where the run stands by now, so that nobody has to look; None when it is not known.
    """

    address: str
    run_id: UUID
    signal: RunSignal | None = None


Heard: TypeAlias = "Mapping[UUID, RunSignal | None]"
"""Runs that changed, and where they stand by now where that is known."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a stored run is apart from what the rules need."""

    flow_id: UUID
    flow_name: str
    name: str
    parent_run_id: UUID | None
    entry_record: EntryRecord | None
    created: int
    deployment_id: UUID | None = None
    work_pool: str | None = None
    work_queue: str | None = None
    job_variables: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that has runs which are not finished.

    Args:
        process: the process.
        lease_until: when its lease ends; None for a process judged by its lock.
        runs: its unfinished runs.
    """

    process: Process
    lease_until: int | None
    runs: tuple[UUID, ...]


class TryAgain(StoreError):
    """The transaction lost against a concurrent one (a deadlock, on PostgreSQL). Nothing of it
    happened, and it may be run again from its beginning."""


class Tx(Tables, Protocol):
    """One transaction: all of it happens, or nothing."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo only what happens inside when it raises."""

    def batch(self, run_ids: Sequence[UUID]) -> AbstractContextManager[None]:
        """Inside, these runs are read together, and what changes about them is written together.
        Only faster: whatever is asked inside is told as it would be outside."""

    @property
    def bulks(self) -> Bulks:
        """What concerns bulk actions."""

    # runs
    def flow_id(self, name: str, now: int, new_id: NewId) -> UUID:
        """The id of the flow called `name`, registered when it is new."""

    def lock_run(self, run_id: UUID, key: str | None = None, seen: Run | None = None) -> Run | None:
        """The run, locked until the end; its waits are those of `Run.waits`, and those that have
        `key` as key or alias. None when there is no such run. In a `Store.read` the run is read
        without being locked. `seen`: the run as it was read before; the very same is returned when
        it still has that version."""

    def insert_run(self, new: NewRun, run: Run, flow_id: UUID, by: Actor, now: int) -> bool:
        """Store a new run. False when its id, or its flow's idempotency key, exists already."""

    def find_idempotent(self, flow_id: UUID, key: str) -> UUID | None: ...

    def save_run(self, before: Run, after: Run, now: int, result: Result | None = None) -> None:
        """Store what changed: the row, and the waits that differ (new ones included). Keeps the
        derived columns right: start and end time, total run time, counters of open waits."""

    def update_run(
        self, run_id: UUID, name: str | None, tags: Sequence[str] | None, parameters: str | None
    ) -> None: ...

    def delete_run(self, run_id: UUID) -> bool: ...

    def run_facts(self, run_id: UUID) -> RunFacts | None: ...

    def run_label(self, run_id: UUID) -> tuple[UUID, str] | None:
        """The id of the run's flow, and the name of the run; at hand once the run was locked."""

    def new_run(self, run_id: UUID) -> NewRun | None:
        """How the run was created."""

    def unfinished_children(self, run_id: UUID) -> tuple[UUID, ...]: ...

    def result(self, run_id: UUID) -> Result | None: ...

    # history
    def append_history(
        self,
        run: Run,
        kind: Kind,
        by: Actor,
        now: int,
        key: str | None = None,
        request_id: UUID | None = None,
    ) -> None: ...

    def note_reentry(self, run_id: UUID, entry: int, reentry: Reentry) -> None:
        """What became of earlier work in an entry; `history` and the views of runs tell it."""

    def history(self, run_id: UUID) -> tuple[HistoryEntry, ...]: ...

    def events(self, after: int, limit: int) -> tuple[HistoryEntry, ...]: ...

    # waits
    def put_form(self, form: Form) -> bytes:
        """Store a form once per content; returns its digest."""

    def form(self, digest: bytes) -> Form: ...

    def waits(self, run_id: UUID) -> tuple[Wait, ...]: ...

    def take_outcome(self, run_id: UUID, entry: int, wait_id: UUID) -> bool: ...

    def add_response(self, run_id: UUID, response: Response) -> None: ...

    def refuse_response(self, wait_id: UUID, why: str) -> None:
        """Mark the newest response of the wait as refused by the flow."""

    def responses(self, wait_id: UUID) -> tuple[Response, ...]: ...

    def response_by_request(self, request_id: UUID) -> Response | None: ...

    def due_waits(self, now: int, limit: int) -> tuple[tuple[UUID, str], ...]:
        """(run, key) of open waits whose deadline has passed, oldest first."""

    def next_deadline(self) -> int | None: ...

    def inbox(self, limit: int, offset: int, text: str | None) -> tuple[InboxItem, ...]:
        """`alive` is True when the run has an owner; the service corrects it."""

    def settled(
        self, status: WaitStatus, limit: int, offset: int, text: str | None
    ) -> tuple[SettledItem, ...]:
        """What was answered, or has expired, of what asked a person; newest first."""

    def inbox_count(self) -> int: ...

    # processes
    def put_process(self, process: Process, lease_until: int | None, now: int) -> None: ...

    def renew_lease(self, process_id: str, until: int) -> bool: ...

    def process(self, process_id: str) -> Owner | None:
        """The process (its `runs` left empty)."""

    def delete_process(self, process_id: str) -> bool:
        """Forget a process that has ended. False when it was not known."""

    def idle_processes(self, before: int, limit: int) -> tuple[Owner, ...]:
        """Processes known since before a moment, without a lease since then, and without runs that
        are neither finished nor waiting."""

    def owned_by(self, process_id: str) -> tuple[UUID, ...]:
        """The runs of a process that are neither finished nor waiting, oldest first."""

    def owners(self) -> tuple[Owner, ...]:
        """Every process that has runs which are neither finished nor waiting; only these are
        listed, because a run that waits loses nothing when its process dies."""

    def owners_of(self, run_ids: Sequence[UUID]) -> Mapping[UUID, Owner]:
        """The processes that work on these runs (their `runs` left empty), in one look; a run
        without an owner, or whose owner is not on record, is left out."""

    def with_untaken(self, limit: int) -> tuple[UUID, ...]:
        """Paused and suspended runs of which one wait is over while another is open, whose code has
        not taken up the outcome yet, and which have not been entered for it often enough."""

    def crowded_deployments(self) -> tuple[UUID, ...]:
        """Deployments of which a run waits in its process for a place."""

    def to_enter(self, now: int, limit: int) -> tuple[UUID, ...]:
        """Runs that wait for a process: resuming, due, without an owner."""

    # claiming
    def due_runs(self, scope: Scope, now: int, limit: int) -> tuple[UUID, ...]:
        """Runs of the scope that are due and have no owner, the longest due first. Called runs
        are among those of pools and deployments whoever made them: their caller may be meant.
        Runs that wait for a place of their deployment are left out while there is none."""

    def next_due_run(self, scope: Scope, now: int) -> int | None:
        """When the next of them will be due, after `now`."""

    def lock_free_run(self, run_id: UUID) -> Run | None:
        """Like `lock_run`, but None at once when somebody else has the run locked."""

    # tasks
    def start_tasks(self, tasks: Sequence[TaskStart]) -> None: ...

    def put_task_inputs(self, inputs: Sequence[TaskInputs]) -> None:
        """Keep what task runs depend on, also before they are on record themselves."""

    def finish_task(self, task: TaskRecord) -> bool:
        """Put a finished task on record; False when its run is gone or was entered anew."""

    def journal(self, run_id: UUID) -> tuple[TaskRecord, ...]: ...

    def begun(self, run_id: UUID, attempt: int) -> tuple[TaskStart, ...]:
        """Tasks and calls of an attempt that have begun and not ended, oldest first."""

    def give_up_tasks(self, run_id: UUID, message: str, now: int) -> None:
        """What has begun and not ended counts as crashed, apart from called runs that go on."""

    def task_result(self, task_run_id: UUID) -> Result | None: ...

    # logs and inputs
    def write_logs(self, logs: Sequence[LogLine]) -> None: ...

    def put_input(self, run_id: UUID, key: str, value: str, sender: str | None, now: int) -> bool:
        """False when the key is taken."""

    def delete_input(self, run_id: UUID, key: str) -> bool: ...

    def input(self, run_id: UUID, key: str) -> views.FlowRunInput | None: ...

    def inputs(
        self, run_id: UUID, prefix: str, limit: int, exclude: Sequence[str]
    ) -> tuple[views.FlowRunInput, ...]: ...

    # deployments
    @property
    def deployments(self) -> DeploymentTable:
        """Deployments and their schedules."""

    # itself
    def schema(self) -> Schema:
        """The version of the database's schema, as it has it now."""

    # lists
    def signals(self, run_ids: Sequence[UUID]) -> tuple[RunSignal, ...]: ...

    def flow_run(self, run_id: UUID) -> views.FlowRun | None: ...

    def flow_runs(self, query: queries.ReadRuns) -> tuple[views.FlowRun, ...]: ...

    def count_runs(self, query: queries.CountRuns) -> int: ...

    def flow(self, query: queries.ReadFlow) -> views.Flow | None: ...

    def flows(self, query: queries.ReadFlows) -> tuple[views.Flow, ...]: ...

    def task_run(self, task_run_id: UUID) -> views.TaskRun | None: ...

    def task_runs(self, query: queries.ReadTaskRuns) -> tuple[views.TaskRun, ...]: ...

    def logs(self, query: queries.ReadLogs) -> tuple[views.Log, ...]: ...


class Hears(StrEnum):
    """What an ear hears beside the pokes for its own process."""

    OWN = "own"
    """Nothing else."""
    DUE = "due"
    """That runs may be due (`DUE`): the ear of a claimer."""
    ALL = "all"
    """That, and pokes for processes that poll a server (`poll:` addresses): a server's ear."""


class Store(Protocol):
    """A database of runs."""

    def write(self, durable: bool = True) -> AbstractContextManager[Tx]:
        """A transaction that commits when the block ends and rolls back when it raises.

        `durable`: on the disk before the block returns (full sync), rather than soon after.
        """

    def read(self) -> AbstractContextManager[Tx]:
        """A consistent look that changes nothing."""

    def finish_tasks(self, tasks: Sequence[TaskRecord], now: int) -> tuple[UUID, ...]:
        """Put finished tasks on record, in one statement for one task; returns the runs whose
        entry number is not that of their record (fenced off, or gone)."""

    def without_waiting(self) -> AbstractContextManager[None]:
        """What this thread does inside waits for no other writer: where it would have to,
        `StoreLocked` is raised at once, and nothing has happened."""

    def give_way(self) -> None:
        """Between two transactions of long work: let others write who wait for this one."""

    def wake(self, pokes: Iterable[Poke]) -> None:
        """Tell waiting processes, after the commit. Never raises: a lost poke is only late."""

    def close(self) -> None: ...

    def ear(self, process_id: str, hears: Hears = Hears.OWN) -> Ear:
        """Somewhere this process can be poked, and a way to notice other processes' commits."""


class Ear(Protocol):
    """How a process hears of changes. One per process, listened to by one thread.

    Implemented over datagrams with a look at the database as the safety net (embedded), over
    LISTEN/NOTIFY (PostgreSQL), and as a long poll (HTTP).
    """

    address: str
    """Goes into `Process.address` and `Wait.address`."""

    def watch(self, run_ids: Sequence[UUID]) -> None:
        """Which runs this process is interested in now."""

    def wait(self, timeout: float) -> Heard | None:
        """Sleep until something happened, at most `timeout` seconds; returns the runs that
        changed, none of them when none did, or None when it is not known what has changed."""

    def interrupt(self) -> None:
        """Make a `wait` in another thread return at once."""

    def close(self) -> None: ...
