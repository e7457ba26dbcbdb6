"""Where user code is: the run and the task around the line that executes.

Owns the context variables and what a run's process knows of it. One `RunFrame` per entered run,
one `TaskFrame` per running task.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NoReturn, Protocol
from uuid import UUID

from signoff.core.standing import Standing
from signoff.engine.journal import Changed, Journal, Step
from signoff.engine.signals import Signals
from signoff.model.errors import Abort, MissingContextError, Pause
from signoff.model.ids import NO_RUN
from signoff.model.values import dataclass

if TYPE_CHECKING:
    from signoff.core.ports import Gateway
    from signoff.engine.catching_up import CatchingUp
    from signoff.engine.countdowns import Countdown
    from signoff.engine.promises import Promise
    from signoff.engine.results import Storage
    from signoff.engine.specs import FlowSpec, ResultOptions, TaskSpec
    from signoff.engine.streams import Stream


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a process that runs user code works with.

    Args:
        gateway: the way to the service.
        storage: where large results go.
        changed: what to do when code changed under a run.
        log_level: lowest level that is kept.
        log_prints: send `print` to the log where flow and task do not say.
        prompt: offer forms at the terminal.
        default_retries: (of flows, of tasks) where they do not say.
        default_delays: (of flows, of tasks) seconds before further attempts, likewise.
        persist_results: keep results where flow and task do not say; None for with their run.
        persist_tasks: the same of tasks, where their flow does not say either.
        keeping: what the settings say about results.
        caching: reuse results of tasks at all.
        cache_by_default: reuse them where a task has no policy and its results are to persist.
    """

    gateway: Gateway
    storage: Storage
    changed: Changed = Changed.RECALL
    log_level: int = 20
    log_prints: bool = False
    prompt: bool = True
    default_retries: tuple[int, int] = (0, 0)
    default_delays: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
    persist_results: bool | None = None
    persist_tasks: bool | None = None
    keeping: ResultOptions | None = None
    caching: bool = True
    cache_by_default: bool = True


class Slot(Protocol):
    """A place in a pool, given back while its task waits for a person."""

    def release(self) -> None: ...
    def acquire(self) -> None: ...


class TaskPool(Protocol):
    """Runs submitted tasks of one flow run."""

    def submit(self, call: Any) -> Promise: ...

    def close(self, drop: bool) -> None:
        """No more tasks. `drop`: forget those that have not begun."""


