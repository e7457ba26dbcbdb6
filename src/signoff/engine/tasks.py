"""Running a task, as a program.

Owns what happens from the call of a task to its record: boundary, dependencies, recall, attempts,
time limit, hooks, result. Written once for synchronous and asynchronous tasks.
"""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.core.fingerprint import fingerprint
from signoff.core.retries import delays, next_delay
from signoff.engine import announcing, outcomes, results
from signoff.engine.arguments import Arguments
from signoff.engine.clock import now_us
from signoff.engine.countdowns import Countdown, TimedOut
from signoff.engine.effects import CallUser, Join, Log, Post, Program, Send, Sleep
from signoff.engine.endings import task_by_hand, trimmed
from signoff.engine.frames import RunFrame, Slot, TaskFrame, current_task, current_transaction
from signoff.engine.hooks import call_hooks, hooks_for, view_of
from signoff.engine.journal import UNKNOWN, Step
from signoff.engine.logs import capture_prints
from signoff.engine.naming import named
from signoff.engine.pauses import boundary, is_clear, still_ours
from signoff.engine.promises import Ending, Promise
from signoff.engine.recall import begun_as, recall_step
from signoff.engine.states import is_state, make_state
from signoff.engine.streams import Stream, completed, replay, through
from signoff.model.commands import FinishTasks, StartTasks
from signoff.model.errors import (
    Abort,
    NameTemplateError,
    Pause,
    SignoffException,
    StaleEntry,
    UpstreamTaskError,
)
from signoff.model.journal import Result, TaskInput, TaskInputs, TaskRecord
from signoff.model.state_types import StateType
from signoff.model.values import dataclass

if TYPE_CHECKING:
    from signoff.engine.specs import TaskSpec

DEBUG, INFO, WARNING, ERROR = 10, 20, 30, 40

Upstream = Sequence[tuple[Promise, bool]]
"""What a call depends on, each with whether its failure is allowed."""


@dataclass(slots=True)
class TaskCall:
    """One call of a task, as made in the user's code. Only its slot is filled in later.

    Args:
        spec, frame, outer: the task, and the run and task around the call.
        id: the task run.
        place: where the call stands.
        arguments: returns the arguments once `upstream` has ended.
        upstream: submitted tasks it depends on.
        step: its identity; asked for with `identity`, because it may be known later only.
        slot: its place in a pool; None for a direct call.
        tags: labels around the call.
        read: somebody reads the values of a generator as they come.
        inputs: the runs that its arguments came from.
    """

    spec: TaskSpec
    frame: RunFrame
    outer: TaskFrame | None
    id: UUID
    place: str
    arguments: Callable[[], Arguments]
    upstream: Upstream = ()
    step: Step | None = None
    slot: Slot | None = None
    tags: frozenset[str] = frozenset()
    read: bool = False
    inputs: Sequence[TaskInput] = ()

    def identity(self, given: Arguments) -> Step:
        """What the call is in the journal; known when its arguments are."""
        if self.step is None:
            scope = self.outer.scope if self.outer is not None else ""
            self.step = identify(self.frame, scope, self.spec, given, self.place, early=False)
        return self.step

    def promise(self) -> Promise:
        """The promise of its ending, for a call that is submitted."""
        upstream = tuple(promise for promise, _ in self.upstream)
        return Promise(self.id, self.spec.name, upstream)


def identify(
    frame: RunFrame, scope: str, spec: TaskSpec, given: Arguments, place: str, early: bool
) -> Step:
    """The identity of a call in the journal."""
    parameters = given.parameters
    try:
        inputs = fingerprint(parameters, results.dumps) if parameters else ""
    except Exception:
        # The call is known by its place alone.
        inputs = UNKNOWN
    return frame.journal.step(scope, spec.key, inputs, place, early)


