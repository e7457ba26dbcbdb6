"""Running a flow, as a program.

Owns what happens from the call of a flow to its end: beginning or entering the run, attempts, time
limit, submitted tasks, hooks, result, and a called flow's record in the journal of its caller.
Written once for synchronous and asynchronous flows.
"""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.core.retries import delays, next_delay
from signoff.core.standing import goes_on
from signoff.engine import children, endings, logs, outcomes
from signoff.engine.arguments import NO_ARGUMENTS, Arguments
from signoff.engine.clock import new_id, now_us
from signoff.engine.countdowns import Countdown, TimedOut
from signoff.engine.effects import CallUser, Join, Log, Post, Program, Send, Settle, Sleep
from signoff.engine.frames import (
    RunFrame,
    Runtime,
    TaskFrame,
    current_run,
    current_task,
)
from signoff.engine.hooks import call_hooks, hooks_for
from signoff.engine.journal import Journal, Step
from signoff.engine.leaving import ended_elsewhere, follow, leave
from signoff.engine.names import run_name
from signoff.engine.naming import custom_name
from signoff.engine.pauses import boundary
from signoff.engine.promises import Ending
from signoff.engine.recall import recall_step
from signoff.engine.streams import Stopped, Stream, completed, replay, through
from signoff.model.commands import (
    BeginAttempt,
    EnterRun,
    FinishRun,
    FinishTasks,
    RerunRun,
    RetryAttempt,
    StartRun,
    StartTasks,
    UpdateRun,
    WithdrawWait,
)
from signoff.model.errors import (
    Abort,
    FlowPauseTimeout,
    NameTemplateError,
    ObjectNotFound,
    ParameterTypeError,
    Pause,
    SignatureMismatchError,
    StaleEntry,
    TransitionRefused,
)
from signoff.model.journal import (
    NewRun,
    Result,
    ResultKind,
    TaskInput,
    TaskInputs,
    TaskRecord,
    TaskStart,
)
from signoff.model.lookups import ReadHandle, ReadJournal, ReadResult
from signoff.model.runs import Phase
from signoff.model.state_types import StateType
from signoff.model.values import dataclass

if TYPE_CHECKING:
    from signoff.engine.specs import FlowSpec
    from signoff.model.replies import EnteredRun, RunHandle

DEBUG, INFO, WARNING, ERROR = 10, 20, 30, 40
_HOPELESS = (FlowPauseTimeout, NameTemplateError, ParameterTypeError, SignatureMismatchError)


@dataclass(frozen=True, slots=True)
class FlowCall:
    """One call of a flow.

    Args:
        spec, runtime: the flow, and the process.
        outer, outer_task: the run and task around the call.
        arguments: returns the arguments of the function, validated. Raises what is wrong.
        parameters: by name, defaults included, as given.
        shown: the parameters as JSON, for people.
        pickled: the parameters, for entering again; None when `shown` says it all.
        restore: takes the stored run's parameters instead and returns the call for them.
        step: identity of the call in the caller's journal.
        tags: labels around the call.
        run_id: enter this run instead of starting one; within a run, go on with it where it failed.
        read: somebody reads the values of a generator as they come.
        inputs: the runs that its arguments came from.
    """

    spec: FlowSpec
    runtime: Runtime
    outer: RunFrame | None
    outer_task: TaskFrame | None
    arguments: Callable[[], Arguments]
    parameters: Mapping[str, Any]
    shown: Mapping[str, Any]
    pickled: bytes | None
    restore: Callable[[NewRun], FlowCall]
    step: Step | None = None
    tags: frozenset[str] = frozenset()
    run_id: UUID | None = None
    read: bool = False
    inputs: Sequence[TaskInput] = ()


def run_flow(call: FlowCall) -> Program[Ending]:
    """Run a flow as a run of its own, or as a step of the run around it.

    Returns how it ended; the ending is on record.

    Raises:
        Abort: this process must stop working on the run (or the one around it).
    """
    if call.outer is None or call.step is None:
        call, frame = yield from _begin(call)
        return (yield from _go_on(call, frame))
    yield from boundary(call.outer, call.outer_task)
    recalled = yield from recall_step(call.outer, call.spec.name, call.step)
    if recalled is not None:
        if call.spec.is_generator:
            yield from replay(recalled)
        return recalled
    known = yield from children.earlier(call.outer, call.spec.name, call.step)
    if known is None and call.outer.catching is not None:
        yield from call.outer.catching.new_call(call.step, call.outer_task is None)
    start = known or children.begun(call.outer, call.spec.name, call.step)
    if call.inputs and known is None:
        told = TaskInputs(start.id, call.outer.run_id, tuple(call.inputs))
        yield Post(StartTasks((), (told,)))
    ending = yield from _run_child(call, start, known is not None)
    if not ending.type.is_final:
        # It waits without a process from now on, and so does everything around it.
        call.outer.leave()
    record = children.ended(call.outer, call.step, start, ending)
    yield from _sent(call.outer, FinishTasks((record,)))
    return ending


