"""Repeating a run from one of its tasks on.

Owns the request, and the label by which a repeated run names the first one.
"""

from __future__ import annotations

from uuid import UUID

from signoff.model.commands import Command
from signoff.model.replies import RunHandle
from signoff.model.values import dataclass

ORIGINAL = "system.originalId"
"""Label (a tag `name:value`) of a run that repeats another one: the id of the first of them all."""


@dataclass(frozen=True, slots=True)
class ReplayRun(Command[RunHandle]):
    """Make a new run with the same parameters, that keeps what an earlier one did before a task.

    Tasks that had completed when that task began give back their results and do not run again; the
    task and everything after it do, questions included. The earlier run stays as it is.

    Args:
        run_id: the earlier run.
        new_id: id of the new one, made by the sender, so that a repeated request is recognised.
        from_task: name of the task to begin with, the first of that name; None to repeat all.
    """

    run_id: UUID
    new_id: UUID
    from_task: str | None = None