def run_task(call: TaskCall) -> Program[Ending]:
    """Run a task, or give back what it did before.

    Returns how it ended; the ending is on record, or posted when the call was submitted.

    Raises:
        Abort: this process must stop working on the run.
    """
    frame = call.frame
    if not is_clear(frame):
        yield from boundary(frame, call.outer)
    if call.upstream:
        failed = yield from join(call)
        if failed is not None:
            return failed
        yield from boundary(frame, call.outer)
    given = call.arguments()
    step = call.identity(given)
    if frame.journal.remembers:
        recalled = yield from recall_call(call, step)
        if recalled is not None:
            return recalled
        step = call.identity(given)
    return (yield from run_new(call, step, given))


def recall_call(call: TaskCall, step: Step) -> Program[Ending | None]:
    """Give back what the call did before; None when it has to run, maybe as the one it was then."""
    frame, spec = call.frame, call.spec
    recalled = yield from recall_step(frame, spec.name, step, spec.keeping)
    if recalled is None:
        if frame.catching is not None:
            yield from frame.catching.new_call(step, call.slot is None, spec.works)
        call.step = yield from begun_as(frame, spec.name, step)
        return None
    if current_transaction.get() is not None:
        yield from _transactional().rejoin(call, step, recalled)
    if spec.is_generator:
        yield from replay(recalled)
    return recalled


def tell_inputs(call: TaskCall) -> None:
    """Let people see what a task that begins depends on."""
    told = TaskInputs(call.id, call.frame.run_id, tuple(call.inputs))
    with suppress(SignoffException):
        call.frame.gateway.post(StartTasks((), (told,)))


def run_new(call: TaskCall, step: Step, given: Arguments) -> Program[Ending]:
    """Run a task of which nothing is to be given back."""
    spec, started = call.spec, now_us()
    if call.inputs:
        tell_inputs(call)
    task = TaskFrame(
        *(spec, call.id, call.frame, step, given.parameters, call.slot, call.outer, started)
    )
    if call.tags:
        task.tags = spec.tags | call.tags
    return (_work if not task.tags else _with_slots)(call, task, step, given)


def _with_slots(call: TaskCall, task: TaskFrame, step: Step, given: Arguments) -> Program[Ending]:
    """Run it while it holds a slot of each of its tags that has a limit."""
    slots = importlib.import_module("signoff.engine.tag_slots")
    refusal: Exception | None = yield from slots.take(task)
    work = _work(call, task, step, given, refusal)
    ending: Ending = yield from (work if task.held is None else slots.within(task, work))
    return ending


def _work(
    call: TaskCall,
    task: TaskFrame,
    step: Step,
    given: Arguments,
    refusal: Exception | None = None,
) -> Program[Ending]:
    """Run a task that may run now, and put on record how it ended.

    Args:
        refusal: why it may not run after all.
    """
    frame, spec = call.frame, call.spec
    current_task.set(task)
    if spec.is_generator:
        task.stream = Stream(spec.fn, given, partial(outside, task), read=call.read)
    frame.busy.add(task)
    announcing.begun(task, call.tags)
    try:
        task.name = default_name(spec, call.id)
        if spec.log_prints:
            capture_prints()
        ending = None if spec.run_name is None else (yield from _named(task, given))
        if ending is None and refusal is not None:
            ending = Ending(StateType.FAILED, None, refusal, "", str(refusal), now_us())
        wish = outcomes.wanted(frame, spec)
        if ending is None and not (wish is not True and _is_plain(spec)):
            kept: Ending = yield from _transactional().run(call, task, step, given)
            return kept
        if ending is None:
            ending = yield from attempts(task, given)
        if spec.judge is not None:
            ending = spec.judge(task, given, ending)
        result = outcomes.at_once(frame, wish, call.id, ending)
        if result is None:
            result = yield from outcomes.of_task(frame, spec, call.id, ending, frame.keeping)
        record = record_of(call, task, step, ending, result)
        return (yield from put_on_record(call, task, ending, record))
    except Pause:
        if call.outer is not None and call.slot is None:
            call.outer.cut = True
        raise
    finally:
        announcing.ended(task)
        frame.ended(task)
        # No token: a generator may be read in another context than the one it began in.
        current_task.set(call.outer)


