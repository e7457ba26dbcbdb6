"""Which part of a run's journal a repetition of the run begins with.

Owns that choice: a task is kept when it had completed before the chosen one began.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from signoff.model.errors import InvalidRequest
from signoff.model.journal import TaskRecord
from signoff.model.state_types import StateType
from signoff.model.transactions import ROLLED_BACK


def kept_before(records: Sequence[TaskRecord], task: str | None) -> list[TaskRecord]:
    """What had completed when a task began for the first time; nothing when none is named.

    Raises:
        InvalidRequest: no task of that name has run.
    """
    if task is None:
        return []
    begun = [record.started for record in records if task in _names(record)]
    if not begun:
        ran = sorted({record.name for record in records})
        near = get_close_matches(task, ran, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"these did: {', '.join(ran) or 'none'}."
        raise InvalidRequest(
            f"Field `from_task`: no task {task!r} has run in this flow run; {hint}",
            {"errors": [{"field": "from_task", "message": "has not run", "value": task}]},
        )
    return [
        record
        for record in records
        if record.state_type is StateType.COMPLETED
        and record.state_name != ROLLED_BACK
        and record.ended <= min(begun)
        and task not in _names(record)
    ]


def _names(record: TaskRecord) -> tuple[str, str]:
    """What people may call a task: its name, and that of its run."""
    return record.name, record.task_key.rpartition(":")[2].rpartition(".")[2]
