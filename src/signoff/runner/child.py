"""The beginning of a process that enters a run.

`python -m signoff.runner.child [RUN_ID]`: without an argument, a claimer has said in the
environment which run it is, and by which names it started the process (`NAMES`).

Owns loading the flow by its entry record and handing the run to it. Must not import `authoring`.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from typing import Any, NoReturn
from uuid import UUID

from signoff.engine import entry
from signoff.gateway.connect import begin_child, get_gateway
from signoff.model.commands import ProposedState, SetRunState
from signoff.model.errors import NotReentrant, SignoffException
from signoff.model.journal import EntryRecord
from signoff.model.lookups import ReadEntry
from signoff.model.state_types import StateType

NAMES = ("SIGNOFF__FLOW_RUN_ID", "SIGNOFF__PROCESS_ID", "SIGNOFF__CLAIMER")
"""Environment variables by which a claimer names the run, the process it starts, and itself."""
FOLDER = "SIGNOFF__FOLDER"
"""Where the code is that it has fetched for the run."""

_RETRY = "signoff flow-run retry"


def enter(run_id: UUID, record: EntryRecord | None, folder: str | None = None) -> Any:
    """Work on a run in this process until it has ended, is suspended, or belongs to another one.

    Args:
        run_id: the run.
        record: how its flow is loaded.
        folder: where the code is that the record wants fetched, when it was fetched already.

    Returns:
        The final state, or the one in which the run was left.

    Raises:
        NotReentrant: the flow cannot be loaded; the run is Crashed and says why.
    """
    try:
        if record is None:
            raise NotReentrant(
                f"Flow run {run_id} was created without telling how its flow can be loaded."
            )
        if record.source is not None:
            # Loaded on first use: few flows are in a repository.
            storage = importlib.import_module("signoff.runner.storage")
            record = storage.located(record, get_gateway(), folder)
        flow = entry.load(record)
        if not hasattr(flow, "enter"):
            raise NotReentrant(f"{record.qualname!r} in {record.file} is not a flow any more.")
    except NotReentrant as error:
        text = str(error)
        if record is not None and _RETRY not in text:
            text += f" Repair it, and go on with `{_RETRY} {run_id}`; what was answered is kept."
        crashed = ProposedState(StateType.CRASHED, message=text)
        get_gateway().send(SetRunState(run_id, crashed))
        raise
    outcome = flow.enter(run_id)
    if inspect.iscoroutine(outcome):
        # Loaded on first use: only asynchronous flows need it.
        return importlib.import_module("asyncio").run(outcome)
    return outcome


def main() -> None:
    """Entry point of the process."""
    run_id = UUID(sys.argv[1]) if len(sys.argv) > 1 else begin_claimed()
    if run_id is None:
        sys.exit("Say which flow run: python -m signoff.runner.child RUN_ID")
    work(run_id)


def begin_claimed() -> UUID | None:
    """Become the process that a claimer has started; returns the run, None when this is none."""
    if any(name not in os.environ for name in NAMES):
        return None
    # Once: processes that are started from here work on other runs.
    run_id, process_id, claimer = (os.environ.pop(name) for name in NAMES)
    begin_child(process_id, claimer)
    return UUID(run_id)


def work(run_id: UUID, record: EntryRecord | None = None) -> NoReturn:
    """Work on a run, and end the process.

    Args:
        run_id: the run.
        record: how its flow is loaded, where that is known already.
    """
    try:
        folder = os.environ.pop(FOLDER, None)
        state = enter(run_id, record or get_gateway().send(ReadEntry(run_id)), folder)
    except SignoffException as error:
        sys.exit(f"Flow run {run_id} cannot be entered: {error}")
    sys.exit(0 if state.is_completed() or not state.is_final() else 1)


if __name__ == "__main__":
    main()