def _go_on(call: FlowCall, frame: RunFrame) -> Program[Ending]:
    """Work on a run; when it was answered while this process was leaving it, do so again."""
    while True:
        ending = yield from _work(call, frame)
        if ending.type is not StateType.SCHEDULED and not ending.enter_again:
            return ending
        try:
            call, frame = yield from _enter(call, frame.run_id)
        except (TransitionRefused, ObjectNotFound):
            # Somebody else was quicker.
            return ending


def _run_child(call: FlowCall, start: TaskStart, existed: bool) -> Program[Ending]:
    """Start the child, or go on with the one that an earlier entry, or attempt, started."""
    known = yield from _found(start.child if existed else call.run_id)
    if known and not goes_on(known.phase) and (existed or known.phase is Phase.COMPLETED):
        kept: Result = yield Send(ReadResult(known.run_id))
        ending = endings.recalled(known, kept)
        if kept.kind is not ResultKind.MISSING or not ending.completed:
            if call.spec.is_generator:
                yield from replay(ending)
            return ending
        # Its result was not kept, so it runs again, as a task would.
        known = None
    if known is not None:
        if known.phase.is_final:
            yield Send(RerunRun(known.run_id))
        entered = yield from _enter(call, known.run_id)
        return (yield from _work(*entered))
    begun = yield from _begin(call, replace(start, child=new_id()) if existed else start)
    return (yield from _work(*begun))


def _found(run_id: UUID | None) -> Program[RunHandle | None]:
    """Where a run stands; None when somebody has deleted it."""
    if run_id is None:
        return None
    try:
        handle: RunHandle = yield Send(ReadHandle(run_id))
    except ObjectNotFound:
        return None
    return handle


def _journal_key(outer: RunFrame, step: Step) -> str:
    """A child belongs to one attempt: a new attempt runs what had not finished again."""
    return f"{step.key}.{outer.attempt}"


def _sent(frame: RunFrame, request: Any) -> Program[Any]:
    """Send a command of the run; when another process owns it now, stop."""
    try:
        reply = yield Send(request)
    except (StaleEntry, ObjectNotFound) as error:
        frame.signals.fenced()
        raise Abort(str(error)) from None
    return reply


# Begin -------------------------------------------------------------------------------------


def _begin(call: FlowCall, start: TaskStart | None = None) -> Program[tuple[FlowCall, RunFrame]]:
    """Start a new run (that of `start`, when it is a step of another), or enter the one the call
    names."""
    if call.run_id is not None and start is None:
        return (yield from _enter(call, call.run_id))
    spec, outer = call.spec, call.outer
    id = (start.child if start is not None else None) or new_id()
    name, misnamed = run_name(), None
    if spec.run_name is not None:
        # The function that makes names may look at the run it names.
        unborn = RunFrame(
            *(call.runtime, spec, id, UUID(int=0), name, 1, 1, call.parameters, outer),
            *(tuple(sorted(call.tags)), now_us()),
        )
        name, misnamed = yield from custom_name(unborn, call.arguments)
    new = NewRun(
        id=id,
        flow_name=spec.name,
        name=name,
        parameters=call.shown,
        pickled=call.pickled,
        entry_record=spec.entry(),
        tags=tuple(sorted(call.tags)) if call.tags else (),
        flow_version=spec.version,
        parent_run_id=outer.run_id if outer else None,
        parent_task_run_id=start.id if start is not None else None,
        journal_key=_journal_key(outer, call.step) if outer and call.step else None,
        secret_schema=spec.secret_schema,
    )
    handle: RunHandle = yield Send(StartRun(new, call.runtime.gateway.process.id, start))
    frame = _frame(call, handle, new.tags)
    frame.misnamed = misnamed
    return call, frame


def _enter(call: FlowCall, run_id: UUID) -> Program[tuple[FlowCall, RunFrame]]:
    process = call.runtime.gateway.process
    entered: EnteredRun = yield Send(EnterRun(run_id, process.id, process.supervisor))
    call = call.restore(entered.run)
    frame = _frame(call, entered.handle, entered.run.tags)
    frame.journal = Journal(frame.attempt, entered.journal, entered.begun)
    frame.expected = entered.expected
    frame.check_hold = entered.handle.hold or entered.handle.phase is Phase.PAUSED
    if frame.entry == 1 and call.spec.run_name is not None:
        # It was created by somebody who could not ask the flow how to name it.
        name, frame.misnamed = yield from custom_name(frame, call.arguments)
        if name != frame.name:
            frame.name = name
            yield Send(UpdateRun(run_id, name=name))
    return call, frame


