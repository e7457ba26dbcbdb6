"""Tasks that are called outside of flows.

Owns the stand-in for the run that such a task does not have. Nothing holds or cancels it, nobody
enters it again, so it remembers nothing; the store has a place of its own for what belongs to it.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.engine.clock import now_us
from signoff.engine.frames import RunFrame, current_run, current_task
from signoff.engine.journal import Found, Journal, Step
from signoff.engine.specs import FlowSpec, Hooks
from signoff.model.ids import NO_RUN

if TYPE_CHECKING:
    from signoff.engine.frames import Runtime
    from signoff.model.journal import TaskRecord

_made: tuple[Runtime, RunFrame] | None = None


def frame_here(runtime: Callable[[], Runtime], task_runner: Callable[[], Any]) -> RunFrame:
    """The run around the present line, or what stands for it outside of flows.

    Args:
        runtime: makes the runtime of this process.
        task_runner: makes what submitted tasks run on where no flow says so.
    """
    global _made
    run = current_run.get()
    if run is not None:
        return run
    task = current_task.get()
    if task is not None:
        return task.run
    process = runtime()
    if _made is None or _made[0] is not process:
        _made = (process, _stand_in(process, task_runner()))
    return _made[1]


def _stand_in(process: Runtime, task_runner: Any) -> RunFrame:
    spec = FlowSpec(
        owner=None,
        name="",
        fn=_nothing,
        is_async=False,
        key="",
        version=None,
        retries=0,
        retry_delay=None,
        timeout=None,
        log_prints=None,
        persist_result=None,
        run_name=None,
        hooks=Hooks(),
        task_runner=task_runner,
        entry=_nothing,
    )
    flow_id = UUID(int=0)
    frame = RunFrame(process, spec, NO_RUN, flow_id, "", 0, 1, {}, None, (), now_us())
    frame.journal = _Forgetful(1)
    # A submitted task that nobody waits for is waited for, as in a flow.
    atexit.register(partial(_wait_for_all, frame))
    return frame


def _nothing() -> None:
    """Stands for the function and the entry record of a flow that is none."""


def _wait_for_all(frame: RunFrame) -> None:
    left = list(frame.promises)
    for promise in left:
        promise.wait()
    if left:
        frame.gateway.settle()


class _Forgetful(Journal):
    """Every call is new, and leaves nothing in memory."""

    def place(self, scope: str, task_key: str, site: str) -> str:
        return f"{site}#0"

    def step(self, scope: str, task_key: str, inputs: str, place: str, early: bool = True) -> Step:
        return Step(scope, task_key, inputs, 0, place)

    def find(self, step: Step) -> Found[TaskRecord] | None:
        return None