@contextmanager
def outside(task: TaskFrame) -> Iterator[None]:
    """Where the reader of a generator task is."""
    own = task.transaction
    current_task.set(task.outer)
    if own is not None:
        current_transaction.set(own.get_parent())
    try:
        yield
    finally:
        current_task.set(task)
        if own is not None:
            current_transaction.set(own)


def _is_plain(spec: TaskSpec) -> bool:
    """Whether nothing is cached, locked, undone or written elsewhere: true of most tasks."""
    hooks = spec.hooks
    if spec.keeping is not None or hooks.on_commit or hooks.on_rollback:
        return False
    return current_transaction.get() is None


def _transactional() -> Any:
    """The steps of tasks that are cached or part of a transaction, loaded with the first."""
    return importlib.import_module("signoff.engine.keeping.running")


def join(call: TaskCall) -> Program[Ending | None]:
    """Wait for what the call depends on; a task whose upstream failed does not begin."""
    failed = yield from awaited(call.upstream)
    if failed is None:
        return None
    failed.run_id, failed.task_run_id = call.frame.flow_run_id, call.id
    record = _unbegun(call, failed)
    if call.inputs:
        tell_inputs(call)
    yield Post(FinishTasks((record,)))
    return failed


def awaited(upstream: Upstream) -> Program[Ending | None]:
    """Wait for what something depends on; the ending it gets when it cannot begin."""
    for promise, failure_allowed in upstream:
        if promise.ending is None:
            yield Join(promise.wait)
        ending = promise.ending
        if ending is None or ending.completed or failure_allowed:
            continue
        if isinstance(ending.error, (Abort, Pause)):
            raise ending.error
        text = f"Upstream task run '{promise.task_run_id}' did not reach a 'COMPLETED' state."
        yield Log(ERROR, text)
        error = UpstreamTaskError(text)
        return Ending(StateType.PENDING, error=error, name="NotReady", message=text, at=now_us())
    return None


def _unbegun(call: TaskCall, ending: Ending) -> TaskRecord:
    """What people see of a task that could not begin. It is no part of the journal."""
    spec = call.spec
    return TaskRecord(
        id=call.id,
        run_id=call.frame.run_id,
        entry=call.frame.entry,
        attempt=call.frame.attempt,
        scope=call.outer.scope if call.outer is not None else "",
        task_key=spec.key,
        inputs=UNKNOWN,
        occurrence=0,
        place=call.place,
        name=default_name(spec, call.id),
        state_type=ending.type,
        state_name=ending.name,
        message=ending.message,
        result=results.NOTHING,
        started=ending.at,
        ended=ending.at,
        run_count=0,
        tags=tuple(sorted(spec.tags | call.tags)),
    )


def default_name(spec: TaskSpec, id: UUID) -> str:
    """The name of a task run that nobody named."""
    return f"{spec.name}-{id.int & 0xFFF:03x}"


def _named(task: TaskFrame, given: Arguments) -> Program[Ending | None]:
    """Give the run its name; the ending of one whose template does not render."""
    try:
        task.name = yield from named("task", task.spec, given.parameters)
    except NameTemplateError as error:
        text = f"Task run encountered an exception {type(error).__name__}: {error}"
        return Ending(StateType.FAILED, None, error, "", text, now_us())
    return None


# Attempts ----------------------------------------------------------------------------------


def attempts(task: TaskFrame, given: Arguments) -> Program[Ending]:
    """Call the function until it returns, or until no retry is left."""
    spec, frame = task.spec, task.run
    retries = spec.retries
    given_delay = spec.retry_delay
    if given_delay is None:
        given_delay = frame.runtime.default_delays[1]
    # Most tasks are never tried again, and the series is not needed then.
    series = delays(given_delay, retries) if retries else ()
    hooks = spec.hooks.on_running
    if hooks:
        running = make_state(type=StateType.RUNNING)
        yield from call_hooks(hooks, spec.owner, task, running)
    while True:
        ending = yield from _attempt(task, given)
        if task.cut:
            # Whatever its code made of being told to stop, it is not done.
            frame.leave()
        if ending.type is not StateType.FAILED or task.run_count > retries:
            return ending
        if not (yield from _may_retry(task, ending)):
            return ending
        delay = next_delay(series, task.run_count, spec.retry_jitter, random.random)
        soon = f"will start {delay:g} second(s) from now" if delay else "will start immediately"
        yield Log(
            INFO,
            "Task run failed with exception: %r - Retry %s/%s %s",
            (ending.error, task.run_count, retries, soon),
        )
        if delay and task.held is None:
            yield Sleep(delay, frame.signals)
        elif delay:
            yield from importlib.import_module("signoff.engine.tag_slots").rest(task, delay)
        yield from still_ours(frame)
        frame.obey()
        task.run_count += 1


