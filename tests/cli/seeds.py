"""Runs as a flow's process would leave them, made through the gateway of the test's process.

Owns the facts the command line is shown. No flow code runs, so that a test says exactly what is
there.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from signoff.core.ports import Gateway
from signoff.engine.clock import new_id
from signoff.model import commands, journal
from signoff.model.forms import Form
from signoff.model.journal import EntryRecord, NewRun, Result, ResultKind
from signoff.model.replies import RunHandle, WaitOutcome
from signoff.model.runs import Phase
from signoff.model.states import StateType
from signoff.model.waits import WaitKind

NO_RESULT = Result(ResultKind.NONE)
SECOND = 1_000_000

APPROVAL = Form(
    schema={
        "type": "object",
        "properties": {
            "approved": {"type": "boolean", "title": "Approved"},
            "count": {"type": "integer", "minimum": 1, "maximum": 10, "title": "Count"},
            "note": {"type": "string", "default": "", "title": "Note"},
        },
        "required": ["approved", "count"],
        "additionalProperties": False,
    },
    title="Approve the release?",
    description="Look at **all** of it.",
)


def now() -> int:
    """The present time in microseconds since the epoch."""
    return time.time_ns() // 1000


class Seeds:
    """Makes runs in the store that the gateway reaches."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def run(
        self,
        name: str = "calm-otter",
        flow: str = "release",
        parameters: Mapping[str, Any] | None = None,
        entry_record: EntryRecord | None = None,
        parent: UUID | None = None,
    ) -> RunHandle:
        """A run that runs in this process."""
        new = NewRun(
            id=new_id(),
            flow_name=flow,
            name=name,
            parameters=parameters or {},
            entry_record=entry_record,
            parent_run_id=parent,
        )
        return self.gateway.send(commands.StartRun(new, self.gateway.process.id))

    def made_ahead(self, name: str) -> RunHandle:
        """A run that a schedule has made for later."""
        new = NewRun(
            id=new_id(),
            flow_name="release",
            name=name,
            deployment_id=new_id(),
            schedule_id=new_id(),
        )
        later = now() + 3600 * SECOND
        return self.gateway.send(commands.CreateRun(new, Phase.SCHEDULED, later))

    def ended(
        self, name: str = "calm-otter", phase: Phase = Phase.COMPLETED, message: str | None = None
    ) -> RunHandle:
        """A run that has ended."""
        return self.finish(self.run(name), phase, message)

    def finish(
        self, run: RunHandle, phase: Phase = Phase.COMPLETED, message: str | None = None
    ) -> RunHandle:
        """End a run."""
        return self.gateway.send(
            commands.FinishRun(run.run_id, run.entry, phase, None, message, NO_RESULT)
        )

    def wait(
        self,
        run: RunHandle,
        key: str = "approve",
        form: Form | None = APPROVAL,
        timeout: int | None = 3600 * SECOND,
        title: str = "Approve the release?",
    ) -> WaitOutcome:
        """Have a run wait for a person."""
        kind = WaitKind.APPROVAL if form is None else WaitKind.INPUT
        return self.gateway.send(
            commands.OpenWait(run.run_id, run.entry, key, kind, title, form, timeout)
        )

    def task(
        self, run: RunHandle, name: str, state: StateType | None = StateType.COMPLETED
    ) -> UUID:
        """A task run that has ended in a state, or one that runs (None)."""
        id = new_id()
        begun = journal.TaskStart(id, run.run_id, run.attempt, "", "module.task", name, now(), 1)
        self.gateway.send(commands.StartTasks((begun,)))
        if state is not None:
            self.finish_task(run, id, name, state)
        return id

    def finish_task(
        self,
        run: RunHandle,
        id: UUID,
        name: str = "task",
        state: StateType = StateType.COMPLETED,
    ) -> None:
        """End a task run, a second after it began."""
        record = journal.TaskRecord(
            id=id,
            run_id=run.run_id,
            entry=run.entry,
            attempt=run.attempt,
            scope="",
            task_key="module.task",
            inputs=id.hex,
            occurrence=0,
            place="",
            name=name,
            state_type=state,
            state_name=state.value.capitalize(),
            message=None,
            result=NO_RESULT,
            started=now() - SECOND,
            ended=now(),
            run_count=1,
        )
        self.gateway.send(commands.FinishTasks((record,)))

    def log(self, run: RunHandle, message: str, level: int = 20, at: int | None = None) -> None:
        """A line in the log of a run."""
        line = journal.LogLine(
            new_id(), run.run_id, None, level, "signoff.flow_runs", message, at or now()
        )
        self.gateway.send(commands.WriteLogs((line,)))
