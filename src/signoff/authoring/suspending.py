"""Suspending: the documented functions.

Owns their signatures, defaults and errors. The wait itself is a program of `engine/pauses.py`, and
leaving the run is in `engine/leaving.py`.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any, TypeVar, overload
from uuid import UUID

from signoff.authoring.deadlines import Deadline, OnTimeout, Until, deadline
from signoff.authoring.dispatch import async_dispatch, caller
from signoff.authoring.ids import as_id
from signoff.authoring.process import runtime
from signoff.authoring.waiting import check_key, pausing
from signoff.engine.drivers import drive_sync
from signoff.engine.frames import RunFrame, current_run, current_task
from signoff.model.commands import SuspendRun
from signoff.model.errors import TransitionRefused
from signoff.model.waits import WaitStatus

T = TypeVar("T")

_OUTSIDE = "Flow runs can only be suspended from within a flow run."


@overload
async def asuspend_flow_run(
    wait_for_input: None = None,
    flow_run_id: UUID | str | None = None,
    timeout: float | None = 3600,
    key: str | None = None,
    client: Any = None,
    *,
    until: Until | None = None,
    on_timeout: OnTimeout | None = None,
) -> None: ...


@overload
async def asuspend_flow_run(
    wait_for_input: type[T],
    flow_run_id: UUID | str | None = None,
    timeout: float | None = 3600,
    key: str | None = None,
    client: Any = None,
    *,
    until: Until | None = None,
    on_timeout: OnTimeout | None = None,
) -> T: ...


async def asuspend_flow_run(
    wait_for_input: Any = None,
    flow_run_id: UUID | str | None = None,
    timeout: float | None = 3600,
    key: str | None = None,
    client: Any = None,
    *,
    until: Until | None = None,
    on_timeout: OnTimeout | None = None,
) -> Any:
    """Like `suspend_flow_run`, for asynchronous code."""
    end = deadline(timeout, until, on_timeout, wait_for_input is not None)
    if flow_run_id is not None:
        frame = current_run.get()
        asyncio: Any = importlib.import_module("asyncio")
        opened, answer = await asyncio.to_thread(_suspend, flow_run_id, wait_for_input, end, key)
        return _stop_if_own(frame, flow_run_id, opened, answer)
    where = caller(sys._getframe(1))
    program, frame = pausing(wait_for_input, end, key, where, 0, _OUTSIDE)
    driver = importlib.import_module("signoff.engine.async_driver")
    return await driver.drive_async(program, frame.gateway)


@overload
def suspend_flow_run(
    wait_for_input: None = None,
    flow_run_id: UUID | str | None = None,
    timeout: float | None = 3600,
    key: str | None = None,
    client: Any = None,
    *,
    until: Until | None = None,
    on_timeout: OnTimeout | None = None,
) -> None: ...


@overload
def suspend_flow_run(
    wait_for_input: type[T],
    flow_run_id: UUID | str | None = None,
    timeout: float | None = 3600,
    key: str | None = None,
    client: Any = None,
    *,
    until: Until | None = None,
    on_timeout: OnTimeout | None = None,
) -> T: ...


@async_dispatch(asuspend_flow_run)
def suspend_flow_run(
    wait_for_input: Any = None,
    flow_run_id: UUID | str | None = None,
    timeout: float | None = 3600,
    key: str | None = None,
    client: Any = None,
    *,
    until: Until | None = None,
    on_timeout: OnTimeout | None = None,
) -> Any:
    """Stop working on a run until somebody answers; its process may end.

    When the answer is there, a process calls the flow again from the top: finished tasks give back
    their results, answered questions their answers, and this call returns.

    Args:
        wait_for_input: what to ask for: a RunInput class, a Pydantic model, or any type; None to
            ask only for the word to go on.
        flow_run_id: another run, which stops at its next task boundary; the run around the call
            when not given.
        timeout: seconds after which the wait expires; None for never.
        key: name by which the wait is answered; derived from the call when not given.
        client: accepted as documented; not needed.
        until: a moment with a time zone, or a span of time, after which the run goes on by itself;
            with `wait_for_input`, when the wait expires. Takes the place of `timeout`.
        on_timeout: what happens when the wait expires: "fail", "continue" (with None), "cancel",
            or the answer to take, as a dictionary. A question fails when nothing is said, a mere
            `until` continues.

    Returns:
        The answer, as an instance of `wait_for_input`; None when nothing was asked for. For another
        run: the answer if the key has been answered before, else None at once.

    Raises:
        Pause: the run is suspended. Code around the call lets it through; it reaches whoever
            called the flow, and ends a script with exit code 0.
        MissingContextError: called outside a flow, without `flow_run_id`.
        FlowPauseTimeout: nobody answered in time.
        TransitionRefused: the run cannot be suspended; the message says why (a RuntimeError).
        ObjectNotFound: there is no such run.
    """
    end = deadline(timeout, until, on_timeout, wait_for_input is not None)
    if flow_run_id is not None:
        opened, answer = _suspend(flow_run_id, wait_for_input, end, key)
        return _stop_if_own(current_run.get(), flow_run_id, opened, answer)
    where = caller(sys._getframe(1))
    program, frame = pausing(wait_for_input, end, key, where, 0, _OUTSIDE)
    return drive_sync(program, frame.gateway)


def _suspend(
    flow_run_id: UUID | str, wait_for_input: Any, end: Deadline, key: str | None
) -> tuple[bool, Any]:
    """Whether the wait is open now, and what it was answered before."""
    check_key(key)
    form = title = wanted = None
    if wait_for_input is not None:
        # Loaded on first use: only questions need Pydantic's schemas.
        wanted = importlib.import_module("signoff.authoring.run_input").expected(wait_for_input)
        form = wanted.model.as_form()
        title = form.title or None
    timeout = None if end.timeout is None else int(end.timeout * 1_000_000)
    request = SuspendRun(
        as_id(flow_run_id), key, title, form, timeout, end.until, end.action, end.default
    )
    try:
        outcome = runtime().gateway.send(request).outcome
    except TransitionRefused as error:
        if error.message.startswith("Flow run cannot be suspended"):
            raise
        raise TransitionRefused(
            f"Flow run cannot be suspended: {error.message}", error.details
        ) from None
    answered = outcome.status is WaitStatus.ANSWERED
    value = wanted.value(outcome.answer) if answered and wanted is not None else None
    return outcome.status is WaitStatus.OPEN, value


def _stop_if_own(frame: RunFrame | None, flow_run_id: UUID | str, opened: bool, answer: Any) -> Any:
    """A run that suspends itself by its id stops here, and not only at its next task."""
    if opened and frame is not None and frame.run_id == as_id(flow_run_id):
        task = current_task.get()
        if task is not None:
            task.cut = True
        frame.leave()
    return answer