class RunFrame:
    """A run that this process works on.

    Attributes:
        runtime, spec: the process, and the flow.
        run_id, flow_id, name, entry: the run, and the number of this entry.
        flow_run_id: the run; None when this stands for the run of a task that has none.
        attempt: the present attempt.
        parameters: of the flow.
        keeping: what flow, caller and settings say about results.
        persist_tasks: whether results of tasks that do not say are to be kept.
        parent: the run that called this one, in this process.
        journal, signals: what was done, and what is heard.
        countdown: the flow's time limit.
        tags: labels.
        pool: where submitted tasks run; made on first use.
        promises: submitted tasks that have not ended.
        waits: keys of the waits this process has open.
        holding: key of the hold the branches wait for.
        check_hold: the run was entered while it waited, perhaps for a hold.
        sleeps: after how many long sleeps of this process the run was seen to be its own still.
        misnamed: why the flow could not name it.
        winding_down: the attempt is over; what is left of it must stop.
        cut: this process has stopped somewhere in the run, to let it wait without a process.
        crowded: it has waited for a place: what concerns the run that called it wakes it, too.
        busy: tasks and called runs that are being worked on.
        catching: what becomes of earlier work; None in a first entry.
        tried_again: whether another attempt follows when this one fails; None: nobody has asked.
        logger: its logger, made on first use by `logs.logger_of`.
    """

    def __init__(
        self,
        runtime: Runtime,
        spec: FlowSpec,
        run_id: UUID,
        flow_id: UUID,
        name: str,
        entry: int,
        attempt: int,
        parameters: Mapping[str, Any],
        parent: RunFrame | None,
        tags: tuple[str, ...],
        started: int,
    ) -> None:
        self.runtime = runtime
        self.spec = spec
        self.run_id = run_id
        self.flow_run_id = None if run_id == NO_RUN else run_id
        self.flow_id = flow_id
        self.name = name
        self.entry = entry
        self.attempt = attempt
        self.parameters = parameters
        self.parent = parent
        self.tags = tags
        self.started = started
        self.expected = started
        outer = runtime.keeping if parent is None else parent.keeping
        says = (spec.persist_result, runtime.persist_tasks, runtime.persist_results)
        self.persist_tasks = next((said for said in says if said is not None), None)
        self.keeping: ResultOptions | None = (
            outer if spec.keeping is None else spec.keeping.within(outer)
        )
        self.journal = Journal(attempt)
        self.signals = Signals(entry)
        self.countdown: Countdown | None = None
        self.pool: TaskPool | None = None
        self.promises: set[Promise] = set()
        self.waits: set[str] = set()
        self.holding: str | None = None
        self.misnamed: Exception | None = None
        self.winding_down = False
        self.check_hold = False
        self.sleeps = 0
        self.cut = False
        self.crowded = False
        self.busy: set[object] = set()
        self.catching: CatchingUp | None = None
        self.tried_again: bool | None = None
        self._idle: threading.Event | None = None
        self.logger: Any = None
        self._waiting = 0
        self._lock = threading.Lock()

    @property
    def gateway(self) -> Gateway:
        return self.runtime.gateway

    @property
    def persist_result(self) -> bool | None:
        """Whether its results are to be kept: what the flow says, or the settings."""
        said = self.spec.persist_result
        return self.runtime.persist_results if said is None else said

    @property
    def log_prints(self) -> bool:
        if self.spec.log_prints is not None:
            return self.spec.log_prints
        return self.parent.log_prints if self.parent else self.runtime.log_prints

    def tries_again(self) -> bool:
        """Whether another attempt follows when this one fails; the same however often it is asked.

        What runs only after the last attempt relies on it.
        """
        if self.tried_again is None:
            judge = self.spec.may_retry
            by_number = self.attempt <= self.spec.retries
            self.tried_again = by_number and (judge is None or judge(self))
        return self.tried_again

    def must_hold(self) -> bool:
        """Whether this branch has to wait before its next task.

        Raises:
            Abort: this process must stop working on the run.
        """
        standing = self.signals.standing
        alone = self.parent is None and not self.winding_down
        if alone and standing is Standing.GO and not (self.holding or self.check_hold):
            return False
        self.obey()
        held = standing is Standing.HOLD or self.holding is not None or self.check_hold
        return held or self.lacks_place()

    def lacks_place(self) -> bool:
        """Whether this run, or one that called it, waits for a place of its deployment."""
        frame: RunFrame | None = self
        while frame is not None:
            if frame.signals.standing is Standing.QUEUE:
                return True
            frame = frame.parent
        return False

    def obey(self) -> None:
        """Stop here when this run, or one that called it, must not go on in this process.

        Raises:
            Abort: it ended, is being cancelled, or belongs to another process.
            Pause: it is suspended.
        """
        self.heed()
        frame: RunFrame | None = self
        while frame is not None:
            if frame.signals.standing is Standing.SUSPEND:
                self.leave()
            frame = frame.parent

    def listen_to_callers(self) -> None:
        """From now on be woken by what concerns the runs that called this one, too."""
        frame: RunFrame | None = self
        while frame is not None:
            frame.crowded = True
            frame = frame.parent

    def leave(self) -> NoReturn:
        """Stop here, and have every other branch of this process's runs stop where it next may.

        Raises:
            Pause: always.
        """
        self.cut = True
        top = self
        while top.parent is not None:
            top = top.parent
        top.signals.leave()
        raise Pause(f"Flow run {self.name!r} is suspended.")

    def ended(self, work: object) -> None:
        """A task or called run is not being worked on any more."""
        self.busy.discard(work)
        if self._idle is not None and not self.busy:
            self._idle.set()

    def wait_until_idle(self) -> None:
        """Block until everything that is being worked on has ended or stopped."""
        self._idle = threading.Event()
        if self.busy:
            self._idle.wait()

    def heed(self) -> None:
        """Raise `Abort` when this run, or one that called it, must stop at once."""
        frame: RunFrame | None = self
        while frame is not None:
            if frame.signals.standing is Standing.STOP:
                raise Abort(f"Flow run {frame.name!r} is being cancelled.")
            if frame.signals.standing is Standing.GONE or frame.winding_down:
                raise Abort(f"Flow run {frame.name!r} is no longer worked on by this process.")
            frame = frame.parent

    def taken_over(self) -> bool:
        """Whether this run, or one that called it, ended or is another process's now."""
        frame: RunFrame | None = self
        while frame is not None:
            if frame is not self and frame.signals.standing is Standing.GONE:
                return True
            frame = frame.parent
        return False

    def started_waiting(self) -> None:
        """A branch waits: while at least one does, the time limits of the run stand still."""
        with self._lock:
            self._waiting += 1
            first = self._waiting == 1
        if first:
            self._stop_clocks(pause=True)

    def ended_waiting(self) -> None:
        with self._lock:
            self._waiting -= 1
            last = self._waiting == 0
        if last:
            self._stop_clocks(pause=False)

    def _stop_clocks(self, pause: bool) -> None:
        if self.countdown is not None:
            (self.countdown.pause if pause else self.countdown.resume)()
        if self.parent is not None:
            (self.parent.started_waiting if pause else self.parent.ended_waiting)()