def _frame(call: FlowCall, handle: RunHandle, tags: Iterable[str]) -> RunFrame:
    return RunFrame(
        call.runtime,
        call.spec,
        handle.run_id,
        handle.flow_id,
        handle.name,
        handle.entry,
        handle.attempt,
        call.parameters,
        call.outer,
        tuple(tags),
        handle.since or now_us(),
    )


# Work --------------------------------------------------------------------------------------


def _work(call: FlowCall, frame: RunFrame) -> Program[Ending]:
    """Work on a run until it has ended, or this process leaves it."""
    current_run.set(frame)
    current_task.set(None)
    stream = _stream(call, frame) if call.spec.is_generator else None
    stop_listening = frame.gateway.listen(frame.run_id, frame.signals)
    stop_following = follow(frame)
    if frame.log_prints:
        logs.capture_prints()
    try:
        if frame.entry == 1:
            yield Log(DEBUG, "Beginning flow run %r for flow %r", (frame.name, call.spec.name))
        else:
            yield Log(INFO, "Entering flow run %r again (entry %s)", (frame.name, frame.entry))
            yield from _catch_up(frame)
        return (yield from _attempts(call, frame, stream))
    except Abort as abort:
        yield from _wind_down(frame)
        ending = yield from ended_elsewhere(frame, abort)
        yield from _run_hooks(frame, ending)
        if frame.parent is not None:
            frame.parent.obey()
        return ending
    finally:
        stop_following()
        stop_listening()
        if frame.pool is not None:
            frame.pool.close(drop=True)
        # No tokens: a generator may be read in another context than the one it began in.
        current_task.set(call.outer_task)
        current_run.set(call.outer)


def _catch_up(frame: RunFrame) -> Program[None]:
    """Watch what becomes of what is on record."""
    # Loaded on first use: most runs are entered once.
    catching = importlib.import_module("signoff.engine.catching_up").CatchingUp
    frame.catching = catching(frame.run_id, frame.entry, frame.journal)
    if frame.catching.is_over:
        yield from frame.catching.report()


def _stream(call: FlowCall, frame: RunFrame) -> Stream:
    @contextmanager
    def outside() -> Iterator[None]:
        current_run.set(call.outer)
        current_task.set(call.outer_task)
        try:
            yield
        finally:
            current_run.set(frame)
            current_task.set(None)

    return Stream(call.spec.fn, NO_ARGUMENTS, outside, partial(boundary, frame, None), call.read)


def _attempts(call: FlowCall, frame: RunFrame, stream: Stream | None) -> Program[Ending]:
    """Attempt after attempt."""
    try:
        while True:
            ending = yield from _attempt(call, frame, stream)
            if frame.cut:
                # Whatever its code made of being told to stop, it is not done.
                break
            again = yield from _try_again(frame, ending)
            if not again:
                return (yield from _finish(frame, ending))
    except Pause:
        pass
    return (yield from leave(frame))


def _attempt(call: FlowCall, frame: RunFrame, stream: Stream | None) -> Program[Ending]:
    """Call the flow's function once."""
    spec = call.spec
    frame.countdown = Countdown(spec.timeout) if spec.timeout is not None else None
    try:
        if frame.misnamed is not None:
            raise frame.misnamed
        given = call.arguments()
        yield from _run_hooks(frame, Ending(StateType.RUNNING))
        yield from boundary(frame, None)
        if stream is not None:
            stream.given = given
            value = yield from through(stream, frame.countdown)
        else:
            value = yield CallUser(spec.fn, given.args, given.kwargs, frame.countdown)
        ending = yield from _settled(frame, value)
    except TimedOut:
        if frame.countdown is None or not frame.countdown.expired:
            raise
        text = f"Flow run exceeded timeout of {spec.timeout} second(s)"
        ending = Ending(StateType.FAILED, None, TimeoutError(text), "TimedOut", text, now_us())
    except (Abort, Pause):
        raise
    except FlowPauseTimeout as error:
        ending = Ending(
            StateType.FAILED, None, error, "", "The flow was paused and never resumed.", now_us()
        )
    except Exception as error:
        text = f"Flow run encountered an exception: {type(error).__name__}: {error}"
        ending = Ending(StateType.FAILED, None, endings.trimmed(error), "", text, now_us())
    except GeneratorExit:
        raise
    except BaseException as error:
        ending = Ending(StateType.CRASHED, None, error, "", endings.crash_text(error), now_us())
    if not ending.completed and not frame.cut:
        yield from _wind_down(frame)
    return ending


