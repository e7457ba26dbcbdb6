"""Pausing and resuming: the documented functions.

Owns their signatures, defaults and errors. The wait itself is a program of `engine/pauses.py`.
"""

from __future__ import annotations

import importlib
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar, overload
from uuid import UUID

from signoff.authoring.dispatch import async_dispatch
from signoff.authoring.dispatch import caller as _caller
from signoff.authoring.ids import as_id
from signoff.authoring.process import runtime
from signoff.engine.callsites import site
from signoff.engine.clock import new_id
from signoff.engine.drivers import drive_sync
from signoff.engine.entry import loaded_later
from signoff.engine.frames import RunFrame, TaskFrame, current_task, run_or_raise
from signoff.engine.pauses import Question, pause
from signoff.model.commands import AnswerWait
from signoff.model.errors import (
    DeadlinePassed,
    FlowPauseTimeout,
    InvalidAnswer,
)
from signoff.model.waits import DeadlineAction, WaitKind

if TYPE_CHECKING:
    from signoff.engine.effects import Program
    from signoff.model.replies import AnswerAccepted

T = TypeVar("T")

loaded_later.append("signoff.authoring.run_input")
_OUTSIDE = "Flow runs can only be paused from within a flow run."


@overload
async def apause_flow_run(
    wait_for_input: None = None,
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
) -> None: ...


@overload
async def apause_flow_run(
    wait_for_input: type[T],
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
) -> T: ...


async def apause_flow_run(
    wait_for_input: Any = None,
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
) -> Any:
    """Like `pause_flow_run`, for asynchronous code."""
    program, frame = _pausing(wait_for_input, timeout, key, _caller(sys._getframe(1)))
    driver = importlib.import_module("signoff.engine.async_driver")
    return await driver.drive_async(program, frame.gateway)


@overload
def pause_flow_run(
    wait_for_input: None = None,
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
) -> None: ...


@overload
def pause_flow_run(
    wait_for_input: type[T],
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
) -> T: ...


@async_dispatch(apause_flow_run)
def pause_flow_run(
    wait_for_input: Any = None,
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
) -> Any:
    """Wait in this process until somebody answers.

    Args:
        wait_for_input: what to ask for: a RunInput class, a Pydantic model, or any type; None to
            ask only for the word to go on.
        timeout: seconds after which the wait expires; None for never.
        poll_interval: accepted as documented; answers act at once, and it only bounds how long a
            lost wake-up may go unnoticed.
        key: name by which the wait is answered; derived from the call when not given.

    Returns:
        The answer, as an instance of `wait_for_input`; None when nothing was asked for.

    Raises:
        MissingContextError: called outside a flow.
        FlowPauseTimeout: nobody answered in time.
    """
    program, frame = _pausing(wait_for_input, timeout, key, _caller(sys._getframe(1)))
    return drive_sync(program, frame.gateway)


def _pausing(
    wait_for_input: Any, timeout: float | None, key: str | None, caller: FrameType
) -> tuple[Program[Any], RunFrame]:
    frame = run_or_raise(_OUTSIDE)
    if timeout is not None and timeout < 0:
        raise ValueError(f"timeout must not be negative, got {timeout}.")
    if key is not None and not key.strip():
        raise ValueError("key must not be empty.")
    task: TaskFrame | None = current_task.get()
    question = _question(frame, wait_for_input, timeout, key, caller)
    return pause(frame, task, question), frame


def _question(
    frame: RunFrame, wait_for_input: Any, timeout: float | None, key: str | None, caller: FrameType
) -> Question:
    label = caller.f_code.co_name.strip("<>").replace("_", "-") or "pause"
    where = site(caller)
    if wait_for_input is None:
        title = f"Go on with {frame.spec.name}?"
        return Question(
            WaitKind.APPROVAL, title, None, key, where, label, timeout, DeadlineAction.FAIL
        )
    # Loaded on first use: only questions need Pydantic's schemas.
    run_input = importlib.import_module("signoff.authoring.run_input")
    wanted = run_input.expected(wait_for_input)
    form = wanted.model.as_form()
    title = form.title or f"Input for {frame.spec.name}"
    return Question(
        WaitKind.INPUT,
        title,
        form,
        key,
        where,
        label,
        timeout,
        DeadlineAction.FAIL,
        accept=wanted.value,
    )


async def aresume_flow_run(
    flow_run_id: UUID, run_input: dict[str, Any] | None = None, *, key: str | None = None
) -> None:
    """Like `resume_flow_run`, for asynchronous code."""
    asyncio: Any = importlib.import_module("asyncio")
    await asyncio.to_thread(_resume, flow_run_id, run_input, key)


@async_dispatch(aresume_flow_run)
def resume_flow_run(
    flow_run_id: UUID, run_input: dict[str, Any] | None = None, *, key: str | None = None
) -> None:
    """Answer a paused run.

    When no process works on the run any more, one is started that enters it again.

    Args:
        flow_run_id: the run.
        run_input: the answer, by field name; `{"value": ...}` for a plain type.
        key: which wait; may be left out when exactly one is open.

    Raises:
        NotPausedError: the run waits for nothing.
        FlowPauseTimeout: the wait has expired.
        InvalidAnswer: the answer does not fit (a RuntimeError; `errors` has one entry per field).
        AnswerConflict: somebody has already answered differently.
        AmbiguousWait: several waits are open; name one with `key`.
        ObjectNotFound: there is no such run.
    """
    _resume(flow_run_id, run_input, key)


def _resume(flow_run_id: UUID, run_input: dict[str, Any] | None, key: str | None) -> None:
    process = runtime()
    try:
        reply: AnswerAccepted = process.gateway.send(
            AnswerWait(as_id(flow_run_id), run_input, key, new_id())
        )
    except DeadlinePassed as error:
        raise FlowPauseTimeout("Flow run can no longer be resumed.") from error
    except InvalidAnswer as error:
        raise InvalidAnswer(
            f"Cannot resume this run: {error.message}", error.details, error.errors
        ) from None
    if reply.needs_entry:
        importlib.import_module("signoff.runner.launching").launch_after_answer(reply)