class TaskFrame:
    """A task that this process runs.

    Attributes:
        spec, id, name: the task and its run.
        run: the flow run it belongs to.
        step: what the call is in the journal.
        parameters: of the task.
        countdown: its time limit.
        slot: its place in a pool, when it was submitted.
        outer: the task that called it.
        run_count: which attempt of the task this is.
        transaction: its own, while its function runs in one.
        stream: how a generator is gone through.
        held: slots of its tags; None when it holds none.
        tags: labels, those around the call included.
        cut: its code was told to stop, because the run is suspended.
        logger: its logger, made on first use by `logs.logger_of`.
    """

    def __init__(
        self,
        spec: TaskSpec,
        id: UUID,
        run: RunFrame,
        step: Step,
        parameters: Mapping[str, Any],
        slot: Slot | None,
        outer: TaskFrame | None,
        started: int,
    ) -> None:
        self.spec = spec
        self.id = id
        self.name = ""
        self.run = run
        self.step = step
        self.parameters = parameters
        self.slot = slot
        self.outer = outer
        self.started = started
        self.run_count = 1
        self.transaction: Any = None
        self.tags = spec.tags
        self.held: Any = None
        self.cut = False
        self.countdown: Countdown | None = None
        self.stream: Stream | None = None
        self.logger: Any = None
        self._scope = ""

    def holds_slots(self) -> bool:
        """Whether this task, or one around it, holds slots of its tags."""
        frame: TaskFrame | None = self
        while frame is not None:
            if frame.held is not None:
                return True
            frame = frame.outer
        return False

    @property
    def scope(self) -> str:
        """Its journal key, the scope of what it calls; most tasks call nothing."""
        if not self._scope:
            self._scope = self.step.key
        return self._scope

    @property
    def log_prints(self) -> bool:
        return self.run.log_prints if self.spec.log_prints is None else self.spec.log_prints


current_run: ContextVar[RunFrame | None] = ContextVar("signoff_run", default=None)
current_task: ContextVar[TaskFrame | None] = ContextVar("signoff_task", default=None)
current_transaction: ContextVar[Any] = ContextVar("signoff_transaction", default=None)
current_tags: ContextVar[frozenset[str]] = ContextVar("signoff_tags", default=frozenset())


def present() -> tuple[RunFrame | None, TaskFrame | None]:
    """The run and the task around the present line.

    The run of a task that was called outside of flows is one that only stands for it.
    """
    run, task = current_run.get(), current_task.get()
    return (task.run if run is None and task is not None else run), task


def run_or_raise(what: str) -> RunFrame:
    """The flow run around the present line.

    Raises:
        MissingContextError: there is none; `what` says what needed it.
    """
    frame = current_run.get()
    if frame is None:
        task = current_task.get()
        if task is not None:
            what += (
                f" Task {task.spec.name!r} was called outside of flows: call it from a function "
                "with @flow."
            )
        raise MissingContextError(what)
    return frame


@contextmanager
def waiting(frame: RunFrame, task: TaskFrame | None) -> Iterator[None]:
    """The present branch waits: clocks stand still, and the pool slot serves others."""
    with ExitStack() as stack:
        outer = task
        while outer is not None:
            if outer.countdown is not None:
                outer.countdown.pause()
                stack.callback(outer.countdown.resume)
            outer = outer.outer
        frame.started_waiting()
        stack.callback(frame.ended_waiting)
        if task is not None and task.slot is not None:
            # Released last and taken back first, so that clocks tick only with a slot in hand.
            task.slot.release()
            stack.callback(task.slot.acquire)
        yield
