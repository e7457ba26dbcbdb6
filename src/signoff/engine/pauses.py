"""Waiting for people, as programs.

Owns asking, receiving, asking again and giving up. Must not know what an answer means: the caller
passes a function that turns it into a value.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from signoff.core.fingerprint import digest
from signoff.core.standing import AWAKE, Standing, standing
from signoff.engine.announcing import announce
from signoff.engine.effects import CallUser, Log, Offer, Post, Program, Send, WaitChange
from signoff.engine.frames import RunFrame, TaskFrame, waiting
from signoff.model.actors import Via
from signoff.model.commands import (
    AnswerWait,
    Command,
    OpenWait,
    PollWait,
    ReopenWait,
    TakeOutcome,
)
from signoff.model.errors import (
    Abort,
    AnswerConflict,
    DeadlinePassed,
    FlowPauseTimeout,
    InvalidAnswer,
    NotPausedError,
    ObjectNotFound,
    Pause,
    SignoffException,
    StaleEntry,
    TransitionRefused,
)
from signoff.model.forms import FieldError, Form
from signoff.model.lookups import ReadHandle
from signoff.model.values import dataclass
from signoff.model.waits import DeadlineAction, WaitKind, WaitStatus

if TYPE_CHECKING:
    from signoff.model.replies import RunHandle, WaitOutcome

T = TypeVar("T")

INFO, WARNING = 20, 30

_AGAIN = 1_000_000
"""Microseconds before a process that may not leave yet asks again, at least."""
_DEPARTS = "Suspending flow run, execution will be rescheduled when this flow run is resumed."


class AnswerRejected(Exception):
    """The flow's own validation refuses an answer.

    Attributes:
        errors: what is wrong, per field.
    """

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{error.dotted}: {error.message}" for error in self.errors))


@dataclass(frozen=True, slots=True)
class Question:
    """What a wait asks.

    Args:
        kind, title, form: as in `model.waits`.
        key: an explicit key, or None to derive one from `site`.
        site: the call site.
        label: a readable start for a derived key.
        timeout: seconds; None for never.
        until: a moment instead, UTC microseconds since the Unix epoch.
        on_deadline, default: what happens then.
        stay: how many seconds the process waits before it leaves the run to wait without one;
            None for as long as it takes.
        accept: turns the answer into the value the caller gets; raises `AnswerRejected`.
        hear: takes the whole outcome instead, whether it was answered, expired or withdrawn.
        opened: is called when the wait is open and before anybody is waited for.
        may_leave: asked when the process has stayed long enough; it stays on while this is False.
    """

    kind: WaitKind
    title: str
    form: Form | None
    key: str | None
    site: str
    label: str
    timeout: float | None
    on_deadline: DeadlineAction = DeadlineAction.FAIL
    default: Any = None
    until: int | None = None
    stay: float | None = None
    accept: Callable[[Mapping[str, Any] | None], Any] = field(default=lambda answer: None)
    hear: Callable[[WaitOutcome], Any] | None = None
    opened: Callable[[], object] | None = None
    may_leave: Callable[[], bool] | None = None


def derived_key(frame: RunFrame, scope: str, question: Question) -> str:
    """Scope, call site and occurrence: what neither a changed branch nor thread order shifts."""
    ordinal = frame.journal.ordinal(scope, question.site)
    identity = digest(f"{scope} {question.site}".encode())[:8]
    return f"{question.label}-{identity}" + (f"-{ordinal + 1}" if ordinal else "")


def pause(frame: RunFrame, task: TaskFrame | None, question: Question) -> Program[Any]:
    """Ask a question and wait for the answer, in this process as long as the question says.

    Returns what `question.accept` makes of the answer, or of None when the deadline lets the run
    go on without one.

    Raises:
        FlowPauseTimeout: nobody answered in time.
        Abort: the run was cancelled, ended or taken over meanwhile.
        Pause: the run waits without this process from now on.
    """
    try:
        return (yield from _pause(frame, task, question))
    except Pause:
        if task is not None:
            task.cut = True
        raise


def _pause(frame: RunFrame, task: TaskFrame | None, question: Question) -> Program[Any]:
    frame.obey()
    if question.stay is not None:
        _must_come_back(frame)
    scope = task.scope if task is not None else ""
    key = question.key or derived_key(frame, scope, question)
    seen = frame.signals.count
    ask = partial(_ask, frame, task, scope, key, question)
    stays = question.stay is None or question.stay > 0
    told = not stays and question.opened is None
    outcome = yield from ask(told)
    waited = outcome.status is WaitStatus.OPEN
    if waited and stays:
        yield Log(INFO, "Pausing flow, execution will continue when this flow run is resumed.")
    frame.waits.add(key)
    try:
        if waited and question.opened is not None:
            yield CallUser(question.opened)
        while True:
            if _must_wait(outcome) and (stays or outcome.status is not WaitStatus.OPEN):
                outcome = yield from _idle(frame, task, _wait(frame, key, question, outcome, seen))
            if outcome.status is WaitStatus.OPEN and not told:
                outcome = yield from ask(True)
            if _must_wait(outcome):
                yield Log(INFO, _DEPARTS)
                frame.leave()
            if frame.signals.standing is Standing.SUSPEND:
                # Another branch leaves the run. What was answered here meanwhile is not taken, so
                # that the run is entered again for it.
                frame.leave()
            try:
                value = _conclude(frame, question, outcome)
            except AnswerRejected as refusal:
                yield Log(WARNING, "The answer was refused by the flow: %s", (str(refusal),))
                seen, told = frame.signals.count, False
                outcome = yield from _fenced(
                    frame, ReopenWait(frame.run_id, frame.entry, key, refusal.errors)
                )
                continue
            yield Post(TakeOutcome(frame.run_id, frame.entry, outcome.wait_id))
            if waited:
                yield Log(INFO, "Resuming flow run execution!")
            return value
    finally:
        frame.waits.discard(key)


def _idle(frame: RunFrame, task: TaskFrame | None, wait: Program[T]) -> Program[T]:
    """Wait without holding what others could use meanwhile."""
    if task is None or not task.holds_slots():
        with waiting(frame, task):
            return (yield from wait)
    slots = importlib.import_module("signoff.engine.tag_slots")
    lenders = yield from slots.lend(task)
    with waiting(frame, task):
        outcome = yield from wait
        # Inside, so that no time limit ticks while it waits for them.
        yield from slots.take_back(lenders)
    return outcome


def _must_come_back(frame: RunFrame) -> None:
    """Before anything is asked: the run that this process was started for can be loaded again.

    Raises:
        TransitionRefused: it cannot; the message says why.
    """
    while frame.parent is not None:
        frame = frame.parent
    record = frame.spec.entry()
    if record is not None and record.refusal is not None:
        raise TransitionRefused(
            f"Flow run cannot be suspended: {record.refusal}.", {"reason": record.refusal}
        )


def _ask(
    frame: RunFrame,
    task: TaskFrame | None,
    scope: str,
    key: str,
    question: Question,
    leaving: bool,
) -> Program[WaitOutcome]:
    if leaving:
        # The next process knows by it whose question this is, whatever the arguments are then.
        announce(task)
    timeout = None if question.timeout is None else int(question.timeout * 1_000_000)
    command = OpenWait(
        frame.run_id,
        frame.entry,
        key,
        question.kind,
        question.title,
        question.form,
        timeout,
        question.on_deadline,
        question.default,
        scope,
        task.id if task is not None else None,
        None if leaving else frame.gateway.process.address,
        question.until,
        leaving,
    )
    return (yield from _fenced(frame, command))


def _wait(
    frame: RunFrame, key: str, question: Question, outcome: WaitOutcome, seen: int
) -> Program[WaitOutcome]:
    """Sleep and look, until the wait is no longer open, or the process has waited long enough."""
    offer = _offer(frame, key, question, outcome)
    stay = None if question.stay is None else outcome.now + int(question.stay * 1_000_000)
    while _must_wait(outcome):
        if stay is not None and outcome.now >= stay:
            if question.may_leave is None or question.may_leave():
                break
            stay = outcome.now + max(int((question.stay or 0) * 1_000_000), _AGAIN)
        if not outcome.place and not frame.crowded:
            # What was said before anybody listened to the callers of the run must not be missed.
            frame.listen_to_callers()
            seen = frame.signals.count
            outcome = yield from _fenced(frame, PollWait(frame.run_id, frame.entry, key))
            continue
        answered = outcome.status is not WaitStatus.OPEN
        offer = None if answered else offer
        deadline = None if answered else outcome.deadline
        # The service's clock decides; this one only says how long to sleep.
        until = min((moment for moment in (deadline, stay) if moment), default=None)
        left = None if until is None else max((until - outcome.now) / 1_000_000, 0.0)
        typed = yield WaitChange(frame.signals, seen, left, offer)
        # Taken before looking where the run stands: what came later than the answer is obeyed.
        told = frame.signals.outcome(outcome)
        frame.obey()
        seen = frame.signals.count
        if typed is not None and offer is not None:
            offer = yield from _answer_here(frame, key, typed, offer)
        elif told is not None and frame.gateway.sleeps() == frame.sleeps:
            return told
        outcome = yield from _fenced(frame, PollWait(frame.run_id, frame.entry, key))
        if not outcome.place:
            # Whatever made it so may have been heard while the answer was on its way.
            frame.obey()
    return outcome


def _must_wait(outcome: WaitOutcome) -> bool:
    """Whether the process waits on: nobody has answered, or there is no place to go on with it."""
    return outcome.status is WaitStatus.OPEN or not outcome.place


def _fenced(frame: RunFrame, command: Command[WaitOutcome]) -> Program[WaitOutcome]:
    """Send a command about a wait; stop when another process works on the run by now."""
    try:
        outcome: WaitOutcome = yield Send(command)
    except StaleEntry as error:
        frame.signals.fenced()
        raise Abort(str(error)) from None
    return outcome


def _offer(frame: RunFrame, key: str, question: Question, outcome: WaitOutcome) -> Offer | None:
    if not frame.runtime.prompt or question.kind in (WaitKind.HOLD, WaitKind.TIMER):
        return None
    errors = (FieldError((), outcome.message, None),) if outcome.message else ()
    moot, keep = partial(_is_moot, frame, key), partial(_keep, frame)
    return Offer(question.form, question.title, outcome.deadline, errors, moot, keep)


def _keep(frame: RunFrame, name: str, content: bytes) -> str:
    """Keep a file that is part of an answer; its address."""
    # Loaded with the first file.
    files = importlib.import_module("signoff.model.files")
    namespace, _, flow = frame.spec.name.rpartition(".")
    request = files.KeepFile(namespace, flow, files.NewFile(name, content), frame.run_id)
    uri: str = frame.gateway.send(request)
    return uri


def _is_moot(frame: RunFrame, key: str) -> bool:
    """Whether nobody needs the answer any more; what is typed is not lost for less than that."""
    if frame.signals.standing not in AWAKE:
        return True
    try:
        outcome = frame.gateway.send(PollWait(frame.run_id, frame.entry, key))
    except SignoffException:
        return True
    return outcome.status is not WaitStatus.OPEN


def _answer_here(
    frame: RunFrame, key: str, typed: Mapping[str, Any], offer: Offer
) -> Program[Offer]:
    """Hand in what was typed at this terminal; a refusal is shown with the form."""
    try:
        yield Send(AnswerWait(frame.run_id, dict(typed), key), Via.TERMINAL)
    except InvalidAnswer as error:
        return replace(offer, errors=error.errors)
    except (AnswerConflict, DeadlinePassed, NotPausedError) as error:
        yield Log(WARNING, "Your answer came too late: %s", (str(error),))
    return replace(offer, errors=())


def _conclude(frame: RunFrame, question: Question, outcome: WaitOutcome) -> Any:
    if question.hear is not None:
        if outcome.status is WaitStatus.WITHDRAWN:
            frame.obey()
        return question.hear(outcome)
    if outcome.status is WaitStatus.ANSWERED:
        return question.accept(outcome.answer)
    if outcome.status is WaitStatus.EXPIRED:
        if outcome.on_deadline is DeadlineAction.CONTINUE:
            return None
        raise FlowPauseTimeout("Flow run was paused and never resumed.")
    frame.obey()
    raise Abort(f"The wait {outcome.key!r} of flow run {frame.name!r} was withdrawn.")


def still_ours(frame: RunFrame) -> Program[None]:
    """After a long sleep of this process, make sure that no other one works on its runs.

    Raises:
        Abort: another one does.
    """
    sleeps = frame.gateway.sleeps()
    if sleeps == frame.sleeps:
        return
    each: RunFrame | None = frame
    while each is not None and each.flow_run_id is not None:
        try:
            handle: RunHandle = yield Send(ReadHandle(each.run_id))
        except ObjectNotFound:
            each.signals.fenced()
        else:
            if standing(handle.phase, handle.entry, False, each.entry) is Standing.GONE:
                each.signals.fenced()
        each = each.parent
    frame.obey()
    frame.sleeps = sleeps


def _for_place(frame: RunFrame) -> Program[None]:
    """Wait until the deployment of the run has a place for it, or the process has to stop."""
    frame.listen_to_callers()
    while True:
        seen = frame.signals.count
        frame.obey()
        if not frame.lacks_place():
            return
        yield WaitChange(frame.signals, seen, None)


def is_clear(frame: RunFrame) -> bool:
    """Whether a `boundary` would do nothing, as most do: asked first, for it costs less.

    Raises:
        Abort: this process must stop working on the run.
    """
    return frame.gateway.sleeps() == frame.sleeps and not frame.must_hold()


def boundary(frame: RunFrame, task: TaskFrame | None) -> Program[None]:
    """What happens between two tasks: stop when told to, wait while the run is held.

    Raises:
        Abort: this process must stop working on the run.
    """
    yield from still_ours(frame)
    while frame.must_hold():
        if frame.lacks_place():
            yield from _idle(frame, task, _for_place(frame))
            continue
        key = frame.holding or f"hold-{frame.entry}-{frame.signals.count}"
        frame.holding = key
        question = Question(
            WaitKind.HOLD, f"{frame.spec.name} was paused", None, key, "", "hold", None
        )
        try:
            yield from pause(frame, task, question)
        except TransitionRefused:
            # Nobody wants it held (any more); another branch may have obeyed already.
            pass
        finally:
            frame.check_hold = False
            frame.holding = None
            frame.signals.held()
