"""A task whose result may be reused, or whose effect may be undone, as a program.

Owns how a task takes part in caching and transactions. The journal stays what it is: it was asked
first, it keeps its own copy of the result, and a result that was reused is on record in it too.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.engine import outcomes, results
from signoff.engine.clock import now_us
from signoff.engine.effects import Block, Log, Post, Program, Send
from signoff.engine.frames import RunFrame, TaskFrame, current_transaction
from signoff.engine.keeping.encoding import store_of
from signoff.engine.keeping.filesystems import LocalFileSystem
from signoff.engine.keeping.policies import DEFAULT, level_of
from signoff.engine.keeping.resolving import storage_of
from signoff.engine.keeping.transactions import BaseTransaction
from signoff.engine.promises import Ending
from signoff.engine.results import KeptResult
from signoff.engine.specs import ResultOptions
from signoff.engine.streams import Stopped, replay
from signoff.engine.tasks import attempts, outside, put_on_record, record_of
from signoff.model.commands import FinishTasks
from signoff.model.errors import ConfigurationError, HashError
from signoff.model.journal import ResultKind
from signoff.model.lookups import ReadJournal
from signoff.model.state_types import StateType
from signoff.model.transactions import CACHED, ROLLED_BACK

if TYPE_CHECKING:
    from signoff.engine.arguments import Arguments
    from signoff.engine.journal import Step
    from signoff.engine.keeping.stores import ResultStore
    from signoff.engine.specs import TaskSpec
    from signoff.engine.tasks import TaskCall
    from signoff.model.journal import TaskRecord

WARNING = 30
_COMMITTED = "Committed with its transaction."
_UNDONE = "Task rolled back as part of transaction"


class TaskTransaction(BaseTransaction):
    """The transaction of one task run.

    Attributes:
        record: what the journal has of the task; None for a task that is not on record.
        values: the file of its values, while it is open.
    """

    record: TaskRecord | None = None
    values: Path | None = None

    def committed(self) -> Program[None]:
        """Say in the journal that the hooks of the commit were called, so that an entered run
        does not call them again."""
        if self.record is not None and self.on_commit_hooks:
            yield Post(FinishTasks((replace(self.record, message=_COMMITTED),)))
        yield from self._forget()

    def undone(self) -> Program[None]:
        """Say in the journal that the task was undone, so that an entered run does it again."""
        if self.record is not None and self.on_rollback_hooks:
            undone = replace(self.record, state_name=ROLLED_BACK, message=_UNDONE)
            yield Post(FinishTasks((undone,)))
        yield from self._forget()

    def remember(self, folder: Path, id: UUID) -> Program[None]:
        """Keep the values that hooks may ask for, in case another process has to call them.

        Raises:
            NotKept: they cannot be kept.
        """
        if not self._values:
            return
        body = results.dumps(self._values)
        self.values = folder / f"{id.hex}.values"
        files = LocalFileSystem(basepath=str(folder))
        yield Block(partial(files.write_path, self.values.name, body))

    def recall(self, folder: Path, id: UUID) -> Program[None]:
        """Take up the values that an earlier process kept."""
        self.values = folder / f"{id.hex}.values"
        if (yield Block(self.values.exists)):
            self._values = results.loads((yield Block(self.values.read_bytes)))

    def _forget(self) -> Program[None]:
        if self.values is not None:
            yield Block(partial(self.values.unlink, missing_ok=True))


def run(call: TaskCall, task: TaskFrame, step: Step, given: Arguments) -> Program[Ending]:
    """Run a task within its transaction, or reuse the result under its key.

    Returns how it ended; the ending is on record, or posted when the call was submitted.
    """
    frame, spec = call.frame, call.spec
    options = outcomes.keeping_of(frame, spec) or ResultOptions()
    transaction = TaskTransaction()
    try:
        ending: Ending | None
        try:
            transaction = yield from _transaction(task, given, options)
            yield from transaction.beginning()
            ending = yield from _reused(transaction)
        except Exception as error:
            text = f"Task run could not begin: {type(error).__name__}: {error}"
            ending = Ending(StateType.FAILED, None, error, "", text, now_us())
        reused = ending is not None and ending.completed
        if ending is None:
            ending = yield from _computed(task, given, transaction)
        # What a reader left half-way is nothing to reuse.
        whole = not isinstance(ending.value, Stopped)
        if transaction.key is not None and whole:
            # Its transaction writes it under its key: no further copy under its own name.
            options = replace(options, storage_key=transaction.key)
        if ending.completed and spec.hooks.of_transactions:
            yield from _remembered(frame, transaction, call.id)
        result = yield from outcomes.of_task(frame, spec, call.id, ending, options)
        durable = outcomes.wanted(frame, spec) is True
        record = record_of(call, task, step, ending, result, durable)
        transaction.write_on_commit = whole and result.kind is not ResultKind.MISSING
        yield from put_on_record(call, task, ending, record)
        yield from _settled(spec, transaction, ending, record)
        if call.slot is not None and not options.in_memory and record.result.location is not None:
            # Nobody holds it but the future, which loads it when it is asked.
            ending.value = KeptResult(record.result)
        if reused and spec.is_generator:
            with outside(task):
                yield from replay(ending)
    except BaseException:
        transaction.release()
        raise
    return ending


def _remembered(frame: RunFrame, transaction: TaskTransaction, id: UUID) -> Program[None]:
    try:
        yield from transaction.remember(frame.runtime.storage.folder, id)
    except (results.NotKept, OSError) as error:
        text = "Values of a transaction cannot be kept for a later process: %s"
        yield Log(WARNING, text, (error,))


def rejoin(call: TaskCall, step: Step, recalled: Ending) -> Program[None]:
    """A task that finished before the run was entered again is part of the transaction again, so
    that it is undone with it."""
    found = call.frame.journal.find(step)
    if found is not None and recalled.completed:
        yield from _join(call.frame, call.spec, found.record, recalled)


def adopt(frame: RunFrame, spec: TaskSpec, id: UUID, ending: Ending) -> Program[None]:
    """A task that another process completed is part of the transaction around the present line."""
    records: tuple[TaskRecord, ...] = yield Send(ReadJournal(frame.run_id))
    record = next((record for record in records if record.id == id), None)
    if record is not None:
        yield from _join(frame, spec, record, ending)


def _join(frame: RunFrame, spec: TaskSpec, record: TaskRecord, ending: Ending) -> Program[None]:
    parent: BaseTransaction = current_transaction.get()
    if not spec.hooks.of_transactions or record.message == _COMMITTED:
        return
    transaction = TaskTransaction()
    transaction.record = record
    transaction._parent = parent
    yield from transaction.recall(frame.runtime.storage.folder, record.id)
    transaction.stage(ending.value, spec.hooks.on_rollback, spec.hooks.on_commit)
    yield from transaction.joining(parent)


def _computed(task: TaskFrame, given: Arguments, transaction: BaseTransaction) -> Program[Ending]:
    current_transaction.set(transaction)
    task.transaction = transaction
    try:
        return (yield from attempts(task, given))
    finally:
        task.transaction = None
        # No token: a generator may be read in another context than the one it began in.
        current_transaction.set(transaction.get_parent())


def _reused(transaction: BaseTransaction) -> Program[Ending | None]:
    """The ending that the record under the key stands for; None when there is none."""
    if not transaction.is_committed():
        return None
    found = yield from transaction.reading()
    if found is None:
        return None
    return Ending(StateType.COMPLETED, found.result, name=CACHED, at=now_us())


def _settled(
    spec: TaskSpec, transaction: TaskTransaction, ending: Ending, record: TaskRecord
) -> Program[None]:
    """Commit, undo, or leave that to the transaction around."""
    if transaction.is_committed():
        return
    if not ending.completed:
        yield from transaction.undoing()
        return
    if spec.hooks.of_transactions:
        transaction.record = record
    hooks = spec.hooks
    transaction.stage(ending.value, hooks.on_rollback, hooks.on_commit)
    yield from transaction.ending(None)


# The key -----------------------------------------------------------------------------------


def _transaction(
    task: TaskFrame, given: Arguments, options: ResultOptions
) -> Program[TaskTransaction]:
    """The transaction of a call, with its key when its result may be reused."""
    frame, policy = task.run, options.policy
    wish = outcomes.wanted(frame, task.spec)
    if policy is None and options.storage_key is None and wish is True:
        policy = DEFAULT if frame.runtime.cache_by_default else None
    if wish is False or not frame.runtime.caching:
        return TaskTransaction()
    key = yield from _key(task, given, options, policy)
    if key is None:
        return TaskTransaction()
    transaction = TaskTransaction(
        store=_store(task, options, policy),
        key=key,
        overwrite=bool(options.refresh),
        isolation_level=policy and policy.isolation_level and level_of(policy.isolation_level),
    )
    transaction.lasts = options.expiration
    return transaction


def _key(
    task: TaskFrame, given: Arguments, options: ResultOptions, policy: Any
) -> Program[str | None]:
    if policy is None:
        template = options.storage_key
        return None if template is None else storage_key(task, template)
    make = task.spec.context
    context = make(task) if make is not None else None
    try:
        found = policy.compute_key(context, dict(given.parameters), dict(task.run.parameters))
    except Exception as error:
        text = "Error encountered when computing cache key of task %r; its result is not reused: %s"
        # Arguments that make no key need no traceback: the message says what to do.
        trace = None if isinstance(error, HashError) else error
        yield Log(WARNING, text, (task.spec.name, error), trace)
        return None
    if found is not None and not isinstance(found, str):
        raise ConfigurationError(
            f"The cache key of task {task.spec.name!r} must be a text, or None for no caching; "
            f"got {found!r}."
        )
    return found or None


def _store(task: TaskFrame, options: ResultOptions, policy: Any) -> ResultStore:
    """Where results of the task are looked up and kept."""
    template = options.storage_key
    store = store_of(options, task.run.runtime.storage)
    if policy is not None:
        store.lock_manager = policy.lock_manager
        if policy.key_storage is not None:
            where = f"cache_policy of task {task.spec.name!r}: key_storage"
            store.metadata_storage = storage_of(policy.key_storage, where)
            if template is not None:
                key = storage_key(task, template)
                store.storage_key_fn = lambda: key
    return store


def storage_key(task: TaskFrame, template: str) -> str:
    """The key that a template of `result_storage_key` stands for.

    Raises:
        ConfigurationError: it names something that is not there.
    """
    frame = task.run
    known: dict[str, Any] = {
        "flow_run": SimpleNamespace(
            id=str(frame.run_id),
            name=frame.name,
            flow_name=frame.spec.name,
            parameters=dict(frame.parameters),
            tags=sorted(frame.tags),
            run_count=frame.attempt,
        ),
        "task_run": SimpleNamespace(
            id=str(task.id),
            name=task.name,
            task_name=task.spec.name,
            parameters=dict(task.parameters),
            tags=sorted(task.spec.tags),
            run_count=task.run_count,
        ),
        "parameters": dict(task.parameters),
    }
    try:
        return template.format(**known)
    except (KeyError, IndexError, AttributeError, ValueError) as error:
        raise ConfigurationError(
            f"result_storage_key={template!r} of task {task.spec.name!r} cannot be filled in "
            f"({type(error).__name__}: {error}); it may use parameters[name], flow_run.name, "
            "flow_run.id, flow_run.flow_name, task_run.name, task_run.id, task_run.task_name."
        ) from None
