"""What a call of another flow is on the caller's record.

Owns how the run that an earlier process began for a call is found again: by the arguments of the
call, else by its place (`engine/journal.py`). Must not know how a run is worked on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.engine import endings
from signoff.engine.clock import new_id, now_us
from signoff.engine.recall import fits
from signoff.model.journal import TaskRecord, TaskStart

if TYPE_CHECKING:
    from signoff.engine.effects import Program
    from signoff.engine.frames import RunFrame
    from signoff.engine.journal import Step
    from signoff.engine.promises import Ending


def earlier(outer: RunFrame, name: str, step: Step) -> Program[TaskStart | None]:
    """What an earlier process has begun for a call and not ended; None when the call is new.

    Raises:
        JournalMismatch: the arguments changed, and SIGNOFF_JOURNAL_CHANGED is "fail".
    """
    found = outer.journal.find_begun(step)
    if found is None or found.record.child is None:
        return None
    if outer.catching is not None:
        outer.catching.found(name, step, found.record, found.exact)
    then = "it goes on with the run that it began then"
    return found.record if (yield from fits(outer, name, found.exact, then)) else None


def begun(outer: RunFrame, name: str, step: Step) -> TaskStart:
    """A call that begins now; its run has no id of its own but the one in here."""
    return TaskStart(
        id=new_id(),
        run_id=outer.run_id,
        attempt=outer.attempt,
        scope=step.scope,
        task_key=step.task_key,
        name=name,
        started=now_us(),
        run_count=1,
        inputs=step.inputs,
        occurrence=step.occurrence,
        place=step.place,
        child=new_id(),
    )


def ended(outer: RunFrame, step: Step, start: TaskStart, ending: Ending) -> TaskRecord:
    """The line of the caller's journal for a run that has ended."""
    storage = outer.runtime.storage
    result, ending.kept = ending.kept or endings.kept(ending, storage, start.id), None
    return TaskRecord(
        id=start.id,
        run_id=outer.run_id,
        entry=outer.entry,
        attempt=outer.attempt,
        scope=step.scope,
        task_key=step.task_key,
        inputs=step.inputs,
        occurrence=step.occurrence,
        place=step.place,
        name=start.name,
        state_type=ending.type,
        state_name=ending.name,
        message=ending.message,
        result=result,
        started=start.started,
        ended=now_us(),
        run_count=1,
        child=ending.run_id,
    )
