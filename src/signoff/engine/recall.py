"""Giving back what a call did before, when its run is entered again.

Owns what happens with the record of a call: whether it fits, and what is done when its result was
not kept, is gone or cannot be loaded. `engine/journal.py` says which record that is.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from signoff.engine import results
from signoff.engine.clock import now_us
from signoff.engine.effects import Block, Log, Program
from signoff.engine.journal import Changed, Found, Step, as_step
from signoff.engine.promises import Ending
from signoff.model.errors import JournalMismatch, MissingResult
from signoff.model.journal import Result, ResultKind, TaskRecord
from signoff.model.state_types import StateType

if TYPE_CHECKING:
    from signoff.engine.frames import RunFrame
    from signoff.engine.specs import ResultOptions

DEBUG, WARNING = 10, 30


def recall_step(
    frame: RunFrame, name: str, step: Step, options: ResultOptions | None = None
) -> Program[Ending | None]:
    """Give back what a task or called flow did before; None when it has to run.

    One whose result was kept but is gone has not to run: it fails with `MissingResult`, because
    what it did would be done twice.

    Raises:
        JournalMismatch: the code changed, and SIGNOFF_JOURNAL_CHANGED is "fail".
    """
    found = frame.journal.find(step)
    if found is None:
        return None
    catching = frame.catching
    if catching is None:
        return (yield from _given_back(frame, name, found, options))
    catching.found(name, step, found.record, found.exact)
    ending = yield from _given_back(frame, name, found, options)
    if ending is None:
        catching.runs_again(step)
    else:
        catching.gave_back()
    if catching.is_over:
        yield from catching.report()
    return ending


def _given_back(
    frame: RunFrame, name: str, found: Found[TaskRecord], options: ResultOptions | None
) -> Program[Ending | None]:
    record, then = found.record, "it gives back what it returned then"
    if not (yield from fits(frame, name, found.exact, then)):
        return None
    try:
        value = yield from _value(record.result, options)
    except MissingResult as missing:
        if record.state_type is not StateType.COMPLETED:
            return None
        lost = record.result.kind is not ResultKind.MISSING
        if lost and frame.runtime.changed is not Changed.RERUN:
            return _gone(name, record, missing)
        text = "%r has finished before, but its result %s; it runs again."
        yield Log(WARNING, text, (name, "is gone" if lost else "was not kept"))
        return None
    except Exception as broken:
        text = "The result that %r returned before cannot be loaded (%r); it runs again."
        yield Log(WARNING, text, (name, broken))
        return None
    yield Log(DEBUG, "%r gives back the result of an earlier entry.", (name,))
    failed = record.state_type is not StateType.COMPLETED
    error = value if failed and isinstance(value, BaseException) else None
    return Ending(
        record.state_type,
        None if failed else value,
        error,
        record.state_name,
        record.message,
        record.ended,
        run_id=record.child or record.run_id,
        task_run_id=None if record.child else record.id,
    )


def _value(kept: Result, options: ResultOptions | None) -> Program[Any]:
    if kept.location is None:
        return results.decode(kept)
    storage = options.storage if options is not None else None
    return (yield Block(functools.partial(results.decode, kept, storage)))


def _gone(name: str, record: TaskRecord, missing: MissingResult) -> Ending:
    text = (
        f"{name!r} has finished before, and its result is gone. {missing} "
        "SIGNOFF_JOURNAL_CHANGED=rerun has it run again instead."
    )
    error = MissingResult(text)
    ending = Ending(StateType.FAILED, None, error, "", text, now_us())
    ending.run_id, ending.task_run_id = record.run_id, record.id
    return ending


def begun_as(frame: RunFrame, name: str, step: Step) -> Program[Step]:
    """The identity of a task that runs: where an earlier process has begun it with other arguments,
    the one that it had, so that nobody is asked again what it has asked then.

    Raises:
        JournalMismatch: the arguments changed, and SIGNOFF_JOURNAL_CHANGED is "fail".
    """
    found = frame.journal.find_task(step)
    if found is None or found.exact:
        return step
    if frame.catching is not None:
        frame.catching.found(name, step, found.record, found.exact)
    then = "it goes on with what it asked and called then"
    return as_step(found.record) if (yield from fits(frame, name, found.exact, then)) else step


def fits(frame: RunFrame, name: str, exact: bool, then: str) -> Program[bool]:
    """Whether a call may have what is on record of it.

    Args:
        exact: it came back with the arguments it had.
        then: what follows otherwise, where the policy says that nothing is done twice.

    Raises:
        JournalMismatch: it did not, and the policy forbids that.
    """
    if exact:
        return True
    text = f"{name!r} was called here with other arguments before the run was entered again"
    if frame.runtime.changed is Changed.FAIL:
        raise JournalMismatch(f"{text}; SIGNOFF_JOURNAL_CHANGED=fail forbids that.")
    again = frame.runtime.changed is Changed.RERUN
    yield Log(WARNING, "%s; %s.", (text, "it runs again" if again else then))
    return not again