def _attempt(task: TaskFrame, given: Arguments) -> Program[Ending]:
    spec = task.spec
    task.countdown = Countdown(spec.timeout) if spec.timeout is not None else None
    try:
        if task.stream is not None:
            values = yield from through(task.stream, task.countdown)
            return completed(values, now_us())
        value = yield CallUser(spec.fn, given.args, given.kwargs, task.countdown)
    except TimedOut as late:
        if task.countdown is None or not task.countdown.expired:
            raise
        text = f"Task run exceeded timeout of {spec.timeout} second(s)"
        error = TimeoutError(text)
        error.__cause__ = late.__cause__
        return Ending(StateType.FAILED, None, error, "TimedOut", text, now_us())
    except (Abort, Pause):
        raise
    except Exception as error:
        text = f"Task run encountered an exception {type(error).__name__}: {error}"
        return Ending(StateType.FAILED, None, trimmed(error), "", text, now_us())
    except BaseException as error:
        text = f"Task run crashed: {type(error).__name__}: {error}"
        return Ending(StateType.CRASHED, None, error, "", text, now_us())
    if is_state(value):
        return task_by_hand(value)
    return Ending(StateType.COMPLETED, value, at=now_us())


def _may_retry(task: TaskFrame, ending: Ending) -> Program[bool]:
    condition = task.spec.retry_condition
    if condition is None:
        return True
    state = ending.as_state()
    view = view_of(task, state)
    try:
        return bool((yield CallUser(condition, (task.spec.owner, view, state))))
    except Exception as error:
        yield Log(ERROR, "The retry condition of task %r raised.", (task.spec.name,), error)
        return False


# Record ------------------------------------------------------------------------------------


def record_of(
    call: TaskCall,
    task: TaskFrame,
    step: Step,
    ending: Ending,
    result: Result,
    durable: bool = False,
) -> TaskRecord:
    """The line of the journal for an ending."""
    frame, spec = call.frame, call.spec
    return TaskRecord(
        id=call.id,
        run_id=frame.run_id,
        entry=frame.entry,
        attempt=frame.attempt,
        scope=step.scope,
        task_key=step.task_key,
        inputs=step.inputs,
        occurrence=step.occurrence,
        place=step.place,
        name=task.name,
        state_type=ending.type,
        state_name=ending.name,
        message=ending.message,
        result=result,
        started=task.started,
        ended=ending.at,
        run_count=task.run_count,
        tags=tuple(sorted(spec.tags | call.tags)) if spec.tags or call.tags else (),
        durable=durable,
    )


def put_on_record(
    call: TaskCall, task: TaskFrame, ending: Ending, record: TaskRecord
) -> Program[Ending]:
    """Put the ending on record before the next line of the caller can see it."""
    frame, spec, finish = call.frame, call.spec, FinishTasks((record,))
    ending.run_id, ending.task_run_id = frame.flow_run_id, call.id
    if ending.error is not None and ending.message:
        yield Log(ERROR, ending.message, (), ending.error)
    if call.slot is not None:
        ending.deferred = True
        yield Post(finish)
    else:
        try:
            yield Send(finish)
        except StaleEntry as error:
            frame.signals.fenced()
            raise Abort(str(error)) from None
    hooks = hooks_for(spec.hooks, ending.type)
    if hooks:
        state = ending.as_state()
        yield from call_hooks(hooks, spec.owner, task, state)
    if ending.type is StateType.CRASHED and ending.error is not None and ending.state is None:
        raise ending.error
    return ending
