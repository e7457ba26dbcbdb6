"""Leaving a run before its end: it waits without a process, or somebody else has ended it.

Owns the last steps, after the flow's own code has been stopped: everything that has begun ends, its
record is kept, and the run is given up. Must not know why the run waits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from signoff.core.standing import Standing, standing
from signoff.engine import endings, results
from signoff.engine.effects import Join, Log, Program, Send, Settle
from signoff.model.commands import FinishRun, LeaveRun
from signoff.model.errors import Abort, ObjectNotFound, StaleEntry
from signoff.model.lookups import ReadHandle
from signoff.model.runs import Phase

if TYPE_CHECKING:
    from signoff.engine.frames import RunFrame
    from signoff.engine.promises import Ending
    from signoff.model.replies import RunHandle

INFO, WARNING = 20, 30


def leave(frame: RunFrame) -> Program[Ending]:
    """Let the run wait without this process, once everything that has begun in it has ended.

    Returns a state that is not final; its error is the signal for the code around the call.

    Raises:
        Abort: somebody has ended the run or entered it meanwhile.
    """
    for promise in list(frame.promises):
        yield Join(promise.wait)
    yield Join(frame.wait_until_idle)
    if frame.catching is not None:
        yield from frame.catching.report()
    yield Settle()
    try:
        handle: RunHandle = yield Send(LeaveRun(frame.run_id, frame.entry))
    except (StaleEntry, ObjectNotFound) as error:
        frame.signals.fenced()
        raise Abort(str(error)) from None
    if handle.phase.is_final:
        raise Abort(f"Flow run {frame.name!r} is {handle.state_name}.")
    # Said before, in its history and in its log: a million waiting runs need not say it again.
    yield Log(INFO, "Execution of flow run '%s' is suspended.", (frame.run_id,), kept=False)
    return endings.left(handle)


def follow(frame: RunFrame) -> Callable[[], None]:
    """Have a called run stop together with the run that called it, also where it sleeps, and look
    again when that one gets a place.

    Returns what ends that, when the called run is not worked on any more.
    """
    parent = frame.parent
    if parent is None:
        return _nothing
    parent.busy.add(frame)

    def heard() -> None:
        if parent.signals.standing is Standing.SUSPEND:
            frame.signals.leave()
        elif frame.crowded:
            frame.signals(None)

    end = parent.signals.subscribe(heard, parent.signals.count)

    def stop() -> None:
        end()
        parent.ended(frame)

    return stop


def _nothing() -> None:
    pass


def ended_elsewhere(frame: RunFrame, abort: Abort) -> Program[Ending]:
    """How a run ended that was ended from outside: say so when it is ours to say.

    Raises:
        Abort: it goes on elsewhere, or is gone.
    """
    if frame.taken_over() and not (yield from _is_cancelled(frame)):
        raise abort
    stop = FinishRun(frame.run_id, frame.entry, Phase.CANCELLED, None, None, results.NOTHING)
    try:
        handle: RunHandle = yield Send(stop)
    except (StaleEntry, ObjectNotFound):
        handle = yield from _standing(frame, abort)
    ending = endings.from_outside(handle)
    yield Log(INFO, "Finished in state %s", (f"{ending.name}()",))
    return ending


def _is_cancelled(frame: RunFrame) -> Program[bool]:
    """Whether a run whose caller is gone was cancelled along with it, and waits to hear so."""
    try:
        handle: RunHandle = yield Send(ReadHandle(frame.run_id))
    except ObjectNotFound:
        return False
    return standing(handle.phase, handle.entry, False, frame.entry) is Standing.STOP


def _standing(frame: RunFrame, abort: Abort) -> Program[RunHandle]:
    """Where a run stands that somebody else ended; a run that goes on elsewhere is not ours."""
    try:
        handle: RunHandle = yield Send(ReadHandle(frame.run_id))
    except ObjectNotFound:
        raise abort from None
    if not handle.phase.is_final or handle.entry != frame.entry:
        yield Log(WARNING, "%s", (str(abort),))
        raise abort
    return handle
