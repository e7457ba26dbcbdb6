"""What a run and its tasks returned, as a person may see it.

Owns that kept values are never decoded for a page: what is not JSON is shown as its preview.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from pydantic_core import from_json

from signoff.model.journal import Result, ResultKind
from signoff.model.lookups import ReadResult
from signoff.model.queries import ReadTaskResult
from signoff.model.runs import Phase
from signoff.model.state_types import StateType
from signoff.model.views import TaskRun
from signoff.server.pages.runs.artifacts import shown
from signoff.server.pages.visits import Visit

_MOST = 20_000
"""Characters that are shown."""
_NOTHING = "nothing"
_NOT_KEPT = "There is nothing to see of it."


async def returned(visit: Visit, run_id: UUID, phase: Phase) -> str | None:
    """What a run returned; None when it returned nothing, or has not ended well."""
    if phase is not Phase.COMPLETED:
        return None
    return _text(await visit.ask(ReadResult(run_id)))


async def opened(visit: Visit, tasks: Sequence[TaskRun]) -> tuple[UUID, str] | None:
    """The task whose result is asked for in the address, with what it returned."""
    wanted = visit.asked("result")
    for task in tasks:
        if str(task.id) == wanted and task.state_type == StateType.COMPLETED:
            result = await visit.ask(ReadTaskResult(task.id))
            nothing = _NOTHING if result.kind is ResultKind.NONE else _NOT_KEPT
            return task.id, _text(result) or nothing
    return None


def _text(result: Result) -> str | None:
    text = result.preview or ""
    if result.kind is ResultKind.JSON and result.body is not None:
        # Others than our own processes may have sent something else.
        with suppress(ValueError):
            text = shown(from_json(result.body))
    return (text if len(text) <= _MOST else f"{text[:_MOST]}…") or None