def _settled(frame: RunFrame, value: Any) -> Program[Ending]:
    """Wait for submitted tasks that nobody waited for, then judge what the flow returned."""
    for promise in list(frame.promises):
        yield Join(promise.wait)
    yield Settle()
    # A run that was suspended too late to be stopped anywhere has simply ended.
    frame.heed()
    if frame.cut:
        frame.leave()
    return completed(value, now_us()) if isinstance(value, Stopped) else endings.of_value(value)


def _wind_down(frame: RunFrame) -> Program[None]:
    """The attempt is over: nobody needs its open questions and waiting tasks any more."""
    frame.winding_down = True
    for key in list(frame.waits):
        try:
            yield Send(WithdrawWait(frame.run_id, frame.entry, key))
        except (StaleEntry, ObjectNotFound):
            break
    frame.signals(None)
    if frame.pool is not None:
        frame.pool.close(drop=True)
        frame.pool = None
    for promise in list(frame.promises):
        yield Join(promise.wait)
    frame.promises.clear()
    frame.winding_down = False


def _try_again(frame: RunFrame, ending: Ending) -> Program[bool]:
    """Begin the next attempt of a failed run, when there is one."""
    spec = frame.spec
    # Neither silence nor wrong arguments get better by trying again.
    hopeless = isinstance(ending.error, _HOPELESS)
    if ending.type is not StateType.FAILED or hopeless or not frame.tries_again():
        return False
    given = frame.runtime.default_delays[0] if spec.retry_delay is None else spec.retry_delay
    delay = next_delay(delays(given, spec.retries), frame.attempt, None, random.random)
    soon = f"will start {delay:g} second(s) from now" if delay else "will start immediately"
    yield Log(
        INFO,
        "Flow run failed with exception: %r - Retry %s/%s %s",
        (ending.error, frame.attempt, spec.retries, soon),
    )
    if frame.catching is not None:
        yield from frame.catching.report(ended=True)
        frame.catching = None
    yield Settle()
    scheduled = now_us() + int(delay * 1_000_000)
    retry = RetryAttempt(frame.run_id, frame.entry, scheduled, ending.message)
    handle: RunHandle = yield from _sent(frame, retry)
    if delay:
        yield Sleep(delay, frame.signals)
    frame.obey()
    yield from _sent(frame, BeginAttempt(frame.run_id, frame.entry))
    records: tuple[TaskRecord, ...] = yield Send(ReadJournal(frame.run_id))
    frame.attempt, frame.tried_again = handle.attempt, None
    frame.journal = Journal(frame.attempt, records)
    return True


# End ---------------------------------------------------------------------------------------


def _finish(frame: RunFrame, ending: Ending) -> Program[Ending]:
    """Put the end of the run on record."""
    if frame.catching is not None:
        yield from frame.catching.report(ended=True)
    yield Settle()
    result = ending.kept = yield from outcomes.of_flow(frame, ending)
    if ending.error is not None and ending.type is not StateType.CANCELLED:
        # An interrupt is no mistake of the code: its traceback tells nobody anything.
        shown = ending.error if isinstance(ending.error, Exception) else None
        yield Log(ERROR, "%s", (ending.message or "",), shown)
    name = None if ending.state is None and ending.name != "TimedOut" else ending.name
    phase = endings.phase(ending)
    handle: RunHandle = yield from _sent(
        frame, FinishRun(frame.run_id, frame.entry, phase, name, ending.message, result)
    )
    ending.run_id = frame.run_id
    if handle.phase is not phase:
        # A cancellation came first; it stands.
        ending = endings.cancelled(frame.run_id, handle.message)
    yield Log(
        INFO if ending.completed else ERROR,
        "Finished in state %s",
        (f"{ending.name}({ending.message!r})" if ending.message else f"{ending.name}()",),
    )
    yield from _run_hooks(frame, ending)
    if ending.type is StateType.CRASHED and ending.error is not None and ending.state is None:
        # The process is going down. A crash that the flow has returned is its answer.
        raise ending.error
    return ending


def _run_hooks(frame: RunFrame, entered: Ending) -> Program[None]:
    """Call the hooks of the state that the run has entered."""
    hooks = hooks_for(frame.spec.hooks, entered.type)
    if hooks:
        yield from call_hooks(hooks, frame.spec.owner, frame, entered.as_state())
