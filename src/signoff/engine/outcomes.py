"""What of an ending is put on record.

Owns whether results are kept, what is said about one that cannot be, and that a result which had to
be kept and cannot be is a failure. Must not know how values become bytes.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING
from uuid import UUID

from signoff.engine import results
from signoff.engine.effects import Log
from signoff.model.errors import SerializationError
from signoff.model.journal import Result, ResultKind
from signoff.model.state_types import StateType

if TYPE_CHECKING:
    from signoff.engine.effects import Program
    from signoff.engine.frames import RunFrame
    from signoff.engine.promises import Ending
    from signoff.engine.specs import ResultOptions, TaskSpec

DEBUG, WARNING = 10, 30


def wanted(frame: RunFrame, spec: TaskSpec) -> bool | None:
    """Whether to keep a task's result: what the task says, its flow, or the settings."""
    said = spec.persist_result
    return frame.persist_tasks if said is None else said


def at_once(frame: RunFrame, wish: bool | None, id: UUID, ending: Ending) -> Result | None:
    """What is kept of most tasks' endings; None where `of_task` has more to say."""
    if ending.error is not None or ending.secret or frame.keeping is not None or wish is False:
        return None
    try:
        return results.encode(ending.value, frame.runtime.storage, id)
    except results.NotKept:
        return None


def keeping_of(frame: RunFrame, spec: TaskSpec) -> ResultOptions | None:
    """What is said about a task's results: by itself, its flow, and the settings."""
    return frame.keeping if spec.keeping is None else spec.keeping.within(frame.keeping)


def of_task(
    frame: RunFrame, spec: TaskSpec, id: UUID, ending: Ending, keeping: ResultOptions | None
) -> Program[Result]:
    """What is kept of a task's ending. The ending becomes a failure when its result had to be
    kept and cannot be."""
    who = f"task {spec.name!r}"
    return (yield from _kept(frame, who, wanted(frame, spec), keeping, id, ending))


def of_flow(frame: RunFrame, ending: Ending) -> Program[Result]:
    """What is kept of a flow run's ending, likewise."""
    if frame.spec.json_result and ending.error is None:
        kept = results.encode_json(ending.value, frame.runtime.storage)
        if kept is not None:
            return kept
    who, wish = f"flow {frame.spec.name!r}", frame.persist_result
    return (yield from _kept(frame, who, wish, frame.keeping, frame.run_id, ending))


def _kept(
    frame: RunFrame,
    who: str,
    wish: bool | None,
    keeping: ResultOptions | None,
    id: UUID,
    ending: Ending,
) -> Program[Result]:
    storage = frame.runtime.storage
    if ending.secret and wish is not False:
        # No storage but the database: it is the service that encrypts.
        return results.encode_sealed(ending.value if ending.error is None else ending.error)
    if ending.error is not None:
        return results.encode_failure(ending.error, storage, id)
    if wish is False:
        yield Log(DEBUG, "The result of %s is not kept, as it was told not to be.", (who,))
        return Result(ResultKind.MISSING, preview=results.preview(ending.value))
    try:
        if keeping is None or (keeping.storage is None and keeping.serializer is None):
            return results.encode(ending.value, storage, id)
        # Loaded for those who name a storage or a serializer only.
        encoding = importlib.import_module("signoff.engine.keeping.encoding")
        kept: Result = yield from encoding.encode(ending.value, keeping, storage, id)
        return kept
    except results.NotKept as error:
        if wish is not True:
            yield Log(WARNING, _LOST, (who, str(error)))
            return Result(ResultKind.MISSING, preview=results.preview(ending.value))
        failure = _fail(ending, who, error)
        return results.encode_failure(failure, storage, id)


_LOST = "The result of %s cannot be kept (%s); if its run is entered again, it runs again."


def _fail(ending: Ending, who: str, reason: results.NotKept) -> SerializationError:
    """The ending becomes a failure that says what to do."""
    text = (
        f"The result of {who} cannot be kept, as persist_result=True asks: {reason}. Return "
        "something that can be pickled, give a result_serializer that can write it, or set "
        "persist_result=False."
    )
    ending.type, ending.name, ending.message = StateType.FAILED, "Failed", text
    failure = SerializationError(text)
    ending.value, ending.error = None, failure
    return failure
