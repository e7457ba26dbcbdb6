"""Start records of tasks, log lines, and what became of earlier work: written behind.

Finished tasks do not pass here: `Orchestrator` hands them to the store's own statement.
"""

from __future__ import annotations

from signoff.model.commands import NoteReentry, StartTasks, WriteLogs
from signoff.model.replies import Done
from signoff.service.table import Handlers
from signoff.service.unit import Unit


def start_tasks(unit: Unit, request: StartTasks) -> Done:
    unit.tx.start_tasks(request.tasks)
    if request.inputs:
        unit.tx.put_task_inputs(request.inputs)
    return Done()


def write_logs(unit: Unit, request: WriteLogs) -> Done:
    unit.tx.write_logs(request.logs)
    return Done()


def note_reentry(unit: Unit, request: NoteReentry) -> Done:
    unit.tx.note_reentry(request.run_id, request.entry, request.reentry)
    return Done()


HANDLERS: Handlers = {
    StartTasks: start_tasks,
    WriteLogs: write_logs,
    NoteReentry: note_reentry,
}
